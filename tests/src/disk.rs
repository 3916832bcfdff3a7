//! A disk of its own size, in memory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A tmpfs; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one at a directory, which is made. `None`, with a word on standard error, where this process may not
    /// mount.
    ///
    /// # Panics
    /// The directory cannot be made.
    #[must_use]
    pub fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).expect("a directory");
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "focal-test"])
            .arg(at)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if mounted {
            return Some(Self(at.to_path_buf()));
        }
        // A person who reads the test's output must not take this for a pass.
        let text = "skipped: a small disk cannot be mounted here (it needs root)\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        None
    }

    /// Gives it another size.
    ///
    /// # Panics
    /// It cannot.
    pub fn resize(&self, size: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,size={size}")])
            .arg(&self.0)
            .status();
        assert!(done.expect("mount").success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a node that is about to be killed may still have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
