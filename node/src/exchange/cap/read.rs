//! From a CAP message to reports: one for each event in it, translations under the text of the first language.

use super::{
    NAMESPACE, NAMESPACE_1_1,
    elements::{children, invalid, wrong},
    head::Head,
    info::groups,
};
use crate::exchange::{
    Change, Error, Format, Import, Options, limits,
    reading::{Reading, shown},
    xml,
};
use roxmltree::Node;

/// Reads a CAP file.
///
/// # Errors
/// Not well-formed, not CAP, or against its rules in a way that leaves no alert.
pub(in crate::exchange) fn read(text: &str, options: &Options) -> Result<Import, Error> {
    let document = xml::parse(text)?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace();
    let name = root.tag_name().name();
    let old = namespace == Some(NAMESPACE_1_1);
    if name != "alert" || !(old || namespace == Some(NAMESPACE)) {
        let namespace = namespace.unwrap_or("no namespace");
        return Err(Error::NotOne(format!(
            "a CAP 1.2 or 1.1 alert, but <{}> of {}",
            shown(name),
            shown(namespace)
        )));
    }
    let mut file = Reading::default();
    if old {
        file.remark(
            "alert",
            "it is CAP 1.1; its elements are all in CAP 1.2 too",
        );
    }
    let head = Head::read(root, &mut file)?;
    let infos: Vec<Node<'_, '_>> = children(root, "info").collect();
    if infos.len() > limits::INFOS {
        let (what, limit) = ("<info>", limits::INFOS);
        return Err(Error::TooMuch { what, limit });
    }
    let mut reports = Vec::new();
    for group in groups(&infos) {
        reports.push(group.report(&head, options, &mut file));
    }
    if let (Change::Cancel, Some(amends)) = (head.change, head.amends()) {
        // What it withdraws is all that it says.
        reports = vec![head.cancel(amends, options)];
    } else if reports.is_empty() {
        let error = wrong(
            "info",
            "nothing",
            "at least one <info>: without it there is no alert",
        );
        return Err(invalid(vec![error]));
    }
    Ok(Import {
        format: Format::Cap,
        encoding: "",
        found: file.found,
        reports,
        signed: Vec::new(),
    })
}
