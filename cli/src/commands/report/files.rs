//! Files that go with a report, and what pictures say besides what they show.

use crate::{
    attach::{self, Described, Looked, Metadata, Sealed},
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::plain,
};
use focal_protocol::limits;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The field that says that pictures go without their metadata: so that a draft that is sent again knows it.
pub(super) const STRIP: &str = "strip_metadata";

/// Reads the files that a report names by their paths, and puts their descriptions in the place of the paths.
pub(super) fn sealed(fields: &mut Map<String, Value>, context: &Context) -> Result<Vec<Sealed>> {
    let strip = fields.remove(STRIP) == Some(Value::Bool(true));
    let paths = attach::paths(fields)?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    if paths.len() > limits::ATTACHMENTS {
        return Err(Error::new(Exit::Refused, tr!("report-too-many-files"))
            .why(tr!(
                "report-too-many-files-why",
                given = paths.len(),
                allowed = limits::ATTACHMENTS,
            ))
            .next(tr!("report-too-many-files-next")));
    }
    let described = Described { strip, name: None };
    let read = |path: &PathBuf| Sealed::of(path, &described, context);
    let files: Vec<Sealed> = paths.iter().map(read).collect::<Result<_>>()?;
    for file in &files {
        tell(file, context);
    }
    let described: Vec<_> = files.iter().map(|f| &f.attachment).collect();
    attach::put(fields, &described)?;
    Ok(files)
}

/// Says what a file tells besides what it shows, and whether that goes with it; or that nobody has looked.
fn tell(file: &Sealed, context: &Context) {
    let name = plain(&file.attachment.name).into_owned();
    let line = |told: &Metadata| plain(&told.line()).into_owned();
    let text = match (file.metadata(), file.stripped) {
        (Looked::Whole(told), stripped) => match (stripped, told.is_empty()) {
            (true, false) => tr!("picture-taken-out", name, line = line(&told)),
            (false, false) => tr!("picture-says", name, line = line(&told)),
            (true, true) => tr!("picture-says-nothing", name),
            (false, true) => return,
        },
        (Looked::Film(told), _) if told.is_empty() => tr!("film-says-nothing", name),
        (Looked::Film(told), _) => tr!("film-says", name, line = line(&told)),
        (Looked::Not, _) => tr!("file-not-looked-into", name),
        (Looked::None, _) => return,
    };
    context.remark(&text);
}
