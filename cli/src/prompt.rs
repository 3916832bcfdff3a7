//! Questions to the person at the terminal. Without a terminal nothing hangs: the error names the flag instead.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    output::plain,
};
use std::{
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// Fewest characters of a new passphrase: four short random words, more than argon2id lets anybody try.
pub(crate) const PASSPHRASE_CHARACTERS: usize = 12;
/// Most bytes of a passphrase file.
const PASSPHRASE_FILE: usize = 4096;

/// The passphrase that opens `what`, such as "the root key of Norland".
///
/// # Errors
/// Nobody can be asked, or the passphrase file is not usable.
pub(crate) fn passphrase(context: &Context, what: &str) -> Result<Zeroizing<String>> {
    match &context.passphrase_file {
        Some(_) => from_file(context),
        None => ask_hidden(&tr!("prompt-passphrase", what = plain(what))),
    }
}

/// A new duress passphrase: from a file of its own, or asked twice.
///
/// # Errors
/// As [`new_passphrase`].
pub(crate) fn new_duress(context: &Context, file: Option<&Path>) -> Result<Zeroizing<String>> {
    let file = match (file, &context.passphrase_file) {
        (Some(file), _) => Some(file.to_path_buf()),
        (None, None) => None,
        (None, Some(_)) => {
            return Err(Error::new(Exit::Usage, tr!("prompt-duress-same-file"))
                .next(tr!("prompt-duress-same-file-next")));
        }
    };
    let context = Context {
        passphrase_file: file,
        ..context.clone()
    };
    new_passphrase(&context, &tr!("prompt-duress"))
}

/// A new passphrase in the place of another one: from a file of its own, or asked twice.
///
/// # Errors
/// As [`new_passphrase`].
pub(crate) fn changed_passphrase(
    context: &Context,
    what: &str,
    file: Option<&Path>,
) -> Result<Zeroizing<String>> {
    if file.is_none() && context.passphrase_file.is_some() {
        return Err(Error::new(Exit::Usage, tr!("passphrase-same-file"))
            .next(tr!("passphrase-same-file-next")));
    }
    let context = Context {
        passphrase_file: file.map(Path::to_path_buf),
        ..context.clone()
    };
    new_passphrase(&context, what)
}

/// A new passphrase for `what`, asked twice.
///
/// # Errors
/// Too short, not the same twice, or nobody can be asked.
pub(crate) fn new_passphrase(context: &Context, what: &str) -> Result<Zeroizing<String>> {
    if context.passphrase_file.is_some() {
        let passphrase = from_file(context)?;
        check(&passphrase)?;
        return Ok(passphrase);
    }
    let what = plain(what);
    let rule = tr!("prompt-rule", least = PASSPHRASE_CHARACTERS);
    let passphrase = ask_hidden(&tr!("prompt-new-passphrase", what, rule))?;
    check(&passphrase)?;
    if ask_hidden(&tr!("prompt-once-more"))? != passphrase {
        return Err(Error::new(Exit::Failed, tr!("prompt-not-the-same")).next(tr!("nothing-made")));
    }
    Ok(passphrase)
}

fn check(passphrase: &str) -> Result<()> {
    let characters = passphrase.chars().count();
    if characters >= PASSPHRASE_CHARACTERS {
        return Ok(());
    }
    Err(Error::new(Exit::Refused, tr!("prompt-too-short"))
        .why(tr!(
            "prompt-too-short-why",
            has = characters,
            least = PASSPHRASE_CHARACTERS
        ))
        .next(tr!("prompt-too-short-next")))
}

/// The first line of the passphrase file.
fn from_file(context: &Context) -> Result<Zeroizing<String>> {
    let Some(path) = &context.passphrase_file else {
        return Err(Error::new(Exit::Usage, tr!("prompt-no-file")));
    };
    let bytes = files::read_secret(&tr!("what-passphrase-file"), path, PASSPHRASE_FILE)?;
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let unusable = |why: String| {
        Error::new(Exit::Failed, tr!("prompt-file-unusable"))
            .why(format!("{}: {why}", path.display()))
            .next(tr!("prompt-file-next"))
    };
    let text = std::str::from_utf8(line).map_err(|_| unusable(tr!("prompt-not-text")))?;
    if text.is_empty() {
        return Err(unusable(tr!("prompt-first-line-empty")));
    }
    Ok(Zeroizing::new(text.to_string()))
}

/// Whether a person is there: a script with neither stdin nor stderr on a terminal is not to hang on /dev/tty.
fn somebody_is_there() -> bool {
    io::stdin().is_terminal() || io::stderr().is_terminal()
}

fn ask_hidden(prompt: &str) -> Result<Zeroizing<String>> {
    let nobody = |why: String| {
        Error::new(Exit::Usage, tr!("prompt-nobody"))
            .why(why)
            .next(tr!("prompt-nobody-next"))
    };
    if !somebody_is_there() {
        return Err(nobody(tr!("prompt-no-terminal")));
    }
    let passphrase = rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|e| nobody(e.to_string()))?;
    if passphrase.is_empty() {
        return Err(Error::new(Exit::WrongPassphrase, tr!("prompt-empty")).next(tr!("try-again")));
    }
    Ok(passphrase)
}

