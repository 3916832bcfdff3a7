//! What happened, and who asked for it.

use crate::{
    id::{CaseId, Hash, NodeId, OrgId, RecordId},
    key::PublicKey,
    limits,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A user of the node's machine, by number, through the socket of its API.
    User(u32),
    /// Somebody who proved to be this author.
    Author(OrgId, PublicKey),
    /// Somebody with a token of the console, by the token's name.
    Token(Word),
    /// A partner's node.
    Peer(NodeId),
    /// Somebody at the command line who opened the node's keys.
    Keys,
    /// The node itself, at a time that its settings or the rules name.
    Node,
    /// Somebody who did not say or prove who they are.
    Nobody,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::Author(_, key) => write!(f, "author {}", key.short()),
            Self::Token(name) => write!(f, "token {name}"),
            Self::Peer(node) => write!(f, "node {}", node.short()),
            Self::Keys => f.write_str("holder of the node's keys"),
            Self::Node => f.write_str("this node"),
            Self::Nobody => f.write_str("nobody known"),
        }
    }
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What was done, or was to be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Deed {
            $($(#[$doc])* $name,)+
        }

        impl Deed {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

deeds! {
    /// The node was started; the word is its version.
    Started = "started",
    /// The node was stopped in order.
    Stopped = "stopped",
    /// Records were asked for to take them out; the word is for whom.
    Export = "export",
    /// A courier file was written; the organisation is its recipient.
    CourierPack = "courier-pack",
    /// A courier file was taken in.
    CourierLoad = "courier-load",
    /// A file of another format was taken in; the word is the format.
    Import = "import",
    /// A case or a compartment was opened.
    CaseOpened = "case-opened",
    /// Who is in a case, as what, and whether it is open; the word says what was done.
    Membership = "membership",
    /// Fresh keys in a case.
    Keys = "keys",
    /// A federation file or a manifest was taken.
    Directory = "directory",
    /// Somebody could not prove to be who they said; the word says why.
    FailedAuthentication = "failed-authentication",
    /// A token of the console was given or taken away.
    Token = "token",
    /// An alarm was raised; the word is its sort.
    AlarmRaised = "alarm-raised",
    /// An alarm was resolved.
    AlarmResolved = "alarm-resolved",
    /// A copy of the node was made.
    Backup = "backup",
    /// The node goes on from a copy.
    Restore = "restore",
    /// The content of a case was destroyed here.
    Purge = "purge",
    /// The node's keys were destroyed.
    Wipe = "wipe",
    /// Earlier items of this trail were given up at the end of their time.
    Trimmed = "trimmed",
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Deed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = |deed: &&Self| deed.as_str() == text;
        Self::ALL.iter().find(known).copied().ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|d| d.as_str()).collect();
            format!("one of {}", names.join(", "))
        })
    }
}

/// A short word of small letters, digits and `+ - . :`, so that no report's text can get into a trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Word(String);

/// Text that is not a word of an audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a word of 1 to {} small letters, digits or + - . :",
    limits::AUDIT_WORD
)]
pub struct NotAWord;

impl Word {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Word {
    type Err = NotAWord;
    fn from_str(text: &str) -> Result<Self, NotAWord> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.:".contains(&b);
        let short = (1..=limits::AUDIT_WORD).contains(&text.len());
        (short && text.bytes().all(fits))
            .then(|| Self(text.to_string()))
            .ok_or(NotAWord)
    }
}

impl TryFrom<String> for Word {
    type Error = NotAWord;
    fn try_from(text: String) -> Result<Self, NotAWord> {
        text.parse()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.0
    }
}

/// Records, by number and by a hash of their ids: who holds an export can show that it is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// How many.
    pub count: u64,
    /// SHA-256 over their ids, one after the other.
    pub digest: Hash,
}

impl Chosen {
    /// Of records in the order in which they were given out.
    #[must_use]
    pub fn of(ids: &[RecordId]) -> Self {
        let bytes: Vec<&[u8]> = ids.iter().map(RecordId::as_bytes).collect();
        Self {
            count: ids.len() as u64,
            digest: Hash::of(&bytes),
        }
    }
}

/// One act: what, about what, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What.
    pub deed: Deed,
    /// More precisely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
    /// In which case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// About or for which organisations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orgs: Vec<OrgId>,
    /// About which node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// About which alarm, file or other thing with a hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing: Option<Hash>,
    /// The records that were given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Chosen>,
    /// How many records were refused, by the name of the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub barred: BTreeMap<Word, u64>,
    /// The name of the refusal, if it was refused as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Word>,
    /// How often, if more than once since the last item of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

impl Act {
    /// An act of which nothing more is said.
    #[must_use]
    pub fn new(deed: Deed) -> Self {
        Self {
            deed,
            word: None,
            case: None,
            orgs: Vec::new(),
            node: None,
            thing: None,
            records: None,
            barred: BTreeMap::new(),
            refused: None,
            times: None,
        }
    }

    /// Says more precisely what was done; text that is no word is left out.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.word = word.parse().ok();
        self
    }

    /// In a case.
    #[must_use]
    pub fn case(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }

    /// About or for an organisation; no more than [`limits::AUDIT_ORGS`] are named.
    #[must_use]
    pub fn org(mut self, org: OrgId) -> Self {
        if self.orgs.len() < limits::AUDIT_ORGS {
            self.orgs.push(org);
        }
        self
    }

    /// About a node.
    #[must_use]
    pub fn node(mut self, node: NodeId) -> Self {
        self.node = Some(node);
        self
    }

    /// About something with a hash.
    #[must_use]
    pub fn thing(mut self, thing: Hash) -> Self {
        self.thing = Some(thing);
        self
    }

    /// These records were given out.
    #[must_use]
    pub fn records(mut self, records: Chosen) -> Self {
        self.records = Some(records);
        self
    }

    /// Records were refused for this reason.
    #[must_use]
    pub fn barred(mut self, code: &str, count: u64) -> Self {
        if let Ok(word) = code.parse::<Word>()
            && (self.barred.len() < limits::AUDIT_REFUSALS || self.barred.contains_key(&word))
        {
            *self.barred.entry(word).or_default() += count;
        }
        self
    }

    /// It was refused.
    #[must_use]
    pub fn refused(mut self, code: &str) -> Self {
        self.refused = code.parse().ok();
        self
    }

    /// It happened this often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = (times > 1).then_some(times);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_report_fits_a_word() {
        for word in ["own-use", "tlp", "amber+strict", "0.1.0", "argon2id:wrong"] {
            assert_eq!(word.parse::<Word>().map(String::from), Ok(word.into()));
        }
        let long = "x".repeat(limits::AUDIT_WORD + 1);
        for text in ["", "Two words", "two words", "تقرير", "a\nb", &long] {
            assert_eq!(text.parse::<Word>(), Err(NotAWord), "{text}");
        }
    }

    #[test]
    fn deeds_are_named_alike_everywhere() {
        for deed in Deed::ALL {
            assert_eq!(deed.as_str().parse(), Ok(*deed));
            assert_eq!(serde_json::to_value(deed).expect("json"), deed.as_str());
        }
        let error = "theft".parse::<Deed>().expect_err("refused");
        assert!(error.starts_with("one of started, stopped, export"));
    }

    #[test]
    fn more_sorts_of_refusals_than_there_are_do_not_make_an_item_grow() {
        let act = (0..=limits::AUDIT_REFUSALS).fold(Act::new(Deed::Export), |act, n| {
            act.barred(&format!("reason-{n}"), 1)
        });
        assert_eq!(act.barred.len(), limits::AUDIT_REFUSALS);
    }
}
