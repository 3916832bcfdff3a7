//! Where something happened, and how exactly that is known.

use super::{
    choices::choices,
    error::Check,
    fields::{Fields, Written},
    limits,
};
use serde::{Deserialize, Serialize};
use std::fmt;

choices! {
    /// How exactly a place is known.
    Precision as "precision" {
        /// At the point.
        Exact = "exact",
        /// Near the point.
        Near = "near",
        /// Somewhere in the second-level administrative unit.
        Adm2 = "adm2",
        /// Somewhere in the first-level administrative unit.
        Adm1 = "adm1",
        /// Somewhere in the country.
        Country = "country",
    }
}

/// A point on WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// North of the equator, -90 to 90.
    pub lat: f64,
    /// East of Greenwich, -180 to 180.
    pub lon: f64,
}

/// A place: at least a name, a code or a point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// As people there call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// P-code or ISO 3166-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// How exactly it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
}

impl Place {
    pub(super) fn check(&self, check: &mut Check) {
        if self.name.is_none()
            && self.code.is_none()
            && self.point.is_none()
            && self.country.is_none()
        {
            check.refuse("", "nothing", "a name, a code, a country or a point");
        }
        check.optional_line("name", self.name.as_deref(), limits::NAME);
        check.optional_line("code", self.code.as_deref(), limits::CODE);
        if let Some(country) = &self.country {
            check.country("country", country);
        }
        if let Some(Point { lat, lon }) = self.point {
            // Also refuses what is not a number.
            if !(-90.0..=90.0).contains(&lat) {
                check.refuse("lat", lat.to_string(), "degrees from -90 to 90");
            }
            if !(-180.0..=180.0).contains(&lon) {
                check.refuse("lon", lon.to_string(), "degrees from -180 to 180");
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.name.clone());
        parts.extend(self.code.clone());
        parts.extend(self.country.clone());
        if let Some(Point { lat, lon }) = self.point {
            parts.push(format!("{lat}, {lon}"));
        }
        if let Some(precision) = self.precision {
            parts.push(format!("({precision})"));
        }
        f.write_str(&parts.join(" "))
    }
}

impl Written for Place {
    const OBJECT: bool = true;
    fn allowed() -> String {
        "a name; or an object with name, country, code, lat, lon, precision".into()
    }
    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            name: Some(text.to_string()),
            ..Self::default()
        })
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (lat, lon): (Option<f64>, Option<f64>) = (fields.get("lat"), fields.get("lon"));
        let point = match (lat, lon) {
            (Some(lat), Some(lon)) => Some(Point { lat, lon }),
            (None, None) => None,
            _ => {
                fields.refuse("lat", "half a point".into(), "both lat and lon".into());
                None
            }
        };
        Some(Self {
            name: fields.get("name"),
            country: fields
                .get("country")
                .map(|c: String| c.to_ascii_uppercase()),
            code: fields.get("code"),
            point,
            precision: fields.get("precision"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_survives_cbor_and_json() {
        let place = Place {
            name: Some("Lower Teres".into()),
            point: Some(Point {
                lat: 44.812,
                lon: 21.377,
            }),
            precision: Some(Precision::Near),
            ..Place::default()
        };
        let bytes = crate::codec::encode(&place);
        assert_eq!(crate::codec::decode(&bytes, 999), Ok(place.clone()));
        let json = serde_json::to_string(&place).expect("json");
        assert_eq!(serde_json::from_str::<Place>(&json).expect("back"), place);
        assert_eq!(place.to_string(), "Lower Teres 44.812, 21.377 (near)");
    }

    #[test]
    fn a_place_off_the_globe_is_refused() {
        for (lat, lon) in [(91.0, 0.0), (0.0, -181.0), (f64::NAN, 0.0)] {
            let mut check = Check::new(crate::time::Time(0));
            let place = Place {
                point: Some(Point { lat, lon }),
                country: Some("vr".into()),
                ..Place::default()
            };
            place.check(&mut check);
            assert_eq!(check.finish().expect_err("refused").len(), 2);
        }
    }
}
