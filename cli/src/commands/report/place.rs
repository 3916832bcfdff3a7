//! Where a report goes: the case that a person means, or the compartment of it for those who may read the report; by what
//! the node says now, or by what it said last.

use super::submit::invalid;
use crate::{
    client::Client,
    commands::case::{find, find_among},
    context::Context,
    error::{Error, Exit, Result},
    keys::open_author,
    known::{self, Known, Orgs},
    lang::tr,
    output::plain,
    prompt::confirm,
};
use focal_node::api::types::{CaseDetail, CaseSummary, Directory, FindCompartment, Status};
use focal_protocol::{
    id::OrgId,
    record::{Draft, Kind, Marking},
    time::Time,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where a report goes.
pub(super) struct Place {
    pub(super) case: CaseSummary,
    pub(super) org: Option<OrgId>,
    /// None if the node said so now.
    pub(super) seen: Option<Time>,
}

/// The report, and where it goes by what the node says.
pub(super) async fn online(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    client: &Client,
    context: &Context,
) -> Result<(Draft, Place)> {
    let mut fields = fields.clone();
    if fields.contains_key(INVITED) {
        let directory: Directory = client.get("/v1/directory").await?;
        let names = directory.members.into_iter().map(|m| (m.org, m.name));
        invited(&mut fields, &names.collect());
    }
    let draft = Draft::from_json(kind, &Value::Object(fields)).map_err(|e| invalid(&e))?;
    let case = find(client, case).await?;
    let case = readers_only(client, case, &draft.marking, context).await?;
    let place = Place {
        case,
        org: None,
        seen: None,
    };
    Ok((draft, place))
}

/// The same by what was last seen at the node.
pub(super) fn offline(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    author: Option<&str>,
    why: String,
    context: &Context,
) -> Result<(Draft, Place)> {
    // What is wrong with the report itself needs no node and no passphrase.
    let mut fields = fields.clone();
    if !fields.contains_key(INVITED) {
        Draft::from_json(kind, &Value::Object(fields.clone())).map_err(|e| invalid(&e))?;
    }
    let author = open_author(context, author)?;
    let Some(known) = Known::load(context, &author)? else {
        return Err(Error::new(Exit::Unreachable, why)
            .why(tr!("place-no-case"))
            .next(tr!("place-later")));
    };
    invited(&mut fields, &known.orgs);
    let draft = Draft::from_json(kind, &Value::Object(fields)).map_err(|e| invalid(&e))?;
    let case = find_among(known.cases.clone(), case).map_err(|e| {
        let why = tr!("place-list-of", why, ago = known::ago(known.at));
        e.why(why)
    })?;
    context.remark(&tr!(
        "place-as-known",
        why,
        case = case.title,
        ago = known::ago(known.at)
    ));
    let case = readers_known(&known, case, &draft.marking)?;
    let place = Place {
        case,
        org: known.own(),
        seen: Some(known.at),
    };
    Ok((draft, place))
}

/// The case, or a compartment of it that is known here, so that just those who may read the report will.
pub(crate) fn readers_known(
    known: &Known,
    case: CaseSummary,
    marking: &Marking,
) -> Result<CaseSummary> {
    let may = |org: &String| {
        let own = known.own.as_ref() == Some(org);
        own || org.parse().is_ok_and(|org: OrgId| marking.lets(&org))
    };
    let readers = |case: &str| {
        let members = known.members.get(case)?;
        Some(members.keys().filter(|org| may(org)).count() == members.len())
    };
    // Of a case that nobody has looked at the members are not known: the node decides, and says so.
    if readers(&case.case) != Some(false) {
        return Ok(case);
    }
    let wanted: BTreeSet<&String> = known.members[&case.case]
        .keys()
        .filter(|o| may(o))
        .collect();
    let compartment = known.cases.iter().find(|c| {
        let members = known.members.get(&c.case);
        c.parent.as_ref() == Some(&case.case)
            && members.is_some_and(|m| m.keys().collect::<BTreeSet<_>>() == wanted)
    });
    compartment.cloned().ok_or_else(|| {
        Error::new(Exit::Refused, tr!("place-not-kept"))
            .why(tr!("place-not-kept-why"))
            .next(tr!("place-later"))
    })
}

/// The case itself if all its organisations may read a record with this marking, else its compartment with just those
/// that may.
pub(crate) async fn readers_only(
    client: &Client,
    case: CaseSummary,
    marking: &Marking,
    context: &Context,
) -> Result<CaseSummary> {
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    let status: Status = client.get("/v1/status").await?;
    // Also those who were invited and have not joined yet: they will read it.
    let others: BTreeMap<OrgId, String> = detail
        .in_case
        .iter()
        .filter(|m| status.org.as_ref() != Some(&m.org))
        .filter_map(|m| Some((m.org.parse().ok()?, m.org_name.clone())))
        .collect();
    let (may, may_not): (Vec<_>, Vec<_>) = others.iter().partition(|(org, _)| marking.lets(org));
    if may_not.is_empty() || may.is_empty() {
        // With nobody else to read it there is no compartment to make: the node says why.
        return Ok(case);
    }
    confirm(context, &tr!("place-question"), |out| {
        let names = |orgs: &[(&OrgId, &String)]| {
            let names: Vec<&str> = orgs.iter().map(|(_, name)| name.as_str()).collect();
            plain(&names.join(", ")).into_owned()
        };
        writeln!(
            out,
            "{}",
            tr!(
                "place-stake",
                barred = names(&may_not),
                case = plain(&case.title),
                readers = names(&may)
            )
        )
    })?;
    let body = FindCompartment {
        orgs: may.iter().map(|(org, _)| org.to_string()).collect(),
    };
    client
        .post(&format!("/v1/cases/{}/compartments", case.case), &body)
        .await
}

/// The field in which people write names of organisations, and a record has ids.
const INVITED: &str = "invited";

/// Puts ids for the names of organisations; what names none stays, and is refused with the reason.
fn invited(fields: &mut Map<String, Value>, orgs: &Orgs) {
    let id = |value: &Value| {
        let name = value.as_str()?.trim().to_lowercase();
        let found = orgs.iter().find(|(_, n)| n.to_lowercase() == name)?;
        Some(json!(found.0))
    };
    match fields.get_mut(INVITED) {
        Some(Value::Array(items)) => {
            for item in items {
                if let Some(id) = id(item) {
                    *item = id;
                }
            }
        }
        Some(single) => {
            if let Some(id) = id(single) {
                *single = id;
            }
        }
        None => {}
    }
}

pub(crate) fn no_org() -> Error {
    Error::new(Exit::Refused, tr!("place-no-org"))
        .why(tr!("place-no-org-why"))
        .next(tr!("place-no-org-next"))
}

/// The node's organisation.
pub(crate) async fn own_org(client: &Client) -> Result<OrgId> {
    let status: Status = client.get("/v1/status").await?;
    let org = status.org.and_then(|o| o.parse().ok());
    org.ok_or_else(no_org)
}
