//! The audit trail's rows: items, and the node's signatures on how far it has come; all sealed.

use super::{Error, Result, Store, Tree, Write};
use focal_protocol::{
    audit::{Checkpoint, Link, Trail},
    codec, limits,
    seal::Table,
    signed::Signed,
    time::Time,
};

/// A part of the trail as it was at one moment, with what proves it.
#[derive(Debug)]
pub struct TrailPage {
    /// The signature with which the trail begins, if earlier items were given up.
    pub anchor: Option<(u64, Signed<Checkpoint>)>,
    /// Items in order.
    pub items: Vec<Link>,
    /// Signatures that cover them, by the item that they are on.
    pub checkpoints: Vec<(u64, Signed<Checkpoint>)>,
    /// The item after the last one here, if there was one.
    pub next: Option<u64>,
}

/// A checkpoint with its signature, bytes.
const CHECKPOINT: usize = 1 << 10;
/// A checkpoint is kept for every so many items, besides the last one: from there the trail can begin when what is
/// before is given up.
const STRIDE: u64 = 64;
/// Items that are kept at most, whatever their age: some 200 bytes each.
const ITEMS: u64 = 500_000;
/// Items given up in one round: one transaction of a bounded size.
const TRIMMED: u64 = 64 * STRIDE;

fn item_key(seq: u64) -> Vec<u8> {
    [b"i".as_slice(), &seq.to_be_bytes()].concat()
}

fn checkpoint_key(seq: u64) -> Vec<u8> {
    [b"c".as_slice(), &seq.to_be_bytes()].concat()
}

fn seq_of(key: &[u8]) -> Option<u64> {
    key.get(1..9)?.try_into().ok().map(u64::from_be_bytes)
}

impl Store {
    /// The audit trail after its last item.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn trail(&self) -> Result<Trail> {
        let last = self.tree(Tree::Audit).scan_prefix(b"i").next_back();
        let anchor = match last {
            Some(row) => {
                let (key, value) = row?;
                let link = self.link(&key, &value)?;
                Some((link.item.seq, link.hash()))
            }
            None => None,
        };
        Ok(Trail::after(anchor))
    }

    /// Items from a sequence on, in order.
    pub fn audit_items(&self, from: u64) -> impl DoubleEndedIterator<Item = Result<Link>> + '_ {
        self.tree(Tree::Audit)
            .range(item_key(from)..=item_key(u64::MAX))
            .map(|row| {
                let (key, value) = row?;
                self.link(&key, &value)
            })
    }

    /// Signatures on the trail from a sequence on, in order.
    pub fn checkpoints(
        &self,
        from: u64,
    ) -> impl DoubleEndedIterator<Item = Result<(u64, Signed<Checkpoint>)>> + '_ {
        self.tree(Tree::Audit)
            .range(checkpoint_key(from)..=checkpoint_key(u64::MAX))
            .map(|row| {
                let (key, value) = row?;
                let damaged = || self.audit_damaged("the signature on item", &key);
                let seq = seq_of(&key).ok_or_else(damaged)?;
                let plain = self.unseal(Table::Audit, &key, &value);
                let plain = plain.map_err(|_| damaged())?;
                let signed = codec::decode(&plain, CHECKPOINT).map_err(|_| damaged())?;
                Ok((seq, signed))
            })
    }

    /// At most `limit` items from a sequence on. The trail may grow and be shortened meanwhile: a page ends at the latest
    /// with the item that was signed last when it was begun, so that the last page always ends in a signature.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn trail_page(&self, from: u64, limit: usize) -> Result<TrailPage> {
        loop {
            // The next round replaces it: it is kept here, and what comes after it is not looked at.
            let last = self.checkpoints(0).next_back().transpose()?;
            let end = last.as_ref().map_or(0, |(seq, _)| seq + 1);
            let mut items: Vec<Link> = Vec::new();
            let mut next = None;
            for link in self.audit_items(from) {
                let link = link?;
                if link.item.seq >= end {
                    break;
                }
                if items.len() == limit {
                    next = Some(link.item.seq);
                    break;
                }
                items.push(link);
            }
            let begins = self.audit_items(0).next().transpose()?;
            let begins = begins.map_or(0, |link| link.item.seq);
            let anchor = self.checkpoints(0).next().transpose()?;
            let anchor = anchor.filter(|(seq, _)| *seq < begins);
            // It was shortened while it was read.
            if items.first().is_some_and(|first| first.item.seq < begins) {
                continue;
            }
            let mut checkpoints = Vec::new();
            if let (Some(first), Some(to)) = (items.first(), items.last()) {
                for checkpoint in self.checkpoints(first.item.seq) {
                    let (seq, signed) = checkpoint?;
                    if seq > to.item.seq {
                        break;
                    }
                    checkpoints.push((seq, signed));
                }
                let held = checkpoints.last().map(|(seq, _)| *seq);
                checkpoints
                    .extend(last.filter(|(seq, _)| *seq == to.item.seq && held < Some(*seq)));
            }
            return Ok(TrailPage {
                anchor,
                items,
                checkpoints,
                next,
            });
        }
    }

    /// Which items can be given up, from the first to one that is signed: those from before `oldest`, and those that are
    /// too many. The last of all, before `next`, always stays: the trail goes on from it.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn trim_point(&self, next: u64, oldest: Time) -> Result<Option<(u64, u64)>> {
        let Some(first) = self.audit_items(0).next().transpose()? else {
            return Ok(None);
        };
        let first = first.item.seq;
        let mut anchor = None;
        for checkpoint in self.checkpoints(first) {
            let (seq, _) = checkpoint?;
            let item = self.audit_items(seq).next().transpose()?;
            let over = item.is_some_and(|link| link.item.at < oldest) || next - seq > ITEMS;
            if !over || seq + 1 >= next || seq - first >= TRIMMED {
                break;
            }
            anchor = Some(seq);
        }
        Ok(anchor.map(|anchor| (first, anchor)))
    }

    fn link(&self, key: &[u8], value: &[u8]) -> Result<Link> {
        let damaged = || self.audit_damaged("item", key);
        let plain = self.unseal(Table::Audit, key, value);
        let plain = plain.map_err(|_| damaged())?;
        if plain.len() > limits::AUDIT_ITEM {
            return Err(damaged());
        }
        let link = Link::from_bytes(plain.to_vec()).map_err(|_| damaged())?;
        if Some(link.item.seq) != seq_of(key) {
            return Err(damaged());
        }
        Ok(link)
    }

    /// Which row it is that is not as it was written.
    fn audit_damaged(&self, what: &str, key: &[u8]) -> Error {
        let seq = seq_of(key).map_or_else(|| "?".into(), |seq| seq.to_string());
        self.damaged(format!(
            "{what} {seq} of the audit trail is not as it was written"
        ))
    }
}