/// Shows what is at stake on stderr, then asks; goes on only after a yes.
///
/// # Errors
/// The answer is not yes, or nobody can be asked.
pub(crate) fn confirm(
    context: &Context,
    question: &str,
    stake: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let mut err = anstream::stderr().lock();
    // With --json the result says the same, and stderr is left to errors.
    let shown = if context.json && context.yes {
        Ok(())
    } else {
        stake(&mut err)
    };
    if context.yes {
        return Ok(());
    }
    let no = |what: String| Error::new(Exit::Failed, what).next(tr!("nothing-changed"));
    if !io::stdin().is_terminal() {
        return Err(Error::new(Exit::Usage, tr!("confirm-nobody"))
            .why(tr!("confirm-question", question))
            .next(tr!("confirm-nobody-next")));
    }
    let mut answer = String::new();
    shown
        .and_then(|()| write!(err, "{} {} ", plain(question), tr!("confirm-choice")))
        .and_then(|()| err.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut answer))
        .map_err(|e| no(tr!("confirm-not-asked")).why(e.to_string()))?;
    // As it is said in the language, and in English.
    let said = answer.trim().to_lowercase();
    let yes = tr!("confirm-yes");
    let yes = yes.split(' ').chain(["y", "yes"]).any(|yes| said == yes);
    yes.then_some(()).ok_or_else(|| no(tr!("confirm-not")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(dir: &std::path::Path, passphrase: &[u8]) -> Context {
        let context = Context::for_tests(dir);
        let path = context.passphrase_file.as_ref().expect("set");
        files::write_private(path, passphrase).expect("write");
        context
    }

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let dir = tempfile::tempdir().expect("dir");
        let context = context(dir.path(), b"correct horse battery\r\nmore\n");
        assert_eq!(
            *passphrase(&context, "it").expect("read"),
            "correct horse battery"
        );
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        let dir = tempfile::tempdir().expect("dir");
        assert!(passphrase(&context(dir.path(), b"\n"), "it").is_err());
    }

    #[test]
    fn a_new_passphrase_has_twelve_characters_and_an_old_one_may_be_shorter() {
        let dir = tempfile::tempdir().expect("dir");
        let short = context(dir.path(), "elevenchårs".as_bytes());
        assert_eq!(
            new_passphrase(&short, "it").expect_err("short").exit,
            Exit::Refused
        );
        assert!(passphrase(&short, "it").is_ok());
        let long = context(dir.path(), "twelve chårs".as_bytes());
        assert!(new_passphrase(&long, "it").is_ok());
    }
}
