//! Areas: CAP has names, circles, polygons and codes; a place of ours has one name, one code and one point.

use super::NO_NAME;
use crate::exchange::{
    reading::{Reading, one_line, shown},
    xml::{Out, text_of},
};
use focal_protocol::record::{Place, limits};
use roxmltree::Node;
use serde_json::json;

/// Names of code lists (`valueName`) as we write them.
const COUNTRY: &str = "ISO 3166-1";
const SUBDIVISION: &str = "ISO 3166-2";
const P_CODE: &str = "P-code";

/// Writes a place as the area of an alert.
pub(super) fn write(out: &mut Out, place: &Place) {
    out.open("area", &[], |out| {
        out.text("areaDesc", place.name.as_deref().unwrap_or(NO_NAME));
        if let Some(point) = place.point {
            out.text("circle", &format!("{},{} 0", point.lat, point.lon));
        }
        let mut code = |name: &str, value: &str| {
            out.open("geocode", &[], |out| {
                out.text("valueName", name);
                out.text("value", value);
            });
        };
        if let Some(country) = &place.country {
            code(COUNTRY, country);
        }
        if let Some(text) = &place.code {
            code(
                if is_subdivision(text) {
                    SUBDIVISION
                } else {
                    P_CODE
                },
                text,
            );
        }
    });
}

/// Reads areas: the first is the report's, the others go into the text.
pub(super) fn read(areas: &[Node<'_, '_>], reading: &mut Reading) {
    for (number, area) in areas.iter().enumerate() {
        let at = |name: &str| format!("area {} {name}", number + 1);
        let first = number == 0;
        for child in area.children().filter(Node::is_element) {
            let text = text_of(child);
            match child.tag_name().name() {
                "areaDesc" if !first => reading.keep(&at("areaDesc"), "Area", &text),
                "areaDesc" if text == NO_NAME => {}
                "areaDesc" => name(&at("areaDesc"), &text, reading),
                "circle" if first => circle(&at("circle"), &text, reading),
                "geocode" if first => geocode(&at("geocode"), child, reading),
                "polygon" => {
                    let points = text.split_whitespace().count();
                    let given = format!("{points} points");
                    reading.leave(&at("polygon"), &given, "a place has a point, and no shape");
                }
                "circle" => reading.leave(&at("circle"), &text, "a report has one area"),
                "geocode" => {
                    reading.leave(&at("geocode"), &code_text(child), "a report has one area");
                }
                other => reading.leave(&at(other), &text, "a place has no such field"),
            }
        }
    }
}

fn name(at: &str, text: &str, reading: &mut Reading) {
    let line = one_line(text);
    if line.chars().count() <= limits::NAME {
        return reading.take(at, "area.name", json!(line));
    }
    let cut: String = line.chars().take(limits::NAME - 1).chain(['…']).collect();
    reading.take(at, "area.name", json!(cut));
    reading.keep(at, "Area", &line);
}

/// `lat,lon radius`, the radius in kilometres (section 3.2.4).
fn circle(at: &str, text: &str, reading: &mut Reading) {
    let parts: Option<(f64, f64, f64)> = text.split_once(' ').and_then(|(point, radius)| {
        let (lat, lon) = point.split_once(',')?;
        let number = |t: &str| t.trim().parse().ok().filter(|n: &f64| n.is_finite());
        Some((number(lat)?, number(lon)?, number(radius)?))
    });
    let Some((lat, lon, radius)) = parts else {
        return reading.leave(at, text, "not written as lat,lon radius");
    };
    if reading
        .fields
        .get("area")
        .is_some_and(|a| a.get("lat").is_some())
    {
        return reading.leave(at, text, "a place has one point");
    }
    reading.take(at, "area.lat", json!(lat));
    reading.take(at, "area.lon", json!(lon));
    if radius > 0.0 {
        reading.take(at, "area.precision", json!("near"));
        reading.keep(at, "Area", &format!("within {radius} km of the point"));
    }
}

fn code_text(geocode: Node<'_, '_>) -> String {
    let part = |name| {
        geocode
            .children()
            .find(|c| c.has_tag_name(name_of(c, name)))
    };
    let text = |name| part(name).map(text_of).unwrap_or_default();
    format!("{} {}", text("valueName"), text("value"))
}

/// The name in the namespace of the node itself.
fn name_of<'a>(node: &Node<'a, '_>, name: &'a str) -> roxmltree::ExpandedName<'a, 'a> {
    match node.tag_name().namespace() {
        Some(namespace) => (namespace, name).into(),
        None => name.into(),
    }
}

fn geocode(at: &str, geocode: Node<'_, '_>, reading: &mut Reading) {
    let given = code_text(geocode);
    let (list, value) = given.rsplit_once(' ').unwrap_or(("", &given));
    let list = list.to_ascii_lowercase();
    let plain: String = list.chars().filter(char::is_ascii_alphanumeric).collect();
    if plain == "iso31661" && value.len() == 2 {
        reading.take(at, "area.country", json!(value.to_ascii_uppercase()));
    } else if is_subdivision(value) && list.contains("iso") {
        reading.take(at, "area.code", json!(value));
        // The country is the code's first part. Our own list stands beside one of countries.
        let known = reading
            .fields
            .get("area")
            .is_some_and(|a| a.get("country").is_some());
        if !known
            && plain != "iso31662"
            && let Some(country) = value.get(..2)
        {
            reading.set(at, "area.country", json!(country));
        }
    } else if matches!(plain.as_str(), "pcode" | "iso31662") && !value.is_empty() {
        reading.take(at, "area.code", json!(value));
    } else {
        reading.leave(at, &shown(&given), "not a code of ISO 3166 or a P-code");
    }
}

/// ISO 3166-2: two letters, a hyphen, one to three letters or digits.
fn is_subdivision(text: &str) -> bool {
    text.split_once('-').is_some_and(|(country, part)| {
        country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=3).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}
