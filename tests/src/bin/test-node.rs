//! A node as a process, for tests and benchmarks: `test-node DIR [--offline]`. It is what `focal node run` starts, opened by the
//! key file that its settings name.

use focal_node::{RunOptions, Settings};
use focal_protocol::seal::Unlock;
use std::{path::PathBuf, process::ExitCode};
use zeroize::Zeroizing;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return ExitCode::from(2);
    };
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

async fn run(dir: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
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
