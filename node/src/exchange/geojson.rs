//! GeoJSON (RFC 7946): incidents as features; a property for each field, the place's point as geometry.

use super::{
    Error, Format, Import, Options, Report,
    export::{Document, Export},
    limits, marking_text,
    reading::{Reading, shown},
    standing::Standing,
};
use focal_protocol::record::{Body, Counts, Incident, Kind, Relation};
use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

/// Fields of an incident that are properties of the same name, in both directions; besides these, each count by itself.
const FIELDS: &[&str] = &[
    "title",
    "type",
    "description",
    "alleged_perpetrators",
    "victims_group",
    "weapons",
    "time",
    "grading",
    "verification",
    "language",
    "consent",
    "identifies_person",
];
/// Fields of the place that are properties; its point is the geometry.
const PLACE: &[(&str, &str)] = &[
    ("place", "place.name"),
    ("country", "place.country"),
    ("code", "place.code"),
    ("precision", "place.precision"),
];
/// What we write for people, and know anyway when we read it.
const OURS: &[&str] = &["record", "organisation", "created", "corrected_by"];

/// Writes one collection of all incidents as they stand.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let incidents = export.standing(&[Kind::Incident]);
    let features: Vec<Value> = incidents.iter().filter_map(feature).collect();
    let markings = incidents.iter().map(|s| &s.marking);
    let collection = |whole: &str| {
        json!({
            "type": "FeatureCollection",
            "case": export.case,
            "title": export.title,
            "marking": whole,
            "features": features,
        })
    };
    let mut documents = export.document(
        "incidents.geojson",
        "application/geo+json",
        String::new(),
        markings,
    );
    for document in &mut documents {
        let whole = collection(&marking_text::write(&document.marking));
        document.text = pretty(&whole);
    }
    documents
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn feature(standing: &Standing<'_>) -> Option<Value> {
    let Body::Incident(incident) = standing.body else {
        return None;
    };
    let point = incident.place.as_ref().and_then(|p| p.point);
    Some(json!({
        "type": "Feature",
        "id": standing.permitted.id,
        // Longitude comes first (section 3.1.1).
        "geometry": point.map(|p| json!({"type": "Point", "coordinates": [p.lon, p.lat]})),
        "properties": properties(incident, standing),
    }))
}

fn properties(incident: &Incident, standing: &Standing<'_>) -> Map<String, Value> {
    let record = standing.record();
    let mut all = match serde_json::to_value(incident) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    if let Some(Value::Object(counts)) = all.remove("counts") {
        all.extend(counts);
    }
    if let Some(Value::Object(mut place)) = all.remove("place") {
        for (property, field) in PLACE {
            if let Some(value) = place.remove(field.trim_start_matches("place.")) {
                all.insert((*property).into(), value);
            }
        }
    }
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            all.insert(name.into(), value);
        }
    };
    put("kind", Some(json!(Kind::Incident)));
    put("grading", standing.grading.map(|g| json!(g)));
    put("verification", standing.verification.map(|v| json!(v)));
    put("language", record.language.as_ref().map(|l| json!(l)));
    let protection = record.protection.unwrap_or_default();
    put("consent", protection.consent.map(|c| json!(c)));
    put(
        "identifies_person",
        protection.identifies_person.then_some(json!(true)),
    );
    put(
        "marking",
        Some(json!(marking_text::write(&standing.marking))),
    );
    put("record", Some(json!(standing.permitted.id)));
    put("organisation", Some(json!(standing.permitted.organisation)));
    put("created", Some(json!(record.created)));
    put("corrected_by", standing.corrected_by.map(|c| json!(c)));
    all
}

