//! What the peer is asked for.

use super::{Error, Frame, Output, Session};
use crate::{id::LogId, limits};

/// A log that is not known here yet, and was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// How far it has come.
    pub(super) come: u64,
    /// From where the peer was told to begin again, the last time.
    pub(super) rewound: Option<u64>,
}

impl Session {
    pub(super) fn want(&mut self, log: LogId, from: u64) {
        match self.logs.get_mut(&log) {
            Some(known) => known.receiving = Some(known.receiving.unwrap_or(from)),
            None => {
                let asked = Asked {
                    come: from,
                    rewound: None,
                };
                self.asked.entry(log).or_insert(asked);
            }
        }
        self.out.push(Output::Send(Frame::Want(log, from)));
    }

    /// Asks once for what is missing. If what comes is refused here, all that the peer sends after it does not fit either:
    /// then it is only noted that the peer has it, to be asked for again less and less often.
    pub(super) fn rewind(&mut self, log: LogId, from: u64) -> Result<(), Error> {
        if self.asked.len() > limits::LOGS_OFFERED {
            return Err(Error::TooMany(limits::LOGS_OFFERED));
        }
        let (rewound, come) = match (self.logs.get(&log), self.asked.get(&log)) {
            (Some(known), _) => (known.rewound, known.receiving),
            (None, asked) => (asked.and_then(|a| a.rewound), asked.map(|a| a.come)),
        };
        if rewound == Some(from) {
            self.out.push(Output::Offers(log, come.unwrap_or(from)));
            return Ok(());
        }
        self.want(log, from);
        match (self.logs.get_mut(&log), self.asked.get_mut(&log)) {
            (Some(known), _) => known.rewound = Some(from),
            (None, Some(asked)) => asked.rewound = Some(from),
            (None, None) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        log::{Head, Run},
        sync::{Input, session::sizes::stage::speaking},
    };

    fn wants(outputs: &[Output]) -> usize {
        let wants = |o: &&Output| matches!(o, Output::Send(Frame::Want(..)));
        outputs.iter().filter(wants).count()
    }

    #[test]
    fn where_all_that_comes_is_refused_the_peer_is_asked_once_and_then_only_when_it_is_due() {
        let (mut session, writer) = speaking();
        let log = LogId([6; 16]);
        for round in 0..100 {
            // It sends again from the beginning, which is refused, and goes on with what does not fit.
            for from in [0, 8] {
                let run = Run {
                    log,
                    writer,
                    from,
                    entries: Vec::new(),
                };
                session
                    .handle(Input::Frame(Frame::Entries(run)))
                    .expect("taken");
            }
            let outputs = session.handle(Input::Rewind(log, 0)).expect("noted");
            assert_eq!(wants(&outputs), usize::from(round == 0));
            let noted = outputs
                .iter()
                .any(|o| matches!(o, Output::Offers(id, 8) if *id == log));
            assert_eq!(noted, round > 0, "it is asked for again when that is due");
        }
        // Once something of it is held, what is missing is missing anew.
        let head = Head {
            height: 3,
            ..Head::EMPTY
        };
        let grew = Input::Grew {
            log,
            writer,
            head,
            fresh: None,
        };
        session.handle(grew).expect("told");
        for round in 0..3 {
            let outputs = session.handle(Input::Rewind(log, 3)).expect("noted");
            assert_eq!(wants(&outputs), usize::from(round == 0));
        }
    }

    #[test]
    fn a_peer_that_makes_up_logs_without_a_beginning_is_left() {
        let (mut session, _) = speaking();
        let asked = (0..=limits::LOGS_OFFERED as u64 + 1).try_for_each(|n| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            session.handle(Input::Rewind(LogId(id), 0)).map(|_| ())
        });
        assert_eq!(asked, Err(Error::TooMany(limits::LOGS_OFFERED)));
    }
}
