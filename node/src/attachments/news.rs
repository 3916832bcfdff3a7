//! Who has asked for a file in vain hears when it is here, and asks again at once: nobody need ask and ask.

use super::Attachments;
use focal_protocol::id::{CaseId, Hash, NodeId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

/// Partners and files that are remembered: who comes later asks again by itself.
const REMEMBERED: usize = 4_096;
/// Files that are remembered of one partner: nobody takes the others' places.
const OF_ONE: usize = 256;
/// News of one file count once in this time: who tells them again and again must not make this node ask as often.
const SELDOM: Duration = Duration::from_secs(30);

/// Who has asked for what in vain.
#[derive(Debug, Default)]
pub(super) struct InVain {
    by_file: BTreeMap<Hash, BTreeSet<(NodeId, CaseId)>>,
    of_one: BTreeMap<NodeId, usize>,
    count: usize,
}

impl InVain {
    fn asked(&mut self, list: Hash, node: NodeId, case: CaseId) {
        let of_one = self.of_one.get(&node).copied().unwrap_or(0);
        let room = self.count < REMEMBERED && of_one < OF_ONE;
        if room && self.by_file.entry(list).or_default().insert((node, case)) {
            self.count += 1;
            self.of_one.insert(node, of_one + 1);
        }
    }

    pub(super) fn take(&mut self, list: &Hash) -> BTreeSet<(NodeId, CaseId)> {
        let who = self.by_file.remove(list).unwrap_or_default();
        self.count -= who.len();
        for (node, _) in &who {
            let left = self.of_one.get_mut(node).map(|count| {
                *count -= 1;
                *count
            });
            if left == Some(0) {
                self.of_one.remove(node);
            }
        }
        who
    }
}

impl Attachments {
    /// A member asked for a piece that is not here. It is told when it is, if this node waits for it, too.
    pub(super) fn asked_in_vain(&self, node: NodeId, case: CaseId, list: Hash) {
        let mut keep = self.keep();
        if keep.waiting.contains_key(&list) {
            keep.in_vain.asked(list, node, case);
        }
    }

    /// A file is here whole: who has asked for it is told.
    pub(super) fn tell_who_asked(&self, list: &Hash) {
        let who = self.keep().in_vain.take(list);
        let connected = self.shared.connected();
        for (node, case) in who {
            if !connected.contains(&node) || !self.shares(&case, &node) {
                continue;
            }
            let (net, list) = (self.net.clone(), *list);
            tokio::spawn(async move {
                // Whom it does not reach asks again later.
                if let Err(why) = net.tell_held(node, case, list).await {
                    tracing::debug!("{} is not told of an attachment: {why}", node.short());
                }
            });
        }
    }

    /// Hears what partners hold now, until the swarm ends.
    pub(crate) async fn hear_news(self: Arc<Self>) {
        let net = self.net.clone();
        net.hear_held(|node, case, list| {
            if !self.shares(&case, &node) {
                return;
            }
            if self.keep().is_news(&list, &case, Instant::now()) {
                self.wake.notify_one();
            }
        })
        .await;
    }
}

impl super::keeper::Keep {
    /// A member holds a file now: whether it is asked for at once.
    fn is_news(&mut self, list: &Hash, case: &CaseId, now: Instant) -> bool {
        let Some(waiting) = self.waiting.get_mut(list) else {
            return false;
        };
        let again = waiting
            .told
            .is_some_and(|last| now.duration_since(last) < SELDOM);
        if again || !waiting.cases.contains(case) {
            return false;
        }
        waiting.told = Some(now);
        waiting.hurry(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{super::keeper::Keep, *};

    const LIST: Hash = Hash([1; 32]);
    const CASE: CaseId = CaseId([2; 32]);

    #[test]
    fn news_of_a_file_make_it_due_at_once_and_not_all_the_time() {
        let now = Instant::now();
        let later = now + Duration::from_secs(900);
        let mut keep = Keep::default();
        assert!(!keep.is_news(&LIST, &CASE, now), "nobody waits for it");
        keep.waits(LIST, CASE, later);
        assert!(!keep.is_news(&LIST, &CaseId([3; 32]), now), "another case");
        assert!(!keep.is_due(&LIST, now));
        assert!(keep.is_news(&LIST, &CASE, now));
        assert!(keep.is_due(&LIST, now));
        assert!(!keep.is_news(&LIST, &CASE, now + SELDOM / 2));
        assert!(keep.is_news(&LIST, &CASE, now + SELDOM));
    }

    #[test]
    fn news_while_partners_are_asked_are_not_lost_when_they_had_nothing() {
        let now = Instant::now();
        let mut keep = Keep::default();
        keep.waits(LIST, CASE, now);
        keep.begins(&LIST);
        keep.was_absent(&LIST, false, now);
        assert!(!keep.is_due(&LIST, now), "nobody had it");
        keep.begins(&LIST);
        assert!(keep.is_news(&LIST, &CASE, now));
        keep.was_absent(&LIST, false, now);
        assert!(keep.is_due(&LIST, now), "somebody has it by now");
    }

    #[test]
    fn a_partner_without_a_list_of_one_length_is_asked_for_others_and_of_few_is_it_remembered() {
        let mut keep = Keep::default();
        let node = NodeId([1; 32]);
        keep.no_such_list((node, LIST, 112));
        assert!(keep.has_no_such_list(&(node, LIST, 112)));
        for other in [
            (node, LIST, 48),
            (node, Hash([2; 32]), 112),
            (NodeId([2; 32]), LIST, 112),
        ] {
            assert!(!keep.has_no_such_list(&other));
        }
        for length in 0..10_000 {
            keep.no_such_list((node, LIST, length));
        }
        assert!(!keep.has_no_such_list(&(node, LIST, 9_999)));
    }

    #[test]
    fn who_asked_is_told_once_and_no_more_are_remembered_than_there_is_room_for() {
        let numbered = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            bytes
        };
        let mut vain = InVain::default();
        for n in 0..2 * OF_ONE {
            vain.asked(Hash(numbered(n)), NodeId([0; 32]), CASE);
        }
        assert_eq!(vain.count, OF_ONE, "of one partner");
        for n in 0..2 * REMEMBERED {
            let partner = NodeId(numbered(1 + n / OF_ONE));
            vain.asked(Hash(numbered(n)), partner, CASE);
        }
        assert_eq!(vain.count, REMEMBERED);
        assert_eq!(vain.take(&Hash([0; 32])).len(), 2);
        assert!(vain.take(&Hash([0; 32])).is_empty());
        vain.asked(LIST, NodeId([0; 32]), CASE);
        vain.asked(LIST, NodeId([0; 32]), CASE);
        assert_eq!(vain.count, REMEMBERED - 1);
    }
}