/// Reads a feature, a collection of features, or a bare geometry, which says too little and is refused by its check.
///
/// # Errors
/// Not JSON, not GeoJSON, or over a limit.
pub(super) fn read(text: &str, options: &Options) -> Result<Import, Error> {
    let value: Value =
        serde_json::from_str(text).map_err(|e| Error::Malformed(shown(&e.to_string())))?;
    let mut file = Reading::default();
    let Value::Object(mut map) = value else {
        return Err(Error::NotOne("GeoJSON: it is no object".into()));
    };
    if let Some(crs) = map.get("crs")
        && !is_wgs84(crs)
    {
        return Err(Error::Invalid {
            format: "RFC 7946",
            errors: vec![focal_protocol::record::FieldError {
                field: "crs".into(),
                given: shown(&crs.to_string()),
                allowed: "nothing: coordinates are longitude and latitude on WGS 84".into(),
            }],
        });
    }
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    let features = match kind {
        "FeatureCollection" => match map.remove("features") {
            Some(Value::Array(features)) => features,
            _ => {
                return Err(Error::NotOne(
                    "a collection: it has no list of features".into(),
                ));
            }
        },
        "Feature" => vec![Value::Object(std::mem::take(&mut map))],
        other => {
            return Err(Error::NotOne(format!(
                "a GeoJSON feature or collection: its type is {:?}",
                shown(other)
            )));
        }
    };
    for (name, value) in &map {
        match name.as_str() {
            "type" | "crs" => {}
            "case" | "title" | "marking" => file.remark(name, "each feature says its own"),
            _ => file.leave(name, &value.to_string(), "not a member of GeoJSON"),
        }
    }
    if features.len() > limits::REPORTS {
        let (what, limit) = ("features", limits::REPORTS);
        return Err(Error::TooMuch { what, limit });
    }
    if features.is_empty() {
        return Err(Error::NotOne("a collection with anything in it".into()));
    }
    let reports = features.into_iter().enumerate();
    Ok(Import {
        format: Format::Geojson,
        encoding: "",
        reports: reports.map(|(at, f)| report(at + 1, f, options)).collect(),
        found: file.found,
        signed: Vec::new(),
    })
}

/// A reference system of the older GeoJSON of 2008 that means the same as none.
fn is_wgs84(crs: &Value) -> bool {
    let name = crs["properties"]["name"].as_str().unwrap_or_default();
    crs.is_null() || name.ends_with("CRS84") || name.ends_with("EPSG::4326") || name == "EPSG:4326"
}

fn report(number: usize, feature: Value, options: &Options) -> Report {
    let mut reading = Reading::default();
    let at = format!("feature {number}");
    let Value::Object(mut feature) = feature else {
        reading.leave(&at, "", "not an object");
        return reading.report(at, Kind::Incident, options);
    };
    if let Some(geometry) = feature.remove("geometry") {
        point(&geometry, &mut reading);
    }
    let properties = match feature.remove("properties") {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    };
    for (name, value) in properties {
        property(&name, value, &mut reading);
    }
    if let Some(id) = feature.remove("id") {
        match id
            .as_str()
            .filter(|id| id.len() == 64)
            .map(str::parse::<focal_protocol::id::RecordId>)
        {
            // The same event, and not another: sums count it once, wherever that record is.
            Some(Ok(record)) => {
                let refs = json!([format!("{} {record}", Relation::SameEventAs.as_str())]);
                reading.take("id", "refs", refs);
            }
            _ => reading.keep("id", "Source", &plain(&id)),
        }
    }
    for (name, value) in feature {
        match name.as_str() {
            "type" => {}
            "bbox" => reading.remark("bbox", "the point says where it is"),
            _ => reading.leave(&name, &value.to_string(), "not a member of a feature"),
        }
    }
    reading.report(at, Kind::Incident, options)
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

fn point(geometry: &Value, reading: &mut Reading) {
    let kind = geometry["type"].as_str().unwrap_or_default();
    let coordinates = geometry["coordinates"].as_array();
    match (kind, coordinates.map(Vec::as_slice)) {
        ("Point", Some([lon, lat, rest @ ..])) => {
            reading.take("geometry", "place.lat", lat.clone());
            reading.take("geometry", "place.lon", lon.clone());
            if let Some(height) = rest.first() {
                reading.leave("geometry", &height.to_string(), "a place has no height");
            }
        }
        _ if geometry.is_null() => {}
        ("Point", _) => reading.leave("geometry", "Point", "without longitude and latitude"),
        (other, _) => reading.leave("geometry", other, "a place has a point, and no shape"),
    }
}

fn property(name: &str, value: Value, reading: &mut Reading) {
    let plain_name = name.trim().to_ascii_lowercase().replace('-', "_");
    if value.is_null() {
        return;
    }
    if FIELDS.contains(&plain_name.as_str()) || Counts::NAMES.contains(&plain_name.as_str()) {
        reading.take(name, &plain_name, value);
    } else if let Some((_, field)) = PLACE.iter().find(|(property, _)| *property == plain_name) {
        reading.take(name, field, value);
    } else if plain_name == "marking" {
        match value.as_str().and_then(marking_text::read) {
            Some(marking) => reading.take(name, "marking", json!(marking)),
            // The check says what is allowed.
            None => reading.take(name, "marking", value),
        }
    } else if plain_name == "kind" {
        if value != json!(Kind::Incident) {
            reading.leave(name, &plain(&value), "only incidents travel as GeoJSON");
        }
    } else if OURS.contains(&plain_name.as_str()) {
        reading.remark(name, "written by a Focal network for people");
    } else {
        reading.leave(name, &plain(&value), "an incident has no such field");
    }
}
