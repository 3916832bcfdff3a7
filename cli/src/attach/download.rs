//! From sealed chunks at the node to a file here: opened and checked.
//!
//! Over a link that may break, what has come is kept sealed, as `home/fetching/<attachment>/<chunk>`, until all of it has, and
//! the beginning of a chunk as `<chunk>.part`: a command that is typed again goes on with the byte that was under way.

use super::{Bar, safe_name};
use crate::{
    client::{Client, Kept},
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    link,
};
use focal_protocol::{
    id::{Hash, Hashing},
    limits,
    record::Attachment,
};
use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What was begun and not gone on with for so long is removed.
const GIVEN_UP: Duration = Duration::from_secs(30 * 24 * 3600);

/// Where a file goes.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// Under this name.
    File(PathBuf),
    /// In this directory, under its own name made safe.
    Directory(PathBuf),
}

impl Target {
    fn path(&self, attachment: &Attachment) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Directory(dir) => dir.join(safe_name(&attachment.name)),
        }
    }
}

fn broken(attachment: &Attachment, why: impl Into<String>) -> Error {
    Error::new(
        Exit::Refused,
        tr!("attach-not-as-signed", name = attachment.name.as_str()),
    )
    .why(why)
    .next(tr!("attach-not-as-signed-next"))
}

/// Writes an attachment that is complete at the node to a new file; nothing that exists is replaced.
///
/// # Errors
/// There is such a file, or a chunk or the whole is not what the signed report says.
pub(crate) async fn download(
    context: &Context,
    client: &Client,
    attachment: &Attachment,
    target: &Target,
) -> Result<PathBuf> {
    let path = target.path(attachment);
    // Before all the work; asked again at the end.
    if path.symlink_metadata().is_ok() {
        return Err(files::exists(&path).next(tr!("attach-other-name")));
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let unwritten = |e: &std::io::Error| Error::io(tr!("file-not-written"), &path, e);
    let chunks = attachment
        .chunks()
        .map_err(|e| broken(attachment, e.to_string()))?;
    let mut kept = client.keep().await?;
    let begun = Begun::of(context, &attachment.list)?;
    let list = begun.piece(client, &mut kept, attachment, &attachment.list);
    let list = list.await?;
    let names = chunks
        .open_list(list)
        .map_err(|e| broken(attachment, e.to_string()))?;
    let bar = Bar::of(
        &tr!("attach-opening", name = attachment.name.as_str()),
        attachment.size,
    );
    if begun.0.is_some() {
        for (name, index) in names.iter().zip(0..) {
            begun.piece(client, &mut kept, attachment, name).await?;
            bar.more(chunks.length(index) as u64);
        }
    }
    // Nothing of it stands in the clear before all of it is here.
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| unwritten(&e))?;
    let mut whole = Hashing::default();
    for (name, index) in names.iter().zip(0..) {
        let sealed = begun.piece(client, &mut kept, attachment, name).await?;
        let plain = chunks
            .open(index, sealed)
            .map_err(|e| broken(attachment, tr!("attach-chunk-broken", index, error = e)))?;
        whole.update(&plain);
        file.write_all(&plain).map_err(|e| unwritten(&e))?;
        if begun.0.is_none() {
            bar.more(plain.len() as u64);
        }
    }
    if whole.finish() != attachment.hash {
        return Err(broken(attachment, tr!("attach-sha")));
    }
    file.as_file().sync_all().map_err(|e| unwritten(&e))?;
    match file.persist_noclobber(&path) {
        Ok(_) => files::sync_dir(&path)?,
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(files::exists(&path).next(tr!("attach-other-name")));
        }
        Err(e) => return Err(unwritten(&e.error)),
    }
    begun.end();
    Ok(path)
}

/// Where the pieces of a file are kept until all of them are here; nowhere if the node is at hand.
struct Begun(Option<PathBuf>);

impl Begun {
    fn of(context: &Context, list: &Hash) -> Result<Self> {
        let all = fetching(context);
        clear(&all);
        if !link::is_far(context) {
            return Ok(Self(None));
        }
        let dir = all.join(list.to_string());
        files::private_dir(&dir)?;
        Ok(Self(Some(dir)))
    }

