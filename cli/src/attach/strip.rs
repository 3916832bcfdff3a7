//! Taking metadata out of pictures. Only what draws the picture stays: what is not known to do so goes, so that a block that
//! somebody invents tomorrow does not leave unseen.
//!
//! Kept besides the picture itself: its colour profile, without which it looks otherwise, and which way up it is.

use super::metadata::{Container, Metadata, PICTURE, exif};
use crate::lang::tr;
use bytes::Bytes;
use exif::{In, Tag};
use img_parts::{
    ImageEXIF,
    jpeg::{Jpeg, JpegSegment},
    png::Png,
    riff::RiffContent,
    webp::WebP,
};
use std::fmt;

/// Blocks of a PNG that draw it (PNG, third edition, section 11).
pub(super) const PNG: [[u8; 4]; 17] = [
    *b"IHDR", *b"PLTE", *b"IDAT", *b"IEND", *b"tRNS", *b"gAMA", *b"cHRM", *b"sRGB", *b"iCCP",
    *b"sBIT", *b"bKGD", *b"pHYs", *b"cICP", *b"mDCV", *b"acTL", *b"fcTL", *b"fdAT",
];
/// Blocks of a still WebP that draw it (RFC 9649).
pub(super) const WEBP: [[u8; 4]; 5] = [*b"VP8X", *b"VP8 ", *b"VP8L", *b"ALPH", *b"ICCP"];
/// The bit of a WebP's header that announces XMP.
const WEBP_XMP: u8 = 0b0000_0100;

/// Why metadata stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotStripped {
    /// Nothing here can do it.
    Unsupported(String),
    /// Too large to be held in memory.
    TooLarge,
    /// Not what it seems to be.
    Damaged,
}

impl std::error::Error for NotStripped {}

impl fmt::Display for NotStripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Unsupported(what) => tr!("strip-unsupported", what),
            Self::TooLarge => tr!("strip-too-large", most = PICTURE >> 20),
            Self::Damaged => tr!("strip-damaged"),
        })
    }
}

/// The file without its metadata; `None` if it is of a form that has none.
pub(crate) fn strip(media_type: &str, bytes: &Bytes) -> Result<Option<Bytes>, NotStripped> {
    let stripped = match Container::of(media_type) {
        Container::Jpeg => jpeg(bytes)?,
        Container::Png => png(bytes)?,
        Container::WebP => webp(bytes)?,
        Container::Text => return Ok(None),
        Container::Heif => return Err(NotStripped::Unsupported(tr!("strip-heif"))),
        Container::Tiff => return Err(NotStripped::Unsupported(tr!("strip-tiff"))),
        Container::Pdf => return Err(NotStripped::Unsupported(tr!("strip-pdf"))),
        Container::Film | Container::Other => {
            return Err(NotStripped::Unsupported(tr!("strip-other")));
        }
    };
    // Read again, by what finds metadata and knows nothing of how it was taken out.
    if Metadata::of(media_type, &stripped).is_empty() {
        Ok(Some(stripped))
    } else {
        Err(NotStripped::Damaged)
    }
}

/// Exif that says which way up the picture is, and nothing else; none if it stands as it is.
fn upright(bytes: &Bytes) -> Option<Bytes> {
    let exif = exif(bytes)?;
    let turned = exif
        .get_field(Tag::Orientation, In::PRIMARY)?
        .value
        .get_uint(0)?;
    let turned = u8::try_from(turned).ok().filter(|t| (2..=8).contains(t))?;
    // TIFF 6.0, section 2: header, one entry (0x0112, SHORT, one value), no further directory.
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    tiff[19] = turned;
    Some(tiff.into())
}

/// Whether a segment of a JPEG draws it (ITU T.81, table B.1; T.871; ICC.1, annex B.4).
pub(super) fn belongs(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xc8 => false,
        0xc0..=0xcf | 0xda..=0xdf => true,
        // With a length of its own it holds a small copy of the picture.
        0xe0 => content.starts_with(b"JFIF\0") && content.len() == 14,
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe") && content.len() == 12,
        _ => false,
    }
}

fn jpeg(bytes: &Bytes) -> Result<Bytes, NotStripped> {
    let mut jpeg = Jpeg::from_bytes(bytes.clone()).map_err(|_| NotStripped::Damaged)?;
    let mut kept = Vec::new();
    let mut drawn = false;
    for segment in std::mem::take(jpeg.segments_mut()) {
        if !belongs(segment.marker(), segment.contents()) {
            continue;
        }
        if segment.has_entropy() {
            let (scans, _) = scans(&entropy(&segment)).ok_or(NotStripped::Damaged)?;
            let (marker, content) = (segment.marker(), segment.contents().clone());
            kept.push(JpegSegment::new_with_entropy(marker, content, scans.into()));
            drawn = true;
        } else {
            kept.push(segment);
        }
    }
    if !drawn {
        return Err(NotStripped::Damaged);
    }
    *jpeg.segments_mut() = kept;
    jpeg.set_exif(upright(bytes));
    Ok(jpeg.encoder().bytes())
}

