//! Reports that wait for the node, signed and sealed: nothing that was kept is lost or sent twice, whenever the machine
//! stops.
//!
//! ```text
//! outbox/<handle>/00000001.waiting   a report that goes out at the next contact
//! outbox/<handle>/00000002.follows   one that the node has, and not yet all of its files
//! outbox/<handle>/00000003.refused   one that the node does not take, with the reason, until a person cancels it
//! outbox/<handle>/files/<attachment> a file of one that waits or follows, sealed as it travels: see `files`
//! outbox/<handle>/known.sealed       what is known of cases: see `known`
//! outbox/<handle>/lock               held while files change
//! outbox/<handle>/sending            held while reports are sent
//! outbox/<handle>/handing            held while files are handed over
//! ```
//!
//! A report is kept before it is sent, and removed after the node has said `stored`, and has all of its files. Sending it twice
//! stores it once, so it does not matter between which two steps a command is killed.

mod after;
mod files;
mod item;
mod send;

pub(crate) use after::{Ask, after};
pub(crate) use files::Staged;
pub(crate) use item::{Item, Refusal};
pub(crate) use send::{Choice, Sizes, send};

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files as disk,
    keys::Author,
    lang::tr,
};
use focal_protocol::{random::SystemRandom, seal::HomeKey};
use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

/// Reports that may wait: months of an officer's work.
pub(crate) const REPORTS: usize = 1_000;
/// The largest sealed report, bytes: a record with its signature, compressed or not, padded.
const FILE: usize = 160 << 10;
/// Longest that a command waits for another one that sends.
const TURN: Duration = Duration::from_secs(600);

/// Where a report stands in the order in which it was kept.
pub(crate) type Number = u32;

/// One author's outbox.
#[derive(Debug)]
pub(crate) struct Outbox {
    dir: PathBuf,
    key: HomeKey,
}

/// A report in the outbox.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Its place in the order.
    pub(crate) number: Number,
    /// What it is; none if the file cannot be read, or does not open with the author's key.
    pub(crate) item: Option<Item>,
    /// Whether the node has refused it for good.
    pub(crate) refused: bool,
    /// Whether the node has it, and only files are still to go.
    pub(crate) follows: bool,
}

