//! The socket and the routes.

use super::{attachments, audit, caller::Caller, events, export, openapi, read, report, write};
use crate::{Error, attachments::Attachments, ledger::LedgerHandle, net::Net, views::Views};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use focal_protocol::limits;
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::{net::UnixListener, sync::watch, task::JoinHandle};

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct ApiState {
    pub(crate) views: Views,
    pub(crate) ledger: LedgerHandle,
    pub(crate) net: Net,
    pub(crate) attachments: std::sync::Arc<Attachments>,
    pub(crate) started: String,
    pub(crate) stopping: watch::Receiver<bool>,
}

/// The API's server. Dropping it removes nothing: see [`Server::stop`].
pub(crate) struct Server {
    path: PathBuf,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Listens on a Unix socket. A socket that a dead node left behind is replaced: the directory's lock is ours.
    pub(crate) fn start(path: &Path, state: ApiState) -> Result<Self, Error> {
        let fail = |e| Error::io(path, e);
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(fail(e)),
            _ => {}
        }
        // The directory is 0700, so nobody else can reach the socket before its mode is set.
        let listener = UnixListener::bind(path).map_err(fail)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(fail)?;
        let mut stopping = state.stopping.clone();
        let app = routes(state).into_make_service_with_connect_info::<Caller>();
        let task = tokio::spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(async move {
                    // An error means that the sender is gone: then the node is stopping too.
                    let _ = stopping.wait_for(|stop| *stop).await;
                })
                .await
        });
        Ok(Self {
            path: path.to_path_buf(),
            task,
        })
    }

    /// Waits for requests under way, a few seconds at most, and removes the socket.
    pub(crate) async fn stop(self) {
        let abort = self.task.abort_handle();
        if tokio::time::timeout(std::time::Duration::from_secs(5), self.task)
            .await
            .is_err()
        {
            abort.abort();
        }
        if let Err(e) = fs::remove_file(&self.path) {
            tracing::debug!("the socket cannot be removed: {e}");
        }
    }
}

fn routes(state: ApiState) -> Router {
    let small = DefaultBodyLimit::max(64 << 10);
    Router::new()
        .route("/v1/openapi.json", get(openapi::document))
        .route("/v1/status", get(read::status))
        .route("/v1/peers", get(read::peers))
        .route("/v1/directory", get(read::directory))
        .route(
            "/v1/directory/bundle",
            get(read::bundle)
                .post(write::bundle)
                .layer(DefaultBodyLimit::max(limits::BUNDLE + 64)),
        )
        .route(
            "/v1/directory/manifest",
            post(write::manifest).layer(DefaultBodyLimit::max(2 * limits::DIRECTORY_ITEM)),
        )
        .route(
            "/v1/cases",
            get(read::cases).post(write::open_case).layer(small),
        )
        .route("/v1/cases/{case}", get(read::case))
        .route("/v1/cases/{case}/view", get(read::view))
        .route("/v1/cases/{case}/view/{table}", get(read::table))
        .route(
            "/v1/cases/{case}/report.html",
            post(report::report).layer(small),
        )
        .route("/v1/cases/{case}/invite", post(write::invite).layer(small))
        .route("/v1/cases/{case}/actions", post(write::act).layer(small))
        .route(
            "/v1/cases/{case}/compartments",
            post(write::compartment).layer(small),
        )
        .route("/v1/cases/{case}/export", post(export::export).layer(small))
        .route("/v1/audit", get(audit::items))
        .route("/v1/cases/{case}/pending", get(read::pending))
        .route("/v1/alarms", get(read::alarms))
        .route(
            "/v1/alarms/{alarm}/resolve",
            post(write::resolve).layer(small),
        )
        .route("/v1/health", get(read::health))
        .route(
            "/v1/cases/{case}/records",
            get(read::records)
                .post(write::submit)
                .layer(DefaultBodyLimit::max(2 * limits::RECORD)),
        )
        .route("/v1/records/{record}", get(read::record))
        .route("/v1/records/{record}/status", get(read::holders))
        .route("/v1/attachments", get(attachments::list))
        .route("/v1/attachments/prune", post(attachments::prune))
        .route(
            "/v1/attachments/{attachment}/lacking",
            post(attachments::lacking).layer(DefaultBodyLimit::max(limits::CHUNK_SEALED)),
        )
        .route(
            "/v1/attachments/{attachment}/chunks/{chunk}",
            get(attachments::chunk)
                .put(attachments::put)
                .layer(DefaultBodyLimit::max(limits::CHUNK_SEALED + 1)),
        )
        .route(
            "/v1/attachments/{attachment}/fetch",
            post(attachments::fetch),
        )
        .route(
            "/v1/attachments/{attachment}/verify",
            post(attachments::verify),
        )
        .route("/v1/events", get(events::events))
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_in_the_openapi_document() {
        let source = include_str!("server.rs");
        let document = openapi::text();
        let routes = source
            .split('"')
            .filter(|part| part.starts_with("/v1/") && part.len() > 4 && !part.contains(' '));
        for route in routes {
            assert!(
                document.contains(&format!("\"{route}\"")),
                "{route} is missing"
            );
        }
    }
}