/// All that follows the header of the first scan.
fn entropy(segment: &JpegSegment) -> Bytes {
    let header = segment.len();
    segment.clone().encoder().bytes().slice(header..)
}

/// The scans of a JPEG up to its end, and how much of the bytes that was. Between scans stand segments of their own, and behind
/// the end whatever a telephone likes: a film, other pictures with metadata of their own.
fn scans(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    loop {
        let next = at + bytes.get(at..)?.iter().position(|b| *b == 0xff)?;
        out.extend_from_slice(&bytes[at..next]);
        match *bytes.get(next + 1)? {
            // A coded 0xff, a restart.
            marker @ (0x00 | 0xd0..=0xd7) => {
                out.extend_from_slice(&[0xff, marker]);
                at = next + 2;
            }
            // Fill.
            0xff => at = next + 1,
            0xd9 => {
                out.extend_from_slice(&[0xff, 0xd9]);
                return Some((out, next + 2));
            }
            0x01 | 0xd8 => return None,
            marker => {
                let length = bytes.get(next + 2..next + 4)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let segment = bytes.get(next..next + 2 + length)?;
                if belongs(marker, segment.get(4..)?) {
                    out.extend_from_slice(segment);
                }
                at = next + 2 + length;
            }
        }
    }
}

/// Whether something stands behind the end of a JPEG, or between its scans.
pub(super) fn behind_the_end(bytes: &Bytes) -> bool {
    let Ok(jpeg) = Jpeg::from_bytes(bytes.clone()) else {
        return false;
    };
    let last = jpeg.segments().iter().find(|s| s.has_entropy());
    last.is_some_and(|segment| {
        let all = entropy(segment);
        scans(&all).is_none_or(|(kept, used)| used < all.len() || kept.len() < used)
    })
}

fn png(bytes: &Bytes) -> Result<Bytes, NotStripped> {
    let mut png = Png::from_bytes(bytes.clone()).map_err(|_| NotStripped::Damaged)?;
    png.chunks_mut().retain(|chunk| PNG.contains(&chunk.kind()));
    let has = |kind: &[u8; 4]| png.chunk_by_type(*kind).is_some();
    if !(has(b"IHDR") && has(b"IDAT") && has(b"IEND")) {
        return Err(NotStripped::Damaged);
    }
    png.set_exif(upright(bytes));
    Ok(png.encoder().bytes())
}

