//! What a column is for.

use super::Tag;
use focal_protocol::record::Kind;

/// Where a column's cells go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Text into a field as it stands.
    Text(&'static str),
    /// A cluster, through the words in use.
    Cluster,
    /// A status, through the words in use.
    Status,
    /// A capability.
    Capability,
    /// A country, through codes and names.
    Country,
    /// A name of a place; the higher the level, the smaller the place.
    Place(u8),
    /// A code of a place, with its level.
    Code(u8),
    /// A number of people: whole, or a part by sex and age, which are added up.
    People(&'static str, bool),
    /// The marking.
    Marking,
    /// Kept as a line in the text.
    Line,
    /// The record that it was written from.
    Cites,
}

/// Whether the table asks for help, or tells of activities.
pub(super) fn kind(tags: &[Option<Tag>]) -> Kind {
    let request = |tag: &Tag| tag.name == "need";
    if tags.iter().flatten().any(request) {
        Kind::Request
    } else {
        Kind::Activity
    }
}

/// What a column of a table of this kind is for; why none of it is taken, if it is not.
pub(super) fn column(kind: Kind, tag: &Tag) -> Result<Column, &'static str> {
    let activity = kind == Kind::Activity;
    let level = |tag: &Tag| match tag.name.as_str() {
        "loc" => 9,
        name => name.bytes().last().map_or(0, |b| b.saturating_sub(b'0')),
    };
    Ok(match tag.name.as_str() {
        "org" if activity && !tag.has("code") && !tag.has("type") => Column::Text("who"),
        "sector" if activity => Column::Cluster,
        "subsector" if activity => Column::Text("subsector"),
        "activity" if activity && tag.has("type") => Column::Text("responsibility"),
        "activity" if activity && !tag.has("id") && !tag.has("code") => Column::Text("activity"),
        "status" if activity => Column::Status,
        "targeted" if activity => Column::People(
            "targeted",
            !tag.attributes.is_empty() && !tag.has("num") && !tag.has("ind"),
        ),
        "reached" if activity => Column::People(
            "reached",
            !tag.attributes.is_empty() && !tag.has("num") && !tag.has("ind"),
        ),
        "beneficiary" if activity => Column::Text("for_whom"),
        "date" if activity && tag.has("start") => Column::Text("start"),
        "date" if activity && tag.has("end") => Column::Text("end"),
        "need" if tag.has("num") => Column::Text("quantity"),
        "need" if tag.has("unit") => Column::Text("unit"),
        "need" => Column::Capability,
        "date" if !activity && (tag.has("due") || tag.has("end")) => Column::Text("needed_by"),
        "contact" if !activity => Column::Text("contact"),
        "org" if !activity => return Err("the organisation that signs asks"),
        "country" => Column::Country,
        "adm1" | "adm2" | "adm3" | "adm4" | "adm5" | "loc" if tag.has("code") => {
            Column::Code(level(tag))
        }
        "adm1" | "adm2" | "adm3" | "adm4" | "adm5" | "loc" => Column::Place(level(tag)),
        "geo" if tag.has("lat") => Column::Text("place.lat"),
        "geo" if tag.has("lon") => Column::Text("place.lon"),
        "geo" if tag.has("precision") => Column::Text("place.precision"),
        "description" => Column::Text("description"),
        "meta" if tag.has("marking") => Column::Marking,
        "meta" if tag.has("grading") => Column::Text("grading"),
        "meta" if tag.has("verification") => Column::Text("verification"),
        "meta" if tag.has("language") => Column::Text("language"),
        "meta" if tag.has("record") => Column::Cites,
        "meta" if tag.has("source") || tag.has("url") => Column::Line,
        _ => return Err("a report has no such field"),
    })
}
