//! Lists of allowed words, in the words of the standard: one macro makes the type, its texts and its parser.

/// Makes an enum whose values people write in lower-case-with-hyphens, on the wire as in reports.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident as $what:literal {
        $($(#[$value_doc:meta])* $value:ident = $text:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// Every value, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The value as it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }

            fn exactly(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }

            /// All values as a list for people.
            fn list() -> String {
                [$($text,)+].join(", ")
            }

            fn refused(given: &str) -> $crate::record::error::NotAllowed {
                $crate::record::error::NotAllowed {
                    what: $what,
                    given: $crate::record::error::shown(given),
                    allowed: Self::list(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::record::error::NotAllowed;
            /// Forgives case, and blanks or underscores for hyphens.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // Mostly it is written as we write it: then nothing is allocated.
                if let Some(value) = Self::exactly(text) {
                    return Ok(value);
                }
                let plain = |t: &str| t.trim().to_ascii_lowercase().replace([' ', '_'], "-");
                let wanted = plain(text);
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| plain(value.as_str()) == wanted)
                    .ok_or_else(|| Self::refused(text))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            /// Takes the exact text only: on the wire there is one way to write a value.
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Exactly;
                impl serde::de::Visitor<'_> for Exactly {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::exactly(text).ok_or_else(|| E::custom($name::refused(text)))
                    }
                    fn visit_bytes<E: serde::de::Error>(self, text: &[u8]) -> Result<$name, E> {
                        let text = std::str::from_utf8(text).map_err(E::custom)?;
                        self.visit_str(text)
                    }
                }
                d.deserialize_str(Exactly)
            }
        }

        impl $crate::record::fields::Written for $name {
            fn allowed() -> String {
                Self::list()
            }
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    };
}
pub(super) use choices;

#[cfg(test)]
mod tests {
    use crate::codec;

    // The macro writes what is public elsewhere.
    #[expect(unreachable_pub)]
    mod colour {
        choices! {
            /// For the tests.
            Colour as "colour" {
                /// Red.
                Red = "red",
                /// Dark blue.
                DarkBlue = "dark-blue",
            }
        }
    }
    use colour::Colour;

    #[test]
    fn people_may_write_a_choice_their_way() {
        for text in ["dark-blue", "Dark Blue", " DARK_BLUE "] {
            assert_eq!(text.parse(), Ok(Colour::DarkBlue));
        }
        let error = "green".parse::<Colour>().expect_err("refused");
        assert_eq!(
            error.to_string(),
            "no such colour: \"green\"; allowed: red, dark-blue"
        );
    }

    #[test]
    fn the_wire_has_one_way_to_write_a_choice() {
        let bytes = codec::encode(&Colour::DarkBlue);
        assert_eq!(codec::decode(&bytes, 99), Ok(Colour::DarkBlue));
        assert!(codec::decode::<Colour>(&codec::encode(&"Dark Blue"), 99).is_err());
        assert!(serde_json::from_str::<Colour>("\"RED\"").is_err());
    }
}
