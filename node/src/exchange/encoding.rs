//! From the bytes of a file to text: by its byte order mark, by what it says of itself, or by what it can only be.

use super::Error;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text, and how it was written.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// The encoding's name.
    pub(super) encoding: &'static str,
    /// Nothing in the file says which encoding it is.
    pub(super) guessed: bool,
}

/// Reads text. `label` is what a person says that it is, `declared` what the file says.
pub(super) fn decode(
    bytes: &[u8],
    label: Option<&str>,
    declared: Option<&str>,
) -> Result<Text, Error> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(Error::Encoding("UTF-32 is not read".into()));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return whole(bytes.get(length..).unwrap_or_default(), encoding, false);
    }
    match (label.or(declared), wide(bytes)) {
        (Some(label), found) => {
            let encoding = named(label)?;
            // UTF-16 without a mark must look like it, and what looks like it can be nothing else.
            let contradicts = match found {
                Some(wide) => encoding != wide && label != "utf-16",
                None => encoding == UTF_16LE || encoding == UTF_16BE,
            };
            if contradicts {
                return Err(Error::Encoding(format!(
                    "it says that it is {}, and is not",
                    encoding.name()
                )));
            }
            whole(bytes, found.unwrap_or(encoding), false)
        }
        (None, Some(wide)) => whole(bytes, wide, true),
        (None, None) => match std::str::from_utf8(bytes) {
            Ok(_) => whole(bytes, UTF_8, false),
            // What a spreadsheet of Western Europe or the Americas writes. Any bytes are some text in it.
            Err(_) => whole(bytes, WINDOWS_1252, true),
        },
    }
}

/// What the declaration at the beginning of an XML file says (XML 1.0, section 4.3.3), if it can be read as ASCII.
pub(super) fn declared_in_xml(bytes: &[u8]) -> Option<String> {
    let start: String = bytes
        .iter()
        .take(400)
        .filter(|b| **b != 0)
        .map(|b| char::from(*b))
        .collect();
    let declaration = start.strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|q| matches!(q, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    Some(label.to_ascii_lowercase())
}

fn named(label: &str) -> Result<&'static Encoding, Error> {
    let shown: String = label.chars().take(super::limits::SHOWN).collect();
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) => Ok(encoding),
        None => Err(Error::Encoding(format!("{shown:?} is not read"))),
    }
}

/// UTF-16 without a mark: ASCII characters with a zero byte on one side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(UTF_16BE),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(UTF_16LE),
        _ => None,
    }
}

fn whole(bytes: &[u8], encoding: &'static Encoding, guessed: bool) -> Result<Text, Error> {
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| {
            Error::Encoding(format!(
                "it has bytes that are no character of {}",
                encoding.name()
            ))
        })?;
    if text.contains('\0') {
        return Err(Error::Encoding(
            "it has zero bytes, as no text file has".into(),
        ));
    }
    Ok(Text {
        text: text.into_owned(),
        encoding: encoding.name(),
        guessed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<&str>) -> Result<(String, &'static str), String> {
        decode(bytes, None, declared)
            .map(|t| (t.text, t.encoding))
            .map_err(|e| e.to_string())
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let bytes = |u: u16| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn text_is_read_by_mark_by_declaration_and_by_what_it_can_only_be() {
        let text = "<é>";
        for (bytes, declared, name) in [
            (b"\xef\xbb\xbf<\xc3\xa9>".to_vec(), None, "UTF-8"),
            (b"<\xc3\xa9>".to_vec(), None, "UTF-8"),
            (b"<\xe9>".to_vec(), Some("iso-8859-1"), "windows-1252"),
            (b"<\xe9>".to_vec(), None, "windows-1252"),
            (
                [b"\xff\xfe".to_vec(), utf16(text, false)].concat(),
                None,
                "UTF-16LE",
            ),
            (
                [b"\xfe\xff".to_vec(), utf16(text, true)].concat(),
                Some("utf-16"),
                "UTF-16BE",
            ),
        ] {
            assert_eq!(read(&bytes, declared), Ok((text.into(), name)), "{bytes:?}");
        }
        let wide = utf16("<?xml version='1.0' encoding='UTF-16'?>", true);
        assert_eq!(declared_in_xml(&wide).as_deref(), Some("utf-16"));
        assert_eq!(read(&wide, Some("utf-16")).map(|t| t.1), Ok("UTF-16BE"));
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        for (bytes, declared, why) in [
            (&b"\xff\xfe\0\0<\0\0\0"[..], None, "UTF-32"),
            (
                b"<a/>",
                Some("utf-16"),
                "it says that it is UTF-16LE, and is not",
            ),
            (
                b"<a/>",
                Some("ebcdic-cp-us"),
                "\"ebcdic-cp-us\" is not read",
            ),
            (b"<a/>", Some("hz-gb-2312"), "is not read"),
            (b"<\xe9>", Some("utf-8"), "no character of UTF-8"),
            (b"a\0bcd", None, "zero bytes"),
        ] {
            let error = read(bytes, declared).expect_err(why);
            assert!(error.contains(why), "{error}");
        }
    }
}
