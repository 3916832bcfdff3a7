//! A node as a process, for tests and benchmarks: `test-node DIR [--offline]`. It is what `focal node run` starts, opened by the
//! key file that its settings name. Its clocks are ahead of the system's by as many milliseconds as `DIR/clock-ahead` says.

use focal_node::{RunOptions, Settings};
use focal_protocol::seal::Unlock;
use focal_tests::CLOCK_AHEAD;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use zeroize::Zeroizing;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return ExitCode::from(2);
    };
    follow_clock(&dir);
    let following = dir.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(CLOCK).await;
            follow_clock(&following);
        }
    });
    match run(&dir).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log of the test is where a person looks.
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("error: {error}\n").as_bytes(),
            );
            ExitCode::FAILURE
        }
    }
}

/// How often it is looked whether a test has set the clocks ahead.
const CLOCK: Duration = Duration::from_millis(20);

fn follow_clock(dir: &Path) {
    let ahead = std::fs::read_to_string(dir.join(CLOCK_AHEAD)).ok();
    if let Some(ms) = ahead.and_then(|text| text.parse().ok()) {
        focal_node::clock::set_ahead(Duration::from_millis(ms));
    }
}

async fn run(dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let key_file = Settings::load(dir)?
        .key_file
        .ok_or("a test node has a key file")?;
    let unlock = Unlock::KeyFile(Zeroizing::new(std::fs::read(key_file)?));
    let options = RunOptions {
        offline: std::env::args()
            .nth(2)
            .is_some_and(|arg| arg == "--offline"),
        ..RunOptions::default()
    };
    Ok(focal_node::run(dir, &unlock, options).await?)
}
