//! Step 13: the case as a bundle that anybody can check, and as a page.

use super::{Party, script::NORLAND};
use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use serde::Serialize;
use std::{fs, path::PathBuf};

/// What came of it.
#[derive(Debug, Serialize)]
pub(super) struct Bundled {
    /// The bundle.
    pub(super) bundle: PathBuf,
    /// The case as a page.
    pub(super) page: PathBuf,
    /// Reports that are proven by it.
    pub(super) records: u64,
    /// Files with them.
    pub(super) files: u64,
    /// What is said of a copy with one other byte.
    pub(super) changed: String,
}

/// Makes a bundle and a page, checks the bundle, and a copy of it in which one byte is another.
pub(super) async fn bundle(parties: &[Party], case: &str, say: &impl Fn(&str)) -> Result<Bundled> {
    let norland = parties
        .get(NORLAND)
        .ok_or_else(|| Error::new(Exit::Failed, tr!("demo-three")))?;
    say(&tr!("demo-step-bundle"));
    let base = norland.home.parent().map(PathBuf::from).unwrap_or_default();
    let (bundle, page, copy) = (
        base.join("orsk.zip"),
        base.join("orsk.html"),
        base.join("changed.zip"),
    );
    let text = |path: &PathBuf| path.display().to_string();
    norland
        .json(&[
            "evidence",
            "make",
            case,
            "--for",
            "own-use",
            "-o",
            &text(&bundle),
        ])
        .await?;
    norland
        .json(&["case", "report", case, "--html", "-o", &text(&page)])
        .await?;
    let proven = norland.json(&["verify", &text(&bundle)]).await?;
    let changed = |e: std::io::Error| Error::io(tr!("demo-not-copied"), &copy, &e);
    let mut bytes = fs::read(&bundle).map_err(changed)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    fs::write(&copy, &bytes).map_err(changed)?;
    let said = norland.json(&["verify", &text(&copy)]).await;
    let Err(refused) = said else {
        return Err(Error::new(Exit::Failed, tr!("demo-changed-taken")));
    };
    let why = refused.why.unwrap_or_default();
    let why: serde_json::Value = serde_json::from_str(&why).unwrap_or(why.into());
    let records = proven["records"].as_array().map_or(0, Vec::len);
    Ok(Bundled {
        bundle,
        page,
        records: records as u64,
        files: proven["files"].as_u64().unwrap_or_default(),
        changed: why["why"]
            .as_str()
            .or(why.as_str())
            .unwrap_or_default()
            .to_string(),
    })
}
