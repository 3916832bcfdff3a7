//! The first reading of a file: what it is, and what it will be sealed as.
//!
//! The key, the hash of every chunk and the name of every sealed chunk are on the disk before a sealed byte leaves this
//! program. A sending that was cut short goes on with the same key, and each chunk is compared before it is sealed again: so
//! a key never seals two contents, whatever happens to the file meanwhile.

use super::{
    Bar,
    metadata::{Looked, Metadata, PICTURE},
    safe_name,
    strip::{NotStripped, strip},
};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use bytes::Bytes;
use focal_protocol::{
    codec,
    id::{Hash, Hashing},
    limits,
    random::SystemRandom,
    record::Attachment,
    seal::{AttachmentKey, Chunks},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A kept description, bytes: two hashes for each chunk, and some.
const KEPT: usize = 2 << 20;

/// A file as it was read, and as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    /// The description that is signed.
    pub(crate) attachment: Attachment,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Length, inode and change time when it was read.
    stamp: (u64, u64, i64, i64),
    /// SHA-256 of each chunk before sealing.
    pub(super) plain: Vec<Hash>,
    /// Names of the sealed chunks.
    pub(super) names: Vec<Hash>,
    /// Whether metadata was taken out of it: then it is taken out again when it is read again, always in the same way.
    pub(crate) stripped: bool,
}

/// What is read twice: the file itself, or what is left of it without metadata.
pub(super) trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

fn stamp(data: &std::fs::Metadata) -> (u64, u64, i64, i64) {
    (data.len(), data.ino(), data.mtime(), data.mtime_nsec())
}

/// What a file is sealed for: name and type as partners see them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Described {
    /// Whether metadata is to be taken out of it.
    pub(crate) strip: bool,
    /// Its name, if it is not that of the path.
    pub(crate) name: Option<String>,
}

impl Sealed {
    /// Reads a file, or what is kept of an earlier reading.
    ///
    /// # Errors
    /// There is no such file, it is too large, or it changes while it is read.
    pub(crate) fn of(path: &Path, described: &Described, context: &Context) -> Result<Self> {
        let what = || tr!("attach-not", path = path.display().to_string());
        let mut file = File::open(path).map_err(|e| Error::io(what(), path, &e))?;
        let data = file.metadata().map_err(|e| Error::io(what(), path, &e))?;
        if !data.is_file() {
            return Err(Error::new(Exit::Refused, what()).why(tr!("attach-no-file")));
        }
        if data.len() > limits::ATTACHMENT {
            return Err(Error::new(Exit::Refused, what())
                .why(tr!(
                    "attach-too-large",
                    size = super::bytes(data.len()),
                    most = super::bytes(limits::ATTACHMENT),
                ))
                .next(tr!("attach-too-large-next")));
        }
        if let Some(kept) = Self::kept(path, context)
            && kept.stamp == stamp(&data)
            && kept.stripped == described.strip
        {
            return Ok(kept);
        }
        let name = match &described.name {
            Some(name) => name.clone(),
            None => path
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let name = safe_name(&name);
        let plain = Plain {
            path,
            name,
            stamp: stamp(&data),
        };
        let sealed = if described.strip {
            let (original, bytes) = stripped(path, &mut file, &plain.name)?;
            let size = bytes.len() as u64;
            let original = (original != Hash::of(&[&bytes])).then_some(original);
            let mut sealed = Self::read(plain, &mut Cursor::new(bytes), size)?;
            sealed.attachment.original = original;
            sealed.stripped = true;
            sealed
        } else {
            Self::read(plain, &mut file, data.len())?
        };
        files::write_private(&kept_path(path, context), &codec::encode(&sealed))?;
        Ok(sealed)
    }

    /// What the file on this machine says besides what it shows.
    pub(crate) fn metadata(&self) -> Looked {
        Metadata::of_file(&self.attachment.media_type, &self.path)
    }

    /// The file again, for the second reading.
    pub(super) fn source(&self) -> Result<Box<dyn Source>> {
        let mut file = File::open(&self.path).map_err(|e| unread(&self.path, &e))?;
        if self.stripped {
            let (_, bytes) = stripped(&self.path, &mut file, &self.attachment.name)?;
            return Ok(Box::new(Cursor::new(bytes)));
        }
        Ok(Box::new(file))
    }

    fn read(plain: Plain, file: &mut impl Read, size: u64) -> Result<Self> {
        let Plain { path, name, stamp } = plain;
        let key = AttachmentKey::generate(&SystemRandom);
        let chunks = Chunks::new(&key, size).map_err(|e| changed(path).why(e.to_string()))?;
        let (mut whole, mut hashes, mut names) = (Hashing::default(), Vec::new(), Vec::new());
        let mut start = Vec::new();
        let bar = Bar::of(&tr!("attach-reading", name = name.as_str()), size);
        for index in 0..chunks.count() {
            let bytes = chunk(file, chunks.length(index), path)?;
            if index == 0 {
                start = bytes.iter().take(64).copied().collect();
            }
            whole.update(&bytes);
            hashes.push(Hash::of(&[&bytes]));
            let sealed = chunks
                .seal(index, &bytes)
                .map_err(|e| changed(path).why(e.to_string()))?;
            names.push(Hash::of(&[&sealed]));
            bar.more(bytes.len() as u64);
        }
        if file.read(&mut [0]).map_or(0, |n| n) > 0 {
            return Err(changed(path));
        }
        let list = chunks
            .seal_list(&names)
            .map_err(|e| changed(path).why(e.to_string()))?;
        Ok(Self {
            attachment: Attachment {
                media_type: media_type(&name, &start).into(),
                name,
                size,
                hash: whole.finish(),
                original: None,
                key,
                list: Hash::of(&[&list]),
            },
            path: path.to_path_buf(),
            stamp,
            plain: hashes,
            names,
            stripped: false,
        })
    }

    fn kept(path: &Path, context: &Context) -> Option<Self> {
        // What cannot be read is as good as none: the file is read again.
        let bytes = files::read_secret("", &kept_path(path, context), KEPT).ok()?;
        let kept: Self = codec::decode(&bytes, KEPT).ok()?;
        (kept.path == path).then_some(kept)
    }

    /// The report was stored: its key is in it, and not here any more.
    pub(crate) fn forget(&self, context: &Context) {
        let path = kept_path(&self.path, context);
        if let Err(e) = focal_node::wipe::destroy(&path) {
            context.remark(&tr!(
                "not-removed",
                path = path.display().to_string(),
                why = e.to_string()
            ));
        }
    }
}

/// A file before it is sealed.
struct Plain<'a> {
    path: &'a Path,
    name: String,
    stamp: (u64, u64, i64, i64),
}

