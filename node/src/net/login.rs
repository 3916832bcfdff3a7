//! Who a node says that it is to its proxy (RFC 1929): from a file that only its owner may read, and to be seen nowhere else.

use super::Error;
use crate::files;
use std::{fmt, path::Path};
use zeroize::Zeroizing;

/// Longest name and longest password, bytes: RFC 1929 has one byte for their length.
const LONGEST: usize = 255;
/// Longest file: both, and ends of lines.
const FILE: usize = 2 * LONGEST + 4;

/// A name and a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    name: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

impl Login {
    /// Reads the name from the first line of a file of mode 0600, and the password from the second.
    ///
    /// # Errors
    /// [`Error::Login`]: others can read the file, or it is not what it should be. It says nothing of what is in it.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let bad = |why: String| Error::Login {
            path: path.to_path_buf(),
            why,
        };
        let bytes = files::read_private(path, FILE).map_err(|error| match error {
            crate::Error::Permissions(path) => Error::OpenLogin(path),
            crate::Error::Io { source, .. } => bad(source.to_string()),
            crate::Error::TooLong(..) => bad(NOT_TWO.into()),
            other => bad(other.to_string()),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| bad(NOT_TWO.into()))?;
        let mut lines = text.lines();
        let (name, password) = (lines.next(), lines.next());
        let fits = |line: &&str| (1..=LONGEST).contains(&line.len());
        match (name.filter(fits), password.filter(fits), lines.next()) {
            (Some(name), Some(password), None) => Ok(Self {
                name: Zeroizing::new(name.into()),
                password: Zeroizing::new(password.into()),
            }),
            _ => Err(bad(NOT_TWO.into())),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }
}

const NOT_TWO: &str =
    "it does not hold a user name and below it a password, of 1 to 255 bytes each";

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn read(text: &[u8], mode: u32) -> Result<Login, Error> {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("login");
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
        Login::read(&path)
    }

    #[test]
    fn a_login_is_two_lines_that_nobody_else_can_read_and_nobody_sees() {
        for text in [
            &b"focal\nopen sesame"[..],
            b"focal\nopen sesame\n",
            b"focal\r\nopen sesame\r\n",
        ] {
            let login = read(text, 0o600).expect("a login");
            assert_eq!((login.name(), login.password()), ("focal", "open sesame"));
            assert_eq!(format!("{login:?}"), "Login");
        }
        assert!(read(b"focal\nopen sesame\n", 0o400).is_ok());
        for mode in [0o640, 0o604, 0o644] {
            let refused = read(b"focal\nopen sesame\n", mode).expect_err("refused");
            assert!(matches!(refused, Error::OpenLogin(_)), "{refused}");
        }
    }

    #[test]
    fn what_is_no_login_is_refused_without_a_word_of_it() {
        let long = [b"sesame\n".to_vec(), vec![b's'; 256]].concat();
        let huge = vec![b's'; 1 << 20];
        for text in [
            &b""[..],
            b"sesame",
            b"sesame\n",
            b"sesame\n\n",
            b"\nsesame",
            b"sesame\nsesame\nsesame\n",
            b"sesame\n\xff\xfe",
            &long,
            &huge,
        ] {
            let refused = read(text, 0o600).expect_err("refused");
            let said = format!("{refused} {refused:?} {:?}", refused.hint());
            assert!(!said.contains("sesame") && !said.contains("sss"), "{said}");
        }
        let missing = Login::read(Path::new("/nowhere/login")).expect_err("refused");
        assert!(matches!(missing, Error::Login { .. }), "{missing}");
    }
}
