//! From a file, standard input, an editor and flags to the fields of a report.

use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    lang::tr,
    report_file::{self, Format},
};
use focal_protocol::record::Kind;
use serde_json::{Map, Value, json};
use std::{io::IsTerminal, path::PathBuf, process::Command};

/// Fields of a report as flags; they override what the file says.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Fields")]
pub(super) struct Flags {
    /// sitrep, incident, alert, assessment, activity, request, pledge, designation, position, convening, note
    #[arg(long)]
    pub(super) kind: Option<Kind>,
    /// Title or headline; the name in a designation, what is done in an activity
    #[arg(long)]
    title: Option<String>,
    /// Type of an incident or sitrep
    #[arg(long = "type", value_name = "TYPE")]
    type_: Option<String>,
    /// The text: what a Markdown file has below its front matter
    #[arg(long)]
    text: Option<String>,
    /// TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN, TLP:CLEAR
    #[arg(long)]
    marking: Option<String>,
    /// Source A-F and information 1-6, such as B2
    #[arg(long)]
    grading: Option<String>,
    /// alleged, corroborated, verified, refuted
    #[arg(long)]
    verification: Option<String>,
    /// Language, such as fr
    #[arg(long)]
    language: Option<String>,
    /// Name of the place
    #[arg(long)]
    place: Option<String>,
    /// Degrees north
    #[arg(long, allow_negative_numbers = true)]
    lat: Option<f64>,
    /// Degrees east
    #[arg(long, allow_negative_numbers = true)]
    lon: Option<f64>,
    /// When it happened: 2026-11-03, 2026-11-03/2026-11-05
    #[arg(long)]
    time: Option<String>,
    /// A number, or low/best/high
    #[arg(long, value_name = "COUNT")]
    killed: Option<String>,
    /// A number, or low/best/high
    #[arg(long, value_name = "COUNT")]
    injured: Option<String>,
    /// A number, or low/best/high
    #[arg(long, value_name = "COUNT")]
    displaced: Option<String>,
    /// Urgency of an alert
    #[arg(long)]
    urgency: Option<String>,
    /// Severity of an alert
    #[arg(long)]
    severity: Option<String>,
    /// Certainty of an alert
    #[arg(long)]
    certainty: Option<String>,
    /// A risk factor with level and trend, such as "7 4 rising"; may be given several times
    #[arg(long, value_name = "FACTOR")]
    factor: Vec<String>,
    /// Cluster of an activity
    #[arg(long)]
    cluster: Option<String>,
    /// Status of an activity
    #[arg(long)]
    status: Option<String>,
    /// People whom an activity is meant to reach
    #[arg(long, value_name = "NUMBER")]
    targeted: Option<String>,
    /// People whom an activity has reached
    #[arg(long, value_name = "NUMBER")]
    reached: Option<String>,
    /// What a request asks for
    #[arg(long)]
    capability: Option<String>,
    /// How much of it
    #[arg(long, value_name = "NUMBER")]
    quantity: Option<String>,
    /// Of what, such as EUR
    #[arg(long)]
    unit: Option<String>,
    /// By when: 2026-11-08
    #[arg(long, value_name = "DATE")]
    needed_by: Option<String>,
    /// What a designation is of: person, entity, vessel
    #[arg(long)]
    subject: Option<String>,
    /// asset-freeze, visa-ban, arms-embargo, other; may be given several times
    #[arg(long)]
    measure: Vec<String>,
    /// A record that it bears on, such as "same-event-as ID"; may be given several times
    #[arg(long = "ref", value_name = "RELATION ID")]
    refs: Vec<String>,
    /// Any field, such as urgency=expected or place.code=VR03
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

/// Where the report comes from.
pub(super) enum Source {
    File(PathBuf),
    Stdin,
    Editor,
    /// What was written in the editor, in a file of ours that stays until the report is sent or kept.
    Edited(PathBuf),
    FlagsOnly,
    /// Asked after the flags are known.
    Questions,
}

/// Reads the source; says from which file, if it came from one.
pub(super) fn read(
    source: Source,
    kind: Option<Kind>,
    context: &Context,
) -> Result<(Map<String, Value>, Source)> {
    let fields = match &source {
        Source::File(path) | Source::Edited(path) => {
            let bytes = crate::files::read(&tr!("what-report"), path, report_file::LIMIT)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Error::new(Exit::Refused, tr!("report-unreadable"))
                    .why(tr!("not-utf"))
                    .next(tr!("save-as-utf", path = path.display()))
            })?;
            report_file::parse(Format::of(Some(path), &text), &text, kind)?
        }
        Source::Stdin => {
            let text = super::stdin()?;
            report_file::parse(Format::of(None, &text), &text, kind)?
        }
        Source::Editor => {
            let path = edit(&crate::lang::template(kind.unwrap_or(Kind::Note)), context)?;
            return read(Source::Edited(path), kind, context);
        }
        Source::FlagsOnly | Source::Questions => Map::new(),
    };
    Ok((fields, source))
}

