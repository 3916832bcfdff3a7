//! What was understood of a file and what was not, before anybody signs.

use super::Checked;
use crate::{
    context::Context,
    error::Result,
    lang::{self, tr},
    output::{STRONG, plain, strong},
    table::{Table, screen, set_in},
};
use focal_node::exchange::{Became, Finding, Import};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::Path,
};
use unicode_width::UnicodeWidthStr;

/// Reports that are shown whole: the others are counted.
const WHOLE: usize = 20;

/// Everything that is wrong with a report, with its place in the file.
pub(super) fn wrong(checked: &Checked) -> Vec<String> {
    let errors = checked.draft.as_ref().err().into_iter().flatten();
    errors
        .map(|e| {
            format!(
                "{}: {}",
                lang::words(&checked.report.at),
                lang::complaint(e)
            )
        })
        .collect()
}

/// Shows the file and sends nothing.
pub(super) fn only(
    import: &Import,
    checked: &[Checked],
    file: &Path,
    context: &Context,
) -> Result<()> {
    context.print(&value(import, checked), |out| {
        write(import, checked, file, out)?;
        writeln!(out, "{}", tr!("import-name-case"))
    })
}

/// As JSON: the file, its reports, and what is wrong with each.
pub(super) fn value(import: &Import, checked: &[Checked]) -> Value {
    let reports: Vec<Value> = checked
        .iter()
        .map(|c| {
            let mut report = json!(c.report);
            if let Value::Object(map) = &mut report {
                map.insert("refused".into(), json!(c.draft.as_ref().err()));
            }
            report
        })
        .collect();
    json!({
        "format": import.format,
        "encoding": import.encoding,
        "found": import.found,
        "reports": reports,
        "signed": import.signed,
    })
}

/// As tables.
pub(super) fn write(
    import: &Import,
    checked: &[Checked],
    file: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}: {}, {}",
        plain(&file.display().to_string()),
        import.format,
        import.encoding
    )?;
    findings(&import.found, out)?;
    for one in checked.iter().take(WHOLE) {
        writeln!(out)?;
        writeln!(
            out,
            "{STRONG}{}{STRONG:#}: {} {}",
            plain(&lang::words(&one.report.at)),
            one.report.kind,
            plain(&title(one))
        )?;
        findings(&one.report.found, out)?;
        for line in wrong(one) {
            refused(&line, out)?;
        }
    }
    for line in import.signed.iter().take(WHOLE) {
        let at = lang::words(&line.at);
        writeln!(out, "{at}: {} {}", line.kind, plain(&line.title))?;
    }
    let shown = checked.len().max(import.signed.len());
    if shown > WHOLE {
        writeln!(out, "{}", tr!("import-more", n = shown - WHOLE))?;
    }
    let bad = checked.iter().filter(|c| c.draft.is_err()).count();
    writeln!(out)?;
    if !import.signed.is_empty() {
        writeln!(out, "{}", tr!("import-signed", n = import.signed.len()))?;
    }
    if !checked.is_empty() {
        let good = checked.len() - bad;
        writeln!(out, "{}", tr!("import-can-be-sent", n = good, bad))?;
    }
    if bad > 0 && checked.len() > WHOLE {
        for line in checked.iter().skip(WHOLE).flat_map(wrong).take(WHOLE) {
            refused(&line, out)?;
        }
    }
    Ok(())
}

fn refused(line: &str, out: &mut dyn Write) -> io::Result<()> {
    let head = tr!("import-refused-head");
    let label = format!("{} ", strong(&head));
    set_in(&label, head.width() + 1, screen(), &plain(line), out)
}

/// What a list shows of a report that may not be complete.
fn title(checked: &Checked) -> String {
    match &checked.draft {
        Ok(draft) => draft.body.title(),
        Err(_) => {
            let text = |name: &str| checked.report.fields.get(name).and_then(Value::as_str);
            let found = ["title", "headline", "activity", "description"]
                .into_iter()
                .find_map(text);
            found
                .unwrap_or_default()
                .lines()
                .next()
                .unwrap_or_default()
                .to_string()
        }
    }
}

fn findings(found: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(&[tr!("head-in-file"), tr!("head-says"), tr!("head-becomes")]);
    for finding in found {
        let becomes = match &finding.became {
            Became::Field { field } => field.clone(),
            Became::Text => tr!("import-text-line"),
            Became::LeftOut { why } => tr!("import-left-out", why = lang::words(why)),
            Became::Remark { remark } => format!("({})", lang::words(remark)),
        };
        table.row(vec![
            plain(&lang::words(&finding.at)).into_owned(),
            plain(&finding.given.replace('\n', " ")).into_owned(),
            plain(&becomes).into_owned(),
        ]);
    }
    table.write(out)
}
