//! Answers that change nothing.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{
        AlarmRow, CaseDetail, CaseSummary, Directory, Holder, Peer, Problem, RecordDetail,
        RecordRow, Status, Waiting,
    },
};
use crate::{refused::Refused, views::Views};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use focal_protocol::{record, time::Time};
use serde::Deserialize;
use std::time::UNIX_EPOCH;

/// Records, or rows of a table, in one answer at most.
const PAGE: usize = 1_000;

type Answer<T> = Result<Json<T>, Failure>;

/// Runs a read that may touch the disk away from the runtime's threads.
pub(super) async fn blocking<T: Send + 'static>(
    state: &ApiState,
    read: impl FnOnce(&Views) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let views = state.views.clone();
    tokio::task::spawn_blocking(move || read(&views))
        .await
        .map_err(|_| Failure::from(Refused::Stopping))?
}

/// How this node is.
#[utoipa::path(get, path = "/v1/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(state): State<ApiState>) -> Answer<Status> {
    let (listening, started) = (state.net.listening(), state.started.clone());
    let space = state.attachments.space();
    let strangers = state.net.unknown_refused();
    blocking(&state, move |v| {
        let mut status = v.status(listening, started)?;
        status.attachments = space;
        // Before any protocol of ours: the swarm counts them.
        if strangers > 0 {
            status.refused.insert("unlisted-node".into(), strangers);
        }
        Ok(status)
    })
    .await
    .map(Json)
}

/// Partners' nodes.
#[utoipa::path(get, path = "/v1/peers", responses((status = 200, body = [Peer])))]
pub(super) async fn peers(State(state): State<ApiState>) -> Answer<Vec<Peer>> {
    let Some(directory) = state.views.shared.directory() else {
        return Ok(Json(Vec::new()));
    };
    let states = state.net.states();
    let connected = state.views.shared.connected();
    let me = state.views.shared.me;
    let peers = directory
        .nodes()
        .filter(|(_, node)| node.id != me)
        .map(|(org, node)| {
            let known = states.iter().find(|s| s.node == node.id);
            let error = known.and_then(|s| s.last_error.as_ref());
            let rate = state.views.shared.pace(&node.id).terms().rate;
            Peer {
                node: node.id.to_string(),
                org: org.to_string(),
                org_name: directory
                    .member(&org)
                    .map_or_else(String::new, |m| m.name.clone()),
                connected: connected.contains(&node.id),
                since: known
                    .and_then(|s| s.since)
                    .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
                    .and_then(|d| u64::try_from(d.as_millis()).ok())
                    .map(|ms| Time(ms).to_string()),
                addresses: node.addresses.clone(),
                bits_per_second: rate.map(|bytes| 8 * u64::from(bytes)),
                relayed: known.is_some_and(|s| s.connected && s.relayed),
                last_error: error.map(|why| why.text.clone()),
                last_error_said: error.and_then(|why| why.said.clone()),
            }
        })
        .collect();
    Ok(Json(peers))
}

/// The federation's members.
#[utoipa::path(get, path = "/v1/directory", responses((status = 200, body = Directory), (status = 409, body = Problem)))]
pub(super) async fn directory(State(state): State<ApiState>) -> Answer<Directory> {
    blocking(&state, |v| Ok(v.directory()?)).await.map(Json)
}

/// The federation file: charter, rosters, manifests.
#[utoipa::path(get, path = "/v1/directory/bundle", responses((status = 200, content_type = "application/octet-stream"), (status = 409, body = Problem)))]
pub(super) async fn bundle(State(state): State<ApiState>) -> Result<impl IntoResponse, Failure> {
    let directory = state
        .views
        .shared
        .directory()
        .ok_or(Refused::NoFederation)?;
    Ok((
        [(header::CONTENT_TYPE, "application/octet-stream")],
        directory.to_bundle().to_bytes(),
    ))
}

