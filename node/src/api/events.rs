//! Live events as server-sent events.

use super::{caller::Caller, server::ApiState, types::Event as ApiEvent};
use axum::{
    extract::{Query, State},
    response::sse::{Event, KeepAlive, Sse},
};
use focal_protocol::{directory::Role, record::Tlp};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;

#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    /// Only events of this case (its id or the first digits).
    case: Option<String>,
}

fn case_of(event: &ApiEvent) -> Option<&str> {
    match event {
        ApiEvent::Record { row } => Some(&row.case),
        ApiEvent::Held { case, .. }
        | ApiEvent::Case { case, .. }
        | ApiEvent::Attachment { case, .. } => Some(case),
        _ => None,
    }
}

/// Whether somebody of this role may see it: an observer is no named recipient.
fn readable(event: &ApiEvent, role: Role) -> bool {
    match event {
        ApiEvent::Record { row } => {
            role != Role::Observer || row.summary["tlp"] != Tlp::Red.as_str()
        }
        _ => true,
    }
}

fn name(event: &ApiEvent) -> &'static str {
    match event {
        ApiEvent::Record { .. } => "record",
        ApiEvent::Held { .. } => "held",
        ApiEvent::Case { .. } => "case",
        ApiEvent::Attachment { .. } => "attachment",
        ApiEvent::Peer { .. } => "peer",
        ApiEvent::Alarm { .. } => "alarm",
        ApiEvent::Directory { .. } => "directory",
        ApiEvent::Refused { .. } => "refused",
        ApiEvent::Lagged { .. } => "lagged",
    }
}

/// What happens from now on, as server-sent events; data is an `Event` as JSON.
#[utoipa::path(get, path = "/v1/events", params(("case" = Option<String>, Query)), responses((status = 200, content_type = "text/event-stream", body = ApiEvent)))]
pub(super) async fn events(
    State(state): State<ApiState>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = state.views.shared.events();
    let wanted = move |event: &ApiEvent| match (&filter.case, case_of(event)) {
        _ if !readable(event, caller.role) => false,
        (Some(prefix), Some(case)) => case.starts_with(prefix.as_str()),
        (Some(_), None) => matches!(event, ApiEvent::Lagged { .. }),
        (None, _) => true,
    };
    let live = stream::unfold(receiver, |mut receiver| async {
        match receiver.recv().await {
            Ok(event) => Some((event, receiver)),
            Err(RecvError::Lagged(missed)) => Some((ApiEvent::Lagged { missed }, receiver)),
            Err(RecvError::Closed) => None,
        }
    })
    .filter(move |event| futures::future::ready(wanted(event)))
    .map(|event| {
        // An event holds strings and numbers: it always has a JSON form.
        Ok(Event::default()
            .event(name(&event))
            .json_data(&event)
            .unwrap_or_default())
    });
    let mut stopping = state.stopping;
    let until = async move {
        // An error means that the sender is gone: then the node is stopping too.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    Sse::new(live.take_until(Box::pin(until))).keep_alive(KeepAlive::default())
}
