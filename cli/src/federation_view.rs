//! A federation as people read it: the same from a node and from a file.

use crate::{
    federation_file::{FederationFile, Stage},
    lang::tr,
    output::{FAINT, STRONG, plain, strong},
};
use focal_node::api::types::{Author, Directory, Organisation};
use focal_protocol::{
    directory::{Manifest, Member, Roster},
    fingerprint::Fingerprint,
};
use serde::Serialize;
use std::io::{self, Write};

/// A federation file, for `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    /// `founding`, `admission` or `complete`.
    pub(crate) stage: &'static str,
    /// Names of those who have signed at this stage.
    pub(crate) signed: Vec<String>,
    /// Names of those who have not.
    pub(crate) unsigned: Vec<String>,
    /// How many signatures are still needed.
    pub(crate) still_needed: usize,
    /// What the last roster would change.
    pub(crate) changes: Vec<String>,
    /// The federation, as the last roster has it.
    #[serde(flatten)]
    pub(crate) directory: Directory,
}

impl Shown {
    /// What a file says.
    pub(crate) fn new(file: &FederationFile) -> Self {
        let names = |signed: bool| {
            (file.signers.iter())
                .filter(|s| s.signed == signed)
                .map(|s| s.member.name.clone())
                .collect()
        };
        Self {
            stage: match file.stage {
                Stage::Founding => "founding",
                Stage::Admission => "admission",
                Stage::Complete => "complete",
            },
            signed: names(true),
            unsigned: names(false),
            still_needed: file.still_needed(),
            changes: changes(&file.in_force, &file.roster),
            directory: directory(file),
        }
    }

    /// For people.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write_directory(out, &self.directory)?;
        if !self.changes.is_empty() {
            writeln!(
                out,
                "\n{}",
                strong(&tr!(
                    "roster-proposed",
                    version = self.directory.roster_version
                ))
            )?;
            for change in &self.changes {
                writeln!(out, "  {}", plain(change))?;
            }
        }
        if self.stage != "complete" {
            writeln!(out)?;
            self.write_signatures(out)?;
        }
        Ok(())
    }

    /// Which federation, and how far it has come: what remains to be said after somebody has signed.
    pub(crate) fn write_progress(&self, out: &mut dyn Write) -> io::Result<()> {
        let directory = &self.directory;
        writeln!(
            out,
            "{}",
            tr!(
                "federation-roster",
                name = strong(&plain(&directory.name)),
                version = directory.roster_version
            )
        )?;
        writeln!(out, "  {}", directory.fingerprint)?;
        if self.stage == "complete" {
            return Ok(());
        }
        self.write_signatures(out)
    }

    fn write_signatures(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", strong(&tr!("signatures")))?;
        writeln!(
            out,
            "  {}",
            tr!("signatures-given", who = plain(&list(&self.signed)))
        )?;
        writeln!(
            out,
            "  {}",
            tr!("signatures-lacking", who = plain(&list(&self.unsigned)))
        )?;
        writeln!(out, "  {}", self.verdict())
    }

    /// Whether signatures are missing, in a sentence.
    fn verdict(&self) -> String {
        match self.still_needed {
            0 => tr!("signatures-complete"),
            n => tr!("signatures-more", n),
        }
    }
}

/// Names in a line.
pub(crate) fn list(names: &[String]) -> String {
    if names.is_empty() {
        tr!("nobody")
    } else {
        names.join(", ")
    }
}

fn directory(file: &FederationFile) -> Directory {
    Directory {
        federation: file.id.to_string(),
        name: file.charter.name.clone(),
        fingerprint: Fingerprint::of_federation(&file.id).to_string(),
        founded: file.charter.founded.to_string(),
        roster_version: file.roster.version,
        threshold: file.roster.threshold,
        members: (file.roster.members.iter())
            .map(|m| organisation(m, &file.roster, file.manifest(&m.org).as_ref()))
            .collect(),
        conflicts: 0,
    }
}

fn organisation(member: &Member, roster: &Roster, manifest: Option<&Manifest>) -> Organisation {
    Organisation {
        org: member.org.to_string(),
        name: member.name.clone(),
        kind: member.kind.to_string(),
        country: member.country.clone(),
        status: status(member),
        steward: roster.stewards.contains(&member.org),
        root_key: member.root_key.to_string(),
        fingerprint: Fingerprint::of_key(&member.root_key).to_string(),
        manifest_version: manifest.map_or(0, |m| m.version),
        manifest_expires: manifest.map(|m| m.expires.to_string()),
        nodes: manifest
            .map(|m| m.nodes.iter().map(|n| n.id.to_string()).collect())
            .unwrap_or_default(),
        authors: manifest
            .map(|m| m.authors.iter().map(|a| author(a, m)).collect())
            .unwrap_or_default(),
    }
}

