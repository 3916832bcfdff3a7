//! Destroying a home: its keys, its node, and whatever else Focal has put there. What others have put there stays.

use crate::{
    agent, attach,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    outbox, watching,
};
use focal_node::wipe::{Decoy, Wipe};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Everything in a home.
pub(crate) fn of_home(context: &Context) -> Wipe {
    let home = &context.home;
    let at = |name: &str| home.join(name);
    let node = Wipe::node(&context.node_dir());
    // First what opens most.
    let mut keys = vec![
        context.authors_dir(),
        at("node/node.key"),
        at("org/root.key"),
        at("attaching"),
    ];
    keys.extend(attach::original_keys(context));
    keys.extend(node.keys);
    let mut clear = vec![
        at("officer.json"),
        at("drafts"),
        at("outbox"),
        at("org"),
        at("federation"),
    ];
    // What a command had begun to make when it was cut short.
    clear.extend(begun(home));
    clear.extend(node.clear);
    let mut sealed = vec![at("originals"), at("watching"), attach::fetching(context)];
    sealed.extend([agent::socket(context), agent::lock_path(context)]);
    sealed.extend(node.sealed);
    let own = std::process::id().to_string();
    let mut locks = vec![agent::lock_path(context)];
    // Not the command that does it.
    locks.extend(
        watching::locks(context)
            .into_iter()
            .filter(|path| !path.ends_with(&own)),
    );
    locks.extend(node.locks);
    Wipe {
        root: home.clone(),
        keys,
        locks,
        clear,
        sealed,
        places: vec![context.node_dir()],
        ..Wipe::default()
    }
}

fn begun(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    let ours = |name: &str| {
        [".org-", ".node-", ".tmp"]
            .iter()
            .any(|p| name.starts_with(p))
    };
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(ours))
        .map(|entry| entry.path())
        .collect()
}

/// Everything in a home but one key file, in whose place a decoy stands from now on. A node's settings stay beside its
/// keys, so that it starts.
fn but(context: &Context, decoy: Decoy) -> Wipe {
    let mut wipe = of_home(context);
    if decoy.path.starts_with(context.node_dir()) {
        let settings = context.node_dir().join("node.toml");
        wipe.clear.retain(|path| *path != settings);
        wipe.spared.push(settings);
    }
    wipe.decoy = Some(decoy);
    wipe
}

/// A duress passphrase was typed: everything goes, and what it opens takes the place of the key.
pub(crate) fn under_duress(context: &Context, path: &Path, text: String) {
    let decoy = |text| Decoy {
        path: path.to_path_buf(),
        text,
    };
    context.opened.under_duress(path);
    // Nobody is told whether all of it could be done: what was left goes at the next call, for its mark is there.
    let _ = but(context, decoy(Some(text))).run();
}

/// What a command has written after the duress passphrase, such as the draft of a report that it could not send.
pub(crate) fn once_more(context: &Context, path: &Path) {
    let decoy = Decoy {
        path: path.to_path_buf(),
        text: None,
    };
    let _ = but(context, decoy).run();
}

/// Goes on with a wipe that was cut short.
pub(crate) fn resume(context: &Context) {
    let decoy = |path: PathBuf| Decoy { path, text: None };
    if let Some(begun) = Wipe::begun(&context.home) {
        let wipe = match &begun.decoy {
            Some(path) => but(context, decoy(path.clone())),
            None => of_home(context),
        };
        let _ = wipe.run();
    }
    let node = context.node_dir();
    if let Some(begun) = Wipe::begun(&node) {
        let wipe = match &begun.decoy {
            Some(_) => Wipe::node_but_decoy(&node, None),
            None => Wipe::node(&node),
        };
        let _ = wipe.run();
    }
}

/// What the error of a wipe means to a person.
pub(crate) fn failed(error: &focal_node::Error) -> Error {
    Error::new(Exit::Io, tr!("wipe-not-all"))
        .why(error.to_string())
        .next(tr!("wipe-not-all-next"))
}

/// What would be lost with the files of a home's people, without opening anything.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct People {
    /// Whose keys are here.
    pub(crate) authors: Vec<String>,
    /// Whether the organisation's root key is here.
    pub(crate) root_key: bool,
    /// Reports in the outbox that no node has.
    pub(crate) outbox: usize,
    /// Reports that were refused or never sent, in the clear.
    pub(crate) drafts: usize,
    /// Pictures as they were, kept as evidence.
    pub(crate) originals: usize,
}

