//! The greetings, and what the directories of the two sides differ in.

use super::{Output, Session};
use crate::{
    directory::{Digest, Versions},
    id::FederationId,
    sync::{Error, Frame, Hello, VERSION},
};

/// What was said in greeting, until the other side has listed what differs.
#[derive(Debug)]
pub(super) struct Greeting {
    versions: Versions,
    digest: Digest,
    /// The peer's, once it has greeted.
    theirs: Option<Digest>,
}

impl Greeting {
    pub(super) fn new(federation: FederationId, versions: Versions) -> (Self, Frame) {
        let digest = versions.digest();
        let hello = Frame::Hello(Hello {
            version: VERSION,
            federation,
            features: 0,
            digest,
        });
        let greeting = Self {
            versions,
            digest,
            theirs: None,
        };
        (greeting, hello)
    }
}

impl Session {
    /// The peer has greeted. If both hold the same nothing is listed; else each lists what it holds where they differ.
    pub(super) fn greeted(&mut self, hello: &Hello) -> Result<(), Error> {
        if hello.version != VERSION {
            return Err(Error::Version(hello.version));
        }
        if hello.federation != self.federation {
            return Err(Error::OtherFederation(hello.federation));
        }
        self.greeted = true;
        let Some(mut greeting) = self.greeting.take() else {
            return Err(Error::OutOfTurn);
        };
        if greeting.digest == hello.digest {
            let theirs = greeting.versions;
            self.out.push(Output::Ready { theirs });
        } else {
            let ours = greeting
                .versions
                .where_differ(&greeting.digest, &hello.digest);
            self.out.push(Output::Send(Frame::Versions(ours)));
            greeting.theirs = Some(hello.digest);
            self.greeting = Some(greeting);
        }
        Ok(())
    }

    /// The peer has listed what differs. A list that nobody waits for is passed over.
    pub(super) fn listed(&mut self, listed: Versions) {
        if let Some(Greeting {
            versions,
            digest,
            theirs: Some(theirs),
        }) = self.greeting.take()
        {
            let theirs = versions.completed(listed, &digest, &theirs);
            self.out.push(Output::Ready { theirs });
        }
    }
}
