//! A marking as one line of text, in every format the same: `TLP:AMBER; releasable-to ID ID; originator-control`.

use focal_protocol::{
    id::OrgId,
    record::{Marking, Tlp},
};
use std::fmt::Write;

/// Writes a marking: the TLP label first, so that people read it.
#[must_use]
pub fn write(marking: &Marking) -> String {
    let mut text = marking.tlp.as_str().to_string();
    if !marking.releasable_to.is_empty() {
        text.push_str("; releasable-to");
        for org in &marking.releasable_to {
            // To a string: cannot fail.
            let _ = write!(text, " {org}");
        }
    }
    if marking.originator_control {
        text.push_str("; originator-control");
    }
    text
}

/// Reads what [`write()`] wrote, or a TLP label alone; none if any of it is not understood, so that no condition is lost.
#[must_use]
pub fn read(text: &str) -> Option<Marking> {
    let mut parts = text.split(';').map(str::trim);
    let tlp: Tlp = parts.next()?.parse().ok()?;
    let mut marking = Marking::from(tlp);
    for part in parts {
        if part == "originator-control" {
            marking.originator_control = true;
        } else {
            let ids = part.strip_prefix("releasable-to ")?;
            let ids: Result<Vec<OrgId>, _> = ids.split_whitespace().map(str::parse).collect();
            marking.releasable_to.extend(ids.ok()?);
        }
    }
    Some(marking)
}

/// The conditions of both: of a record and of its correction, or of all records in one file.
#[must_use]
pub fn narrower(a: &Marking, b: &Marking) -> Marking {
    let releasable_to = match (a.releasable_to.is_empty(), b.releasable_to.is_empty()) {
        (true, _) => b.releasable_to.clone(),
        (_, true) => a.releasable_to.clone(),
        _ => {
            let both = a
                .releasable_to
                .iter()
                .filter(|o| b.releasable_to.contains(o));
            both.copied().collect()
        }
    };
    // Lists without a common organisation leave nobody: no list of that is written, so the label says it.
    let nobody =
        releasable_to.is_empty() && !(a.releasable_to.is_empty() && b.releasable_to.is_empty());
    Marking {
        tlp: if nobody { Tlp::Red } else { a.tlp.min(b.tlp) },
        releasable_to,
        originator_control: a.originator_control || b.originator_control,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marking_is_written_with_all_its_conditions_and_reads_back() {
        let mut marking = Marking::from(Tlp::AmberStrict);
        assert_eq!(write(&marking), "TLP:AMBER+STRICT");
        marking.releasable_to = vec![OrgId([1; 32]), OrgId([2; 32])];
        marking.originator_control = true;
        assert_eq!(read(&write(&marking)), Some(marking));
        assert_eq!(read("amber").map(|m| m.tlp), Some(Tlp::Amber));
        for text in [
            "",
            "public",
            "TLP:AMBER; NATO only",
            "TLP:RED; releasable-to x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn of_two_markings_all_conditions_hold() {
        let listed = |tlp, orgs: &[u8]| Marking {
            releasable_to: orgs.iter().map(|n| OrgId([*n; 32])).collect(),
            ..Marking::from(tlp)
        };
        let (a, b) = (listed(Tlp::Green, &[1, 2]), listed(Tlp::Amber, &[2, 3]));
        assert_eq!(narrower(&a, &b), listed(Tlp::Amber, &[2]));
        assert_eq!(narrower(&a, &listed(Tlp::Clear, &[])), a);
        assert_eq!(narrower(&a, &listed(Tlp::Green, &[9])).tlp, Tlp::Red);
    }
}
