//! What is kept stays, in order, sealed, once.

use super::*;
use crate::{
    attach::{Described, Sealed},
    keys::{create_author, open_author},
};
use focal_protocol::{
    id::{CaseId, OrgId},
    record::{Draft, Record},
    signed::Signed,
    time::Time,
};
use serde_json::json;
use std::sync::Arc;

struct Desk {
    context: Context,
    author: Arc<Author>,
    _home: tempfile::TempDir,
}

fn desk() -> Desk {
    let home = tempfile::tempdir().expect("dir");
    let context = Context::for_tests(home.path());
    create_author(&context, "anna", None).expect("made");
    let author = open_author(&context, None).expect("opened");
    Desk {
        context,
        author,
        _home: home,
    }
}

impl Desk {
    fn outbox(&self) -> Outbox {
        Outbox::of(&self.context, &self.author)
    }

    fn record(&self, content: &serde_json::Value) -> Signed<Record> {
        let record = Draft::from_json(None, content)
            .and_then(|d| {
                let author = self.author.key.public();
                d.into_record(CaseId([1; 32]), author, OrgId([3; 32]), Time(4))
            })
            .expect("a record");
        Signed::new(&record, &self.author.key)
    }

    fn note(&self, text: &str) -> Item {
        Item::new(
            self.record(&json!({"kind": "note", "text": text})),
            "Varenia",
        )
    }

    fn photograph(&self, name: &str) -> Sealed {
        let path = self.context.home.join(name);
        std::fs::write(&path, [b"\xff\xd8\xff CANARY", name.as_bytes()].concat()).expect("write");
        Sealed::of(&path, &Described::default(), &self.context).expect("sealed")
    }

    fn with(&self, text: &str, photographs: &[&Sealed]) -> Item {
        let named: Vec<_> = photographs.iter().map(|s| &s.attachment).collect();
        let content = json!({"kind": "note", "text": text, "attachments": named});
        Item::new(self.record(&content), "Varenia").with_files(true)
    }

    fn staged(&self, photograph: &Sealed) -> Vec<Staged> {
        let one = std::slice::from_ref(photograph);
        self.outbox().stage(one, &self.context).expect("staged")
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.path("files")).map_or(0, Iterator::count)
    }

    fn path(&self, name: &str) -> PathBuf {
        dir(&self.context, "anna").join(name)
    }
}

#[test]
fn what_is_kept_is_listed_in_order_and_once() {
    let desk = desk();
    let outbox = desk.outbox();
    assert!(outbox.list().expect("list").is_empty());
    let first = outbox.put(&desk.note("one"), Vec::new()).expect("kept");
    let second = outbox.put(&desk.note("two"), Vec::new()).expect("kept");
    assert!(first < second);
    assert_eq!(
        outbox.put(&desk.note("one"), Vec::new()).expect("again"),
        first
    );
    let titles: Vec<String> = outbox
        .list()
        .expect("list")
        .into_iter()
        .map(|k| k.item.expect("opens").title().1)
        .collect();
    assert_eq!(titles, ["one", "two"]);
    assert_eq!(waiting(&desk.context).expect("count"), [("anna".into(), 2)]);
    outbox.remove(first).expect("removed");
    assert_eq!(outbox.list().expect("list").len(), 1);
}

#[test]
fn nothing_of_a_report_is_in_the_clear() {
    let desk = desk();
    desk.outbox()
        .put(&desk.note("Lower Teres"), Vec::new())
        .expect("kept");
    let file = std::fs::read(desk.path("00000001.waiting")).expect("read");
    for secret in ["Lower Teres", "Varenia", "note"] {
        let secret = secret.as_bytes();
        assert!(!file.windows(secret.len()).any(|w| w == secret));
    }
}

#[test]
fn a_command_that_is_killed_half_way_leaves_each_report_once() {
    let desk = desk();
    let outbox = desk.outbox();
    let number = outbox.put(&desk.note("one"), Vec::new()).expect("kept");
    // Killed while a file was staged, and between the answer of the node and the end of the wait.
    std::fs::write(desk.path(".tmpAbCdEf"), b"half").expect("write");
    let waiting = std::fs::read(desk.path("00000001.waiting")).expect("read");
    let mut item = desk.note("one");
    item.refused = Some(Refusal {
        code: Some("case-closed".into()),
        message: "the case is closed".into(),
        next: None,
        at: Time(5),
    });
    outbox.update(number, &item).expect("refused");
    std::fs::write(desk.path("00000001.waiting"), waiting).expect("write");
    let kept = outbox.list().expect("list");
    assert_eq!(kept.len(), 1);
    assert!(kept[0].refused);
    assert!(!desk.path(".tmpAbCdEf").exists() && !desk.path("00000001.waiting").exists());
    assert!(super::waiting(&desk.context).expect("count").is_empty());
    assert_eq!(refused(&desk.context).expect("count").len(), 1);
}

#[test]
fn a_report_under_another_key_is_shown_and_not_lost() {
    let desk = desk();
    desk.outbox()
        .put(&desk.note("one"), Vec::new())
        .expect("kept");
    std::fs::remove_file(crate::keys::author_path(&desk.context, "anna")).expect("removed");
    let mut context = desk.context.clone();
    context.opened = crate::keys::Opened::default();
    create_author(&context, "anna", None).expect("a new key");
    let author = open_author(&context, None).expect("opened");
    let outbox = Outbox::of(&context, &author);
    let kept = outbox.list().expect("list");
    assert!(kept.len() == 1 && kept[0].item.is_none());
    assert_eq!(outbox.put(&desk.note("two"), Vec::new()).expect("kept"), 2);
}