/// Held while something is done; dropping it, or the death of the process, lets go.
#[derive(Debug)]
pub(crate) struct Held(#[allow(dead_code)] File);

impl Outbox {
    /// An author's outbox, which may be empty.
    pub(crate) fn of(context: &Context, author: &Author) -> Self {
        Self {
            dir: dir(context, &author.handle),
            key: HomeKey::of(&author.key),
        }
    }

    /// Keeps a report, with the files that go after it; all is on the disk when this returns. One that is there already is not kept
    /// twice.
    ///
    /// # Errors
    /// The disk is full or fails, or too many wait: nothing has changed then.
    pub(crate) fn put(&self, item: &Item, staged: Vec<Staged>) -> Result<Number> {
        disk::private_dir(&self.dir)?;
        let _lock = self.lock()?;
        let there = self.read_all()?;
        let same = |k: &&Kept| k.item.as_ref().is_some_and(|i| i.record() == item.record());
        if let Some(kept) = there.iter().find(same) {
            // It was sent without them, and was not taken: they wait with it from now on.
            if item.files && !kept.item.as_ref().is_some_and(|i| i.files) {
                self.name(staged)?;
                self.write(kept.number, item)?;
            }
            return Ok(kept.number);
        }
        if there.len() >= REPORTS {
            return Err(full());
        }
        let number = there.last().map_or(1, |last| last.number.saturating_add(1));
        self.name(staged)?;
        self.write(number, item)?;
        Ok(number)
    }

    /// Keeps reports without files, in this order, as far as there is room; those that are there already once. Returns how many
    /// are kept, and why the next one is not.
    ///
    /// # Errors
    /// What is there cannot be seen: nothing has changed then.
    pub(crate) fn put_all(&self, items: &[Item]) -> Result<(usize, Option<Error>)> {
        disk::private_dir(&self.dir)?;
        let _lock = self.lock()?;
        let there = self.read_all()?;
        let mut records: BTreeSet<_> = there
            .iter()
            .filter_map(|k| Some(k.item.as_ref()?.record()))
            .collect();
        let mut waiting = there.len();
        let mut number = there.last().map_or(0, |last| last.number);
        for (kept, item) in items.iter().enumerate() {
            if !records.insert(item.record()) {
                continue;
            }
            if waiting >= REPORTS {
                return Ok((kept, Some(full())));
            }
            number = number.saturating_add(1);
            if let Err(e) = self.write(number, item) {
                return Ok((kept, Some(e)));
            }
            waiting += 1;
        }
        Ok((items.len(), None))
    }

    /// Everything in the outbox, in the order in which it was kept.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn list(&self) -> Result<Vec<Kept>> {
        if !self.dir.exists() {
            return Ok(Vec::new());
        }
        let _lock = self.lock()?;
        self.read_all()
    }

    /// Replaces a report by what became of it.
    ///
    /// # Errors
    /// The disk is full or fails: it stays as it was.
    pub(crate) fn update(&self, number: Number, item: &Item) -> Result<()> {
        let _lock = self.lock()?;
        self.write(number, item)
    }

    /// Removes a report that was stored or cancelled, and its files.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn remove(&self, number: Number) -> Result<()> {
        let _lock = self.lock()?;
        for state in State::ALL {
            self.unlink(number, state)?;
        }
        disk::sync_dir(&self.path(number, State::Waiting))?;
        // What it alone has named is cleared.
        self.read_all().map(drop)
    }

    /// Whether a report waits that is not among these: no key is needed to see that.
    pub(crate) fn has_waiting_but(&self, these: &BTreeSet<Number>) -> bool {
        let names = names(&self.dir).unwrap_or_default();
        names
            .iter()
            .filter_map(|name| parse(name))
            .any(|(number, state)| state == State::Waiting && !these.contains(&number))
    }

    /// Waits until no other command sends, and keeps others from it.
    ///
    /// # Errors
    /// The other one takes too long.
    pub(crate) async fn turn(&self) -> Result<Held> {
        let start = std::time::Instant::now();
        loop {
            if let Some(held) = self.try_turn()? {
                return Ok(held);
            }
            if start.elapsed() > TURN {
                return Err(Error::new(Exit::Failed, tr!("outbox-held"))
                    .why(tr!("outbox-held-why"))
                    .next(tr!("outbox-held-next")));
            }
            // The lock of a file cannot be waited for without a thread that nothing can stop.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Keeps other commands from sending; none if one does now.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn try_turn(&self) -> Result<Option<Held>> {
        self.try_lock("sending")
    }

    /// Keeps other commands from handing files over; none if one does now. Apart from [`Self::turn`]: a report waits for no film.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn try_hand(&self) -> Result<Option<Held>> {
        self.try_lock("handing")
    }

    fn try_lock(&self, name: &str) -> Result<Option<Held>> {
        disk::private_dir(&self.dir)?;
        let path = self.dir.join(name);
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(Error::io(tr!("outbox-unlocked"), &path, &e)),
        }
    }

    /// Held for moments only: waiting for it is no matter.
    fn lock(&self) -> Result<Held> {
        let path = self.dir.join("lock");
        let file = open_lock(&path)?;
        file.lock()
            .map_err(|e| Error::io(tr!("outbox-unlocked"), &path, &e))?;
        Ok(Held(file))
    }

    fn path(&self, number: Number, state: State) -> PathBuf {
        self.dir.join(name(number, state))
    }

    fn unlink(&self, number: Number, state: State) -> Result<()> {
        let path = self.path(number, state);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(tr!("outbox-unleft"), &path, &e))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, number: Number, item: &Item) -> Result<()> {
        let state = State::of(item);
        let name = name(number, state);
        let sealed = self
            .key
            .seal_waiting(&name, &item.to_bytes(), &SystemRandom);
        if sealed.len() > FILE {
            return Err(
                Error::new(Exit::Failed, tr!("outbox-too-long")).why(tr!("outbox-too-long-why"))
            );
        }
        disk::write_private(&self.dir.join(&name), &sealed)?;
        // Killed in between, both are there: `read_all` takes the later one.
        for other in State::ALL {
            if other != state {
                self.unlink(number, other)?;
            }
        }
        Ok(())
    }

    /// Under the lock: also clears what a killed command has left half done.
    fn read_all(&self) -> Result<Vec<Kept>> {
        let mut there = Vec::new();
        for name in names(&self.dir)? {
            match parse(&name) {
                Some(place) => there.push(place),
                // A staged file that never got its name: nobody was told that it was kept.
                None if name.starts_with(".tmp") => {
                    let _ = fs::remove_file(self.dir.join(&name));
                }
                None => {}
            }
        }
        there.sort_unstable();
        let mut kept: Vec<Kept> = Vec::new();
        for (number, state) in there {
            if kept.last().is_some_and(|k| k.number == number) {
                // By age, the newest first: the answer of the node is newer than the wait.
                self.unlink(number, state)?;
                continue;
            }
            kept.push(Kept {
                number,
                item: self.open(number, state),
                refused: state == State::Refused,
                follows: state == State::Follows,
            });
        }
        self.clear_files(&kept);
        Ok(kept)
    }

    /// None also if the disk does not give it back: the others go out all the same.
    fn open(&self, number: Number, state: State) -> Option<Item> {
        let name = name(number, state);
        let sealed = disk::read(&tr!("outbox-report"), &self.dir.join(&name), FILE).ok()?;
        let plain = self.key.open_waiting(&name, &sealed).ok()?;
        Item::from_bytes(&plain)
    }
}

