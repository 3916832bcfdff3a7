//! Requests that change something: answered after the flush.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{
        AlarmRow, CaseAction, CaseSummary, DirectoryUpdate, FindCompartment, Invitations, Invite,
        Invited, OpenCase, Problem, Resolve, Stored,
    },
};
use crate::{
    ledger::{Action, Command, Files, Meant},
    refused::{Fault, Refused},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use focal_protocol::{
    case::Error as CaseError,
    codec,
    directory::{Bundle, Manifest},
    group::{CaseRole, Cause, History, Stage},
    id::{NodeId, OrgId},
    limits,
    log::Request,
    record::Record,
    signed::Signed,
};
use serde::Deserialize;

pub(super) type Answer<T> = Result<Json<T>, Failure>;

fn updated(state: &ApiState, taken: usize) -> Answer<DirectoryUpdate> {
    let directory = state
        .views
        .shared
        .directory()
        .ok_or(Refused::NoFederation)?;
    Ok(Json(DirectoryUpdate {
        federation: directory.federation().to_string(),
        taken,
        roster_version: directory.roster().version,
    }))
}

/// Takes a federation file: founds the directory, or brings it up to date.
#[utoipa::path(post, path = "/v1/directory/bundle", request_body(content_type = "application/octet-stream"), responses((status = 200, body = DirectoryUpdate), (status = 422, body = Problem)))]
pub(super) async fn bundle(
    State(state): State<ApiState>,
    caller: Caller,
    body: Bytes,
) -> Answer<DirectoryUpdate> {
    let bundle = Bundle::from_bytes(&body)?;
    let taken = state
        .ledger
        .ask_by(caller.actor, |reply| {
            Command::TakeBundle(Box::new(bundle), reply)
        })
        .await?;
    updated(&state, taken)
}

/// Takes a new manifest of an organisation: CBOR of the signed manifest.
#[utoipa::path(post, path = "/v1/directory/manifest", request_body(content_type = "application/cbor"), responses((status = 200, body = DirectoryUpdate), (status = 422, body = Problem)))]
pub(super) async fn manifest(
    State(state): State<ApiState>,
    caller: Caller,
    body: Bytes,
) -> Answer<DirectoryUpdate> {
    let manifest: Signed<Manifest> = codec::decode(&body, 2 * limits::DIRECTORY_ITEM)?;
    let taken = state
        .ledger
        .ask_by(caller.actor, |reply| {
            Command::TakeManifest(Box::new(manifest), reply)
        })
        .await?;
    updated(&state, taken)
}

fn choice<T: std::str::FromStr<Err = &'static str>>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|allowed: &str| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-field",
            &Fault::Field {
                field: field.into(),
                given: text.chars().take(40).collect(),
                allowed: allowed.into(),
            },
        )
    })
}

/// Why a custodian is to go.
pub(super) fn cause_of(text: &str) -> Result<Cause, Failure> {
    choice("cause", text)
}

/// Opens a case with this node as custodian; answers with its id.
#[utoipa::path(post, path = "/v1/cases", request_body = OpenCase, responses((status = 200, body = super::types::CaseSummary), (status = 422, body = Problem)))]
pub(super) async fn open_case(
    State(state): State<ApiState>,
    caller: Caller,
    Json(body): Json<OpenCase>,
) -> Answer<super::types::CaseSummary> {
    let history: History = choice("history", &body.history)?;
    let case = state
        .ledger
        .ask_by(caller.actor, |reply| {
            Command::OpenCase(body.title, history, reply)
        })
        .await?;
    let cases = state.views.cases()?;
    let id = case.to_string();
    cases
        .into_iter()
        .find(|c| c.case == id)
        .map(Json)
        .ok_or_else(|| Failure::not_found("case"))
}

/// Invites an organisation into a case.
#[utoipa::path(post, path = "/v1/cases/{case}/invite", params(("case" = String, Path)), request_body = Invite, responses((status = 200, body = Invited), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn invite(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<Invite>,
) -> Answer<Invited> {
    let role = Some(choice("role", &body.role)?);
    let invited = invite_orgs(&state, caller, &case, &[body.org], role).await?;
    let invited = invited.into_iter().next();
    invited.map(Json).ok_or_else(|| Failure::not_found("org"))
}

