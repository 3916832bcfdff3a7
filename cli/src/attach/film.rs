//! What a film says besides what it shows: where and when it was taken, with what, by whom.

use super::metadata::Metadata;
use crate::lang::tr;
use nom_exif::{EntryValue, MediaKind, MediaParser, MediaSource, TrackInfo, TrackInfoTag};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes of a film that are read for it: its index and what stands before that, and none of its pictures.
const READ: u64 = 64 << 20;
/// Where no clock was set, films were taken when their time begins.
const BEGINNING: &str = "1904-01-01";

/// Something of which so much may be read and no more, whatever it says of itself.
struct Within<R> {
    file: R,
    left: u64,
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = buffer.len().min(most);
        let read = self.file.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Within<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// What a film says; none if it cannot be looked into.
pub(super) fn read(path: &Path) -> Option<Metadata> {
    look(File::open(path).ok()?)
}

fn look(file: impl Read + Seek) -> Option<Metadata> {
    let source = MediaSource::seekable(Within { file, left: READ }).ok()?;
    if source.kind() != MediaKind::Track {
        return None;
    }
    let film = MediaParser::new().parse_track(source).ok()?;
    let mut found = Metadata::default();
    let mut say = |what: String, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            found.say(what, &value);
        }
    };
    say(tr!("picture-place"), place(&film));
    let taken = text(&film, TrackInfoTag::CreateDate);
    let taken = taken.filter(|taken| !taken.starts_with(BEGINNING));
    say(tr!("picture-taken"), taken);
    for (tag, what) in [
        (TrackInfoTag::Make, tr!("picture-maker")),
        (TrackInfoTag::Model, tr!("picture-device")),
        (TrackInfoTag::Author, tr!("picture-author")),
        (TrackInfoTag::Software, tr!("picture-software")),
    ] {
        say(what, text(&film, tag));
    }
    Some(found)
}

/// Degrees north and east, as a map takes them, or what stands for them.
fn place(film: &TrackInfo) -> Option<String> {
    let place = film.gps_info().and_then(|place| {
        let (north, east) = (place.latitude_decimal()?, place.longitude_decimal()?);
        Some(format!("{north:.5}, {east:.5}"))
    });
    place.or_else(|| text(film, TrackInfoTag::GpsIso6709))
}

fn text(film: &TrackInfo, tag: TrackInfoTag) -> Option<String> {
    let value = film.get(tag)?;
    let text = match value {
        EntryValue::U8Array(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
    };
    Some(text.trim_matches(['\0', ' ']).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn block(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + content.len()).expect("fits");
        [&length.to_be_bytes()[..], kind, content].concat()
    }

    /// Seconds since 1904.
    fn since(unix: u32) -> [u8; 4] {
        (unix + 2_082_844_800).to_be_bytes()
    }

    fn film(index: &[Vec<u8>]) -> Vec<u8> {
        let start = block(b"ftyp", b"isom\0\0\x02\0isommp41");
        let pictures = block(b"mdat", &[7; 5_000]);
        let index = block(b"moov", &index.concat());
        [start, pictures, index].concat()
    }

    fn head(taken: [u8; 4]) -> Vec<u8> {
        let rest = [&[0, 0, 3, 0xe8, 0, 0, 0x13, 0x88][..], &[0; 80]].concat();
        block(b"mvhd", &[&[0; 4], &taken, &taken, &rest[..]].concat())
    }

    /// As telephones with Android write it (3GPP TS 26.244 has `loci`, which nobody writes).
    fn of_android() -> Vec<u8> {
        let place = block(b"\xa9xyz", b"\0\x12\x15\xc7+44.5000+021.2500/");
        film(&[head(since(1_700_000_000)), block(b"udta", &place)])
    }

    /// As telephones of Apple write it (QuickTime File Format, "Metadata").
    fn of_apple() -> Vec<u8> {
        let said = [
            (
                "com.apple.quicktime.location.ISO6709",
                "+44.5000+021.2500+100.000/",
            ),
            ("com.apple.quicktime.make", "Apple"),
            ("com.apple.quicktime.model", "iPhone 15"),
            (
                "com.apple.quicktime.creationdate",
                "2023-11-14T23:13:20+0100",
            ),
        ];
        let count = u32::try_from(said.len()).expect("few").to_be_bytes();
        let keys = said.map(|(key, _)| block(b"mdta", key.as_bytes())).concat();
        let keys = block(b"keys", &[&[0; 4], &count, &keys[..]].concat());
        let values = said.iter().zip(1u32..).map(|((_, value), number)| {
            let data = [&1u32.to_be_bytes(), &[0; 4], value.as_bytes()].concat();
            block(&number.to_be_bytes(), &block(b"data", &data))
        });
        let values = block(b"ilst", &values.collect::<Vec<_>>().concat());
        let kind = block(b"hdlr", &[&[0; 8], &b"mdta"[..], &[0; 12]].concat());
        let meta = block(b"meta", &[kind, keys, values].concat());
        film(&[head([0; 4]), meta])
    }

    fn line(film: &[u8]) -> Option<String> {
        look(Cursor::new(film)).map(|found| found.line())
    }

    #[test]
    fn a_film_says_where_and_when_and_with_what_it_was_taken() {
        let android = line(&of_android()).expect("looked into");
        assert!(android.contains("place 44.50000, 21.25000"), "{android}");
        assert!(android.contains("taken 2023-11-14"), "{android}");
        let apple = line(&of_apple()).expect("looked into");
        assert!(apple.contains("place 44.50000, 21.25000"), "{apple}");
        assert!(apple.contains("device iPhone 15"), "{apple}");
        assert!(apple.contains("maker Apple"), "{apple}");
        assert!(apple.contains("taken 2023-11-14"), "{apple}");
    }

    #[test]
    fn a_film_without_a_clock_says_no_time() {
        assert_eq!(line(&film(&[head([0; 4])])).as_deref(), Some(""));
    }

    #[test]
    fn what_only_seems_to_be_a_film_is_not_looked_into() {
        assert_eq!(line(b"\0\0\0\x14ftypisom"), None);
        assert_eq!(line(b""), None);
        assert_eq!(line(&[0; 100]), None);
    }

    #[test]
    fn whatever_a_film_says_of_itself_nothing_breaks_and_little_is_read() {
        for film in [of_android(), of_apple()] {
            let pictures = film.len() - 5_000;
            for at in (0..60).chain(pictures.min(5_000)..film.len()) {
                for byte in [0, 1, 7, 0x7f, 0x80, 0xff] {
                    let mut other = film.clone();
                    other[at] = byte;
                    line(&other);
                }
                line(&film[..at]);
            }
        }
        // An index of 2 GiB that stands in a file of as much: only so much of it is held.
        let endless = [
            block(b"ftyp", b"isom\0\0\x02\0isommp41"),
            b"\x7f\xff\xff\xffmoov".to_vec(),
        ];
        let endless = Cursor::new(endless.concat()).chain(io::repeat(0));
        let mut within = Within {
            file: endless,
            left: READ,
        };
        let mut sink = io::sink();
        io::copy(&mut within, &mut sink).expect_err("no more");
        assert_eq!(within.left, 0);
    }
}
