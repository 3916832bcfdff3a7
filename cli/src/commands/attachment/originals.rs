//! Pictures as they were before metadata was taken out of them.

use super::OriginalsArgs;
use crate::{
    attach::{bytes, originals as kept_aside},
    commands::case::first,
    context::Context,
    error::{Error, Exit, Result},
    files::create_private,
    keys::open_author,
    lang::tr,
    output::plain,
    table::Table,
};
use focal_protocol::id::Hash;
use serde_json::json;

pub(super) fn originals(args: &OriginalsArgs, context: &Context) -> Result<()> {
    let author = open_author(context, args.author.as_deref())?;
    let (kept, others) = kept_aside::all(&author.key, context)?;
    drop(author);
    if let (Some(what), Some(path)) = (&args.what, &args.output) {
        let digits = what.to_ascii_lowercase();
        let begins = |id: &Hash| id.to_string().starts_with(&digits);
        let mut found = kept
            .iter()
            .filter(|o| digits.len() >= 4 && (begins(&o.picture.hash) || begins(&o.sent_as)));
        let (Some(original), None) = (found.next(), found.next()) else {
            return Err(
                Error::new(Exit::NotFound, tr!("original-no-one", what = plain(what)))
                    .why(tr!("original-digits"))
                    .next(tr!("original-see")),
            );
        };
        let bytes = kept_aside::open(original, context)?;
        create_private(path, &bytes)?;
        let written = json!({
            "name": original.picture.name, "hash": original.picture.hash, "file": path,
        });
        return context.print(&written, |out| {
            let path = path.display().to_string();
            writeln!(out, "{}", tr!("original-as-it-was", file = plain(&path)))
        });
    }
    let rows: Vec<_> = kept
        .iter()
        .map(|o| {
            json!({
                "name": o.picture.name, "size": o.picture.size, "hash": o.picture.hash,
                "sent_as": o.sent_as, "kept": o.kept,
            })
        })
        .collect();
    context.print(&rows, |out| {
        if kept.is_empty() {
            writeln!(out, "{}", tr!("original-none"))?;
        } else {
            let mut table = Table::new(&[
                &tr!("head-file-name"),
                &tr!("head-file-size"),
                &tr!("head-kept"),
                &tr!("head-file-sha"),
                &tr!("head-file-sent-as"),
            ]);
            for o in &kept {
                table.row(vec![
                    plain(&o.picture.name).into_owned(),
                    bytes(o.picture.size),
                    o.kept.to_string(),
                    first(&o.picture.hash.to_string()),
                    first(&o.sent_as.to_string()),
                ]);
            }
            table.write(out)?;
        }
        if others > 0 {
            writeln!(out, "{}", tr!("original-of-others", n = others))?;
        }
        Ok(())
    })
}
