//! A node's directory, copied behind its back.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Copies a directory with all that is below it, but for sockets.
///
/// # Panics
/// The disk refuses.
pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() {
            copy_dir(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// The files below a directory that have these bytes somewhere, as a thief would look for them.
///
/// # Panics
/// There is next to nothing to look at.
#[must_use]
pub fn files_with(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let (mut searched, mut found) = (0, Vec::new());
    each_file(dir, &mut |path, content| {
        searched += content.len();
        if content.windows(bytes.len()).any(|part| part == bytes) {
            found.push(path.to_path_buf());
        }
    });
    assert!(searched > 10_000, "{searched} bytes to search");
    found
}

fn each_file(dir: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            each_file(&path, look);
        } else if let Ok(bytes) = fs::read(&path) {
            look(&path, &bytes);
        }
    }
}
