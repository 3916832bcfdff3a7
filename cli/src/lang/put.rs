//! What is put into a message. A number stays a number: a file chooses its words by it ("1 file", "2 files").

use fluent_bundle::FluentValue;
use std::fmt::Display;

/// A value that is to be put into a message; use [`super::tr`].
pub(crate) struct Put<'a, T: ?Sized>(pub(crate) &'a T);

/// As a number. It is found before [`Words`], which takes one reference more.
pub(crate) trait Number {
    /// The number.
    fn put(self) -> FluentValue<'static>;
}

/// As it is displayed.
pub(crate) trait Words {
    /// The words.
    fn put(&self) -> FluentValue<'static>;
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Number for Put<'_, $number> {
            fn put(self) -> FluentValue<'static> {
                FluentValue::from(*self.0)
            }
        })*
    };
}
numbers!(i32, u16, u32, u64, usize);

impl<T: Display + ?Sized> Words for Put<'_, T> {
    fn put(&self) -> FluentValue<'static> {
        FluentValue::String(self.0.to_string().into())
    }
}
