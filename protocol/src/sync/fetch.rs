//! From whom to ask for what others wrote: one peer for each log at a time.

use crate::{
    id::{CaseId, LogId, NodeId},
    time::Time,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// Wait before asking, milliseconds: the writer itself may be about to push.
const PATIENCE_MS: u64 = 300;
/// Without progress for this long, another peer is asked, milliseconds.
const STALLED_MS: u64 = 20_000;
/// How often the wait is doubled, at most, for a log of which everything offered is refused, or that nobody who offers it sends:
/// then ten minutes. What was refused may count later, when a commit or a manifest has come.
const DOUBLINGS: u32 = 5;

/// What a peer offers of a log.
#[derive(Debug)]
struct Source {
    height: u64,
    /// How often it was asked since it last sent something that was stored, and nothing came of it.
    vain: u32,
}

#[derive(Debug)]
struct Offered {
    first: Time,
    /// Also those that were asked in vain: it may be that what they sent counts later, and nobody offers twice.
    peers: BTreeMap<NodeId, Source>,
    asked: Option<(NodeId, Time)>,
    refusals: u32,
    /// What was refused of it may count once this case has gone on.
    late: Option<CaseId>,
    /// How often somebody was asked in a row, and nothing was stored.
    vain: u32,
    /// Who was asked and went away without an answer: coming back is not a new chance before all others.
    left: Option<NodeId>,
}

impl Offered {
    /// How long whoever is asked has time, milliseconds. It is doubled for silence only when all were silent once more, and all of
    /// them share it then: whoever offers it as well need not wait long for those who are.
    fn wait(&self) -> u64 {
        let peers = u32::try_from(self.peers.len()).unwrap_or(u32::MAX).max(1);
        let doubled = |times: u32| STALLED_MS << times.min(DOUBLINGS);
        let silence = doubled(self.vain / peers) / u64::from(peers);
        silence.max(doubled(self.refusals))
    }

    /// Who was asked in vain least often; of those, who offers most.
    fn best(&self) -> Option<NodeId> {
        let rank = |(_, source): &(&NodeId, &Source)| (Reverse(source.vain), source.height);
        let best = self.peers.iter().max_by_key(rank);
        best.map(|(peer, _)| *peer)
    }
}

/// What connected peers offer and this node lacks. Its times are of a clock that only goes forward, from any origin.
#[derive(Debug, Default)]
pub struct Fetch {
    logs: HashMap<LogId, Offered>,
}

impl Fetch {
    /// A peer holds a log up to `height`, which is more than is held here.
    pub fn offered(&mut self, peer: NodeId, log: LogId, height: u64, now: Time) {
        let offered = self.logs.entry(log).or_insert_with(|| Offered {
            first: now,
            peers: BTreeMap::new(),
            asked: None,
            refusals: 0,
            late: None,
            vain: 0,
            left: None,
        });
        match offered.peers.get_mut(&peer) {
            Some(source) => source.height = height,
            None => {
                let vain = u32::from(offered.left == Some(peer));
                offered.peers.insert(peer, Source { height, vain });
                offered.vain = 0;
            }
        }
    }

    /// The log is now held up to `height`.
    pub fn stored(&mut self, log: LogId, height: u64, now: Time) {
        if let Some(offered) = self.logs.get_mut(&log) {
            offered.peers.retain(|_, source| source.height > height);
            // What came before it may be durable only now.
            if offered.late.is_none() {
                offered.refusals = 0;
            }
            offered.vain = 0;
            if let Some((peer, since)) = &mut offered.asked {
                *since = now;
                if let Some(source) = offered.peers.get_mut(peer) {
                    source.vain = 0;
                }
            }
            if offered.peers.is_empty() {
                self.logs.remove(&log);
            }
        }
    }

    /// What was sent of a log is not accepted here, now: it is asked for again, less and less often.
    pub fn refused(&mut self, log: LogId) {
        if let Some(offered) = self.logs.get_mut(&log) {
            offered.refusals = offered.refusals.saturating_add(1);
        }
    }

    /// What a peer sent of a log, up to a height, is of epochs of a case that are not known here yet, and there is no room for
    /// more of that. Its writer pushes it once only: it is asked for.
    pub fn late(&mut self, (peer, height): (NodeId, u64), log: LogId, case: CaseId, now: Time) {
        let offered = self.logs.get(&log).and_then(|o| o.peers.get(&peer));
        let height = offered.map_or(height, |source| source.height.max(height));
        self.offered(peer, log, height, now);
        self.refused(log);
        if let Some(offered) = self.logs.get_mut(&log) {
            offered.late = Some(case);
            offered.asked.get_or_insert((peer, now));
        }
    }

    /// Another epoch of a case is known: what came too early is asked for at once.
    pub fn went_on(&mut self, case: CaseId) {
        for offered in self.logs.values_mut() {
            if offered.late == Some(case) {
                offered.late = None;
                offered.refusals = 0;
                offered.vain = 0;
                offered.asked = None;
            }
        }
    }

    /// A peer is gone.
    pub fn lost(&mut self, peer: NodeId) {
        self.logs.retain(|_, offered| {
            offered.peers.remove(&peer);
            if offered.asked.is_some_and(|(p, _)| p == peer) {
                offered.asked = None;
                offered.vain = 0;
                offered.left = Some(peer);
            }
            !offered.peers.is_empty()
        });
    }

    /// Logs that are offered and not held yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.logs.len()
    }

    /// Whether nothing is to be asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// Whom to ask now, and for which log.
    pub fn due(&mut self, now: Time) -> Vec<(NodeId, LogId)> {
        let mut due = Vec::new();
        for (log, offered) in &mut self.logs {
            match offered.asked {
                Some((_, since)) if now.since(since) < offered.wait() => continue,
                Some((peer, _)) => {
                    offered.vain = offered.vain.saturating_add(1);
                    if let Some(source) = offered.peers.get_mut(&peer) {
                        source.vain = source.vain.saturating_add(1);
                    }
                }
                None if now.since(offered.first) < PATIENCE_MS => continue,
                None => {}
            }
            if let Some(peer) = offered.best() {
                offered.asked = Some((peer, now));
                due.push((peer, *log));
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_is_asked_after_a_wait_and_another_when_it_stalls() {
        let (a, b, log) = (NodeId([1; 32]), NodeId([2; 32]), LogId([3; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(a, log, 10, Time(0));
        fetch.offered(b, log, 9, Time(10));
        assert_eq!(fetch.due(Time(100)), []);
        assert_eq!(fetch.due(Time(400)), [(a, log)]);
        assert_eq!(fetch.due(Time(500)), []);
        assert_eq!(fetch.due(Time(30_000)), [(b, log)]);
        fetch.stored(log, 9, Time(30_001));
        assert_eq!(fetch.due(Time(50_000)), [], "it is under way");
        assert_eq!(fetch.due(Time(90_000)), [(a, log)], "which has more");
        fetch.stored(log, 10, Time(90_001));
        assert!(fetch.is_empty());
    }

    #[test]
    fn who_was_asked_in_vain_is_asked_again_when_others_are_silent() {
        let (honest, log) = (NodeId([1; 32]), LogId([9; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(honest, log, 10, Time(0));
        assert_eq!(fetch.due(Time(1_000)), [(honest, log)]);
        // What it sends does not count yet. Others offer more, and never send anything.
        fetch.refused(log);
        for mute in 2..6 {
            fetch.offered(NodeId([mute; 32]), log, 1_000, Time(2_000));
        }
        let mut asked = BTreeMap::<NodeId, u32>::new();
        for second in 2..12 * 3_600 {
            for (peer, log) in fetch.due(Time(1_000 * second)) {
                *asked.entry(peer).or_default() += 1;
                if peer == honest {
                    fetch.refused(log);
                }
            }
        }
        let (least, most) = (asked.values().min(), asked.values().max());
        assert_eq!(asked.len(), 5, "{asked:?}");
        assert!(least.map(|n| n + 2) >= most.copied(), "{asked:?}");
        assert!(
            (60..=200).contains(&asked.values().sum::<u32>()),
            "{asked:?}"
        );
    }

    #[test]
    fn many_who_are_silent_share_the_wait_so_that_each_is_asked_again_as_soon_as_one_alone() {
        let log = LogId([9; 16]);
        let mut fetch = Fetch::default();
        for n in 0..8 {
            fetch.offered(NodeId([n; 32]), log, 10, Time(0));
        }
        let mut asked = BTreeMap::<NodeId, u32>::new();
        for second in 1..12 * 3_600 {
            for (peer, _) in fetch.due(Time(1_000 * second)) {
                *asked.entry(peer).or_default() += 1;
            }
        }
        // Each about every eleven minutes.
        assert_eq!(asked.len(), 8);
        assert!(asked.values().all(|n| (60..=80).contains(n)), "{asked:?}");
    }

    #[test]
    fn who_goes_when_it_is_asked_and_comes_back_is_not_asked_before_the_others() {
        let (honest, other, log) = (NodeId([1; 32]), NodeId([2; 32]), LogId([9; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(honest, log, 10, Time(0));
        fetch.offered(other, log, 1_000, Time(0));
        assert_eq!(fetch.due(Time(1_000)), [(other, log)]);
        fetch.lost(other);
        fetch.offered(other, log, 1_000, Time(1_500));
        assert_eq!(fetch.due(Time(2_000)), [(honest, log)]);
    }

    #[test]
    fn who_offers_what_it_does_not_send_is_asked_less_and_less_often_and_delays_nobody_else() {
        let (a, b, log) = (NodeId([1; 32]), NodeId([2; 32]), LogId([3; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(a, log, 10, Time(0));
        let mut asked = 0;
        for second in 0..3_600 {
            asked += fetch.due(Time(1_000 * second)).len();
            // It says so again and again.
            fetch.offered(a, log, 10, Time(1_000 * second));
        }
        assert!((6..=12).contains(&asked), "asked {asked} times in an hour");
        fetch.offered(b, log, 9, Time(3_600_000));
        assert_eq!(fetch.due(Time(3_620_000)), [(b, log)]);
        fetch.stored(log, 9, Time(3_620_001));
        fetch.offered(a, log, 11, Time(3_620_001));
        assert_eq!(fetch.due(Time(3_641_000)), [(a, log)], "as if never silent");
    }

    #[test]
    fn a_log_that_is_refused_is_asked_for_less_and_less_often() {
        let (a, log) = (NodeId([1; 32]), LogId([3; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(a, log, 10, Time(0));
        let mut asked = 0;
        for second in 0..3_600 {
            for (_, log) in fetch.due(Time(1_000 * second)) {
                asked += 1;
                fetch.refused(log);
            }
        }
        assert!((6..=12).contains(&asked), "asked {asked} times in an hour");
        fetch.stored(log, 9, Time(3_600_000));
        assert_eq!(
            fetch.due(Time(3_620_000)),
            [(a, log)],
            "as if never refused"
        );
    }

    #[test]
    fn what_came_before_its_epoch_is_asked_for_again_when_the_case_goes_on() {
        let (a, log) = (NodeId([1; 32]), LogId([3; 16]));
        let mut fetch = Fetch::default();
        fetch.late((a, 10), log, CaseId([1; 32]), Time(0));
        fetch.stored(log, 9, Time(500));
        assert_eq!(fetch.due(Time(1_000)), [], "not before");
        fetch.went_on(CaseId([2; 32]));
        assert_eq!(fetch.due(Time(2_000)), [], "another case");
        fetch.went_on(CaseId([1; 32]));
        assert_eq!(fetch.due(Time(2_000)), [(a, log)]);
        fetch.went_on(CaseId([1; 32]));
        assert_eq!(fetch.due(Time(3_000)), [], "once");
    }

    #[test]
    fn a_lost_peer_is_replaced_at_once() {
        let (a, b, log) = (NodeId([1; 32]), NodeId([2; 32]), LogId([3; 16]));
        let mut fetch = Fetch::default();
        fetch.offered(a, log, 10, Time(0));
        fetch.offered(b, log, 10, Time(0));
        let [(asked, _)] = fetch.due(Time(400))[..] else {
            panic!("one peer is asked")
        };
        fetch.lost(asked);
        let other = if asked == a { b } else { a };
        assert_eq!(fetch.due(Time(401)), [(other, log)]);
    }
}