#[test]
fn an_outbox_that_is_full_says_so_and_stays_as_it_was() {
    let desk = desk();
    let outbox = desk.outbox();
    outbox.put(&desk.note("one"), Vec::new()).expect("kept");
    for n in 2..=REPORTS {
        std::fs::write(desk.path(&format!("{n:08}.waiting")), b"x").expect("write");
    }
    let error = outbox
        .put(&desk.note("more"), Vec::new())
        .expect_err("full");
    assert_eq!(error.what, "the outbox is full");
    assert_eq!(outbox.list().expect("list").len(), REPORTS);
}

#[test]
fn one_command_sends_at_a_time() {
    let desk = desk();
    let outbox = desk.outbox();
    let held = outbox.try_turn().expect("locked").expect("free");
    assert!(desk.outbox().try_turn().expect("asked").is_none());
    // Writing goes on meanwhile.
    outbox.put(&desk.note("one"), Vec::new()).expect("kept");
    drop(held);
    assert!(desk.outbox().try_turn().expect("asked").is_some());
}

#[test]
fn files_wait_sealed_with_their_report_and_go_with_the_last_that_names_them() {
    let desk = desk();
    let outbox = desk.outbox();
    let (market, road) = (desk.photograph("market.jpg"), desk.photograph("road.jpg"));
    let staged = [desk.staged(&market), desk.staged(&road)].into_iter();
    let both = desk.with("both", &[&market, &road]);
    let both = outbox.put(&both, staged.flatten().collect()).expect("kept");
    let one = desk.with("one", &[&market]);
    let one = outbox.put(&one, desk.staged(&market)).expect("kept");
    let kept = outbox.list().expect("list");
    assert_eq!(outbox.files_of(&kept[0]).0, 2);
    assert_eq!(desk.files(), 2);
    for file in std::fs::read_dir(desk.path("files"))
        .expect("read")
        .flatten()
    {
        let bytes = std::fs::read(file.path()).expect("read");
        assert!(!bytes.windows(6).any(|w| w == b"CANARY"));
    }
    outbox.remove(both).expect("removed");
    assert_eq!(desk.files(), 1);
    let waits = outbox.waiting_file(&market.attachment);
    assert!(waits.expect("sound").is_some());
    outbox.remove(one).expect("removed");
    assert_eq!(desk.files(), 0);
}

#[test]
fn files_of_a_command_that_was_killed_before_it_kept_the_report_are_cleared() {
    let desk = desk();
    let outbox = desk.outbox();
    let market = desk.photograph("market.jpg");
    // While it writes nobody takes them away.
    let staged = desk.staged(&market);
    outbox.list().expect("list");
    assert_eq!(desk.files(), 1);
    drop(staged);
    assert_eq!(desk.files(), 0);
    // Killed while it wrote, and after a file got its name.
    std::fs::write(desk.path("files/.tmpAbCdEf"), b"half").expect("write");
    let name = market.attachment.list.to_string();
    std::fs::write(desk.path("files").join(name), b"whole").expect("write");
    // A report that cannot be opened may name them: they stay as long as it does.
    std::fs::write(desk.path("00000007.waiting"), b"of another key").expect("write");
    outbox.list().expect("list");
    assert_eq!(desk.files(), 2);
    std::fs::remove_file(desk.path("00000007.waiting")).expect("removed");
    outbox.list().expect("list");
    assert_eq!(desk.files(), 0);
}

#[test]
fn a_report_that_the_node_has_waits_for_its_files_only() {
    let desk = desk();
    let outbox = desk.outbox();
    let market = desk.photograph("market.jpg");
    let mut item = desk.with("market", &[&market]);
    let number = outbox.put(&item, desk.staged(&market)).expect("kept");
    assert!(outbox.has_waiting_but(&BTreeSet::new()));
    item.stored = Some(Time(5));
    outbox.update(number, &item).expect("noted");
    // Killed between the two files of one report: the newer one counts.
    std::fs::write(desk.path("00000001.waiting"), b"older").expect("write");
    let kept = outbox.list().expect("list");
    assert!(kept.len() == 1 && kept[0].follows && !kept[0].refused);
    assert!(!outbox.has_waiting_but(&BTreeSet::new()));
    assert_eq!(waiting(&desk.context).expect("count"), [("anna".into(), 1)]);
    assert_eq!(desk.files(), 1);
}

#[test]
fn a_node_that_says_much_and_a_disk_that_fails_block_no_other_report() {
    let desk = desk();
    let outbox = desk.outbox();
    let mut refused = desk.note("refused at length");
    let one = outbox.put(&refused, Vec::new()).expect("kept");
    let two = outbox.put(&desk.note("waits"), Vec::new()).expect("kept");
    let much = "réponse ".repeat(1 << 17);
    refused.waits_for = Some(much.clone());
    refused.refused = Some(Refusal {
        code: Some(much.clone()),
        message: much.clone(),
        next: Some(much),
        at: Time(5),
    });
    outbox.update(one, &refused).expect("kept");
    // The disk gives one back no more, or somebody has put something in its place.
    std::fs::create_dir(desk.path("00000003.waiting")).expect("a directory");
    std::fs::write(desk.path("00000004.waiting"), vec![0; FILE + 1]).expect("written");
    let listed = outbox.list().expect("listed");
    let open: Vec<_> = listed
        .iter()
        .map(|k| (k.number, k.item.is_some()))
        .collect();
    assert_eq!(open, [(one, true), (two, true), (3, false), (4, false)]);
    let item = listed[0].item.as_ref().expect("it opens");
    assert_eq!(item.record(), refused.record(), "the report is whole");
    let said = item.refused.as_ref().expect("refused");
    assert!(said.message.len() <= 2 << 10 && said.message.starts_with("réponse"));
    outbox
        .put(&desk.note("one more"), Vec::new())
        .expect("kept");
    outbox.remove(two).expect("sent");
}