/// Cases of which this node is a member.
#[utoipa::path(get, path = "/v1/cases", responses((status = 200, body = [CaseSummary])))]
pub(super) async fn cases(State(state): State<ApiState>) -> Answer<Vec<CaseSummary>> {
    blocking(&state, |v| Ok(v.cases()?)).await.map(Json)
}

/// One case.
#[utoipa::path(get, path = "/v1/cases/{case}", params(("case" = String, Path)), responses((status = 200, body = CaseDetail), (status = 404, body = Problem)))]
pub(super) async fn case(
    State(state): State<ApiState>,
    Path(case): Path<String>,
) -> Answer<CaseDetail> {
    blocking(&state, move |v| Ok(v.case_detail(v.find_case(&case)?)?))
        .await
        .map(Json)
}

#[derive(Debug, Deserialize)]
pub(super) struct Rows {
    limit: Option<usize>,
    skip: Option<usize>,
    before: Option<String>,
    at: Option<Time>,
}

impl Rows {
    /// Which rows are asked for, the newest ones unless it is said otherwise.
    fn page(&self) -> Result<record::Page, Failure> {
        let before = self.before.as_ref().map(|text| text.parse());
        Ok(record::Page {
            before: before
                .transpose()
                .map_err(|_| Failure::not_found("record"))?,
            skip: self.skip.unwrap_or(0),
            count: self.limit.unwrap_or(PAGE).clamp(1, PAGE),
        })
    }
}

/// The case view: all tables, of each a page of the newest rows; with `at` as this node knew it then. The protocol's
/// `record::CaseView` as JSON.
#[utoipa::path(get, path = "/v1/cases/{case}/view", params(("case" = String, Path), ("limit" = Option<usize>, Query), ("skip" = Option<usize>, Query), ("before" = Option<String>, Query), ("at" = Option<String>, Query)), responses((status = 200, body = Object), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn view(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(rows): Query<Rows>,
) -> Answer<serde_json::Value> {
    blocking(&state, move |v| {
        let page = rows.page()?;
        let case = v.find_case(&case)?;
        v.may_sum(caller.role, case)?;
        let view = v.case_view_at(case, rows.at, |state| state.view(page))?;
        json(&view)
    })
    .await
    .map(Json)
}

/// One table of the case view, a page of its newest rows (`skip` passes over newer ones, `before` names the record
/// before which they stand), with `at` as this node knew it then: `timeline`, `totals`, `kinds`, `displacement`,
/// `activities`, `requests`, `risks`, `designations`, `convenings`, `alerts`.
#[utoipa::path(get, path = "/v1/cases/{case}/view/{table}", params(("case" = String, Path), ("table" = String, Path), ("limit" = Option<usize>, Query), ("skip" = Option<usize>, Query), ("before" = Option<String>, Query), ("at" = Option<String>, Query)), responses((status = 200, body = Object), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn table(
    State(state): State<ApiState>,
    caller: Caller,
    Path((case, table)): Path<(String, String)>,
    Query(rows): Query<Rows>,
) -> Answer<serde_json::Value> {
    blocking(&state, move |v| {
        let page = rows.page()?;
        let case = v.find_case(&case)?;
        v.may_sum(caller.role, case)?;
        v.case_view_at(case, rows.at, |state| match table.as_str() {
            "timeline" => json(&state.timeline(page)),
            "totals" => json(&state.totals()),
            "kinds" => json(&state.kinds()),
            "displacement" => json(&state.displacement(page)),
            "activities" => json(&state.activities(page)),
            "requests" => json(&state.requests(page)),
            "risks" => json(&state.risks()),
            "designations" => json(&state.designations(page)),
            "convenings" => json(&state.convenings(page)),
            "alerts" => json(&state.alerts(page)),
            _ => Err(Failure::not_found("table")),
        })?
    })
    .await
    .map(Json)
}

fn json(rows: &impl serde::Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(rows).map_err(|e| Failure::from(Refused::Store(e.to_string())))
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    after: Option<String>,
    limit: Option<usize>,
    at: Option<Time>,
}

