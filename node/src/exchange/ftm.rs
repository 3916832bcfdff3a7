//! FollowTheMoney entities, one in each line: designations as `Person`, `Organization` or `Vessel`, and a `Sanction`
//! for the proposal and for each organisation that has imposed it.

use super::{
    export::{Document, Export, Permitted},
    marking_text,
    standing::Standing,
};
use focal_protocol::{
    id::{OrgId, RecordId},
    record::{Body, Designation, Edtf, Identifier, Kind, Position, Stand, Subject},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Writes the entities of all chosen designations.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let standings = export.standing(&[Kind::Designation]);
    let mut text = String::new();
    for standing in &standings {
        if let Body::Designation(designation) = standing.body {
            let about = positions(export, standing);
            for entity in entities(standing, designation, &about) {
                text.push_str(&entity.to_string());
                text.push('\n');
            }
        }
    }
    let markings = standings.iter().map(|s| &s.marking);
    export.document(
        "designations.ftm.json",
        "application/x-ndjson",
        text,
        markings,
    )
}

/// The latest position of each organisation, if it is that the measures are in force.
fn positions<'a>(
    export: &Export<'a>,
    standing: &Standing<'_>,
) -> Vec<(&'a Permitted, &'a Position)> {
    let ids = [Some(standing.permitted.id), standing.corrected_by];
    let mut latest: BTreeMap<OrgId, (&Permitted, &Position)> = BTreeMap::new();
    for permitted in export.records {
        if let Body::Position(position) = &permitted.record.body
            && ids.contains(&Some(position.record))
        {
            latest.insert(permitted.record.organisation, (permitted, position));
        }
    }
    let imposed = latest.into_values();
    imposed.filter(|(_, p)| p.stand == Stand::Imposed).collect()
}

/// Properties of an entity: each a list of texts.
#[derive(Default)]
struct Properties(Map<String, Value>);

impl Properties {
    fn add(&mut self, name: &str, value: impl Into<String>) {
        let list = self.0.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(Value::String(value.into()));
        }
    }

    fn entity(self, id: String, schema: &str) -> Value {
        json!({"id": id, "schema": schema, "properties": self.0})
    }
}

fn entity_id(record: &RecordId) -> String {
    format!("focal-{record}")
}

fn entities(
    standing: &Standing<'_>,
    designation: &Designation,
    imposed: &[(&Permitted, &Position)],
) -> Vec<Value> {
    let permitted = standing.permitted;
    let marking = marking_text::write(&standing.marking);
    let subject = entity_id(&permitted.id);
    let mut own = Properties::default();
    own.add("name", &designation.name);
    for alias in &designation.aliases {
        own.add("alias", alias);
    }
    let country = match designation.subject {
        Subject::Person => "nationality",
        Subject::Entity => "country",
        Subject::Vessel => "flag",
    };
    for code in &designation.nationalities {
        own.add(country, code.to_ascii_lowercase());
    }
    if let Some(date) = &designation.birth_date {
        match plain_date(date) {
            Some(date) => own.add("birthDate", date),
            None => own.add("notes", format!("Born: {date}")),
        }
    }
    if let Some(place) = &designation.birth_place {
        own.add("birthPlace", place);
    }
    for identifier in &designation.identifiers {
        match property(designation.subject, identifier) {
            Some(name) => own.add(name, &identifier.value),
            None => own.add(
                "notes",
                format!("{}: {}", identifier.scheme, identifier.value),
            ),
        }
    }
    own.add("notes", format!("Marking: {marking}"));
    if !imposed.is_empty() {
        own.add("topics", "sanction");
    }
    let schema = match designation.subject {
        Subject::Person => "Person",
        Subject::Entity => "Organization",
        Subject::Vessel => "Vessel",
    };
    let mut entities = vec![own.entity(subject.clone(), schema)];
    let sanction = |status: &str, authority: &str| {
        let mut sanction = Properties::default();
        sanction.add("entity", &subject);
        sanction.add("authority", authority);
        sanction.add("status", status);
        for measure in &designation.measures {
            sanction.add("provisions", measure.as_str());
        }
        sanction
    };
    let mut proposed = sanction("proposed", &permitted.organisation);
    if let Some(basis) = &designation.legal_basis {
        proposed.add("program", basis);
    }
    proposed.add("reason", &designation.grounds);
    let created = standing.record().created.to_string();
    proposed.add("date", created.get(..10).unwrap_or_default());
    proposed.add("recordId", permitted.id.to_string());
    proposed.add("description", format!("Marking: {marking}"));
    entities.push(proposed.entity(format!("{subject}-proposed"), "Sanction"));
    for (by, position) in imposed {
        let both = marking_text::narrower(&standing.marking, &by.record.marking);
        let mut sanction = sanction("imposed", &by.organisation);
        if let Some(act) = &position.act {
            sanction.add("program", act);
        }
        if let Some(date) = position.date.as_ref().and_then(plain_date) {
            sanction.add("startDate", date);
        }
        sanction.add("recordId", by.id.to_string());
        let text = format!("Marking: {}", marking_text::write(&both));
        sanction.add("description", text);
        let id = format!("{subject}-{}", by.record.organisation);
        entities.push(sanction.entity(id, "Sanction"));
    }
    entities
}

/// A date of FollowTheMoney: a year, a month, a day or a moment, without doubts and intervals.
fn plain_date(date: &Edtf) -> Option<String> {
    let text = date.as_str();
    let plain = !text.contains(['/', '?', '~', '%']);
    plain.then(|| text.to_string())
}

/// The property for an identifier's sort; none if it is only of another schema.
fn property(subject: Subject, identifier: &Identifier) -> Option<&'static str> {
    let scheme: String = identifier
        .scheme
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match (subject, scheme.as_str()) {
        (Subject::Vessel, "imo" | "imonumber") => Some("imoNumber"),
        (Subject::Vessel, "mmsi") => Some("mmsi"),
        (Subject::Vessel, "callsign") => Some("callSign"),
        (Subject::Vessel, "registration" | "registrationnumber") => Some("registrationNumber"),
        (Subject::Person, "passport" | "passportnumber") => Some("passportNumber"),
        (Subject::Person | Subject::Entity, "tax" | "taxnumber") => Some("taxNumber"),
        (Subject::Person | Subject::Entity, "registration" | "registrationnumber") => {
            Some("registrationNumber")
        }
        (Subject::Entity, "lei") => Some("leiCode"),
        (Subject::Person | Subject::Entity, "id" | "nationalid" | "idnumber") => Some("idNumber"),
        _ => None,
    }
}
