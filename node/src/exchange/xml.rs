//! XML in and out: a tree without document types and entities, and a writer that keeps the order of a schema.

use super::{Error, limits};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use roxmltree::{Document, Node, ParsingOptions};

/// Reads an XML file.
///
/// # Errors
/// A document type declaration, a limit, or text that is not well-formed.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Error> {
    let too_much = |what, limit| Error::TooMuch { what, limit };
    if text.len() > limits::XML {
        return Err(too_much("bytes of XML", limits::XML));
    }
    // The parser passes over an empty declaration, and forgives what stands before it.
    if text.contains("<!DOCTYPE") {
        return Err(Error::Dtd);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: limits::XML_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|e| match e {
        roxmltree::Error::DtdDetected => Error::Dtd,
        roxmltree::Error::NodesLimitReached => {
            too_much("elements and texts", limits::XML_NODES as usize)
        }
        other => Error::Malformed(super::reading::shown(&other.to_string())),
    })?;
    // Parents come before their children, so one walk knows all depths.
    let mut depths = vec![(document.root(), 0usize)];
    while let Some((node, depth)) = depths.pop() {
        if depth > limits::XML_DEPTH {
            return Err(too_much("levels of elements", limits::XML_DEPTH));
        }
        let long = |a: roxmltree::Attribute<'_, '_>| a.value().len() > limits::XML_ATTRIBUTE;
        if node.attributes().any(long) {
            return Err(too_much("bytes in one attribute", limits::XML_ATTRIBUTE));
        }
        depths.extend(
            node.children()
                .filter(Node::is_element)
                .map(|c| (c, depth + 1)),
        );
    }
    Ok(document)
}

/// All text of an element, trimmed.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text);
    let text: String = texts.filter_map(|n| n.text()).collect();
    text.trim().to_string()
}

/// Elements as they are written, in the order of the calls.
pub(super) struct Out(Writer<Vec<u8>>);

impl Out {
    /// Begins a document.
    pub(super) fn new() -> Self {
        let mut out = Self(Writer::new_with_indent(Vec::new(), b' ', 2));
        out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        out
    }

    fn event(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("memory takes all that is written");
    }

    /// An element with others in it.
    pub(super) fn open(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.event(Event::Start(BytesStart::new(name)));
        self.event(Event::Text(BytesText::new(&allowed(text))));
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with text, if there is one.
    pub(super) fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        let mut text = String::from_utf8(self.0.into_inner()).expect("only text is written");
        text.push('\n');
        text
    }
}

/// Text without the characters that XML 1.0 (section 2.2) cannot hold, not even as references.
fn allowed(text: &str) -> String {
    let holds = |c: char| match c {
        '\t' | '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control() || ('\u{7f}'..='\u{9f}').contains(&c),
    };
    text.chars()
        .map(|c| if holds(c) { c } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_document_types_are_refused() {
        for text in [
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a><a/>",
        ] {
            assert_eq!(parse(text).err(), Some(Error::Dtd), "{text}");
        }
        assert!(matches!(parse("<a>&x;</a>"), Err(Error::Malformed(_))));
        assert!(parse("<a>&lt;&#233;</a>").is_ok());
    }

    #[test]
    fn what_is_over_a_limit_is_refused_by_name() {
        let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(parse(&deep(limits::XML_DEPTH)).is_ok());
        let much = |text: &str| match parse(text) {
            Err(Error::TooMuch { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(much(&deep(limits::XML_DEPTH + 1)), "levels of elements");
        assert_eq!(much(&deep(20_000)), "levels of elements");
        let many = "<b/>".repeat(limits::XML_NODES as usize);
        assert_eq!(much(&format!("<a>{many}</a>")), "elements and texts");
        let long = "x".repeat(limits::XML_ATTRIBUTE + 1);
        assert_eq!(much(&format!("<a b='{long}'/>")), "bytes in one attribute");
        let huge = " ".repeat(limits::XML + 1);
        assert_eq!(much(&huge), "bytes of XML");
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = "a < b & \"c\" é\n\u{fffe}";
        let mut out = Out::new();
        out.open("r", &[("a", "<\"&")], |out| out.text("t", text));
        let written = out.finish();
        let document = parse(&written).expect("well-formed");
        let root = document.root_element();
        assert_eq!(root.attribute("a"), Some("<\"&"));
        assert_eq!(text_of(root), "a < b & \"c\" é\n\u{fffd}");
    }
}
