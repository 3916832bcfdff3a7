//! What a file says besides what it shows: where and when a picture was taken, with what, by whom.

use crate::lang::tr;
use bytes::Bytes;
use exif::{Exif, In, Tag};
use img_parts::{jpeg::Jpeg, png::Png, webp::WebP};
use serde::Serialize;
use std::{io::Cursor, path::Path};

/// Pictures above this are not looked into, bytes: they are held in memory as a whole.
pub(crate) const PICTURE: u64 = 64 << 20;
/// Characters of a value that are shown: a comment can be as long as a book.
const VALUE: usize = 200;

/// What may put a person in danger, or is evidence.
fn telling() -> [(Tag, String); 17] {
    [
        (Tag::DateTimeOriginal, tr!("picture-taken")),
        (Tag::DateTime, tr!("picture-changed")),
        (Tag::OffsetTimeOriginal, tr!("picture-time-zone")),
        (Tag::GPSDateStamp, tr!("picture-satellite-date")),
        (Tag::Make, tr!("picture-maker")),
        (Tag::Model, tr!("picture-device")),
        (Tag::BodySerialNumber, tr!("picture-serial-number")),
        (Tag::LensSerialNumber, tr!("picture-lens-number")),
        (Tag::CameraOwnerName, tr!("picture-owner")),
        (Tag::Artist, tr!("picture-author")),
        (Tag::Copyright, tr!("picture-rights")),
        (Tag::ImageDescription, tr!("picture-description")),
        (Tag::UserComment, tr!("picture-user-comment")),
        (Tag::Software, tr!("picture-software")),
        (Tag::GPSAltitude, tr!("picture-height")),
        (Tag::GPSImgDirection, tr!("picture-direction")),
        (Tag::ImageUniqueID, tr!("picture-number")),
    ]
}

/// One thing that a file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Said {
    pub(crate) what: String,
    pub(crate) value: String,
}

/// What a picture says besides what it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Metadata {
    /// What tells most.
    pub(crate) said: Vec<Said>,
    /// Names of what else there is.
    pub(crate) also: Vec<String>,
}

/// What came of looking for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Files of this form have none.
    None,
    /// All that there is, as far as it is known.
    Whole(Metadata),
    /// What stands where films have it. Their other tracks may say more.
    Film(Metadata),
    /// Nobody here knows how, or it is too large.
    Not,
}

/// The containers that are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Jpeg,
    Png,
    WebP,
    Heif,
    Tiff,
    Pdf,
    Film,
    /// No form that is known to carry more than its text.
    Text,
    Other,
}

impl Container {
    pub(super) fn of(media_type: &str) -> Self {
        match media_type {
            "image/jpeg" => Self::Jpeg,
            "image/png" => Self::Png,
            "image/webp" => Self::WebP,
            "image/heic" => Self::Heif,
            "image/tiff" => Self::Tiff,
            "application/pdf" => Self::Pdf,
            film if film.starts_with("video/") => Self::Film,
            sound if sound.starts_with("audio/") => Self::Film,
            text if text.starts_with("text/") => Self::Text,
            _ => Self::Other,
        }
    }
}

impl Metadata {
    /// Of a file of this media type. What cannot be read says nothing.
    pub(crate) fn of(media_type: &str, bytes: &Bytes) -> Self {
        let container = Container::of(media_type);
        let mut found = Self::default();
        if let Some(exif) = exif(bytes) {
            found.exif(&exif);
        }
        found.blocks(container, bytes);
        found
    }

    /// Of a file on this machine.
    pub(crate) fn of_file(media_type: &str, path: &Path) -> Looked {
        match Container::of(media_type) {
            Container::Text => Looked::None,
            Container::Film => super::film::read(path).map_or(Looked::Not, Looked::Film),
            Container::Pdf | Container::Other => Looked::Not,
            _ => match std::fs::metadata(path) {
                Ok(data) if data.len() <= PICTURE => std::fs::read(path)
                    .map_or(Looked::Not, |bytes| {
                        Looked::Whole(Self::of(media_type, &bytes.into()))
                    }),
                _ => Looked::Not,
            },
        }
    }

    /// One thing more that is said, cut where it is as long as a book.
    pub(super) fn say(&mut self, what: String, value: &str) {
        let value = value.chars().take(VALUE).collect();
        self.said.push(Said { what, value });
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty() && self.also.is_empty()
    }

