//! Elements of a message by name, and what is wrong with them.

use crate::exchange::{Error, xml::text_of};
use focal_protocol::record::FieldError;
use roxmltree::Node;

/// What a message breaks.
pub(super) fn invalid(errors: Vec<FieldError>) -> Error {
    Error::Invalid {
        format: "CAP 1.2",
        errors,
    }
}

/// One thing that it breaks.
pub(super) fn wrong(field: &str, given: &str, allowed: &str) -> FieldError {
    FieldError {
        field: field.into(),
        given: given.into(),
        allowed: allowed.into(),
    }
}

/// Child elements of a name in the parent's own namespace.
pub(super) fn children<'a, 'i>(
    parent: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    let namespace = parent.tag_name().namespace();
    parent.children().filter(move |child| {
        child.is_element()
            && child.tag_name().name() == name
            && child.tag_name().namespace() == namespace
    })
}

/// The text of the one element of a name, if it says anything.
pub(super) fn one(parent: Node<'_, '_>, name: &'static str) -> Option<String> {
    children(parent, name)
        .next()
        .map(text_of)
        .filter(|t| !t.is_empty())
}
