//! Tables that fit the terminal.

use crate::output::{bare, isolated};
use comfy_table::{ContentArrangement, ContentLineStyle, LineStyle, TableStyle};
use std::io::{self, Write};

/// Width where there is no terminal to ask.
const WIDTH: u16 = 120;

/// Between two cells while a table is laid out: no cell has it, as all control characters were made visible.
const BETWEEN: char = '\u{1f}';

/// One line under the headings, and nothing else: it is the rows that are read.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(BETWEEN))
    .content_lines(ContentLineStyle::none().junction(BETWEEN))
    .header_separator(LineStyle::none().fill('─').junction(BETWEEN));

/// Rows under headings. The cells' text must be safe already: see [`crate::output::plain`].
pub(crate) struct Table(comfy_table::Table);

impl Table {
    pub(crate) fn new(headings: &[impl AsRef<str>]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // What is between the cells goes before they are written.
        let between = u16::try_from(headings.len().saturating_sub(1)).unwrap_or(0);
        let width = table.width().unwrap_or(WIDTH);
        table.set_width(width.saturating_add(between));
        table.set_header(headings.iter().map(AsRef::as_ref).collect::<Vec<&str>>());
        Self(table)
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        let cells = cells.iter().map(|cell| bare(cell).into_owned());
        self.0.add_row(cells.collect::<Vec<_>>());
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in self.0.lines() {
            let cells: String = line.split(BETWEEN).map(cell).collect();
            writeln!(out, "{}", cells.trim_end())?;
        }
        Ok(())
    }
}

/// A text broken where the terminal ends, each line a little set in. It must be safe already, as cells are.
pub(crate) fn paragraph(text: &str, out: &mut dyn Write) -> io::Result<()> {
    broken(" ", " ", text, out)
}

/// A text behind its label, broken where the terminal ends, each line below the first one's text.
pub(crate) fn labelled(label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    broken(label, &" ".repeat(label.chars().count()), text, out)
}

fn broken(first: &str, others: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let before = u16::try_from(others.len()).unwrap_or(0);
    table.set_width(table.width().unwrap_or(WIDTH).saturating_sub(before));
    table.add_row([bare(text).into_owned()]);
    for (at, line) in table.lines().enumerate() {
        let before = if at == 0 { first } else { others };
        writeln!(out, "{before}{}", cell(&line).trim_end())?;
    }
    Ok(())
}

/// One line of a cell with the blanks around it. What is in it orders itself; the blanks, and with them the columns, stay
/// where they are.
fn cell(padded: &str) -> String {
    let text = padded.trim_matches(' ');
    match isolated(text) {
        std::borrow::Cow::Borrowed(_) => padded.to_string(),
        std::borrow::Cow::Owned(isolated) => {
            let (before, after) = padded.split_once(text).unwrap_or((padded, ""));
            format!("{before}{isolated}{after}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    const SCRIPTS: [&str; 6] = [
        "market",
        "تيريس العليا",
        "רחוב השוק",
        "报告",
        "👩🏽‍⚕️ 🇳🇴",
        "Dalma\u{301}t e\u{301}",
    ];

    fn lines(table: &Table) -> Vec<String> {
        let mut out = Vec::new();
        table.write(&mut out).expect("to memory");
        let text = String::from_utf8(out).expect("text");
        text.lines().map(String::from).collect()
    }

    #[test]
    fn columns_stand_below_each_other_in_every_script() {
        let mut table = Table::new(&["name", "title", "last"]);
        for script in SCRIPTS {
            table.row(vec![script.into(), script.into(), "END".into()]);
        }
        let lines = lines(&table);
        // As wide as it is shown; what isolates takes no room.
        let at = |line: &String| line.find("END").map(|at| line[..at].width());
        let places: Vec<_> = lines.iter().filter_map(at).collect();
        assert_eq!(places.len(), SCRIPTS.len());
        assert!(places.iter().all(|place| *place == places[0]), "{lines:#?}");
        let head = lines[0].find("last").map(|at| lines[0][..at].width());
        assert_eq!(head, Some(places[0]));
        assert!(!lines.iter().any(|line| line.contains(BETWEEN)));
    }

    #[test]
    fn a_cell_that_runs_from_right_to_left_swaps_nothing_on_any_line() {
        let mut table = Table::new(&["record", "title", "grade"]);
        let long = "تيريس العليا ".repeat(20);
        table.row(vec![
            "3f9c".into(),
            crate::output::plain(&long).into_owned(),
            "B2".into(),
        ]);
        let lines = lines(&table);
        assert!(lines.len() > 4, "it was broken into lines");
        for line in &lines[2..] {
            let (open, close) = (
                line.matches('\u{2068}').count(),
                line.matches('\u{2069}').count(),
            );
            assert_eq!((open, close), (1, 1), "{line:?}");
        }
        let first = &lines[2];
        assert!(first.find("3f9c") < first.find('\u{2068}'));
        assert!(first.find('\u{2069}') < first.find("B2"));
    }

    #[test]
    fn a_table_is_no_wider_than_it_may_be() {
        let mut table = Table::new(&["a", "b", "c", "d"]);
        table.row(vec!["word ".repeat(60); 4]);
        assert!(
            lines(&table)
                .iter()
                .all(|line| line.width() <= WIDTH.into())
        );
    }
}
