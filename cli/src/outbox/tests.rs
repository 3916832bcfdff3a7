//! What is kept stays, in order, sealed, once.

use super::*;
use crate::keys::{create_author, open_author};
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

    fn path(&self, name: &str) -> PathBuf {
        dir(&self.context, "anna").join(name)
    }
}

#[test]
fn what_is_kept_is_listed_in_order_and_once() {
    let desk = desk();
    let outbox = desk.outbox();
    assert!(outbox.list().expect("list").is_empty());
    let first = outbox.put(&desk.note("one")).expect("kept");
    let second = outbox.put(&desk.note("two")).expect("kept");
    assert!(first < second);
    assert_eq!(outbox.put(&desk.note("one")).expect("again"), first);
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
    desk.outbox().put(&desk.note("Lower Teres")).expect("kept");
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
    let number = outbox.put(&desk.note("one")).expect("kept");
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
    desk.outbox().put(&desk.note("one")).expect("kept");
    std::fs::remove_file(crate::keys::author_path(&desk.context, "anna")).expect("removed");
    let mut context = desk.context.clone();
    context.opened = crate::keys::Opened::default();
    create_author(&context, "anna", None).expect("a new key");
    let author = open_author(&context, None).expect("opened");
    let outbox = Outbox::of(&context, &author);
    let kept = outbox.list().expect("list");
    assert!(kept.len() == 1 && kept[0].item.is_none());
    assert_eq!(outbox.put(&desk.note("two")).expect("kept"), 2);
}

#[test]
fn an_outbox_that_is_full_says_so_and_stays_as_it_was() {
    let desk = desk();
    let outbox = desk.outbox();
    outbox.put(&desk.note("one")).expect("kept");
    for n in 2..=REPORTS {
        std::fs::write(desk.path(&format!("{n:08}.waiting")), b"x").expect("write");
    }
    let error = outbox.put(&desk.note("more")).expect_err("full");
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
    outbox.put(&desk.note("one")).expect("kept");
    drop(held);
    assert!(desk.outbox().try_turn().expect("asked").is_some());
}