/// Invites many organisations into a case with the same role, in one commit. If one of them is not known, none is invited.
#[utoipa::path(post, path = "/v1/cases/{case}/invitations", params(("case" = String, Path)), request_body = Invitations, responses((status = 200, body = Vec<Invited>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn invitations(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<Invitations>,
) -> Answer<Vec<Invited>> {
    let role = checked_invitations(&body)?;
    let invited = invite_orgs(&state, caller, &case, &body.orgs, role).await?;
    Ok(Json(invited))
}

/// The role that is asked for, if one is.
pub(super) fn checked_invitations(body: &Invitations) -> Result<Option<CaseRole>, Failure> {
    if body.orgs.is_empty() || body.orgs.len() > limits::CASE_MEMBERS {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Failure::new(
            status,
            "too-many",
            &Fault::Invitations(limits::CASE_MEMBERS),
        ));
    }
    body.role
        .as_ref()
        .map(|role| choice("role", role))
        .transpose()
}

/// Says of each organisation once what has come of it, in the order in which they were named. Those who are to be the same
/// come in with one commit.
async fn invite_orgs(
    state: &ApiState,
    caller: Caller,
    case: &str,
    names: &[String],
    role: Option<CaseRole>,
) -> Result<Vec<Invited>, Failure> {
    let case = state.views.find_case(case)?;
    let orgs = state.views.invited(case, names, role)?;
    let ask = |reply| Command::Act(case, Action::Invite(orgs.clone()), reply);
    let outcome = state.ledger.ask_by(caller.actor.clone(), ask).await?;
    let directory = state.views.shared.directory();
    let of = |org: &OrgId, nodes: &[NodeId]| -> Vec<String> {
        let theirs = nodes.iter().filter(|n| {
            let listed = directory.as_ref().and_then(|d| d.node_ever(n));
            listed.is_some_and(|(of, _)| of == *org)
        });
        theirs.map(ToString::to_string).collect()
    };
    let member = |org: &OrgId| directory.as_ref()?.member(org).map(|m| m.name.clone());
    let invited = orgs.iter().map(|(org, role)| Invited {
        org: org.to_string(),
        org_name: member(org).unwrap_or_default(),
        role: role.to_string(),
        added: of(org, &outcome.added),
        waiting: of(org, &outcome.waiting),
        already: outcome.already.contains(org),
    });
    Ok(invited.collect())
}

/// Changes a case: members, roles, custodian, keys, stage. Answers with the case as it is then.
#[utoipa::path(post, path = "/v1/cases/{case}/actions", params(("case" = String, Path)), request_body = CaseAction, responses((status = 200, body = Object), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn act(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<CaseAction>,
) -> Answer<serde_json::Value> {
    let views = &state.views;
    let case = views.find_case(&case)?;
    let action = match body {
        CaseAction::Remove { org, reason } => {
            Action::Remove(views.find_org(&org)?, checked(reason)?)
        }
        CaseAction::RemoveNode { node, reason } => {
            Action::RemoveNode(views.find_node(case, &node)?, checked(reason)?)
        }
        CaseAction::Leave { reason } => Action::Leave(checked(reason)?),
        CaseAction::Role { org, role } => {
            Action::Role(views.find_org(&org)?, choice("role", &role)?)
        }
        CaseAction::HandOver { node } => Action::HandOver(views.find_node(case, &node)?),
        CaseAction::Rekey => Action::Rekey,
        CaseAction::Close {
            reason,
            retain_days,
        } => Action::Stage(Stage::Closed, checked(reason)?, retain_days),
        CaseAction::Reopen { reason } => Action::Stage(Stage::Open, checked(reason)?, None),
        CaseAction::Purge {
            everywhere: true,
            reason,
            ..
        } => Action::Stage(Stage::Purged, checked(reason)?, None),
        CaseAction::Purge { abandon: false, .. } if views.leaves_no_custodian(case)? => {
            return Err(Refused::Case(CaseError::CustodianStays).into());
        }
        CaseAction::Purge { .. } => Action::Purge,
        CaseAction::Vote {
            node,
            cause,
            out,
            agrees,
        } => {
            let successor = views.successor(case, node.as_deref())?;
            let out = out.map(|out| views.find_node(case, &out)).transpose()?;
            Action::Vote(successor, cause_of(&cause)?, Meant { out, agrees })
        }
        CaseAction::AskInvite { org, role } => Action::Request(Request::Invite(
            views.find_org(&org)?,
            choice("role", &role)?,
        )),
        CaseAction::AskRemove { org, reason } => {
            Action::Request(Request::Remove(views.find_org(&org)?, checked(reason)?))
        }
    };
    let ask = |reply| Command::Act(case, action, reply);
    let _outcome = state.ledger.ask_by(caller.actor, ask).await?;
    // After a purge there is nothing to show.
    let shown = match views.case_detail(case) {
        Ok(detail) => serde_json::to_value(&detail).unwrap_or_default(),
        Err(_) => serde_json::Value::Null,
    };
    Ok(Json(shown))
}

