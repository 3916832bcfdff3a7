//! What goes over a link: as its kind says, and at most so many kbit/s where the operator gives a number.

use super::{Link, Terms};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// Thousands of bits per second.
pub type Kbit = NonZeroU32;

/// A portion of entries has at least so many bytes, however narrow the link: a report and what it is wrapped in.
const PORTION: usize = 1 << 10;
/// As a slice of an attachment.
const SLICE: usize = 512;
/// What AutoNAT may send in a second, bytes.
const DIAL_BACK: u32 = 100_000;
/// Portions that wait for the partner's acknowledgement.
const WINDOW: usize = 3;

/// A link, and what goes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub struct Width {
    /// Its kind.
    pub link: Link,
    /// At most so many kbit/s.
    pub kbit: Option<Kbit>,
}

/// How it is written in `node.toml`.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a link is satellite, narrow, normal or { link = \"narrow\", kbit = 32 }, with a number from 1 on"
)]
enum Said {
    Kind(Link),
    Both(Both),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    #[serde(default)]
    link: Link,
    kbit: Kbit,
}

impl From<Said> for Width {
    fn from(said: Said) -> Self {
        match said {
            Said::Kind(link) => link.into(),
            Said::Both(Both { link, kbit }) => Self {
                link,
                kbit: Some(kbit),
            },
        }
    }
}

impl From<Width> for Said {
    fn from(width: Width) -> Self {
        let Width { link, kbit } = width;
        match kbit {
            Some(kbit) => Self::Both(Both { link, kbit }),
            None => Self::Kind(link),
        }
    }
}

impl From<Link> for Width {
    fn from(link: Link) -> Self {
        Self { link, kbit: None }
    }
}

/// Bytes per second.
pub(crate) fn bytes_per_second(kbit: Kbit) -> u32 {
    kbit.get().saturating_mul(125)
}

impl Width {
    /// What it means: the kind's terms, and less at once where less goes in a second.
    pub(crate) fn terms(self) -> Terms {
        let mut terms = self.link.terms();
        let Some(rate) = self.kbit.map(bytes_per_second) else {
            return terms;
        };
        if terms.rate.is_some_and(|own| own <= rate) {
            return terms;
        }
        let second = usize::try_from(rate).unwrap_or(usize::MAX);
        let (portion, most) = (&mut terms.portion, second.max(PORTION));
        portion.batch = portion.batch.min(most);
        portion.window = portion.window.min(most.saturating_mul(WINDOW));
        terms.slice = terms.slice.min((second / 4).max(SLICE));
        terms.rate = Some(rate);
        terms
    }
}

impl Width {
    /// Whether direct ways are looked for: who is asked to dial back (AutoNAT, version 2) may want up to 100 KB for it first, and
    /// they go past any pace.
    pub(crate) fn looks_for_ways(self) -> bool {
        let enough = |rate| rate >= DIAL_BACK;
        !self.link.is_frugal() && self.terms().rate.is_none_or(enough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn of(link: Link, kbit: u32) -> Terms {
        let kbit = Kbit::new(kbit);
        Width { link, kbit }.terms()
    }

    #[test]
    fn a_number_narrows_a_link_and_never_widens_it() {
        let slow = of(Link::Normal, 32);
        assert_eq!((slow.rate, slow.portion.batch), (Some(4_000), 4_000));
        assert_eq!((slow.portion.window, slow.slice), (12_000, 1_000));
        // What else the kind means stays.
        assert_eq!(slow.sources, Link::Normal.terms().sources);
        assert_eq!(of(Link::Satellite, 32), Link::Satellite.terms());
        assert_eq!(of(Link::Narrow, 0), Link::Narrow.terms(), "no number");
        let least = of(Link::Normal, 1);
        assert_eq!((least.rate, least.portion.batch), (Some(125), PORTION));
        let looks = |link, kbit| {
            let kbit = Kbit::new(kbit);
            Width { link, kbit }.looks_for_ways()
        };
        assert!(looks(Link::Normal, 0) && looks(Link::Normal, 800));
        assert!(!looks(Link::Normal, 799) && !looks(Link::Narrow, 0));
        let most = of(Link::Normal, u32::MAX);
        assert_eq!(most.portion, Link::Normal.terms().portion);
    }

    #[test]
    fn a_link_is_a_word_or_has_a_number() {
        type Links = BTreeMap<String, Width>;
        let read = |text: &str| toml::from_str::<Links>(text).map(|l| l["a"]);
        assert_eq!(read("a = \"narrow\""), Ok(Link::Narrow.into()));
        let both = Width {
            link: Link::Normal,
            kbit: Kbit::new(32),
        };
        assert_eq!(read("a = { kbit = 32 }"), Ok(both));
        for wrong in [
            "a = \"wide\"",
            "a = { kbit = 0 }",
            "a = { kbit = -1 }",
            "a = { link = \"narrow\", bits = 3 }",
        ] {
            let error = read(wrong).expect_err(wrong);
            assert!(error.message().contains("kbit = 32"), "{error}");
        }
        let links = Links::from([("a".into(), both), ("b".into(), Link::Narrow.into())]);
        let text = toml::to_string_pretty(&links).expect("text");
        assert_eq!(toml::from_str::<Links>(&text).expect("read"), links);
    }
}