/// Lets a person edit a text in `$EDITOR`; gives the file in which it is then.
fn edit(text: &str, context: &Context) -> Result<PathBuf> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(Exit::Usage, tr!("report-nothing"))
            .why(tr!("report-nothing-why"))
            .next(tr!("report-nothing-next")));
    }
    let dir = context.home.join("drafts");
    crate::files::private_dir(&dir)?;
    let path = dir.join(format!("editing-{}-{}.md", now().0, std::process::id()));
    crate::files::write_private(&path, text.as_bytes())?;
    let editor = std::env::var("VISUAL")
        .or_else(|_| std::env::var("EDITOR"))
        .unwrap_or_else(|_| "nano".into());
    // The variable may hold arguments, as every tool that uses it allows: the shell splits it.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg(&editor)
        .arg(&path)
        .status();
    let kept = tr!("editor-kept", path = path.display());
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(Error::new(Exit::Failed, tr!("editor-failed"))
                .why(status.to_string())
                .next(kept));
        }
        Err(e) => {
            return Err(Error::new(Exit::Failed, tr!("editor-not-started", editor))
                .why(e.to_string())
                .next(tr!("editor-not-started-next")));
        }
    }
    let edited = crate::files::read(&tr!("what-report"), &path, report_file::LIMIT)?;
    if edited.trim_ascii() == text.trim().as_bytes() {
        // A copy that stays is in a private directory, and an empty template.
        let _ = std::fs::remove_file(&path);
        return Err(Error::new(Exit::Failed, tr!("nothing-sent")).why(tr!("unchanged-template")));
    }
    Ok(path)
}

/// Puts flags over what the file says.
pub(super) fn apply(flags: Flags, kind: Option<Kind>, map: &mut Map<String, Value>) -> Result<()> {
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            map.insert(name.into(), Value::String(value));
        }
    };
    if let Some(kind) = flags.kind {
        put("kind", Some(kind.to_string()));
    }
    let headline = kind == Some(Kind::Alert);
    let title = match kind {
        Some(Kind::Alert) => "headline",
        Some(Kind::Activity) => "activity",
        Some(Kind::Designation) => "name",
        _ => "title",
    };
    put(title, flags.title);
    put("type", flags.type_);
    put("urgency", flags.urgency);
    put("severity", flags.severity);
    put("certainty", flags.certainty);
    put("cluster", flags.cluster);
    put("status", flags.status);
    put("targeted", flags.targeted);
    put("reached", flags.reached);
    put("capability", flags.capability);
    put("quantity", flags.quantity);
    put("unit", flags.unit);
    put("needed_by", flags.needed_by);
    put("subject", flags.subject);
    put(kind.map_or("text", Kind::body_field), flags.text);
    put("marking", flags.marking);
    put("grading", flags.grading);
    put("verification", flags.verification);
    put("language", flags.language);
    put("time", flags.time);
    put("killed", flags.killed);
    put("injured", flags.injured);
    put("displaced", flags.displaced);
    for (field, values) in [
        ("factors", flags.factor),
        ("measures", flags.measure),
        ("refs", flags.refs),
    ] {
        if !values.is_empty() {
            map.insert(field.into(), json!(values));
        }
    }
    let place = if headline { "area" } else { "place" };
    for (field, value) in [
        ("name", flags.place.map(Value::String)),
        ("lat", flags.lat.map(|n| json!(n))),
        ("lon", flags.lon.map(|n| json!(n))),
    ] {
        if let Some(value) = value {
            nested(map, place).insert(field.into(), value);
        }
    }
    for pair in flags.set {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Error::new(Exit::Usage, tr!("set-odd", pair))
                .why(tr!("set-odd-why"))
                .next(tr!("set-odd-next")));
        };
        let value = Value::String(value.trim().into());
        match name.trim().split_once('.') {
            Some((outer, inner)) => nested(map, outer).insert(inner.into(), value),
            None => map.insert(name.trim().into(), value),
        };
    }
    Ok(())
}

/// The object in a field; a text there is its name.
fn nested<'a>(map: &'a mut Map<String, Value>, field: &str) -> &'a mut Map<String, Value> {
    let slot = map.entry(field).or_insert(Value::Null);
    if !slot.is_object() {
        let mut object = Map::new();
        if let Value::String(name) = slot {
            object.insert("name".into(), Value::String(std::mem::take(name)));
        }
        *slot = Value::Object(object);
    }
    match slot {
        Value::Object(object) => object,
        _ => unreachable!("it was just made an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_override_the_file() {
        let mut map = Map::new();
        map.insert("title".into(), json!("old"));
        map.insert("place".into(), json!("Teres"));
        let flags = Flags {
            title: Some("new".into()),
            text: Some("what happened".into()),
            lat: Some(44.8),
            lon: Some(21.4),
            set: vec!["place.code=VR03".into(), "type=killing".into()],
            ..Flags::default()
        };
        apply(flags, Some(Kind::Incident), &mut map).expect("applied");
        assert_eq!(map["title"], "new");
        assert_eq!(map["description"], "what happened");
        assert_eq!(
            map["place"],
            json!({"name": "Teres", "lat": 44.8, "lon": 21.4, "code": "VR03"})
        );
        assert_eq!(map["type"], "killing");
    }

    #[test]
    fn a_pair_without_a_value_is_refused() {
        let flags = Flags {
            set: vec!["urgency".into()],
            ..Flags::default()
        };
        let error = apply(flags, None, &mut Map::new()).expect_err("refused");
        assert_eq!(error.exit, Exit::Usage);
    }
}