impl Write {
    /// An item of the audit trail.
    pub fn audit_item(&mut self, store: &Store, link: &Link) {
        let key = item_key(link.item.seq);
        let sealed = store.seal(Table::Audit, &key, link.bytes());
        self.put(Tree::Audit, key, sealed);
    }

    /// The node's signature on the trail up to the item `seq`, in place of the last one: `before`.
    pub fn checkpoint(
        &mut self,
        store: &Store,
        before: Option<u64>,
        seq: u64,
        signed: &Signed<Checkpoint>,
    ) {
        if let Some(before) = before
            && before / STRIDE == seq / STRIDE
        {
            self.delete(Tree::Audit, checkpoint_key(before));
        }
        let key = checkpoint_key(seq);
        let sealed = store.seal(Table::Audit, &key, &codec::encode_packed(signed));
        self.put(Tree::Audit, key, sealed);
    }

    /// Gives up the items from `first` to `anchor`, and the signatures before the one on `anchor`, with which the trail
    /// begins from then on.
    ///
    /// # Errors
    /// The disk fails.
    pub fn trim_trail(&mut self, store: &Store, first: u64, anchor: u64) -> Result<()> {
        for seq in first..=anchor {
            self.delete(Tree::Audit, item_key(seq));
        }
        for key in store
            .tree(Tree::Audit)
            .range(checkpoint_key(0)..checkpoint_key(anchor))
            .keys()
        {
            self.delete(Tree::Audit, key?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{
        audit::{Act, Actor, Deed},
        id::NodeId,
        key::SecretKey,
        seal::StorageKey,
    };
    use zeroize::Zeroizing;

    fn store(dir: &std::path::Path) -> Store {
        let key = StorageKey::new(&Zeroizing::new([1; 32]));
        crate::store::tests::open(dir, key).expect("a store")
    }

    /// Adds items at these times, each signed as the ledger does.
    fn add(store: &Store, times: std::ops::Range<u64>) {
        let key = SecretKey::from_seed(Zeroizing::new([3; 32]));
        let node = NodeId(key.public().0);
        let mut trail = store.trail().expect("a trail");
        let mut before = trail.next().checked_sub(1);
        for at in times {
            let link = trail.append(Time(at), Actor::Node, Act::new(Deed::Export));
            let mut write = Write::default();
            write.audit_item(store, &link);
            let signed = trail.sign(node, &key, Time(at)).expect("not empty");
            write.checkpoint(store, before, link.item.seq, &signed);
            before = Some(link.item.seq);
            store.apply(&write).expect("stored");
        }
    }

    #[test]
    fn a_row_that_was_changed_on_disk_is_named() {
        let dir = tempfile::tempdir().expect("dir");
        let store = store(dir.path());
        add(&store, 0..6);
        let tree = store.tree(Tree::Audit);
        let row = tree.get(item_key(3)).expect("read").expect("there");
        for at in 0..row.len() {
            let mut changed = row.to_vec();
            changed[at] ^= 1;
            tree.insert(item_key(3), changed).expect("written");
            let error = store.trail_page(0, 10).expect_err("damaged").to_string();
            assert!(error.contains("item 3 of the audit trail"), "{error}");
            assert_eq!(store.trail_page(0, 2).expect("whole").items.len(), 2);
        }
        // A row of another place does not pass for it, nor is a lost one passed over in silence.
        let other = tree.get(item_key(2)).expect("read").expect("there");
        tree.insert(item_key(3), other).expect("written");
        assert!(store.trail_page(0, 10).is_err());
        tree.insert(item_key(3), row).expect("written");
        let last = tree.get(checkpoint_key(5)).expect("read").expect("there");
        let mut changed = last.to_vec();
        changed[9] ^= 1;
        tree.insert(checkpoint_key(5), changed).expect("written");
        let error = store.trail_page(0, 10).expect_err("damaged").to_string();
        assert!(error.contains("the signature on item 5"), "{error}");
    }

    #[test]
    fn a_trail_that_grows_while_it_is_read_is_signed_to_the_end_of_what_is_shown() {
        let dir = tempfile::tempdir().expect("dir");
        let store = store(dir.path());
        let node = NodeId(SecretKey::from_seed(Zeroizing::new([3; 32])).public().0);
        add(&store, 0..1);
        let writer = store.clone();
        std::thread::scope(|scope| {
            let writing = scope.spawn(move || add(&writer, 1..400));
            let mut passes = 0;
            while !writing.is_finished() || passes == 0 {
                passes += 1;
                let mut trail = Trail::default();
                let mut from = Some(0);
                while let Some(seq) = from {
                    let page = store.trail_page(seq, 7).expect("a page");
                    let mut signed = page.checkpoints.iter().peekable();
                    for link in page.items {
                        let seq = link.item.seq;
                        trail
                            .follow(link.bytes().to_vec())
                            .expect("the chain holds");
                        if let Some((_, signed)) = signed.next_if(|(at, _)| *at == seq) {
                            trail.check(node, signed).expect("signed");
                        }
                    }
                    from = page.next;
                }
                trail.finish().expect("signed to the end");
            }
        });
    }

    /// Follows what is there; returns the first item and the next.
    fn follow(store: &Store) -> (u64, u64) {
        let node = NodeId(SecretKey::from_seed(Zeroizing::new([3; 32])).public().0);
        let first = store.audit_items(0).next().expect("an item").expect("read");
        let anchor = store.checkpoints(0).next().expect("one").expect("read");
        let mut trail = if anchor.0 < first.item.seq {
            Trail::from_checkpoint(node, &anchor.1).expect("the node's")
        } else {
            Trail::default()
        };
        let mut signed = store
            .checkpoints(first.item.seq)
            .map(|c| c.expect("read"))
            .peekable();
        for link in store.audit_items(0) {
            let link = link.expect("read");
            trail
                .follow(link.bytes().to_vec())
                .expect("the chain holds");
            if let Some((_, checkpoint)) = signed.next_if(|(seq, _)| *seq == link.item.seq) {
                trail.check(node, &checkpoint).expect("signed");
            }
        }
        trail.finish().expect("signed to the end");
        (first.item.seq, trail.next())
    }

    #[test]
    fn a_trail_survives_a_restart_and_keeps_one_signature_for_many_items() {
        let dir = tempfile::tempdir().expect("dir");
        add(&store(dir.path()), 0..100);
        let store = store(dir.path());
        add(&store, 100..200);
        assert_eq!(follow(&store), (0, 200));
        assert_eq!(store.checkpoints(0).count(), 4);
    }

    #[test]
    fn at_the_end_of_their_time_items_go_and_the_rest_still_holds() {
        let dir = tempfile::tempdir().expect("dir");
        let store = store(dir.path());
        add(&store, 0..200);
        assert_eq!(store.trim_point(200, Time(10)).expect("read"), None);
        let point = store.trim_point(200, Time(150)).expect("read");
        assert_eq!(point, Some((0, 2 * STRIDE - 1)));
        let mut write = Write::default();
        write.trim_trail(&store, 0, 2 * STRIDE - 1).expect("read");
        store.apply(&write).expect("stored");
        assert_eq!(follow(&store), (2 * STRIDE, 200));
        // Whatever the clock says, the last one stays.
        let point = store.trim_point(200, Time(u64::MAX)).expect("read");
        assert_eq!(point, Some((2 * STRIDE, 3 * STRIDE - 1)));
        add(&store, 200..210);
        assert_eq!(follow(&store), (2 * STRIDE, 210));
    }

    #[test]
    fn too_many_items_go_whatever_their_age() {
        let dir = tempfile::tempdir().expect("dir");
        let store = store(dir.path());
        add(&store, 0..130);
        let point = store.trim_point(ITEMS + 100, Time(0)).expect("read");
        assert_eq!(point, Some((0, STRIDE - 1)));
    }

    #[test]
    fn nothing_of_the_trail_is_on_the_disk_in_the_clear() {
        let dir = tempfile::tempdir().expect("dir");
        let store = store(dir.path());
        let mut trail = store.trail().expect("a trail");
        let act = Act::new(Deed::Export).word("a-word-to-look-for");
        let mut write = Write::default();
        write.audit_item(&store, &trail.append(Time(1), Actor::Node, act));
        store.apply(&write).expect("stored");
        store.flush().expect("flushed");
        drop(store);
        let database = std::fs::read(dir.path().join("db")).expect("a file");
        let word = b"a-word-to-look-for";
        assert!(!database.windows(word.len()).any(|w| w == word));
    }
}
