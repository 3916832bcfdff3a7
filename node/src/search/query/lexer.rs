//! A query's text as tokens, each with its column.

use super::{Compare, LENGTH, QueryError};

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// `-` right before something.
    Minus,
    Or,
    And,
    Not,
    Compare(Compare),
    /// `name:`
    Field(String),
    Word(String),
    Phrase(String),
}

/// A token and where it begins.
pub(super) type At = (usize, Token);

/// Reads all tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<At>, QueryError> {
    let chars: Vec<char> = text.chars().take(LENGTH + 1).collect();
    if chars.len() > LENGTH {
        return Err(QueryError::new(
            LENGTH + 1,
            "the query is too long",
            format!("{LENGTH} characters"),
        ));
    }
    let mut lexer = Lexer { chars, at: 0 };
    let mut tokens: Vec<At> = Vec::new();
    while let Some(token) = lexer.next(tokens.last().map(|(_, token)| token))? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '“' | '”' | '(' | ')' | '<' | '>' | '=' | '≤' | '≥')
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self, before: Option<&Token>) -> Result<Option<At>, QueryError> {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let column = self.at + 1;
        let Some(c) = self.peek(0) else {
            return Ok(None);
        };
        // After these a value stands, which may have colons in it.
        let is_value = matches!(before, Some(Token::Field(_) | Token::Compare(_)));
        let (length, token) = match (c, self.peek(1)) {
            ('(', _) => (1, Token::Open),
            (')', _) => (1, Token::Close),
            ('>', Some('=')) => (2, Token::Compare(Compare::AtLeast)),
            ('<', Some('=')) => (2, Token::Compare(Compare::AtMost)),
            ('≥', _) => (1, Token::Compare(Compare::AtLeast)),
            ('≤', _) => (1, Token::Compare(Compare::AtMost)),
            ('>', _) => (1, Token::Compare(Compare::More)),
            ('<', _) => (1, Token::Compare(Compare::Less)),
            ('=', _) => (1, Token::Compare(Compare::Equal)),
            ('"' | '“' | '”', _) => return self.phrase(column).map(Some),
            ('-', Some(next)) if !is_value && !next.is_whitespace() => (1, Token::Minus),
            _ => return Ok(Some((column, self.word(is_value)))),
        };
        self.at += length;
        Ok(Some((column, token)))
    }

    fn phrase(&mut self, column: usize) -> Result<At, QueryError> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if matches!(c, '"' | '“' | '”') {
                return Ok((column, Token::Phrase(text)));
            }
            text.push(c);
        }
        Err(QueryError::new(
            column,
            "a phrase that does not end",
            "a second \" at its end",
        ))
    }

    fn word(&mut self, is_value: bool) -> Token {
        let mut text = String::new();
        while let Some(c) = self.peek(0).filter(|c| !ends_word(*c)) {
            self.at += 1;
            if c == ':' && !is_value && is_name(&text) {
                return Token::Field(text);
            }
            text.push(c);
        }
        match text.as_str() {
            "OR" if !is_value => Token::Or,
            "AND" if !is_value => Token::And,
            "NOT" if !is_value => Token::Not,
            _ => Token::Word(text),
        }
    }
}

/// Whether a colon after it makes a field of it: `14:30` is a word.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}
