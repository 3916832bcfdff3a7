//! The socket and the routes.

use super::{
    access::{Visitor, admit},
    attachments, audit, backup,
    caller::Caller,
    content, courier, doctor, events, evidence, export, history, imports, openapi, packed, preview,
    read, report, search, write,
};
use crate::{
    Error, attachments::Attachments, door::Door, ledger::LedgerHandle, net::Net, views::Views,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
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
    pub(crate) courier: std::sync::Arc<crate::courier::Courier>,
    pub(crate) backup: std::sync::Arc<crate::backup::Backup>,
    /// One examination at a time.
    pub(crate) examining: std::sync::Arc<tokio::sync::Mutex<()>>,
    pub(crate) started: String,
    /// The most that each officer away from the node sends and is sent.
    pub(crate) officers: Option<crate::Kbit>,
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
        let stopping = stopped(state.stopping.clone());
        let app = routes(state).into_make_service_with_connect_info::<Caller>();
        let task = tokio::spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(stopping)
                .await
        });
        Ok(Self {
            path: path.to_path_buf(),
            task,
        })
    }

    /// Serves authors who come through the door. The swarm's end is the end of their connections.
    pub(crate) fn authors(door: Door, state: ApiState) {
        let stopping = stopped(state.stopping.clone());
        let app = routes(state.clone())
            .route_layer(middleware::from_fn_with_state(state, admit))
            .layer(middleware::from_fn(packed::answer));
        tokio::spawn(async move {
            let app = app.into_make_service_with_connect_info::<Visitor>();
            let served = axum::serve(door, app).with_graceful_shutdown(stopping);
            if let Err(e) = served.await {
                tracing::error!("authors are not served any more: {e}");
            }
        });
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

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone: then the node is stopping too.
    let _ = stopping.wait_for(|stop| *stop).await;
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
            "/v1/cases/{case}/evidence",
            post(evidence::evidence).layer(small),
        )
        .route("/v1/cases/{case}/logs/{log}/chain", get(evidence::chain))
        .route(
            "/v1/cases/{case}/report.html",
            post(report::report).layer(small),
        )
        .route("/v1/cases/{case}/invite", post(write::invite).layer(small))
        .route("/v1/cases/{case}/invitations", post(write::invitations))
        .route(
            "/v1/cases/{case}/invitations/preview",
            post(preview::invitations),
        )
        .route("/v1/cases/{case}/actions", post(write::act).layer(small))
        .route(
            "/v1/cases/{case}/preview",
            post(preview::action).layer(small),
        )
        .route(
            "/v1/cases/{case}/compartments",
            post(write::compartment).layer(small),
        )
        .route("/v1/cases/{case}/export", post(export::export).layer(small))
        .route("/v1/cases/{case}/known", get(history::known))
        .route("/v1/records/{record}/history", get(history::history))
        .route("/v1/search", get(search::search))
        .route(
            "/v1/cases/{case}/imports",
            post(imports::import).layer(small),
        )
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
            "/v1/attachments/{attachment}/complete",
            post(attachments::complete),
        )
        .route(
            "/v1/attachments/{attachment}/content",
            get(content::content),
        )
        .route(
            "/v1/attachments/{attachment}/verify",
            post(attachments::verify),
        )
        .route(
            "/v1/backup",
            post(backup::backup).layer(DefaultBodyLimit::max(backup::THERE)),
        )
        .route("/v1/courier/pack", post(courier::pack).layer(small))
        .route(
            "/v1/courier/load",
            post(courier::load).layer(DefaultBodyLimit::disable()),
        )
        .route("/v1/doctor", post(doctor::doctor))
        .route("/v1/events", get(events::events))
        // Around all of them, and around what is none: no route can forget to ask who speaks.
        .layer(middleware::from_extractor::<Caller>())
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        NodeKeys, Settings, ledger::Ledger, net::NetConfig, opener::Opener, shared::Shared,
        store::Store,
    };
    use std::sync::Arc;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
        sync::mpsc,
    };

    /// The routes as they stand above.
    fn paths() -> impl Iterator<Item = &'static str> {
        let source = include_str!("server.rs");
        let routes = source.split("#[cfg(test)]").next().unwrap_or_default();
        routes
            .split('"')
            .filter(|part| part.starts_with("/v1/") && part.len() > 4 && !part.contains(' '))
    }

    #[test]
    fn every_route_is_in_the_openapi_document() {
        let document = openapi::text();
        for route in paths() {
            assert!(
                document.contains(&format!("\"{route}\"")),
                "{route} is missing"
            );
        }
    }

    /// The status of an answer.
    async fn ask(socket: &Path, method: &str, path: &str) -> String {
        let mut stream = UnixStream::connect(socket).await.expect("a connection");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: focal\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer)
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_string()
    }

    /// A node without a network, and what its handlers work with.
    async fn state(dir: &Path) -> (ApiState, watch::Sender<bool>) {
        let keys = NodeKeys::generate();
        let shared = Arc::new(Shared::new(keys.node()));
        let (streams, _peers) = mpsc::channel(1);
        let config = NetConfig {
            seed: keys.identity_seed(),
            listen: Vec::new(),
            reach: crate::net::Reach::default(),
            relay: None,
            mdns: false,
        };
        let net = Net::start(config, streams).await.expect("a swarm");
        let store = Store::open(&dir.join("store"), keys.storage()).expect("a store");
        let (opener, _) = Opener::start(store.clone(), shared.clone()).expect("an opener");
        let settings = Settings::default();
        let ledger = Ledger::start(store.clone(), &keys, shared.clone(), opener, &settings);
        let attachments = Attachments::open(
            &dir.join("attachments"),
            settings.attachments(),
            store.clone(),
            shared.clone(),
            net.clone(),
        )
        .expect("attachments");
        let (stop, stopping) = watch::channel(false);
        let ledger = ledger.expect("a ledger").0;
        let views = Views::new(dir, store, shared);
        let backup = crate::backup::Backup::new(dir, &keys, views.store.clone());
        let courier = crate::courier::Courier {
            views: views.clone(),
            ledger: ledger.clone(),
            attachments: attachments.clone(),
            key: keys.identity(),
            contact: keys.contact().expect("a key"),
        };
        let state = ApiState {
            views,
            courier: Arc::new(courier),
            backup: Arc::new(backup),
            ledger,
            net,
            attachments,
            examining: Arc::default(),
            officers: None,
            started: String::new(),
            stopping,
        };
        (state, stop)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_route_answers_somebody_whom_the_door_does_not_name() {
        let dir = tempfile::tempdir().expect("dir");
        let (state, stop) = state(dir.path()).await;
        let silent = dir.path().join("silent.sock");
        let listener = UnixListener::bind(&silent).expect("a socket");
        let app = routes(state.clone());
        let door = tokio::spawn(async move { axum::serve(listener, app).await });
        let mut asked = 0;
        for path in paths().chain(["/v1/nothing", "/"]) {
            for method in ["GET", "POST", "DELETE"] {
                assert_eq!(ask(&silent, method, path).await, "401", "{method} {path}");
                asked += 1;
            }
        }
        assert!(asked > 60, "{asked}");
        door.abort();
        // The socket's own door says who it is.
        let socket = dir.path().join("api.sock");
        let server = Server::start(&socket, state).expect("a door");
        assert_eq!(ask(&socket, "GET", "/v1/status").await, "200");
        assert_eq!(ask(&socket, "GET", "/v1/nothing").await, "404");
        stop.send_replace(true);
        server.stop().await;
    }
}
