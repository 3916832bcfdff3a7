//! Pictures as they were before metadata was taken out of them: evidence, kept in the officer's home, sealed with the
//! officer's key.
//!
//! Each is two files in `originals/`: `<id>.key`, a key file that the author's key opens, with the picture's description and its
//! own key; and `<id>`, its sealed list and chunks one after the other, as an attachment has them.

use super::{
    Sealed,
    metadata::PICTURE,
    sealed::{changed, unread},
};
use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{
    codec,
    id::Hash,
    key::SecretKey,
    limits,
    random::SystemRandom,
    record::Attachment,
    seal::{AttachmentKey, Chunks, KeyFile, Purpose, Unlock},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A packed description, bytes.
const DESCRIPTION: usize = 4 << 10;
/// Sealed chunks of a picture of 64 MiB, with what sealing and padding add.
const SEALED: usize = 128 << 20;
const _: () = assert!(SEALED as u64 == 2 * PICTURE);

/// A picture that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Original {
    /// As it was.
    pub(crate) picture: Attachment,
    /// The attachment that was sent in its place.
    pub(crate) sent_as: Hash,
    /// Since when.
    pub(crate) kept: Time,
}

fn dir(context: &Context) -> PathBuf {
    context.home.join("originals")
}

/// The key files of all originals, whosever they are.
pub(crate) fn original_keys(context: &Context) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir(context))
        .into_iter()
        .flatten()
        .flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "key"))
        .collect()
}

fn unlock(key: &SecretKey) -> Unlock {
    Unlock::KeyFile(Zeroizing::new(key.seed().to_vec()))
}

fn broken(path: &Path, why: impl Into<String>) -> Error {
    Error::new(Exit::Failed, tr!("original-unopened"))
        .why(format!("{}: {}", path.display(), why.into()))
        .next(tr!("original-from-copy"))
}

/// Keeps the original of a file out of which metadata was taken; before it is sent, so that no evidence is lost.
///
/// # Errors
/// It is not what it was, or the disk refuses: then it must not be sent.
pub(crate) fn keep(key: &SecretKey, sealed: &Sealed, context: &Context) -> Result<()> {
    let Some(hash) = sealed.attachment.original else {
        return Ok(());
    };
    let sent_as = sealed.attachment.list;
    let (kept, _) = all(key, context)?;
    if kept.iter().any(|o| o.sent_as == sent_as) {
        return Ok(());
    }
    let path = &sealed.path;
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|e| unread(path, &e))?);
    if Hash::of(&[&bytes]) != hash {
        return Err(changed(path));
    }
    let own = AttachmentKey::generate(&SystemRandom);
    let no = |e: focal_protocol::seal::Error| changed(path).why(e.to_string());
    let chunks = Chunks::new(&own, bytes.len() as u64).map_err(no)?;
    let pieces: Vec<Vec<u8>> = bytes
        .chunks(limits::CHUNK)
        .zip(0..)
        .map(|(part, index)| chunks.seal(index, part).map_err(no))
        .collect::<Result<_>>()?;
    let names: Vec<Hash> = pieces.iter().map(|p| Hash::of(&[p])).collect();
    let list = chunks.seal_list(&names).map_err(no)?;
    let original = Original {
        picture: Attachment {
            size: bytes.len() as u64,
            hash,
            original: None,
            key: own,
            list: Hash::of(&[&list]),
            ..sealed.attachment.clone()
        },
        sent_as,
        kept: now(),
    };
    let name = dir(context).join(original.picture.list.to_string());
    let whole = [list, pieces.concat()].concat();
    files::write_private(&name, &whole)?;
    let description = Zeroizing::new(codec::encode_packed(&original));
    let file = KeyFile::seal(Purpose::Original, &unlock(key), &description, &SystemRandom)
        .map_err(|e| broken(&name, e.to_string()))?;
    // Last: what it opens is there.
    files::write_private(&name.with_extension("key"), file.to_text().as_bytes())
}