/// A reason that a person gave.
fn checked(reason: String) -> Result<String, Failure> {
    if reason.len() > limits::REASON {
        return Err(Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-field",
            &Fault::TooLong {
                field: "reason",
                given: reason.len(),
                most: limits::REASON,
            },
        ));
    }
    Ok(reason)
}

/// Finds the compartment of a case with just these organisations, or makes it.
#[utoipa::path(post, path = "/v1/cases/{case}/compartments", params(("case" = String, Path)), request_body = FindCompartment, responses((status = 200, body = CaseSummary), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn compartment(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<FindCompartment>,
) -> Answer<CaseSummary> {
    let parent = state.views.find_case(&case)?;
    let orgs: Result<Vec<_>, _> = body.orgs.iter().map(|o| state.views.find_org(o)).collect();
    let orgs = orgs?;
    let ask = |reply| Command::Compartment(parent, orgs, reply);
    let id = state.ledger.ask_by(caller.actor, ask).await?.to_string();
    let found = state.views.cases()?.into_iter().find(|c| c.case == id);
    found
        .map(Json)
        .ok_or_else(|| Failure::not_found("compartment"))
}

/// Says that a person has looked at an alarm, and what they decided.
#[utoipa::path(post, path = "/v1/alarms/{alarm}/resolve", params(("alarm" = String, Path)), request_body = Resolve, responses((status = 200, body = [AlarmRow]), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn resolve(
    State(state): State<ApiState>,
    caller: Caller,
    Path(alarm): Path<String>,
    Json(body): Json<Resolve>,
) -> Answer<Vec<AlarmRow>> {
    let id = state.views.find_alarm(&alarm)?;
    let decision = checked(body.decision)?;
    let ask = |reply| Command::Resolve(id, decision, reply);
    state.ledger.ask_by(caller.actor, ask).await?;
    Ok(Json(state.views.alarm_rows()))
}

/// Where the files of a record are that is submitted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Submission {
    #[serde(default)]
    files: WhereFiles,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WhereFiles {
    #[default]
    Here,
    Follow,
}

/// Stores a signed record: CBOR of `Signed<Record>`. The answer comes after the flush. Its files must be here, unless `files` is
/// `follow`: then they may come later, and `/v1/attachments/{attachment}/complete` says when they are here.
#[utoipa::path(post, path = "/v1/cases/{case}/records", params(("case" = String, Path), ("files" = Option<String>, Query, description = "`here` or `follow`")), request_body(content_type = "application/cbor"), responses((status = 200, body = Stored), (status = 403, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(super) async fn submit(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(submission): Query<Submission>,
    body: Bytes,
) -> Answer<Stored> {
    let case = state.views.find_case(&case)?;
    let signed: Signed<Record> = codec::decode(&body, 2 * limits::RECORD)?;
    let files = match submission.files {
        WhereFiles::Follow => Files::Follow,
        WhereFiles::Here => {
            has_files(&state, &signed).await?;
            Files::Here
        }
    };
    let stored = state
        .ledger
        .ask_by(caller.actor, |reply| {
            Command::Submit(case, Box::new(signed), files, reply)
        })
        .await?;
    Ok(Json(Stored {
        record: stored.record.to_string(),
        case: case.to_string(),
        log: stored.log.to_string(),
        seq: stored.seq,
        already: stored.already,
    }))
}

/// Takes a record with files only when all of them are here and durable. One that is stored already is only answered again.
async fn has_files(state: &ApiState, signed: &Signed<Record>) -> Result<(), Failure> {
    match signed.unverified() {
        Ok(record) if !record.attachments.is_empty() => {
            let (store, id) = (state.views.store.clone(), Record::id_of(signed));
            let known = tokio::task::spawn_blocking(move || store.position(&id))
                .await
                .map_err(|_| Refused::Stopping)?
                .map_err(Refused::from)?;
            if known.is_none() {
                state.attachments.admit(&record).await?;
            }
            Ok(())
        }
        // What is wrong with it the ledger says.
        _ => Ok(()),
    }
}
