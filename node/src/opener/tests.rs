//! Records of which other rules say something else.

use super::*;
use crate::{
    keys::NodeKeys,
    ledger::{Files, Ledger},
    settings::Settings,
    shared::CaseInfo,
};
use focal_protocol::{
    directory::{AuthorEntry, Bundle, Charter, Manifest, Member, OrgKind, Role},
    group::{CaseRole, History},
    id::{CaseId, Hash},
    key::SecretKey,
    log::Epoch,
    random::SystemRandom,
    record::{Attachment, Draft},
    seal::AttachmentKey,
    signed::Signed,
    time::Time,
};

/// The file that the record names.
const FILE: Hash = Hash([6; 32]);

/// A node alone with a case in which it has written one record, and its opener, which works when it is told to.
struct Stage {
    _dir: tempfile::TempDir,
    store: Store,
    shared: Arc<Shared>,
    opener: Opener,
    ledger: LedgerHandle,
    thread: Option<std::thread::JoinHandle<Result<(), crate::store::Error>>>,
    case: CaseId,
    log: LogId,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let keys = NodeKeys::generate();
        let store = Store::open(&dir.path().join("store"), keys.storage()).expect("a store");
        let shared = Arc::new(Shared::new(keys.node()));
        let (opener, sender) = opener(&store, &shared);
        let settings = Settings::default();
        let started = Ledger::start(store.clone(), &keys, shared.clone(), sender, &settings);
        let (ledger, thread) = started.expect("a ledger");
        let (root, author) = [(); 2].map(|()| SecretKey::generate(&SystemRandom)).into();
        let member = Member::new(root.public(), OrgKind::Ngo, "Monitor", "NO").expect("a member");
        let bundle = federation(&keys, &root, &author, &member);
        let founded = ledger.ask_blocking(|r| Command::TakeBundle(Box::new(bundle), r));
        founded.expect("founded");
        let opened = ledger.ask_blocking(|r| Command::OpenCase("Varenia".into(), History::All, r));
        let case = opened.expect("opened");
        let file = Attachment {
            name: "market.jpg".into(),
            media_type: "image/jpeg".into(),
            size: 1,
            hash: FILE,
            original: None,
            key: AttachmentKey::generate(&SystemRandom),
            list: FILE,
        };
        let content = serde_json::json!({"kind": "note", "text": "a note", "attachments": [file]});
        let record = Draft::from_json(None, &content)
            .and_then(|d| d.into_record(case, author.public(), member.org, clock::now()))
            .expect("a record");
        let signed = Box::new(Signed::new(&record, &author));
        let submitted = ledger.ask_blocking(|r| Command::Submit(case, signed, Files::Here, r));
        let log = submitted.expect("stored").log;
        let mut stage = Self {
            _dir: dir,
            store,
            shared,
            opener,
            ledger,
            thread: Some(thread),
            case,
            log,
        };
        stage.opener.ledger = Some(stage.ledger.clone());
        stage.settle();
        assert_eq!(stage.records(), (1, 1, 0));
        stage
    }

    /// Whether a record names the file, without which nobody keeps it.
    fn is_named(&self) -> bool {
        let cases = self.store.naming_cases(&FILE).expect("read");
        cases == [self.case]
    }

    /// Lets the opener do all that is due.
    fn settle(&mut self) {
        let opener = &mut self.opener;
        loop {
            while let Ok(job) = opener.jobs.try_recv() {
                opener.note(job);
            }
            if opener.has_nothing() {
                return;
            }
            opener.work().expect("worked");
        }
    }

    fn info(&self) -> CaseInfo {
        (*self.shared.cases()[&self.case]).clone()
    }

    /// Other rules come to be in force, as the ledger says it.
    fn rule(&mut self, info: CaseInfo) {
        let mut write = Write::default();
        write.judge(&self.store, self.case).expect("noted");
        self.store.apply(&write).expect("stored");
        self.shared.set_cases([(self.case, Arc::new(info))].into());
        self.opener.note(Job::News(News::Rules(self.case)));
        self.settle();
        assert_eq!(self.store.cases_to_judge().expect("read"), []);
    }

    /// Records in the index, and those and the entries that wait as they are counted.
    fn records(&self) -> (usize, u64, u64) {
        // What the opener has told the ledger before comes before this.
        let act = focal_protocol::audit::Act::new(focal_protocol::audit::Deed::Started);
        let noted = self.ledger.ask_blocking(|reply| {
            Command::Note(focal_protocol::audit::Actor::Node, Box::new(act), reply)
        });
        noted.expect("noted");
        let cursor = self.store.cursor(self.log).expect("read");
        let records = self.store.records(self.case, None, 9).expect("read");
        (records.len(), cursor.records, cursor.pending)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.ledger.tell_blocking(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn opener(store: &Store, shared: &Arc<Shared>) -> (Opener, OpenerHandle) {
    let (handle, jobs) = handle::queue();
    let opener = Opener {
        store: store.clone(),
        shared: shared.clone(),
        ledger: None,
        jobs,
        logs: Logs::default(),
        came: Came::default(),
        anew: VecDeque::new(),
        anew_next: false,
        turns: Turns::default(),
        bulk: None,
        written: Cell::new(false),
        stop: false,
    };
    (opener, handle)
}

fn federation(keys: &NodeKeys, root: &SecretKey, author: &SecretKey, member: &Member) -> Bundle {
    let charter = Charter {
        name: "Federation".into(),
        founded: Time(1),
        stewards: vec![member.org],
        threshold: 1,
        founders: vec![member.clone()],
    };
    let manifest = Manifest {
        federation: None,
        org: member.org,
        version: 1,
        previous: Hash([0; 32]),
        issued: Time(1),
        expires: Time(u64::MAX),
        nodes: vec![keys.entry(Vec::new()).expect("an entry")],
        authors: vec![AuthorEntry {
            key: author.public(),
            handle: "officer".into(),
            name: "Officer".into(),
            role: Role::FocalPoint,
            valid_from: Time(0),
            valid_until: None,
        }],
        revoked: Vec::new(),
    };
    Bundle {
        charter: Signed::new(&charter, root),
        rosters: Vec::new(),
        manifests: vec![Signed::new(&manifest, root)],
    }
}

/// Rules of another group, in which the organisation has another role.
fn other(info: &CaseInfo, role: CaseRole) -> CaseInfo {
    let mut other = info.clone();
    other.group.branch = Hash([9; 32]);
    other.rules.roles[0].role = Some(role);
    other
}

#[test]
fn a_record_of_ones_own_that_does_not_count_by_other_rules_is_shown_no_more_until_it_does() {
    let mut stage = Stage::new();
    let before = stage.info();
    stage.rule(other(&before, CaseRole::Reader));
    assert_eq!(stage.records(), (0, 0, 0), "refused: a reader wrote it");
    assert!(!stage.is_named());
    let mut left = stage.store.known_at(stage.case, None, clock::now());
    assert!(left.next().is_none(), "since now");
    drop(left);
    stage.rule(other(&before, CaseRole::Contributor));
    assert_eq!(stage.records(), (1, 1, 0));
    assert!(stage.is_named());
    // Of a later generation the rules may come to say yet that it was let write.
    let mut later = other(&before, CaseRole::Reader);
    later.epoch = Epoch::new(1, 0);
    stage.rule(later.clone());
    assert_eq!(stage.records(), (0, 0, 1), "it waits");
    assert!(stage.is_named(), "its file is kept meanwhile");
    stage.rule(later.clone());
    assert_eq!(stage.records(), (0, 0, 1), "once");
    later.rules.roles[0].role = Some(CaseRole::Contributor);
    stage
        .shared
        .set_cases([(stage.case, Arc::new(later))].into());
    stage.opener.note(Job::News(News::Rules(stage.case)));
    stage.settle();
    assert_eq!(stage.records(), (1, 1, 0), "they do");
}

#[test]
fn what_was_refused_when_it_came_is_read_once_rules_are_in_force_by_which_it_counts() {
    let mut stage = Stage::new();
    let before = stage.info();
    stage.rule(other(&before, CaseRole::Reader));
    // As another's: opened when it comes.
    unopened(&stage);
    stage
        .opener
        .note(Job::News(News::Log(Lane::Routine, stage.log)));
    stage.settle();
    let cursor = stage.store.cursor(stage.log).expect("read");
    assert_eq!((cursor.opened, cursor.records), (1, 0), "refused");
    stage.rule(before);
    let records = stage.store.records(stage.case, None, 9).expect("read");
    let cursor = stage.store.cursor(stage.log).expect("read");
    assert_eq!((records.len(), cursor.records), (1, 1));
}

#[test]
fn what_is_to_be_judged_anew_is_judged_after_a_stop_that_came_between() {
    let mut stage = Stage::new();
    let mut write = Write::default();
    write.judge(&stage.store, stage.case).expect("noted");
    stage.store.apply(&write).expect("stored");
    let info = other(&stage.info(), CaseRole::Reader);
    stage
        .shared
        .set_cases([(stage.case, Arc::new(info))].into());
    // The opener that was told of it is gone.
    let (again, _sender) = opener(&stage.store, &stage.shared);
    stage.opener = again;
    stage.opener.ledger = Some(stage.ledger.clone());
    stage.opener.begin();
    stage.settle();
    assert_eq!(stage.records(), (0, 0, 0));
}

#[test]
fn judging_goes_on_where_it_was_however_often_something_else_changes_in_the_case() {
    let mut stage = Stage::new();
    let mut write = Write::default();
    write.judge(&stage.store, stage.case).expect("noted");
    stage.store.apply(&write).expect("stored");
    stage.opener.note(Job::News(News::Rules(stage.case)));
    let place = |opener: &Opener| opener.anew.front().map(Anew::place);
    let begun = place(&stage.opener).expect("begun");
    while place(&stage.opener) == Some(begun) {
        stage.opener.work().expect("worked");
    }
    let came = place(&stage.opener).expect("not at the end yet");
    assert_ne!(came, begun, "it has judged something");
    stage.opener.note(Job::News(News::Rules(stage.case)));
    assert_eq!(place(&stage.opener), Some(came));
    // Asked for again, it begins again: by the rules of before it may have judged otherwise.
    let mut write = Write::default();
    write.judge(&stage.store, stage.case).expect("noted");
    stage.store.apply(&write).expect("stored");
    stage.opener.note(Job::News(News::Rules(stage.case)));
    assert_eq!(place(&stage.opener), Some(begun));
    stage.settle();
    assert_eq!(stage.store.cases_to_judge().expect("read"), []);
}

/// A log as if another node had written it: nothing of it is opened yet.
fn unopened(stage: &Stage) {
    let row = stage.store.log(stage.log).expect("read").expect("a log");
    let row = LogRow {
        retired: true,
        ..row
    };
    let mut write = Write::default();
    write.log(stage.log, &row);
    write.cursor(stage.log, &Cursor::default());
    stage.store.apply(&write).expect("stored");
}

#[test]
fn a_purge_while_records_are_judged_anew_ends_judging_and_nothing_else() {
    // Before anything of it was judged, and before the end.
    for steps in 0..2 {
        let mut stage = Stage::new();
        let mut write = Write::default();
        write.judge(&stage.store, stage.case).expect("noted");
        stage.store.apply(&write).expect("stored");
        let other = other(&stage.info(), CaseRole::Reader);
        let cases = [(stage.case, Arc::new(other))].into();
        stage.shared.set_cases(cases);
        stage.opener.note(Job::News(News::Rules(stage.case)));
        for _ in 0..steps {
            stage.opener.work().expect("worked");
        }
        // The ledger has not told of it yet, and nothing of the case is cleared.
        stage.store.finish_purge(stage.case).expect("purged");
        while !stage.opener.has_nothing() {
            let worked = stage.opener.work();
            assert!(worked.is_ok(), "{worked:?} after {steps}");
        }
    }
}

#[test]
fn a_purge_while_a_log_is_opened_leaves_the_rest_of_it_closed() {
    let mut stage = Stage::new();
    unopened(&stage);
    let mut write = Write::default();
    let waits = PendingKey::Rules(stage.case);
    write.wait(&waits, stage.log, 0);
    stage.store.apply(&write).expect("stored");
    stage
        .opener
        .note(Job::News(News::Log(Lane::Routine, stage.log)));
    stage.opener.note(Job::News(News::Rules(stage.case)));
    assert!(!stage.opener.came.is_empty());
    stage.store.finish_purge(stage.case).expect("purged");
    for _ in 0..4 {
        let worked = stage.opener.work();
        assert!(worked.is_ok(), "{worked:?}");
    }
}

#[test]
fn an_alert_is_opened_before_entries_that_wait() {
    let mut stage = Stage::new();
    unopened(&stage);
    let cursor = stage.store.cursor(stage.log).expect("read");
    assert_eq!((cursor.opened, cursor.records), (0, 0));
    let mut write = Write::default();
    for number in 1..=100 {
        write.wait(&PendingKey::Epoch(stage.case, 0, number), stage.log, 0);
    }
    stage.store.apply(&write).expect("stored");
    for number in 1..=100 {
        let at = Epoch::new(0, number);
        stage.opener.note(Job::News(News::Epoch(stage.case, at)));
    }
    stage
        .opener
        .note(Job::News(News::Log(Lane::Flash, stage.log)));
    stage.opener.work().expect("worked");
    let cursor = stage.store.cursor(stage.log).expect("read");
    assert_eq!(cursor.opened, 1, "it goes first");
    stage.settle();
    assert!(stage.opener.came.is_empty(), "and they have their turn");
}

#[test]
fn what_nothing_waits_for_is_not_due() {
    let mut stage = Stage::new();
    for number in 1..=100 {
        let at = Epoch::new(0, number);
        stage.opener.note(Job::News(News::Epoch(stage.case, at)));
    }
    stage.opener.note(Job::News(News::Rules(stage.case)));
    assert!(stage.opener.came.is_empty());
}

#[test]
fn the_same_news_stand_in_the_queue_once() {
    let (handle, jobs) = handle::queue();
    let case = CaseId([1; 32]);
    let count = |jobs: &Jobs| std::iter::from_fn(|| jobs.try_recv().ok()).count();
    for _ in 0..1_000 {
        handle.rules(case);
        handle.manifests();
        handle.grew(LogId([2; 16]), Lane::Flash);
    }
    assert_eq!(count(&jobs), 3);
    handle.rules(case);
    assert_eq!(count(&jobs), 1, "what comes after is looked at after");
}

#[test]
fn what_a_node_claims_to_hold_is_noted_of_members_only_and_no_higher_than_it_is_held() {
    let stage = Stage::new();
    let (me, log) = (stage.shared.me, stage.log);
    let stranger = focal_protocol::id::NodeId([9; 32]);
    for peer in [stranger, me] {
        for height in 1..100 {
            let claims = Command::Holds(peer, log, height);
            stage.ledger.tell_blocking(claims).expect("told");
        }
    }
    stage.records();
    let held = |peer| stage.store.held(log, &peer).expect("read");
    assert_eq!((held(stranger), held(me)), (0, 1));
}