impl People {
    /// Counts.
    pub(crate) fn of(context: &Context) -> Self {
        let files = |dir: &str| {
            fs::read_dir(context.home.join(dir))
                .into_iter()
                .flatten()
                .count()
        };
        let all = |found: Result<Vec<(String, usize)>>| {
            found
                .unwrap_or_default()
                .iter()
                .map(|(_, n)| n)
                .sum::<usize>()
        };
        Self {
            authors: crate::keys::author_handles(context).unwrap_or_default(),
            root_key: crate::keys::root_path(&context.org_dir()).exists(),
            outbox: all(outbox::waiting(context)) + all(outbox::refused(context)),
            drafts: files("drafts"),
            originals: attach::original_keys(context).len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    fn home() -> (tempfile::TempDir, Context) {
        let dir = tempfile::tempdir().expect("dir");
        let home = dir.path().join("home");
        let context = Context::for_tests(&home);
        for path in [
            "authors/eli.key",
            "authors/anna.key",
            "org/root.key",
            "org/org.json",
            "federation/charter",
            "drafts/1.json",
            "outbox/eli/00000001.waiting",
            "originals/ab.key",
            "originals/ab",
            "attaching/cd",
            "officer.json",
            ".node-x/node.key",
            "node/node.key",
            "node/node.toml",
            "node/store/cases/0011",
            "node/store/db",
        ] {
            files::write_private(&home.join(path), path.as_bytes()).expect("written");
        }
        (dir, context)
    }

    fn left(context: &Context) -> Vec<String> {
        fn walk(dir: &Path, home: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(dir).expect("a directory").flatten() {
                if entry.path().is_dir() {
                    walk(&entry.path(), home, found);
                } else {
                    let path = entry.path();
                    found.push(
                        path.strip_prefix(home)
                            .expect("below")
                            .display()
                            .to_string(),
                    );
                }
            }
        }
        let mut found = Vec::new();
        walk(&context.home, &context.home, &mut found);
        found.sort();
        found
    }

    #[test]
    fn all_that_focal_has_made_goes_and_what_others_have_put_there_stays() {
        let (_dir, context) = home();
        of_home(&context).run().expect("wiped");
        assert_eq!(left(&context), ["passphrase"]);
        assert!(!context.node_dir().exists() && !context.authors_dir().exists());
    }

    #[test]
    fn under_duress_one_key_file_stays_and_it_is_the_decoy() {
        for (path, stays) in [
            ("authors/eli.key", vec!["authors/eli.key", "passphrase"]),
            (
                "node/node.key",
                vec!["node/node.key", "node/node.toml", "passphrase"],
            ),
        ] {
            let (_dir, context) = home();
            let path = context.home.join(path);
            under_duress(&context, &path, "decoy".into());
            assert_eq!(left(&context), stays);
            assert_eq!(fs::read(&path).expect("there"), b"decoy");
            // A draft that the command keeps afterwards goes, too.
            files::write_private(&context.home.join("drafts/2.json"), b"CANARY").expect("written");
            once_more(&context, &path);
            assert_eq!(left(&context), stays);
            assert_eq!(fs::read(&path).expect("there"), b"decoy");
        }
    }

    #[test]
    fn what_was_cut_short_goes_on_at_the_next_call_of_any_command() {
        let (_dir, context) = home();
        fs::write(context.home.join(".wipe"), "").expect("the mark");
        resume(&context);
        assert_eq!(left(&context), ["passphrase"]);
        let (_dir, context) = home();
        fs::write(context.home.join("node/.wipe"), "").expect("the mark");
        resume(&context);
        assert!(!context.node_dir().exists() && context.authors_dir().exists());
        let (_dir, context) = home();
        fs::write(context.home.join(".wipe"), "authors/eli.key").expect("the mark");
        fs::write(context.home.join("authors/eli.key.new"), "decoy").expect("staged");
        resume(&context);
        assert_eq!(left(&context), ["authors/eli.key", "passphrase"]);
        assert_eq!(
            fs::read(context.home.join("authors/eli.key")).expect("there"),
            b"decoy"
        );
    }

    #[test]
    fn what_would_be_lost_is_counted_without_a_key() {
        let (_dir, context) = home();
        let people = People::of(&context);
        assert_eq!(people.authors, ["anna", "eli"]);
        assert!(people.root_key);
        assert_eq!((people.outbox, people.drafts, people.originals), (1, 1, 1));
    }
}
