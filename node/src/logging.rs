//! Logs on standard error. No module logs content, names, addresses above debug, or keys.

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Starts logging; `RUST_LOG` overrides the level. A second call changes nothing.
pub(crate) fn start(format: LogFormat, verbose: bool) {
    let level = if verbose {
        "focal_node=debug,info"
    } else {
        "focal_node=info,warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Fails only if logging was started before: then that stays.
    let _ = match format {
        LogFormat::Human => lines
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
