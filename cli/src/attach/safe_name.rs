//! A file's name as its author gave it, made fit for this machine.

/// Most bytes of a name: with room for what a program adds.
const LENGTH: usize = 200;

/// A name that stays in its directory, is not hidden, is no option, and shows as it is.
pub(crate) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
    };
    let mut safe: String = last
        .trim()
        .chars()
        .map(|c| if steers(c) || c == ':' { '_' } else { c })
        .collect();
    if safe.starts_with(['.', '-', '~']) {
        safe.replace_range(..1, "_");
    }
    if safe.len() > LENGTH {
        // The end says what it is.
        let ending = safe.rfind('.').filter(|at| safe.len() - at <= 16);
        let ending = ending.map_or(String::new(), |at| safe[at..].to_string());
        let mut end = LENGTH - ending.len();
        while !safe.is_char_boundary(end) {
            end -= 1;
        }
        safe.truncate(end);
        safe.push_str(&ending);
    }
    if safe.trim_matches(['_', ' ', '.']).is_empty() {
        return "attachment".into();
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_partners_never_leave_the_directory_nor_steer_the_terminal() {
        for (name, safe) in [
            ("market.jpg", "market.jpg"),
            ("جسر دلمت.jpg", "جسر دلمت.jpg"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            (".bashrc", "_bashrc"),
            ("-rf", "_rf"),
            ("~root", "_root"),
            ("..", "attachment"),
            ("", "attachment"),
            ("a/", "attachment"),
            ("a\u{1b}[2Jb", "a_[2Jb"),
            ("two\nlines", "two_lines"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let safe = safe_name(&("é".repeat(300) + ".jpeg"));
        assert!(safe.len() <= LENGTH && safe.ends_with("é.jpeg"), "{safe}");
    }
}
