//! The agent's process.

use super::{
    Answer, Ask, MESSAGE, PATIENCE, clock::Clock, framed, lock_path, locked::Locked, read, socket,
};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    keys,
    lang::tr,
};
use focal_protocol::codec;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::{
        fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
        process::CommandExt,
    },
    process::{Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};
use zeroize::{Zeroize, Zeroizing};

/// How often it looks whether it should end.
const LOOK: Duration = Duration::from_millis(500);
/// What it writes when it listens: whether its memory is locked.
const READY: [u8; 2] = [b'-', b'+'];

/// What an agent is given at its start.
#[derive(Serialize, Deserialize)]
pub(crate) struct Start {
    /// Whose key.
    pub(crate) handle: String,
    /// What their key file seals.
    #[serde(with = "serde_bytes")]
    pub(crate) key: Vec<u8>,
    /// Milliseconds without a question after which it ends.
    pub(crate) idle_ms: u64,
}

impl Drop for Start {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Start {
    /// Starts a process that holds the key. Returns whether it is kept from being swapped.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn start(&self, context: &Context) -> Result<bool> {
        let failed = |e: &io::Error| Error::new(Exit::Io, tr!("key-not-open")).why(e.to_string());
        let mut command = Command::new(std::env::current_exe().map_err(|e| failed(&e))?);
        let mut child = command
            .arg("agent")
            .arg("--home")
            .arg(std::path::absolute(&context.home).map_err(|e| failed(&e))?)
            // Nothing of this terminal: no signal of its keys, no directory that stays busy, no secret's path.
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| failed(&e))?;
        if let Some(mut stdin) = child.stdin.take() {
            let start = framed(self).map_err(|e| failed(&e))?;
            stdin.write_all(&start).map_err(|e| failed(&e))?;
        }
        let mut ready = [0];
        let answered = child
            .stdout
            .take()
            .map(|mut out| io::Read::read_exact(&mut out, &mut ready));
        match answered {
            Some(Ok(())) if READY.contains(&ready[0]) => Ok(ready == READY[1..]),
            _ => Err(Error::new(Exit::Io, tr!("key-not-open"))
                .why(tr!("key-not-open-why"))
                .next(tr!("key-not-open-next"))),
        }
    }
}

/// Holds a key until it is to be forgotten. Reads it from stdin.
pub(crate) async fn serve(context: &Context) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Before the key is there: no core dump, and no look by another program of the same user.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    let failed = |e: io::Error| Error::new(Exit::Io, tr!("agent-stops")).why(e.to_string());
    let mut start: Start = read(&mut io::stdin().lock()).map_err(failed)?;
    let secret = Locked::new(&Zeroizing::new(std::mem::take(&mut start.key)));
    let lock = hold(context).map_err(failed)?;
    let path = socket(context);
    // What a dead agent has left: the lock is ours.
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(failed)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let user = fs::metadata(&path).map_err(failed)?.uid();
    let ready = [READY[usize::from(secret.is_locked())]];
    crate::output::raw(&ready)?;
    let agent = Agent {
        handle: start.handle.clone(),
        secret,
        user,
    };
    agent
        .until_it_ends(&listener, Duration::from_millis(start.idle_ms), context)
        .await;
    drop(agent);
    // What took the key from here forgets it as well.
    crate::watching::end_all(context);
    let _ = fs::remove_file(&path);
    let _ = fs::remove_file(lock_path(context));
    drop(lock);
    Ok(())
}

/// One agent in a home; its number is in the lock, for a wipe.
fn hold(context: &Context) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(lock_path(context))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(TryLockError::Error(e)) => return Err(e),
    }
    file.set_len(0)?;
    write!(file, "{}", std::process::id())?;
    Ok(file)
}

struct Agent {
    handle: String,
    secret: Locked,
    user: u32,
}

impl Agent {
    async fn until_it_ends(&self, listener: &UnixListener, idle: Duration, context: &Context) {
        let clock = Clock::start();
        let mut asked = clock.now();
        let mut look = tokio::time::interval(LOOK);
        let key = keys::author_path(context, &self.handle);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { return };
                    // Before it is answered: nobody is to be served after the time.
                    if clock.has_slept() || clock.now().saturating_sub(asked) > idle {
                        return;
                    }
                    match tokio::time::timeout(PATIENCE, self.answer(stream)).await {
                        Ok(Ok(Ask::Lock)) => return,
                        Ok(Ok(Ask::Key(handle))) if handle == self.handle => asked = clock.now(),
                        _ => {}
                    }
                }
            }
            if clock.has_slept() || clock.now().saturating_sub(asked) > idle || !key.exists() {
                return;
            }
        }
    }

    async fn answer(&self, mut stream: UnixStream) -> io::Result<Ask> {
        // Root could read this process's memory anyway.
        if stream.peer_cred()?.uid() != self.user {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let length = usize::from(stream.read_u16().await?);
        if length > MESSAGE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let ask: Ask = codec::decode(&body, MESSAGE).map_err(|_| io::ErrorKind::InvalidData)?;
        let key = match &ask {
            Ask::Key(handle) if *handle == self.handle => self.secret.bytes().to_vec(),
            _ => Vec::new(),
        };
        let answer = Answer {
            handle: self.handle.clone(),
            key,
        };
        stream.write_all(&framed(&answer)?).await?;
        stream.shutdown().await?;
        Ok(ask)
    }
}
