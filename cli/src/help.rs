//! Help that fits the terminal: a paragraph that stands on several lines in the source is one line, which the library breaks
//! where the window ends.

use clap::Command;

/// A command and all below it, with their paragraphs joined.
pub(crate) fn fitted(mut command: Command) -> Command {
    if let Some(text) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(joined(&text));
    }
    let below = command.get_subcommands();
    let names: Vec<String> = below.map(|c| c.get_name().to_string()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, fitted)
    })
}

/// Joins the lines of each paragraph. Lines that are set in, empty ones and headings (`Examples:`) stay as they are.
fn joined(text: &str) -> String {
    let goes_on = |line: &str| !line.is_empty() && !line.starts_with(' ') && !line.ends_with(':');
    let mut joined = String::with_capacity(text.len());
    let mut before: Option<&str> = None;
    for line in text.lines() {
        match before {
            Some(before) if goes_on(before) && goes_on(line) => joined.push(' '),
            Some(_) => joined.push('\n'),
            None => {}
        }
        joined.push_str(line);
        before = Some(line);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::CommandFactory;

    #[test]
    fn paragraphs_are_joined_and_what_is_set_in_stays() {
        let text = "Of a corrected report\nits last version.\n\nFORMAT  what\n  cap   alerts\n  hxl   tables\n\nExamples:\n  focal x\n  focal y";
        assert_eq!(joined(text), text.replace("report\nits", "report its"));
        assert_eq!(joined(""), "");
    }

    #[test]
    fn no_paragraph_is_broken_twice() {
        let mut command = fitted(Cli::command().term_width(80));
        let import = command.find_subcommand_mut("import").expect("import");
        let help = import.clone().term_width(80).render_help().to_string();
        let begins = help.find("Without --case").expect("a paragraph");
        let paragraph = help[begins..].split("\n\n").next().expect("its text");
        let lines: Vec<&str> = paragraph.lines().collect();
        let full = lines[..lines.len() - 1].iter().all(|line| line.len() > 60);
        assert!(lines.len() > 3 && full, "{paragraph}");
    }
}
