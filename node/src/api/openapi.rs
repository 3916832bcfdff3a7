//! The API's own description (OpenAPI 3.1).

use super::{
    attachments, audit, backup, content, courier, doctor, events, evidence, export, history,
    imports, preview, read, report, search, types, write,
};
use axum::{http::header, response::IntoResponse};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Focal node",
        description = "One organisation's node, spoken to by its officers. Ids are lower-case hex, times RFC 3339 in UTC."
    ),
    paths(
        document,
        read::status,
        read::peers,
        read::directory,
        read::bundle,
        read::cases,
        read::case,
        read::view,
        read::table,
        report::report,
        history::known,
        history::history,
        search::search,
        evidence::evidence,
        evidence::chain,
        read::records,
        read::record,
        read::holders,
        read::pending,
        read::alarms,
        read::health,
        write::bundle,
        write::manifest,
        write::open_case,
        write::invite,
        write::invitations,
        preview::invitations,
        preview::action,
        write::act,
        write::compartment,
        write::resolve,
        write::submit,
        export::export,
        backup::backup,
        doctor::doctor,
        courier::pack,
        courier::load,
        imports::import,
        audit::items,
        attachments::list,
        attachments::lacking,
        attachments::put,
        attachments::chunk,
        attachments::fetch,
        attachments::complete,
        content::content,
        attachments::verify,
        attachments::prune,
        events::events,
    ),
    components(schemas(types::Event, types::Lacking, types::Problem))
)]
struct Document;

/// The document as JSON.
pub(super) fn text() -> String {
    Document::openapi().to_json().unwrap_or_default()
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", responses((status = 200, content_type = "application/json")))]
pub(super) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
