//! Tables that fit the terminal.

use crate::output::{bare, isolated};
use comfy_table::{
    ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, TableStyle, Width,
};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Width where there is no terminal to ask.
const WIDTH: u16 = 120;

/// Between two cells while a table is laid out: no cell has it, as all control characters were made visible.
const BETWEEN: char = '\u{1f}';

/// One line under the headings, and nothing else: it is the rows that are read.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(BETWEEN))
    .content_lines(ContentLineStyle::none().junction(BETWEEN))
    .header_separator(LineStyle::none().fill('─').junction(BETWEEN));

/// Longest part of a word for which a column is kept wide enough: ids and addresses are longer, and may be broken.
const WORD: usize = 16;
/// Blanks beside the text of a cell.
const BLANKS: usize = 2;

/// Rows under headings; where the terminal has no room for a word of each column, one thing below the other. The cells' text must
/// be safe already: see [`crate::output::plain`].
pub(crate) struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    width: u16,
}

impl Table {
    pub(crate) fn new(headings: &[impl AsRef<str>]) -> Self {
        Self {
            headings: headings.iter().map(|h| h.as_ref().to_string()).collect(),
            rows: Vec::new(),
            width: screen(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        let cells = cells.iter().map(|cell| bare(cell).into_owned());
        self.rows.push(cells.collect());
    }

    /// What each column needs so that words stay whole.
    fn needs(&self) -> Vec<usize> {
        let of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let texts = self.headings.get(column).into_iter().chain(cells);
            let words = texts.flat_map(|text| text.split_whitespace());
            words.map(|word| word.width().min(WORD)).max().unwrap_or(0) + BLANKS
        };
        (0..self.headings.len()).map(of).collect()
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let needs = self.needs();
        if needs.iter().sum::<usize>() > self.width.into() {
            return self.write_below(out);
        }
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // What is between the cells goes before they are written.
        let between = u16::try_from(self.headings.len().saturating_sub(1)).unwrap_or(0);
        table.set_width(self.width.saturating_add(between));
        table.set_header(&self.headings);
        for row in &self.rows {
            table.add_row(row);
        }
        for (column, least) in table.column_iter_mut().zip(needs) {
            let least = u16::try_from(least).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
        for line in table.lines() {
            let cells: String = line.split(BETWEEN).map(cell).collect();
            writeln!(out, "{}", cells.trim_end())?;
        }
        Ok(())
    }

    /// One cell below the other, each behind its heading.
    fn write_below(&self, out: &mut dyn Write) -> io::Result<()> {
        let wide = self.headings.iter().map(|heading| heading.width()).max();
        let wide = wide.unwrap_or_default();
        for row in &self.rows {
            writeln!(out)?;
            for (heading, text) in self.headings.iter().zip(row) {
                if text.is_empty() {
                    continue;
                }
                let before = " ".repeat(wide - heading.width());
                let end = if heading.is_empty() { " " } else { ":" };
                let label = format!("{before}{heading}{end} ");
                set_in(&label, wide + 2, self.width, text, out)?;
            }
        }
        Ok(())
    }
}

/// A text broken where the terminal ends, each line a little set in. It must be safe already, as cells are.
pub(crate) fn paragraph(text: &str, out: &mut dyn Write) -> io::Result<()> {
    labelled("  ", text, out)
}

/// A text behind its label, broken where the terminal ends, each line below the first one's text.
pub(crate) fn labelled(label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    labelled_within(screen(), label, text, out)
}

/// How wide the terminal is.
pub(crate) fn screen() -> u16 {
    comfy_table::Table::new().width().unwrap_or(WIDTH)
}

/// The same on a screen of this width. Behind a label that takes more than half of it the text begins on a line of its own.
pub(crate) fn labelled_within(
    width: u16,
    label: &str,
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = bare(text);
    if 2 * label.width() <= width.into() {
        return set_in(label, label.width(), width, &text, out);
    }
    writeln!(out, "{}", label.trim_end())?;
    let blanks = label.width() - label.trim_start().width();
    let before = " ".repeat(blanks + 2);
    set_in(&before, before.len(), width, &text, out)
}

/// How wide the terminal is on which errors are shown, if it is one.
pub(crate) fn error_screen() -> Option<u16> {
    let mut table = comfy_table::Table::new();
    table.use_stderr();
    table.width()
}

/// A text behind a label that is shown `by` columns wide, broken where `width` ends.
pub(crate) fn set_in(
    label: &str,
    by: usize,
    width: u16,
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    // A cell has a blank on both sides, and they go.
    let width = width.saturating_add(2);
    table.set_width(width.saturating_sub(u16::try_from(by).unwrap_or(0)));
    table.add_row([text]);
    let others = " ".repeat(by);
    for (at, line) in table.lines().enumerate() {
        let before = if at == 0 { label } else { &others };
        let line = cell(&line);
        let line = line.strip_prefix(' ').unwrap_or(&line);
        writeln!(out, "{before}{}", line.trim_end())?;
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
    fn words_stay_whole_on_every_screen() {
        let headings = ["dossier", "dépositaire", "membres", "en attente", "état"];
        let row = ["890950e8", "Ministère des affaires", "12", "0", "fermé"];
        let written = |width| {
            let mut table = Table::new(&headings);
            table.width = width;
            table.row(row.iter().map(ToString::to_string).collect());
            lines(&table)
        };
        for width in [40, 50, 60, 80, 120] {
            let text = written(width).join("\n");
            let words = headings.iter().chain(&row).flat_map(|t| t.split(' '));
            for word in words {
                assert!(text.contains(word), "{word} at {width}:\n{text}");
            }
            let fits = |line: &str| line.width() <= width.into();
            assert!(text.lines().all(fits), "{width}:\n{text}");
        }
        assert!(written(40).contains(&"dépositaire: Ministère des affaires".to_string()));
        assert!(written(80)[1].starts_with('─'));
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