/// SHA-256 of a file as it is, and what is left of it without metadata.
fn stripped(path: &Path, file: &mut File, name: &str) -> Result<(Hash, Bytes)> {
    let refused = |why: NotStripped| {
        Error::new(
            Exit::Refused,
            tr!("attach-not", path = path.display().to_string()),
        )
        .why(why.to_string())
        .next(tr!("attach-strip-next"))
    };
    let size = file.metadata().map_err(|e| unread(path, &e))?.len();
    let mut start = [0; 64];
    let begun = file.read(&mut start).map_err(|e| unread(path, &e))?;
    file.seek(SeekFrom::Start(0))
        .map_err(|e| unread(path, &e))?;
    let kind = media_type(name, start.get(..begun).unwrap_or_default());
    if size > PICTURE {
        return Err(refused(NotStripped::TooLarge));
    }
    let mut bytes = Vec::new();
    let mut limited = file.take(PICTURE + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|e| unread(path, &e))?;
    let bytes = Bytes::from(bytes);
    let left = strip(kind, &bytes).map_err(refused)?;
    Ok((Hash::of(&[&bytes]), left.unwrap_or(bytes)))
}

pub(super) fn unread(path: &Path, error: &std::io::Error) -> Error {
    Error::io(
        tr!("attach-not", path = path.display().to_string()),
        path,
        error,
    )
}

fn kept_path(path: &Path, context: &Context) -> PathBuf {
    let name = Hash::of(&[path.as_os_str().as_encoded_bytes()]);
    context.home.join("attaching").join(name.to_string())
}

/// The file is not what it was.
pub(super) fn changed(path: &Path) -> Error {
    Error::new(
        Exit::Failed,
        tr!("attach-not", path = path.display().to_string()),
    )
    .why(tr!("attach-changed"))
    .next(tr!("attach-changed-next"))
}

/// Reads exactly so many bytes.
pub(super) fn chunk(
    file: &mut (impl Read + ?Sized),
    length: usize,
    path: &Path,
) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(|e| {
        if e.kind() == std::io::ErrorKind::UnexpectedEof {
            changed(path)
        } else {
            unread(path, &e)
        }
    })?;
    Ok(bytes)
}

