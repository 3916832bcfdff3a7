//! Words cut to a length, whatever the filters before have made of them.

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Keeps so many characters of each word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut(pub(super) usize);

/// Words of `T`, cut.
#[derive(Debug, Clone)]
pub(super) struct Cutting<T>(T, Cut);

impl TokenFilter for Cut {
    type Tokenizer<T: Tokenizer> = Cutting<T>;

    fn transform<T: Tokenizer>(self, words: T) -> Cutting<T> {
        Cutting(words, self)
    }
}

impl<T: Tokenizer> Tokenizer for Cutting<T> {
    type TokenStream<'a> = Stream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Stream(self.0.token_stream(text), self.1)
    }
}

/// The words of one text, cut.
pub(super) struct Stream<S>(S, Cut);

impl<S: TokenStream> TokenStream for Stream<S> {
    fn advance(&mut self) -> bool {
        if !self.0.advance() {
            return false;
        }
        let text = &mut self.0.token_mut().text;
        if let Some((end, _)) = text.char_indices().nth(self.1.0) {
            text.truncate(end);
        }
        true
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}