fn full() -> Error {
    Error::new(Exit::Failed, tr!("outbox-full"))
        .why(tr!("outbox-full-why", n = REPORTS))
        .next(tr!("outbox-full-next"))
}

/// How a report waits; a file's name says it, so that nobody needs a passphrase to see whether something is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Refused,
    Follows,
    Waiting,
}

impl State {
    const ALL: [Self; 3] = [Self::Refused, Self::Follows, Self::Waiting];

    fn of(item: &Item) -> Self {
        match (&item.refused, item.stored) {
            (Some(_), _) => Self::Refused,
            (None, Some(_)) => Self::Follows,
            (None, None) => Self::Waiting,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Follows => "follows",
            Self::Waiting => "waiting",
        }
    }
}

fn name(number: Number, state: State) -> String {
    format!("{number:08}.{}", state.ending())
}

fn parse(name: &str) -> Option<(Number, State)> {
    let (number, ending) = name.split_once('.')?;
    let state = State::ALL.into_iter().find(|s| s.ending() == ending)?;
    Some((number.parse().ok()?, state))
}

fn dir(context: &Context, handle: &str) -> PathBuf {
    context.outbox_dir().join(handle)
}

fn open_lock(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| Error::io(tr!("outbox-unlocked"), path, &e))
}

fn names(dir: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io(tr!("outbox-unlisted"), dir, &e)),
    };
    Ok(entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect())
}

/// Authors here who have reports that wait, or files of reports, and how many: no key is needed to know that.
pub(crate) fn waiting(context: &Context) -> Result<Vec<(String, usize)>> {
    count(context, &[State::Waiting, State::Follows])
}

/// Authors here who have reports that were refused, and how many.
pub(crate) fn refused(context: &Context) -> Result<Vec<(String, usize)>> {
    count(context, &[State::Refused])
}

fn count(context: &Context, states: &[State]) -> Result<Vec<(String, usize)>> {
    let mut found = Vec::new();
    for handle in names(&context.outbox_dir())? {
        let names = names(&dir(context, &handle)).unwrap_or_default();
        let here = names.iter().filter_map(|n| parse(n));
        let count = here.filter(|(_, s)| states.contains(s)).count();
        if count > 0 {
            found.push((handle, count));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