/// All that this key opens, oldest first, and how many it does not open.
///
/// # Errors
/// The disk refuses.
pub(crate) fn all(key: &SecretKey, context: &Context) -> Result<(Vec<Original>, usize)> {
    let dir = dir(context);
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(e) => return Err(Error::io(tr!("originals-unlisted"), &dir, &e)),
    };
    let (mut kept, mut others) = (Vec::new(), 0);
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "key") {
            continue;
        }
        match description(key, &path) {
            Some(original) => kept.push(original),
            None => others += 1,
        }
    }
    kept.sort_by_key(|o: &Original| (o.kept, o.picture.list));
    Ok((kept, others))
}

fn description(key: &SecretKey, path: &Path) -> Option<Original> {
    let text = std::fs::read_to_string(path).ok()?;
    let file = KeyFile::from_text(&text).ok()?;
    let plain = file.open(Purpose::Original, &unlock(key)).ok()?.own()?;
    codec::decode(&plain, DESCRIPTION).ok()
}

/// Opens one: as it was when it was kept.
///
/// # Errors
/// It is damaged.
pub(crate) fn open(original: &Original, context: &Context) -> Result<Zeroizing<Vec<u8>>> {
    let picture = &original.picture;
    let path = dir(context).join(picture.list.to_string());
    let no = |e: focal_protocol::seal::Error| broken(&path, e.to_string());
    let short = || broken(&path, tr!("too-short"));
    let bytes = files::read(&tr!("original-unread"), &path, SEALED)?;
    let chunks = picture.chunks().map_err(no)?;
    let (list, mut rest) = bytes
        .split_at_checked(chunks.list_length())
        .ok_or_else(short)?;
    chunks.open_list(list.to_vec()).map_err(no)?;
    let mut whole = Zeroizing::new(Vec::with_capacity(bytes.len()));
    for index in 0..chunks.count() {
        let (piece, behind) = rest
            .split_at_checked(chunks.sealed_length(index))
            .ok_or_else(short)?;
        whole.extend_from_slice(&chunks.open(index, piece.to_vec()).map_err(no)?);
        rest = behind;
    }
    if Hash::of(&[&whole]) != picture.hash {
        return Err(broken(&path, tr!("original-sha")));
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::super::{Described, sealed::Sealed};
    use super::*;

    #[test]
    fn an_original_is_kept_once_sealed_and_comes_back_as_it_was() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let elsewhere = tempfile::tempdir().expect("dir");
        let path = elsewhere.path().join("CANARYNAME.jpg");
        let told = [
            &b"\xff\xd8\xff\xfe\0\x08CANARY\xff\xda\0\x08\x01\x01\0\0\x3f\0"[..],
            &[7; 300_000],
            b"\xff\xd9",
        ]
        .concat();
        std::fs::write(&path, &told).expect("write");
        let described = Described {
            strip: true,
            name: None,
        };
        let sealed = Sealed::of(&path, &described, &context).expect("sealed");
        let key = SecretKey::generate(&SystemRandom);
        for _ in 0..2 {
            keep(&key, &sealed, &context).expect("kept");
        }
        let (kept, others) = all(&key, &context).expect("listed");
        assert_eq!((kept.len(), others), (1, 0));
        assert_eq!(kept[0].picture.name, "CANARYNAME.jpg");
        assert_eq!(Some(kept[0].picture.hash), sealed.attachment.original);
        assert_eq!(open(&kept[0], &context).expect("opened").to_vec(), told);

        // Nothing of it is there in the clear, and no other key opens it.
        for file in std::fs::read_dir(dir(&context)).expect("read").flatten() {
            let bytes = std::fs::read(file.path()).expect("read");
            assert!(!bytes.windows(6).any(|w| w == b"CANARY"));
        }
        let other = SecretKey::generate(&SystemRandom);
        let (kept_by_other, others) = all(&other, &context).expect("listed");
        assert_eq!((kept_by_other.len(), others), (0, 1));

        // What is damaged is not passed off as evidence.
        let file = dir(&context).join(kept[0].picture.list.to_string());
        let mut bytes = std::fs::read(&file).expect("read");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, &bytes).expect("damaged");
        assert!(open(&kept[0], &context).is_err());

        // The file changed meanwhile: then its original is gone, and it is not sent.
        std::fs::write(&path, b"other").expect("write");
        let fresh = SecretKey::generate(&SystemRandom);
        assert!(keep(&fresh, &sealed, &context).is_err());
    }
}