fn author(author: &focal_protocol::directory::AuthorEntry, manifest: &Manifest) -> Author {
    Author {
        handle: author.handle.clone(),
        name: author.name.clone(),
        role: author.role.to_string(),
        key: author.key.to_string(),
        revoked: manifest.is_revoked(&author.key),
    }
}

fn status(member: &Member) -> String {
    use focal_protocol::directory::Status;
    match member.status {
        Status::Active => "active",
        Status::Suspended => "suspended",
        Status::Left => "left",
    }
    .into()
}

/// Everything that differs from the roster in force: a steward must not overlook what else a proposal changes.
fn changes(old: &Roster, new: &Roster) -> Vec<String> {
    let mut changes = Vec::new();
    for member in &new.members {
        let name = &member.name;
        let Some(before) = old.member(&member.org) else {
            changes.push(tr!("change-admitted", name));
            continue;
        };
        if before.status != member.status {
            changes.push(tr!(
                "change-status",
                name,
                now = status(member),
                before = status(before)
            ));
        }
        if before.root_key != member.root_key {
            changes.push(tr!("change-root-key", name));
        }
        if before.name != member.name {
            changes.push(tr!("change-name", before = before.name, name));
        }
        if before.kind != member.kind || before.country != member.country {
            changes.push(tr!(
                "change-kind",
                name,
                kind = member.kind,
                country = member.country,
                before = before.kind,
                whence = before.country
            ));
        }
    }
    if old.threshold != new.threshold {
        changes.push(tr!(
            "change-threshold",
            now = new.threshold,
            before = old.threshold
        ));
    }
    for steward in new.stewards.iter().filter(|s| !old.stewards.contains(s)) {
        let name = new
            .member(steward)
            .map_or_else(|| steward.short(), |m| m.name.clone());
        changes.push(tr!("change-steward", name));
    }
    for steward in old.stewards.iter().filter(|s| !new.stewards.contains(s)) {
        let name = new
            .member(steward)
            .map_or_else(|| steward.short(), |m| m.name.clone());
        changes.push(tr!("change-no-steward", name));
    }
    changes
}

/// A federation with its members and every fingerprint.
pub(crate) fn write_directory(out: &mut dyn Write, directory: &Directory) -> io::Result<()> {
    let stewards = directory.members.iter().filter(|m| m.steward).count();
    writeln!(out, "{STRONG}{}{STRONG:#}", plain(&directory.name))?;
    writeln!(out, "  {}", directory.fingerprint)?;
    writeln!(
        out,
        "  {}",
        tr!(
            "federation-head",
            founded = directory.founded,
            version = directory.roster_version,
            threshold = directory.threshold,
            stewards
        )
    )?;
    if directory.conflicts > 0 {
        writeln!(
            out,
            "  {}",
            strong(&tr!("federation-conflicts", n = directory.conflicts))
        )?;
    }
    for member in &directory.members {
        write_member(out, member)?;
    }
    Ok(())
}

fn write_member(out: &mut dyn Write, member: &Organisation) -> io::Result<()> {
    writeln!(
        out,
        "\n{STRONG}{}{STRONG:#} ({}, {}){}{}",
        plain(&member.name),
        plain(&member.kind),
        plain(&member.country),
        if member.steward {
            format!(", {}", tr!("member-steward"))
        } else {
            String::new()
        },
        if member.status == "active" {
            String::new()
        } else {
            format!(", {}", plain(&member.status))
        },
    )?;
    writeln!(out, "  {}", member.fingerprint)?;
    let manifest = match (&member.manifest_expires, member.manifest_version) {
        (Some(expires), version) if version > 0 => {
            tr!("member-manifest", version, expires)
        }
        _ => tr!("member-no-manifest"),
    };
    let authors = member.authors.iter().filter(|a| !a.revoked).count();
    writeln!(
        out,
        "  {FAINT}{}; {}, {}; {}{FAINT:#}",
        plain(&manifest),
        tr!("count-nodes", n = member.nodes.len()),
        tr!("count-authors", n = authors),
        plain(&member.org)
    )
}

/// Fingerprints of those concerned, to be compared over the phone before a signature.
pub(crate) fn write_stake(out: &mut dyn Write, concerned: &[&Member]) -> io::Result<()> {
    for member in concerned {
        writeln!(
            out,
            "{STRONG}{}{STRONG:#} ({}, {})",
            plain(&member.name),
            member.kind,
            plain(&member.country)
        )?;
        writeln!(out, "  {}", Fingerprint::of_key(&member.root_key))?;
    }
    write_compare(out)
}

/// What the fingerprints are there for.
pub(crate) fn write_compare(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}\n", tr!("compare-words"))
}
