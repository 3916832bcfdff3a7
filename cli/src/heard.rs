//! What the node has told this command: that it was there, and what will be worth knowing when it is not.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Most answers that are kept of one command: it looks at a few cases, a script at many.
const ANSWERS: usize = 256;

/// Answers of the node to this command. Asking for them costs nothing: they were asked for anyway.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    reached: bool,
    answers: BTreeMap<String, Vec<u8>>,
}

impl Heard {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node was there.
    pub(crate) fn reached(&self) {
        self.inner().reached = true;
    }

    /// Whether the node was there.
    pub(crate) fn was_reached(&self) -> bool {
        self.inner().reached
    }

    /// Keeps an answer that will be worth knowing.
    pub(crate) fn hear(&self, path: &str, answer: &[u8]) {
        let case = path
            .strip_prefix("/v1/cases/")
            .is_some_and(|case| !case.contains(['/', '?']));
        let wanted = case || matches!(path, "/v1/cases" | "/v1/status" | "/v1/directory");
        let mut inner = self.inner();
        if wanted && inner.answers.len() < ANSWERS {
            inner.answers.insert(path.into(), answer.to_vec());
        }
    }

    /// What was heard since the last time.
    pub(crate) fn take(&self) -> BTreeMap<String, Vec<u8>> {
        std::mem::take(&mut self.inner().answers)
    }
}
