//! Tokens to an expression of terms, not knowing what fields there are.

use super::{
    Compare, DEPTH, Expr, QueryError, TERMS,
    lexer::{At, Token, tokens},
};

/// A word, a phrase, or a field with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The field and its column.
    pub(super) field: Option<(usize, String)>,
    /// How the value is compared; none after a colon alone.
    pub(super) compare: Option<Compare>,
    /// Where the value begins.
    pub(super) column: usize,
    pub(super) value: String,
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
}

const TERM: &str = "a word, a \"phrase\", field:value or a comparison such as killed > 10";

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Expr<Term>, QueryError> {
    let mut parser = Parser {
        end: text.chars().count() + 1,
        tokens: tokens(text)?.into_iter().peekable(),
        terms: 0,
    };
    let expr = parser.either(0)?;
    match parser.tokens.next() {
        None => Ok(expr),
        Some((column, _)) => Err(QueryError::new(
            column,
            "a closing bracket without an opening one",
            "as many ) as (",
        )),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<At>>,
    /// The column after the last character.
    end: usize,
    terms: usize,
}

fn one_of<L>(mut parts: Vec<Expr<L>>, many: fn(Vec<Expr<L>>) -> Expr<L>) -> Expr<L> {
    match (parts.len(), parts.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

impl Parser {
    fn peek(&mut self) -> Option<&Token> {
        self.tokens.peek().map(|(_, token)| token)
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        self.tokens.next_if(|(_, token)| token == wanted).is_some()
    }

    fn either(&mut self, depth: usize) -> Result<Expr<Term>, QueryError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes(&Token::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(one_of(parts, Expr::Either))
    }

    fn all(&mut self, depth: usize) -> Result<Expr<Term>, QueryError> {
        let mut parts = vec![self.not(depth)?];
        loop {
            let more = self.takes(&Token::And);
            match self.peek() {
                None | Some(Token::Or | Token::Close) if !more => {
                    return Ok(one_of(parts, Expr::All));
                }
                _ => parts.push(self.not(depth)?),
            }
        }
    }

    fn not(&mut self, depth: usize) -> Result<Expr<Term>, QueryError> {
        let Some((column, token)) = self.tokens.next() else {
            return Err(QueryError::new(self.end, "the query ends here", TERM));
        };
        if depth == DEPTH && matches!(token, Token::Minus | Token::Not | Token::Open) {
            return Err(QueryError::new(
                column,
                "too many brackets within each other",
                format!("{DEPTH}"),
            ));
        }
        match token {
            Token::Minus | Token::Not => Ok(Expr::Not(Box::new(self.not(depth + 1)?))),
            Token::Open => {
                let inside = self.either(depth + 1)?;
                if self.takes(&Token::Close) {
                    Ok(inside)
                } else {
                    Err(QueryError::new(
                        column,
                        "a bracket that is not closed",
                        "a ) for each (",
                    ))
                }
            }
            Token::Field(name) => {
                let compare = self.compare();
                self.valued(column, name, compare)
            }
            Token::Word(word) => match self.compare() {
                Some(compare) => self.valued(column, word, Some(compare)),
                None => self.leaf(None, None, (column, word), false),
            },
            Token::Phrase(text) => self.leaf(None, None, (column, text), true),
            Token::Or | Token::And => Err(QueryError::new(
                column,
                "AND and OR stand between two things",
                TERM,
            )),
            Token::Close => Err(QueryError::new(column, "nothing before the bracket", TERM)),
            Token::Compare(_) => Err(QueryError::new(
                column,
                "a comparison without a field before it",
                "such as killed > 10",
            )),
        }
    }

    fn compare(&mut self) -> Option<Compare> {
        let next = self
            .tokens
            .next_if(|(_, token)| matches!(token, Token::Compare(_)))?;
        match next.1 {
            Token::Compare(compare) => Some(compare),
            _ => None,
        }
    }

    /// A field and what must follow it.
    fn valued(
        &mut self,
        column: usize,
        name: String,
        compare: Option<Compare>,
    ) -> Result<Expr<Term>, QueryError> {
        let field = Some((column, name));
        match self.tokens.next() {
            Some((at, Token::Word(text))) => self.leaf(field, compare, (at, text), false),
            Some((at, Token::Phrase(text))) => self.leaf(field, compare, (at, text), true),
            other => Err(QueryError::new(
                other.map_or(self.end, |(at, _)| at),
                "a field without a value",
                "a word, a \"phrase\", a number or a date",
            )),
        }
    }

    fn leaf(
        &mut self,
        field: Option<(usize, String)>,
        compare: Option<Compare>,
        (column, value): (usize, String),
        quoted: bool,
    ) -> Result<Expr<Term>, QueryError> {
        self.terms += 1;
        if self.terms > TERMS {
            return Err(QueryError::new(
                column,
                "too many terms",
                format!("{TERMS} in one query"),
            ));
        }
        Ok(Expr::Leaf(Term {
            field,
            compare,
            column,
            value,
            quoted,
        }))
    }
}
