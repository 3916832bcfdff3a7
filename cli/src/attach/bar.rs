//! How far something is, for who watches: amount, rate and time left.

use crate::lang::tr;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use std::{io::IsTerminal, time::Duration};

/// A bar on stderr; nothing where nobody watches.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// Of so many bytes.
    pub(crate) fn of(what: &str, total: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let left = tr!("bar-left", eta = "{eta}");
        let style =
            format!("{{msg}} {{wide_bar}} {{bytes}}/{{total_bytes}}  {{bytes_per_sec}}  {left}");
        let bar = ProgressBar::new(total)
            .with_message(crate::output::plain(what).into_owned())
            .with_style(
                ProgressStyle::with_template(&style)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    pub(crate) fn more(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    pub(crate) fn at(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    pub(crate) fn say(&self, text: &str) {
        self.0.set_message(crate::output::plain(text).into_owned());
    }

    /// Whether somebody sees it.
    pub(crate) fn is_seen(&self) -> bool {
        !self.0.is_hidden()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// An amount as people read it.
pub(crate) fn bytes(amount: u64) -> String {
    HumanBytes(amount).to_string()
}
