//! Reports that could not be sent: nothing that a person typed is lost.

use crate::{
    context::{Context, now},
    error::{Error, Result},
    lang::tr,
    organisation::json,
    output::word,
};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Keeps a report; returns where.
pub(crate) fn keep(fields: &Map<String, Value>, context: &Context) -> Result<PathBuf> {
    let dir = context.home.join("drafts");
    crate::files::private_dir(&dir)?;
    let (now, process) = (now().0, std::process::id());
    // Several may be kept in one millisecond: each has a name of its own.
    let mut names = std::iter::once(String::new()).chain((2..).map(|n| format!("-{n}")));
    let path = names
        .find_map(|n| Some(dir.join(format!("{now}-{process}{n}.json"))).filter(|p| !p.exists()));
    let path = path.expect("numbers do not end");
    crate::files::write_private(&path, &json(fields))?;
    Ok(path)
}

/// A draft of ours that was sent is in the case now, sealed: nothing of it stays in the clear, nor of copies that editors make
/// beside it. Other files are their owner's.
pub(super) fn sent(path: &Path, context: &Context) {
    let drafts = context.home.join("drafts");
    let ours = path.canonicalize().ok().zip(drafts.canonicalize().ok());
    if let Some((path, drafts)) = ours
        && path.parent() == Some(&drafts)
    {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let copies = [
            format!("{name}~"),
            format!(".{name}.swp"),
            format!("{name}.bak"),
        ];
        let copies = copies.map(|copy| drafts.join(copy));
        for path in std::iter::once(&path).chain(&copies) {
            if let Err(e) = focal_node::wipe::destroy(path) {
                context.remark(&tr!(
                    "draft-sent",
                    path = path.display(),
                    error = e.to_string()
                ));
            }
        }
    }
}

/// The same error, which also names the file in which the report is.
pub(super) fn named(error: Error, path: &Path, case: &str) -> Error {
    let again = tr!(
        "report-kept-in",
        case = word(case),
        file = word(&path.to_string_lossy()),
    );
    let next = match &error.next {
        Some(first) => tr!("both-next", first, next = again),
        None => again,
    };
    error.next(next)
}

/// The same error, which also says where the report was kept, and whether it was.
pub(super) fn kept(
    error: Error,
    fields: &Map<String, Value>,
    case: &str,
    context: &Context,
) -> (Error, bool) {
    match keep(fields, context) {
        Ok(path) => (named(error, &path, case), true),
        Err(lost) => {
            let before = error.why.clone().unwrap_or_default();
            let why = tr!("draft-not-kept", why = before, lost = lost.what);
            (error.why(why), false)
        }
    }
}