impl Page {
    fn limit(&self, most: usize) -> usize {
        self.limit.unwrap_or(most).clamp(1, most)
    }
}

/// Records of a case in case order, with `at` those that could be read here then.
#[utoipa::path(get, path = "/v1/cases/{case}/records", params(("case" = String, Path), ("after" = Option<String>, Query), ("limit" = Option<usize>, Query), ("at" = Option<String>, Query)), responses((status = 200, body = [RecordRow]), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn records(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(page): Query<Page>,
) -> Answer<Vec<RecordRow>> {
    blocking(&state, move |v| {
        let case = v.find_case(&case)?;
        let limit = page.limit(PAGE);
        if let Some(at) = page.at {
            let after = page.after.as_ref().map(|text| text.parse());
            let after = after
                .transpose()
                .map_err(|_| Failure::not_found("record"))?;
            return Ok(v.known_records(case, at, after, limit, caller.role)?);
        }
        let after = match page.after {
            Some(text) => {
                let record = v.find_record(&text)?;
                Some(record.ok_or_else(|| Failure::not_found("record"))?.id)
            }
            None => None,
        };
        Ok(v.records(case, after, limit, caller.role)?)
    })
    .await
    .map(Json)
}

/// One record with its content and what proves it.
#[utoipa::path(get, path = "/v1/records/{record}", params(("record" = String, Path)), responses((status = 200, body = RecordDetail), (status = 404, body = Problem)))]
pub(super) async fn record(
    State(state): State<ApiState>,
    caller: Caller,
    Path(record): Path<String>,
) -> Answer<RecordDetail> {
    blocking(&state, move |v| {
        let stored = v.find_record(&record)?;
        let stored = stored.ok_or_else(|| Failure::not_found("record"))?;
        v.may_show(caller.role, &stored.summary)?;
        Ok(v.record_detail(&stored)?)
    })
    .await
    .map(Json)
}

/// Who holds a record and since when, and who has acknowledged reading it.
#[utoipa::path(get, path = "/v1/records/{record}/status", params(("record" = String, Path)), responses((status = 200, body = [Holder]), (status = 404, body = Problem)))]
pub(super) async fn holders(
    State(state): State<ApiState>,
    caller: Caller,
    Path(record): Path<String>,
) -> Answer<Vec<Holder>> {
    blocking(&state, move |v| {
        let stored = v.find_record(&record)?;
        let stored = stored.ok_or_else(|| Failure::not_found("record"))?;
        v.may_show(caller.role, &stored.summary)?;
        Ok(v.holders(&stored)?)
    })
    .await
    .map(Json)
}

/// Entries of a case that wait, and what for.
#[utoipa::path(get, path = "/v1/cases/{case}/pending", params(("case" = String, Path)), responses((status = 200, body = [Waiting]), (status = 404, body = Problem)))]
pub(super) async fn pending(
    State(state): State<ApiState>,
    Path(case): Path<String>,
) -> Answer<Vec<Waiting>> {
    blocking(&state, move |v| Ok(v.waiting(v.find_case(&case)?)?))
        .await
        .map(Json)
}

/// What a person must look at, and what was decided before.
#[utoipa::path(get, path = "/v1/alarms", responses((status = 200, body = [AlarmRow])))]
pub(super) async fn alarms(State(state): State<ApiState>) -> Json<Vec<AlarmRow>> {
    Json(state.views.alarm_rows())
}

/// Whether all is well: 200 if it is, 503 with what is not.
#[utoipa::path(get, path = "/v1/health", responses((status = 200, body = [String]), (status = 503, body = [String])))]
pub(super) async fn health(State(state): State<ApiState>) -> (StatusCode, Json<Vec<String>>) {
    let worries = state.views.shared.worries();
    let status = if worries.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(worries.into_iter().map(|(text, _)| text).collect()),
    )
}
