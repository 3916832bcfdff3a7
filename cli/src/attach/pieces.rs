//! A file's sealed pieces, wherever they come from: sealed as they are asked for, or as they wait with their report.

use super::sealed::{Sealed, Source, changed, chunk, unread};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
};
use focal_protocol::{id::Hash, limits, record::Attachment, seal::Chunks};
use std::{
    fs::File,
    io::{Read, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// A file's sealed pieces.
pub(crate) trait Pieces {
    /// What is signed of it.
    fn attachment(&self) -> &Attachment;
    /// Its chunks.
    fn chunks(&self) -> &Chunks;
    /// Names of the sealed chunks.
    fn names(&self) -> &[Hash];
    /// A sealed chunk.
    fn piece(&mut self, index: u32) -> Result<Vec<u8>>;
    /// The sealed list.
    fn list(&self) -> Result<Vec<u8>>;
}

/// Sealed from the file itself: the second reading.
pub(crate) struct FromFile<'a> {
    sealed: &'a Sealed,
    source: Box<dyn Source>,
    chunks: Chunks,
    context: &'a Context,
}

impl<'a> FromFile<'a> {
    /// Opens the file again.
    ///
    /// # Errors
    /// It is not there any more, or not what it was.
    pub(crate) fn open(sealed: &'a Sealed, context: &'a Context) -> Result<Self> {
        let chunks = sealed.attachment.chunks();
        Ok(Self {
            sealed,
            source: sealed.source()?,
            chunks: chunks.map_err(|e| changed(&sealed.path).why(e.to_string()))?,
            context,
        })
    }

    /// Writes all of it as it travels: list and chunks, one after the other.
    ///
    /// # Errors
    /// It is not what it was, or the disk refuses.
    pub(crate) fn write(&mut self, out: &mut impl Write, path: &Path) -> Result<()> {
        let bar = super::Bar::of(
            &crate::lang::tr!(
                "attach-sealing",
                name = self.sealed.attachment.name.as_str()
            ),
            self.sealed.attachment.size,
        );
        let failed = |e: &std::io::Error| Error::io(crate::lang::tr!("file-not-kept"), path, e);
        out.write_all(&self.list()?).map_err(|e| failed(&e))?;
        for index in 0..self.chunks.count() {
            let piece = self.piece(index)?;
            out.write_all(&piece).map_err(|e| failed(&e))?;
            bar.more(self.chunks.length(index) as u64);
        }
        Ok(())
    }
}

impl Pieces for FromFile<'_> {
    fn attachment(&self) -> &Attachment {
        &self.sealed.attachment
    }

    fn chunks(&self) -> &Chunks {
        &self.chunks
    }

    fn names(&self) -> &[Hash] {
        &self.sealed.names
    }

    fn piece(&mut self, index: u32) -> Result<Vec<u8>> {
        let path = &self.sealed.path;
        let known = self.sealed.plain.get(index as usize);
        let known = known.ok_or_else(|| changed(path))?;
        let from = u64::from(index) * limits::CHUNK as u64;
        self.source
            .seek(SeekFrom::Start(from))
            .map_err(|e| unread(path, &e))?;
        let bytes = chunk(&mut *self.source, self.chunks.length(index), path)?;
        // Never another content under this key and number.
        if Hash::of(&[&bytes]) != *known {
            self.sealed.forget(self.context);
            return Err(changed(path));
        }
        self.chunks
            .seal(index, &bytes)
            .map_err(|e| changed(path).why(e.to_string()))
    }

    fn list(&self) -> Result<Vec<u8>> {
        let list = self.chunks.seal_list(&self.sealed.names);
        list.map_err(|e| changed(&self.sealed.path).why(e.to_string()))
    }
}

/// As they were written by [`FromFile::write`].
pub(crate) struct Waiting {
    attachment: Attachment,
    file: File,
    path: PathBuf,
    chunks: Chunks,
    names: Vec<Hash>,
    list: Vec<u8>,
}

