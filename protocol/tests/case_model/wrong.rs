//! Lives that once went wrong.

use crate::{
    group::{Cause, History},
    lives::live,
    steps::Step::{
        self, Copy, Elect, HandOver, Heal, Invite, Leave, Rekey, Remove, Restore, Split, Write,
    },
};

/// A case's id decides which of several successions is in force: each life is led under so many.
const IDS: u8 = 4;

fn split(side: &[u8]) -> Step {
    Split(side.iter().copied().collect())
}

/// The others vote for somebody, as the custodian is lost.
fn elect(n: u8) -> Step {
    Elect(n, Cause::Lost)
}

fn lives() -> Vec<Vec<Step>> {
    vec![
        vec![
            elect(5),
            split(&[2, 5]),
            Remove(3),
            elect(3),
            Heal,
            Invite(1),
            elect(2),
            Write(1),
            Invite(4),
            Heal,
            Rekey(1),
            split(&[1]),
            Write(4),
        ],
        // Votes with which a group had begun began another after a restore.
        vec![Copy(1), elect(1), HandOver(2), Write(1), Restore, Write(1)],
        // Nobody gave back what the elected one had forgotten.
        vec![Copy(1), HandOver(2), Restore, Write(2), elect(2), elect(1)],
        // An invitation to the far side was dropped.
        vec![
            elect(2),
            split(&[2]),
            Remove(4),
            Invite(4),
            elect(3),
            Write(2),
        ],
        // The commit that let 1 in is lost with its custodian's disk: nothing is owed of what 1 wrote.
        vec![
            elect(3),
            Copy(3),
            split(&[3]),
            Invite(1),
            Restore,
            elect(2),
            split(&[1, 3]),
            Write(1),
        ],
        // The custodian went back to from before it was out for a while: what was written meanwhile it may not be told.
        vec![
            Copy(1),
            HandOver(2),
            Remove(1),
            Write(3),
            Invite(1),
            Write(3),
            Restore,
            elect(3),
        ],
        // Who was elected again carried out at once what was asked while it could not.
        vec![Copy(1), Remove(2), Restore, Leave(3), elect(1), Write(1)],
        // The office came to one who follows, as the only one, another that a removed member has outdone: the operators
        // looked for a custodian to follow, and there was none.
        vec![
            Rekey(1),
            elect(5),
            split(&[2, 3]),
            Invite(1),
            elect(4),
            split(&[1, 2, 3]),
            elect(3),
            Remove(3),
            elect(4),
            Write(1),
            Write(1),
            HandOver(4),
        ],
        // What was written beside the group in force was known to nobody in it.
        vec![
            HandOver(3),
            HandOver(2),
            elect(3),
            split(&[3, 5]),
            Remove(1),
            HandOver(4),
            elect(1),
            Write(4),
            elect(3),
        ],
        // Who knew what had been written beside the group in force had been removed, and came back.
        vec![
            split(&[1, 2]),
            Remove(5),
            elect(3),
            Remove(4),
            Rekey(1),
            Write(1),
            Write(2),
            Remove(2),
        ],
        // A custodian lets somebody in, and is set back to before: nobody else knows of it but the newcomer.
        vec![
            elect(2),
            HandOver(3),
            Copy(3),
            Write(1),
            split(&[3]),
            Invite(1),
            Restore,
        ],
        // Of two groups of a generation the one in force was succeeded before those of the other heard of it.
        vec![
            elect(2),
            split(&[2, 4]),
            HandOver(3),
            elect(5),
            elect(2),
            Invite(1),
            HandOver(1),
            Write(2),
            elect(3),
        ],
        // Of two members each took the other for the custodian, who passes on what a late commit brings.
        vec![
            elect(5),
            split(&[3, 4]),
            elect(3),
            split(&[4, 5]),
            Remove(2),
            HandOver(4),
            Write(5),
        ],
        // Who had begun a group brought its first epoch along, in which nobody else ever was.
        vec![
            split(&[1, 5]),
            elect(2),
            Invite(1),
            Remove(2),
            HandOver(5),
            HandOver(3),
            elect(1),
            elect(2),
            Write(1),
            Write(1),
        ],
        // Of an epoch in which nobody else was, its secret was lost with the disk.
        vec![
            elect(5),
            Remove(2),
            elect(4),
            elect(3),
            Copy(3),
            elect(3),
            Write(3),
            Invite(1),
            Restore,
        ],
        // Who went back to a copy was told nothing of when the custodian of now had been out.
        vec![
            elect(2),
            Copy(2),
            HandOver(3),
            Write(2),
            Remove(4),
            Invite(4),
            Restore,
            elect(3),
            elect(2),
            HandOver(4),
        ],
        // One left by a commit after which those who had voted were enough at once.
        vec![
            split(&[1, 3, 4]),
            Leave(2),
            elect(5),
            elect(1),
            split(&[5]),
            Write(1),
        ],
    ]
}

#[test]
fn lives_that_once_went_wrong_go_well() {
    for steps in lives() {
        for history in [History::All, History::FromJoining] {
            for id in 0..IDS {
                live(id, history, steps.clone());
            }
        }
    }
}