    /// In one line.
    pub(crate) fn line(&self) -> String {
        let said = self.said.iter().map(|s| format!("{} {}", s.what, s.value));
        let mut parts: Vec<String> = said.collect();
        if !self.also.is_empty() {
            parts.push(tr!("picture-also", what = self.also.join(", ")));
        }
        parts.join("; ")
    }

    fn exif(&mut self, exif: &Exif) {
        if let Some(place) = place(exif) {
            self.said.push(Said {
                what: tr!("picture-place"),
                value: place,
            });
        }
        let telling = telling();
        for (tag, what) in telling.clone() {
            let Some(field) = exif.get_field(tag, In::PRIMARY) else {
                continue;
            };
            let value = field.display_value().with_unit(exif).to_string();
            let value: String = value.trim_matches('"').chars().take(VALUE).collect();
            if !value.trim().is_empty() {
                self.said.push(Said { what, value });
            }
        }
        if exif.fields().any(|f| f.ifd_num == In::THUMBNAIL) {
            self.also.push(tr!("picture-thumbnail"));
        }
        let shown = |tag: Tag| {
            telling.iter().any(|(t, _)| *t == tag)
                || [Tag::GPSLatitude, Tag::GPSLongitude, Tag::Orientation].contains(&tag)
        };
        let others = exif
            .fields()
            .filter(|f| f.ifd_num == In::PRIMARY && !shown(f.tag));
        match others.count() {
            0 => {}
            n => self.also.push(tr!("picture-more-fields", n)),
        }
    }

    /// What stands beside Exif.
    fn blocks(&mut self, container: Container, bytes: &Bytes) {
        let mut names: Vec<String> = Vec::new();
        match container {
            Container::Jpeg => {
                let Ok(jpeg) = Jpeg::from_bytes(bytes.clone()) else {
                    return;
                };
                for segment in jpeg.segments() {
                    let (marker, content) = (segment.marker(), segment.contents());
                    if super::strip::belongs(marker, content) || content.starts_with(b"Exif\0") {
                        continue;
                    }
                    names.push(match marker {
                        0xfe => tr!("picture-comment"),
                        0xe1 if content.starts_with(b"http") => "XMP".into(),
                        0xed => "IPTC".into(),
                        other => tr!("picture-block", name = format!("{other:02x}")),
                    });
                }
                if super::strip::behind_the_end(bytes) {
                    names.push(tr!("picture-behind"));
                }
            }
            Container::Png => {
                let Ok(png) = Png::from_bytes(bytes.clone()) else {
                    return;
                };
                let kinds = png.chunks().iter().map(img_parts::png::PngChunk::kind);
                names.extend(
                    kinds
                        .filter(|kind| kind != b"eXIf" && !super::strip::PNG.contains(kind))
                        .map(|kind| tr!("picture-block", name = kind.escape_ascii())),
                );
            }
            Container::WebP => {
                let Ok(webp) = WebP::from_bytes(bytes.clone()) else {
                    return;
                };
                let ids = webp.chunks().iter().map(img_parts::riff::RiffChunk::id);
                names.extend(
                    ids.filter(|id| id != b"EXIF" && !super::strip::WEBP.contains(id))
                        .map(|id| tr!("picture-block", name = id.escape_ascii())),
                );
            }
            _ => {}
        }
        names.sort();
        names.dedup();
        self.also.extend(names);
    }
}

/// The Exif of a picture, as far as it can be read.
pub(super) fn exif(bytes: &[u8]) -> Option<Exif> {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(bytes));
    read.or_else(|e| e.distill_partial_result(|_| {})).ok()
}

/// Degrees north and east, as a map takes them.
fn place(exif: &Exif) -> Option<String> {
    let degrees = |tag: Tag, reference: Tag, negative: u8| {
        let exif::Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
            return None;
        };
        let whole: f64 = parts
            .iter()
            .zip([1.0, 60.0, 3_600.0])
            .map(|(part, of)| part.to_f64() / of)
            .sum();
        let sign = match &exif.get_field(reference, In::PRIMARY)?.value {
            exif::Value::Ascii(text) if text.first()?.first() == Some(&negative) => -1.0,
            _ => 1.0,
        };
        whole.is_finite().then_some(sign * whole)
    };
    let latitude = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S')?;
    let longitude = degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W')?;
    Some(format!("{latitude:.5}, {longitude:.5}"))
}