impl Waiting {
    /// Opens what waits; none if it is not there.
    ///
    /// # Errors
    /// It is damaged.
    pub(crate) fn open(path: &Path, attachment: &Attachment) -> Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(unread(path, &e)),
        };
        let chunks = attachment.chunks().map_err(|_| damaged(attachment))?;
        let mut list = vec![0; chunks.list_length()];
        file.read_exact(&mut list)
            .map_err(|_| damaged(attachment))?;
        let names = chunks.open_list(list.clone());
        Ok(Some(Self {
            names: names.map_err(|_| damaged(attachment))?,
            attachment: attachment.clone(),
            path: path.to_path_buf(),
            file,
            chunks,
            list,
        }))
    }
}

impl Pieces for Waiting {
    fn attachment(&self) -> &Attachment {
        &self.attachment
    }

    fn chunks(&self) -> &Chunks {
        &self.chunks
    }

    fn names(&self) -> &[Hash] {
        &self.names
    }

    fn piece(&mut self, index: u32) -> Result<Vec<u8>> {
        // All chunks before it are whole ones.
        let before = self.chunks.list_length() as u64;
        let from = before + u64::from(index) * limits::CHUNK_SEALED as u64;
        let mut bytes = vec![0; self.chunks.sealed_length(index)];
        self.file.read_exact_at(&mut bytes, from).map_err(|e| {
            if e.kind() == std::io::ErrorKind::UnexpectedEof {
                damaged(&self.attachment)
            } else {
                unread(&self.path, &e)
            }
        })?;
        if self.names.get(index as usize) != Some(&Hash::of(&[&bytes])) {
            return Err(damaged(&self.attachment));
        }
        Ok(bytes)
    }

    fn list(&self) -> Result<Vec<u8>> {
        Ok(self.list.clone())
    }
}

fn damaged(attachment: &Attachment) -> Error {
    let name = crate::output::plain(&attachment.name).into_owned();
    Error::new(Exit::Failed, crate::lang::tr!("file-damaged", name = name))
        .why(crate::lang::tr!("file-damaged-why"))
        .next(crate::lang::tr!("file-damaged-next"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attach::Described;

    #[test]
    fn what_waits_is_what_would_have_been_sent_and_no_damage_passes() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let path = home.path().join("market.jpg");
        let content: Vec<u8> = (0..600_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        std::fs::write(&path, &content).expect("write");
        let sealed = Sealed::of(&path, &Described::default(), &context).expect("sealed");
        let kept = home.path().join("kept");
        let mut live = FromFile::open(&sealed, &context).expect("open");
        let mut file = File::create(&kept).expect("file");
        live.write(&mut file, &kept).expect("written");
        let open = || Waiting::open(&kept, &sealed.attachment);
        let mut waiting = open().expect("sound").expect("there");
        assert_eq!(waiting.names(), live.names());
        assert_eq!(waiting.list().expect("list"), live.list().expect("list"));
        for index in 0..3 {
            let piece = waiting.piece(index).expect("piece");
            assert_eq!(piece, live.piece(index).expect("sealed again"));
        }

        let mut bytes = std::fs::read(&kept).expect("read");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&kept, &bytes).expect("damaged");
        let mut waiting = open().expect("its list is sound").expect("there");
        waiting.piece(0).expect("this one is sound");
        assert!(waiting.piece(2).is_err());
        bytes.truncate(300_000);
        std::fs::write(&kept, &bytes).expect("cut short");
        let mut waiting = open().expect("its list is sound").expect("there");
        assert!(waiting.piece(1).is_err());
        bytes[3] ^= 1;
        std::fs::write(&kept, &bytes).expect("damaged");
        assert!(open().is_err());
        std::fs::remove_file(&kept).expect("removed");
        assert!(open().expect("nothing").is_none());
    }
}
