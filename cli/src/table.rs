//! Tables that fit the terminal.

use comfy_table::{ContentArrangement, LineStyle, TableStyle};
use std::io::{self, Write};

/// Width where there is no terminal to ask.
const WIDTH: u16 = 120;

/// One line under the headings, and nothing else: it is the rows that are read.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Rows under headings. The cells' text must be safe already: see [`crate::output::plain`].
pub(crate) struct Table(comfy_table::Table);

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if table.width().is_none() {
            table.set_width(WIDTH);
        }
        table.set_header(headings.to_vec());
        Self(table)
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.0.add_row(cells);
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in self.0.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_joined_characters_do_not_break_a_table() {
        let mut table = Table::new(&["name", "title"]);
        table.row(vec!["تيريس".into(), "报告 👩🏽‍⚕️".into()]);
        let mut out = Vec::new();
        table.write(&mut out).expect("to memory");
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("تيريس") && text.contains("报告"));
    }
}
