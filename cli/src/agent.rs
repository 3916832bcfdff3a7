//! An author's key that stays open for a while, when somebody asks for it: in a process of its own, and nowhere on a disk.
//!
//! The process is started by `focal unlock` and given the key over a pipe. It answers on a socket in the home, mode 0600, and
//! only to processes of the same user. It ends, and wipes the key, after a time in which nobody asked, when it is told to
//! (`focal lock`), when the machine has slept, when the key's file is gone, and with a wipe, which kills it by its lock.

mod clock;
mod locked;
mod serve;

pub(crate) use serve::{Start, serve};

use crate::{context::Context, keys};
use focal_protocol::codec;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};
use zeroize::Zeroizing;

/// Longest message either way, bytes: a key with its handle.
const MESSAGE: usize = 2 << 10;
/// An agent answers at once, unless the machine is very busy. One that has ended takes no connections.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Ask {
    /// What this author's key file seals.
    Key(String),
    /// To end.
    Lock,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
struct Answer {
    /// Whose key it holds.
    handle: String,
    /// The key, if it was asked for.
    #[serde(with = "serde_bytes")]
    key: Vec<u8>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
    }
}

/// Where it listens.
pub(crate) fn socket(context: &Context) -> PathBuf {
    context.home.join("agent.sock")
}

/// Held as long as it lives, with its process's id in it.
pub(crate) fn lock_path(context: &Context) -> PathBuf {
    context.home.join("agent.lock")
}

/// What an author's key file seals, if an agent holds it.
pub(crate) fn key(context: &Context, handle: &str) -> Option<Zeroizing<Vec<u8>>> {
    // A key that was taken away is not to be used.
    if !keys::author_path(context, handle).exists() {
        return None;
    }
    let mut answer = ask(context, &Ask::Key(handle.to_string())).ok()?;
    let key = Zeroizing::new(std::mem::take(&mut answer.key));
    (answer.handle == handle && !key.is_empty()).then_some(key)
}

/// Ends the agent. Returns whose key it held; none if there was no agent.
pub(crate) fn lock(context: &Context) -> Option<String> {
    let mut answer = ask(context, &Ask::Lock).ok()?;
    Some(std::mem::take(&mut answer.handle))
}

fn ask(context: &Context, ask: &Ask) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket(context))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&framed(ask)?)?;
    read(&mut stream)
}

/// A message with its length, 2 bytes, before it.
fn framed(message: &impl Serialize) -> io::Result<Zeroizing<Vec<u8>>> {
    let body = Zeroizing::new(codec::encode(message));
    let length = u16::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(body.len() + 2));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 2];
    from.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Zeroizing::new(vec![0; length]);
    from.read_exact(&mut body)?;
    codec::decode(&body, MESSAGE).map_err(|_| io::ErrorKind::InvalidData.into())
}