    /// A sealed piece: from here, or from the node.
    async fn piece(
        &self,
        client: &Client,
        kept: &mut Kept,
        attachment: &Attachment,
        name: &Hash,
    ) -> Result<Vec<u8>> {
        let Some(dir) = &self.0 else {
            return piece(kept, attachment, name).await;
        };
        let path = dir.join(name.to_string());
        let what = attachment.name.as_str();
        if let Ok(bytes) = files::read(what, &path, limits::CHUNK_SEALED)
            && Hash::of(&[&bytes]) == *name
        {
            return Ok(bytes);
        }
        let part = dir.join(format!("{name}.part"));
        // Once more from the start, if what was begun is not what it should be.
        for _ in 0..2 {
            let bytes = rest(client, attachment, name, &part).await?;
            if Hash::of(&[&bytes]) == *name {
                files::write_private(&path, &bytes)?;
                remove(&part)?;
                return Ok(bytes);
            }
            remove(&part)?;
        }
        Err(broken(attachment, tr!("attach-chunk")))
    }

    /// All of it is where it belongs.
    fn end(self) {
        if let Some(dir) = self.0 {
            // What is left is removed later.
            let _ = fs::remove_dir_all(dir);
        }
    }
}

/// A sealed piece of which the beginning may be here: what comes is added to it.
async fn rest(
    client: &Client,
    attachment: &Attachment,
    name: &Hash,
    part: &Path,
) -> Result<Vec<u8>> {
    let failed = |e: &std::io::Error| Error::io(tr!("file-not-written"), part, e);
    let mut bytes = files::read(&attachment.name, part, limits::CHUNK_SEALED).unwrap_or_default();
    let mut file = fs::File::options()
        .create(true)
        .truncate(bytes.is_empty())
        .append(!bytes.is_empty())
        .write(true)
        .mode(0o600)
        .open(part)
        .map_err(|e| failed(&e))?;
    let (list, from) = (attachment.list, bytes.len());
    let path = format!("/v1/attachments/{list}/chunks/{name}?from={from}");
    let coming = client.get_as_it_comes(&path, |more| {
        if bytes.len() + more.len() > limits::CHUNK_SEALED {
            return Err(broken(attachment, tr!("attach-chunk")));
        }
        bytes.extend_from_slice(more);
        file.write_all(more).map_err(|e| failed(&e))
    });
    coming.await?;
    Ok(bytes)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(tr!("file-not-removed"), path, &e))
        }
        _ => Ok(()),
    }
}

/// Files of which something has come.
pub(crate) fn fetching(context: &Context) -> PathBuf {
    context.home.join("fetching")
}

/// Removes what nobody has gone on with for a long time.
fn clear(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|m| m.modified());
        let age = changed.map(|at| SystemTime::now().duration_since(at));
        if matches!(age, Ok(Ok(age)) if age > GIVEN_UP) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// What is in an attachment that is complete at the node, to be looked at and not kept.
///
/// # Errors
/// It is not what the signed report says.
pub(crate) async fn open(client: &Client, attachment: &Attachment) -> Result<Vec<u8>> {
    let no = |e: &dyn std::fmt::Display| broken(attachment, e.to_string());
    let chunks = attachment.chunks().map_err(|e| no(&e))?;
    let mut kept = client.keep().await?;
    let list = piece(&mut kept, attachment, &attachment.list).await?;
    let names = chunks.open_list(list).map_err(|e| no(&e))?;
    let mut whole = Vec::new();
    for (name, index) in names.iter().zip(0..) {
        let sealed = piece(&mut kept, attachment, name).await?;
        whole.extend_from_slice(&chunks.open(index, sealed).map_err(|e| no(&e))?);
    }
    if Hash::of(&[&whole]) != attachment.hash {
        return Err(broken(attachment, tr!("attach-sha")));
    }
    Ok(whole)
}

/// A sealed piece that is what its name says.
async fn piece(kept: &mut Kept, attachment: &Attachment, name: &Hash) -> Result<Vec<u8>> {
    let path = format!("/v1/attachments/{}/chunks/{name}", attachment.list);
    let bytes = kept.get_bytes(&path).await?;
    if Hash::of(&[&bytes]) != *name {
        return Err(broken(attachment, tr!("attach-chunk")));
    }
    Ok(bytes)
}