/// What a file is: by how it begins, else by its name.
fn media_type(name: &str, start: &[u8]) -> &'static str {
    let magic: [(&[u8], &str); 7] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"OggS", "audio/ogg"),
    ];
    if let Some((_, kind)) = magic.iter().find(|(magic, _)| start.starts_with(magic)) {
        return kind;
    }
    match start {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => return "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', ..] => return "image/heic",
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => return "video/quicktime",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => return "video/mp4",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => return "video/webm",
        _ => {}
    }
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match ending.as_deref() {
        Some("txt" | "log") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("json" | "geojson") => "application/json",
        Some("xml") => "application/xml",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/wav",
        Some("zip") => "application/zip",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("ods") => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(path: &Path, context: &Context) -> Sealed {
        Sealed::of(path, &Described::default(), context).expect("sealed")
    }

    #[test]
    fn a_sending_that_goes_on_seals_with_the_same_key_and_another_content_with_another() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let path = home.path().join("market.jpg");
        std::fs::write(&path, b"\xff\xd8\xff first").expect("write");
        let first = sealed(&path, &context);
        assert_eq!(sealed(&path, &context), first);
        assert_eq!(first.attachment.media_type, "image/jpeg");
        assert_eq!(first.attachment.name, "market.jpg");
        std::fs::write(&path, b"\xff\xd8\xff second").expect("write");
        let second = sealed(&path, &context);
        assert_ne!(second.attachment.key, first.attachment.key);
        second.forget(&context);
        assert_ne!(
            sealed(&path, &context).attachment.key,
            second.attachment.key
        );
    }

    #[test]
    fn a_picture_without_its_metadata_names_the_one_with_it() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let path = home.path().join("market.jpg");
        // As small as a JPEG can be whose one comment betrays somebody.
        let told = b"\xff\xd8\xff\xfe\0\x08CANARY\xff\xda\0\x08\x01\x01\0\0\x3f\0scan\xff\xd9";
        std::fs::write(&path, told).expect("write");
        let described = Described {
            strip: true,
            name: None,
        };
        let sealed = Sealed::of(&path, &described, &context).expect("sealed");
        assert_eq!(sealed.attachment.original, Some(Hash::of(&[told])));
        let mut again = Vec::new();
        let mut source = sealed.source().expect("read again");
        source.read_to_end(&mut again).expect("read");
        assert_eq!(Hash::of(&[&again]), sealed.attachment.hash);
        assert!(!again.windows(6).any(|w| w == b"CANARY"));
        // With its metadata it is another file, under another key.
        let whole = super::tests::sealed(&path, &context);
        assert_ne!(whole.attachment.key, sealed.attachment.key);
        assert_eq!(whole.attachment.original, None);
        // What has none stays what it is.
        let clean = home.path().join("clean.jpg");
        std::fs::write(&clean, &again).expect("write");
        let clean = Sealed::of(&clean, &described, &context).expect("sealed");
        assert_eq!(clean.attachment.original, None);
        // What nobody can strip is not sent as if it were.
        let film = home.path().join("film.mp4");
        std::fs::write(&film, b"\0\0\0\x18ftypisom").expect("write");
        let refused = Sealed::of(&film, &described, &context).expect_err("refused");
        assert_eq!(refused.exit, Exit::Refused);
    }

    #[test]
    fn what_is_no_file_or_too_large_is_refused_before_it_is_read() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let refused = |path: &Path| {
            let sealed = Sealed::of(path, &Described::default(), &context);
            sealed.expect_err("refused").exit
        };
        assert_eq!(refused(home.path()), Exit::Refused);
        assert_eq!(refused(&home.path().join("none")), Exit::NotFound);
        let large = home.path().join("large");
        let file = File::create(&large).expect("file");
        file.set_len(limits::ATTACHMENT + 1).expect("sparse");
        assert_eq!(refused(&large), Exit::Refused);
    }

    #[test]
    fn a_file_says_what_it_is_before_its_name_does() {
        assert_eq!(media_type("a.txt", b"%PDF-1.7"), "application/pdf");
        assert_eq!(media_type("a.TXT", b"hello"), "text/plain");
        assert_eq!(media_type("a", b""), "application/octet-stream");
        assert_eq!(media_type("v", b"\0\0\0\x18ftypisom"), "video/mp4");
    }
}
