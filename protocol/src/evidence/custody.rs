//! Who had a bundle, when, and what they did with it: the custody log, after the Berkeley Protocol on Digital Open Source
//! Investigations (2022), chapter VI.
//!
//! One line for each act: what happened as JSON, a tab, the key, a tab, the signature, both in hex. Each line names the
//! hash of the line before, so that none can be taken out of the middle or change places, and the hash of the contents.

use crate::{
    id::{Hash, OrgId},
    key::{Context, PublicKey, SecretKey, Signature},
    limits,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// The items were taken from a node.
    Collected,
    /// The bundle was closed: what it contains stands in this line's hash.
    Sealed,
    /// Somebody has taken it over.
    Received,
}

impl std::fmt::Display for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Collected => "collected",
            Self::Sealed => "sealed",
            Self::Received => "received",
        })
    }
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// What was done.
    pub act: Act,
    /// When, by the clock of whoever did it.
    pub at: Time,
    /// Who, by their own words.
    pub by: String,
    /// For which organisation of the federation; none for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrgId>,
    /// Where, how, for what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// SHA-256 of the item `contents.json`.
    pub contents: Hash,
    /// SHA-256 of the line before, without its end; zeros in the first one.
    pub previous: Hash,
}

/// A line whose signature and place were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub custody: Custody,
    /// Who signed it.
    pub key: PublicKey,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a line of a custody log.
    #[error("line {0} cannot be read")]
    Unreadable(usize),
    /// It does not follow the line before.
    #[error("line {0} does not follow the one before it: a line was changed, taken out or moved")]
    Order(usize),
    /// It speaks of other contents.
    #[error("line {0} is about another bundle")]
    OtherContents(usize),
    /// The signature is wrong.
    #[error("the signature on line {0} is not valid")]
    Signature(usize),
    /// More lines than anybody writes.
    #[error("it has more than {} lines", limits::CUSTODY_LINES)]
    TooMany,
    /// No line in the beginning says that it was collected and sealed.
    #[error("it does not begin with who collected and sealed the bundle")]
    NotSealed,
}

fn hash(line: &[u8]) -> Hash {
    Hash::of(&[line])
}

/// Adds a line to a log, which may be empty. `previous` of `custody` is filled in.
#[must_use]
pub fn append(log: &[u8], custody: Custody, key: &SecretKey) -> Vec<u8> {
    let last = log.strip_suffix(b"\n").map(|log| {
        let begin = log.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        log.get(begin..).unwrap_or_default()
    });
    let custody = Custody {
        previous: last.map_or(Hash([0; 32]), hash),
        ..custody
    };
    let json = serde_json::to_vec(&custody).unwrap_or_default();
    let signature = key.sign(Context::Custody, &json);
    let mut out = log.to_vec();
    out.extend(&json);
    out.extend(format!("\t{}\t{}\n", key.public(), hex::encode(signature.0)).bytes());
    out
}

/// Checks a whole log about these contents.
///
/// # Errors
/// The first line that does not hold.
pub fn check(log: &[u8], contents: &Hash) -> Result<Vec<Line>, Fault> {
    let mut lines: Vec<Line> = Vec::new();
    let mut previous = Hash([0; 32]);
    let mut rest = log;
    while !rest.is_empty() {
        let number = lines.len() + 1;
        if number > limits::CUSTODY_LINES {
            return Err(Fault::TooMany);
        }
        let end = rest.iter().position(|b| *b == b'\n');
        let end = end.filter(|end| *end <= limits::CUSTODY_LINE);
        let (line, after) = rest.split_at(end.ok_or(Fault::Unreadable(number))?);
        rest = after.get(1..).unwrap_or_default();
        let read = read(line, number)?;
        if read.custody.previous != previous {
            return Err(Fault::Order(number));
        }
        if read.custody.contents != *contents {
            return Err(Fault::OtherContents(number));
        }
        previous = hash(line);
        lines.push(read);
    }
    let begins = lines.iter().map(|l| l.custody.act).take(2);
    if !begins.eq([Act::Collected, Act::Sealed]) {
        return Err(Fault::NotSealed);
    }
    Ok(lines)
}

fn read(line: &[u8], number: usize) -> Result<Line, Fault> {
    let unreadable = || Fault::Unreadable(number);
    let mut parts = line.split(|b| *b == b'\t');
    let (Some(json), Some(key), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(unreadable());
    };
    // One way to write it: a letter of another case would be a change that nobody finds.
    let bytes = |text: &[u8]| {
        let bytes = hex::decode(text).ok()?;
        (hex::encode(&bytes).as_bytes() == text).then_some(bytes)
    };
    let key = bytes(key).and_then(|k| k.try_into().ok());
    let signature = bytes(signature).and_then(|s| s.try_into().ok());
    let (Some(key), Some(signature)) = (key.map(PublicKey), signature.map(Signature)) else {
        return Err(unreadable());
    };
    let custody = serde_json::from_slice(json).map_err(|_| unreadable())?;
    key.verify(Context::Custody, json, &signature)
        .map_err(|_| Fault::Signature(number))?;
    Ok(Line { custody, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custody(act: Act) -> Custody {
        Custody {
            act,
            at: Time(7),
            by: "Officer".into(),
            organisation: Some(OrgId([1; 32])),
            note: None,
            contents: Hash([2; 32]),
            previous: Hash([0; 32]),
        }
    }

    fn log(acts: &[Act]) -> Vec<u8> {
        let key = SecretKey::from_seed(zeroize::Zeroizing::new([3; 32]));
        acts.iter()
            .fold(Vec::new(), |log, act| append(&log, custody(*act), &key))
    }

    const ALL: [Act; 4] = [Act::Collected, Act::Sealed, Act::Received, Act::Received];

    #[test]
    fn a_log_is_read_as_it_was_written() {
        let lines = check(&log(&ALL), &Hash([2; 32])).expect("holds");
        let acts: Vec<_> = lines.iter().map(|l| l.custody.act).collect();
        assert_eq!(acts, ALL);
    }

    #[test]
    fn lines_cannot_change_places_be_changed_or_be_missing_from_the_middle() {
        let whole = log(&ALL);
        let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
        for order in [[0, 2, 1, 3], [1, 0, 2, 3], [0, 1, 3, 2], [0, 1, 1, 2]] {
            let moved = order.map(|at: usize| lines[at]).concat();
            assert!(check(&moved, &Hash([2; 32])).is_err(), "{order:?}");
        }
        assert!(check(&[lines[0], lines[1], lines[3]].concat(), &Hash([2; 32])).is_err());
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(check(&changed, &Hash([2; 32])).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_log_without_a_beginning_or_about_something_else_is_refused() {
        assert_eq!(check(b"", &Hash([2; 32])), Err(Fault::NotSealed));
        let one = log(&[Act::Collected]);
        assert_eq!(check(&one, &Hash([2; 32])), Err(Fault::NotSealed));
        let other = check(&log(&ALL), &Hash([9; 32]));
        assert_eq!(other, Err(Fault::OtherContents(1)));
        let many = log(&[Act::Received; limits::CUSTODY_LINES + 1]);
        assert_eq!(check(&many, &Hash([2; 32])), Err(Fault::TooMany));
        let long = vec![b'x'; limits::CUSTODY_LINE + 2];
        assert_eq!(check(&long, &Hash([2; 32])), Err(Fault::Unreadable(1)));
    }
}
