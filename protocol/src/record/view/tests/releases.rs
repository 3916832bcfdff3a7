//! What originators have agreed to.

use super::*;
use crate::record::{Audience, ReleaseRequest};

fn ask(org: u8, created: u64, record: RecordId, to: Audience) -> Made {
    let asked = ReleaseRequest { record, to };
    let text = format!("{asked}\n\nThe prosecutor asks for it.");
    super::record(org, created, &json!({"kind": "note", "text": text}))
}

fn stand(org: u8, created: u64, note: RecordId, stand: &str) -> Made {
    let content =
        json!({"kind": "position", "record": note.to_string(), "stand": stand, "comment": "x"});
    record(org, created, &content)
}

#[test]
fn an_originator_agrees_by_concurring_with_the_note_that_asks() {
    let wanted = OrgId([2; 32]);
    let first = incident(1, 1, "9");
    let note = ask(2, 2, first.0, Audience::Court);
    let released = |answers: Vec<Made>| {
        let records = [first.clone(), note.clone()].into_iter().chain(answers);
        state(records).released(&first.0, &wanted)
    };
    assert_eq!(released(vec![]), []);
    let yes = stand(1, 3, note.0, "concur");
    assert_eq!(released(vec![yes.clone()]), [Audience::Court]);
    // Neither a reservation nor the yes of anybody else is an agreement.
    assert_eq!(
        released(vec![stand(1, 3, note.0, "concur-with-reservation")]),
        []
    );
    assert_eq!(released(vec![stand(3, 3, note.0, "concur")]), []);
    assert_eq!(released(vec![stand(2, 3, note.0, "concur")]), []);
    // The originator may think again, and who asked may withdraw.
    assert_eq!(
        released(vec![yes.clone(), stand(1, 4, note.0, "object")]),
        []
    );
    assert_eq!(released(vec![yes.clone(), retraction(2, 4, note.0)]), []);
    // It is for who asked.
    let all = state([first.clone(), note.clone(), yes]);
    assert_eq!(all.released(&first.0, &OrgId([3; 32])), []);
    assert_eq!(all.released(&note.0, &wanted), []);
}