fn webp(bytes: &Bytes) -> Result<Bytes, NotStripped> {
    let mut webp = WebP::from_bytes(bytes.clone()).map_err(|_| NotStripped::Damaged)?;
    if webp.has_chunk(*b"ANMF") {
        return Err(NotStripped::Unsupported(tr!("strip-moving")));
    }
    webp.chunks_mut().retain(|chunk| WEBP.contains(&chunk.id()));
    if !webp.has_chunk(*b"VP8 ") && !webp.has_chunk(*b"VP8L") {
        return Err(NotStripped::Damaged);
    }
    for chunk in webp.chunks_mut().iter_mut().filter(|c| c.id() == *b"VP8X") {
        if let RiffContent::Data(data) = chunk.content_mut()
            && let Some(flags) = data.first()
        {
            let mut header = data.to_vec();
            header[0] = flags & !WEBP_XMP;
            *data = header.into();
        }
    }
    webp.set_exif(upright(bytes));
    Ok(webp.encoder().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exif with a place, a serial number and the picture turned.
    fn told() -> Vec<u8> {
        use exif::{Field, Rational, Value, experimental::Writer};
        let field = |tag, value| Field {
            tag,
            ifd_num: In::PRIMARY,
            value,
        };
        let text = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
        let angle = |d: u32, m: u32| {
            let part = |num| Rational { num, denom: 1 };
            Value::Rational(vec![part(d), part(m), part(0)])
        };
        let fields = [
            field(Tag::Orientation, Value::Short(vec![6])),
            field(Tag::Model, text("CANARY camera")),
            field(Tag::BodySerialNumber, text("CANARY-4711")),
            field(Tag::GPSLatitudeRef, text("S")),
            field(Tag::GPSLatitude, angle(44, 30)),
            field(Tag::GPSLongitudeRef, text("E")),
            field(Tag::GPSLongitude, angle(21, 15)),
        ];
        let mut writer = Writer::new();
        fields.iter().for_each(|f| writer.push_field(f));
        let mut out = std::io::Cursor::new(Vec::new());
        writer.write(&mut out, false).expect("written");
        out.into_inner()
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).expect("fits");
        [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
    }

    /// A progressive JPEG as far as its segments go, with all that telephones put in.
    fn photograph() -> Bytes {
        [
            b"\xff\xd8".to_vec(),
            segment(0xe0, b"JFIF\0\x01\x01\0\0\x48\0\x48\0\0"),
            segment(0xe1, &[b"Exif\0\0".to_vec(), told()].concat()),
            segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0CANARY"),
            segment(0xe2, b"ICC_PROFILE\0\x01\x01profile"),
            segment(0xe2, b"MPF\0CANARY"),
            segment(0xed, b"Photoshop 3.0\0CANARY"),
            segment(0xfe, b"CANARY comment"),
            segment(0xdb, &[1; 65]),
            segment(0xc2, b"\x08\0\x10\0\x10\x01\x01\x11\0"),
            segment(0xda, b"\x01\x01\0\0\0\0"),
            b"first\xff\0scan\xff\xd0".to_vec(),
            segment(0xfe, b"CANARY between scans"),
            segment(0xc4, &[2; 20]),
            segment(0xda, b"\x01\x01\0\x01\x3f\0"),
            b"second scan\xff\xd9".to_vec(),
            b"\xff\xd8CANARY film\xff\xd9".to_vec(),
        ]
        .concat()
        .into()
    }

    fn clean(media_type: &str, picture: &Bytes) -> Bytes {
        let found = Metadata::of(media_type, picture);
        let line = found.line();
        assert!(line.contains("place -44.50000, 21.25000"), "{line}");
        assert!(line.contains("serial number CANARY-4711"), "{line}");
        let stripped = strip(media_type, picture)
            .expect("stripped")
            .expect("a picture");
        assert!(!stripped.windows(6).any(|w| w == b"CANARY"));
        assert_eq!(Metadata::of(media_type, &stripped), Metadata::default());
        let turned = exif(&stripped).expect("which way up");
        assert_eq!(turned.fields().len(), 1);
        let field = turned.get_field(Tag::Orientation, In::PRIMARY);
        assert_eq!(field.and_then(|f| f.value.get_uint(0)), Some(6));
        stripped
    }

    #[test]
    fn of_a_photograph_only_what_draws_it_is_left() {
        let picture = photograph();
        let also = Metadata::of("image/jpeg", &picture).also;
        for what in ["XMP", "IPTC", "a comment", "something behind the picture"] {
            assert!(also.contains(&what.to_string()), "{also:?}");
        }
        let stripped = clean("image/jpeg", &picture);
        for drawn in [
            &b"ICC_PROFILE\0\x01\x01profile"[..],
            b"first\xff\0scan\xff\xd0",
            &segment(0xc4, &[2; 20]),
            b"second scan\xff\xd9",
        ] {
            assert!(stripped.windows(drawn.len()).any(|w| w == drawn));
        }
        assert!(stripped.ends_with(b"second scan\xff\xd9"));
    }

    #[test]
    fn of_png_and_webp_too() {
        let block = |kind: [u8; 4], content: &[u8]| {
            let content = Bytes::copy_from_slice(content);
            img_parts::png::PngChunk::new(kind, content)
        };
        let mut png = Png::from_bytes(Bytes::from_static(b"\x89PNG\r\n\x1a\n")).expect("a start");
        *png.chunks_mut() = vec![
            block(*b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
            block(*b"eXIf", &told()),
            block(*b"tEXt", b"Author\0CANARY"),
            block(*b"IDAT", b"drawn"),
            block(*b"tIME", b"CANARY!"),
            block(*b"IEND", b""),
        ];
        let stripped = clean("image/png", &png.encoder().bytes());
        assert!(stripped.windows(5).any(|w| w == b"drawn"));

        let riff = |id: &[u8; 4], content: &[u8]| {
            let length = u32::try_from(content.len()).expect("fits").to_le_bytes();
            let fill = vec![0; content.len() % 2];
            [&id[..], &length, content, &fill].concat()
        };
        let body = [
            b"WEBP".to_vec(),
            riff(b"VP8X", &[0b0000_1100, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            riff(b"VP8 ", b"drawn!"),
            riff(b"EXIF", &told()),
            riff(b"XMP ", b"CANARY"),
            riff(b"MINE", b"CANARY"),
        ]
        .concat();
        let stripped = clean("image/webp", &riff(b"RIFF", &body).into());
        assert!(stripped.windows(6).any(|w| w == b"drawn!"));
        let flags = WebP::from_bytes(stripped).expect("read");
        let header = flags.chunk_by_id(*b"VP8X").and_then(|c| c.content().data());
        assert_eq!(header.map(|h| h[0] & 0b0000_1100), Some(0b0000_1000));
    }

    #[test]
    fn what_cannot_be_stripped_is_named_and_what_is_damaged_is_refused() {
        let any = Bytes::from_static(b"bytes");
        for (kind, named) in [
            ("application/pdf", "PDF documents"),
            ("image/heic", "HEIF pictures"),
            ("video/mp4", "files of this sort"),
        ] {
            assert_eq!(
                strip(kind, &any),
                Err(NotStripped::Unsupported(named.into()))
            );
        }
        assert_eq!(strip("text/plain", &any), Ok(None));
        for kind in ["image/jpeg", "image/png", "image/webp"] {
            assert_eq!(strip(kind, &any), Err(NotStripped::Damaged), "{kind}");
        }
        let whole = photograph();
        for end in 0..whole.len() - 20 {
            // No end of it makes a panic, or passes for a picture.
            assert_eq!(
                strip("image/jpeg", &whole.slice(..end)),
                Err(NotStripped::Damaged)
            );
        }
    }
}
