//! Putting a node together, and taking it apart in order.

use crate::{
    Error, Settings,
    api::{ApiState, Server},
    attachments::{self, Attachments},
    backup::Backup,
    clock,
    courier::Courier,
    door::{self, Door},
    files, inbox,
    ledger::{Command, Ledger, LedgerHandle, TICK},
    link::{Link, Links},
    lock::DirLock,
    logging::{self, LogFormat},
    mailbox,
    net::{Net, NetConfig, PeerAddress, PeerStream, Reach},
    opener::Opener,
    search, session,
    shared::Shared,
    store::Store,
    unlock,
    views::Views,
};
use focal_protocol::seal::Unlock;
use std::{path::Path, sync::Arc};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
};

/// How a node runs.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// How log lines look.
    pub log: LogFormat,
    /// More of them.
    pub verbose: bool,
    /// The link of this node, if it is not the one of the settings.
    pub link: Option<Link>,
    /// How connections leave, as far as it is not as the settings say.
    pub reach: Reach,
    /// No network: the node stores and shows, and exchanges nothing until it is started again without this.
    pub offline: bool,
}

/// Streams of peers that wait for a session.
const STREAMS: usize = 64;

/// Runs the node in `dir` until SIGTERM or SIGINT.
///
/// # Errors
/// It does not start, and nothing was touched; or a part of it has stopped.
pub async fn run(dir: &Path, unlock: &Unlock, options: RunOptions) -> Result<(), Error> {
    logging::start(options.log, options.verbose);
    #[cfg(target_os = "linux")]
    crate::process::prepare();
    let mut settings = Settings::load(dir)?;
    settings.link = options.link.unwrap_or(settings.link);
    let links = settings.links(dir)?;
    let officers = settings.officer_kbit;
    let keys = unlock::keys(dir, unlock)?;
    let _lock = DirLock::take(dir)?;
    files::private_dir(dir)?;
    let shared = Arc::new(Shared::new(keys.node()));
    // The port first: if it is taken, the store is not even opened.
    let (streams, peers) = mpsc::channel(STREAMS);
    let net = Net::start(
        NetConfig {
            seed: keys.identity_seed(),
            listen: if options.offline {
                Vec::new()
            } else {
                settings.listen.clone()
            },
            reach: settings.reach(options.reach),
            relay: settings.relay,
            // On narrow links nothing is sent that nobody asked for.
            mdns: settings.mdns && !options.offline && !settings.link.is_frugal(),
        },
        streams,
    )
    .await?;
    let store = Store::open(&dir.join("store"), keys.storage())?;
    store.watch().map_err(|e| Error::io(dir, e))?;
    let (opener, opener_thread) = Opener::start(store.clone(), shared.clone())?;
    let (ledger, ledger_thread) = Ledger::start(
        store.clone(),
        &keys,
        shared.clone(),
        opener.clone(),
        &settings,
    )?;
    let (key, contact) = (keys.identity(), keys.contact()?);
    let backup = Backup::new(dir, &keys, store.clone());
    drop(keys);
    let views = Views::new(dir, store.clone(), shared.clone());
    let search = views.search.clone();
    // Beside everything that follows: whoever asks meanwhile waits for what is under way, and no longer than without it.
    let (early, after) = (views.clone(), opener.clone());
    let warming = std::thread::Builder::new()
        .name("views".into())
        .spawn(move || {
            early.warm();
            after.load_places();
        })
        .inspect_err(|e| {
            tracing::warn!("views are put together when they are asked for: {e}");
            opener.load_places();
        });
    unlock::report(dir, &ledger).await;
    opener.start_with(ledger.clone());
    // Before anybody can ask: who sees the API sees the federation.
    inbox::take(dir, &ledger).await;
    let attachments = Attachments::open(
        &dir.join("attachments"),
        settings.attachments(),
        store.clone(),
        shared.clone(),
        net.clone(),
    )?;
    let (stop, stopping) = watch::channel(false);
    let search_thread =
        search::start(search.clone(), warming.ok()).map_err(|e| Error::io(dir, e))?;
    let courier = Courier {
        views: views.clone(),
        ledger: ledger.clone(),
        attachments: attachments.clone(),
        key,
        contact,
    };
    let api = ApiState {
        views,
        courier: Arc::new(courier),
        backup: Arc::new(backup),
        ledger: ledger.clone(),
        net: net.clone(),
        attachments: attachments.clone(),
        examining: Arc::default(),
        started: clock::now().to_string(),
        officers,
        stopping,
    };
    // Who sees that it answers may also end it in good order.
    let asked_to_stop = asked_to_stop();
    // Who connects as soon as it answers is let in, if they are listed.
    if !options.offline {
        tell_directory(&net, &shared, &links);
    }
    let server = Server::start(&dir.join("api.sock"), api.clone())?;
    if let Some(incoming) = net.accept_api() {
        Server::authors(Door::new(incoming, shared.clone(), officers), api);
    }
    tracing::info!("node {} runs", shared.me.short());
    let clock = net.clone();
    let telling = tokio::spawn(async move { clock.tell_time(crate::clock::now).await });
    let keeping = tokio::spawn(attachments.clone().keep_up());
    let hearing = tokio::spawn(attachments.clone().hear_news());
    let serving = net
        .accept_chunks()
        .map(|incoming| tokio::spawn(attachments::serve(attachments, incoming)));
    let reason = tokio::select! {
        () = asked_to_stop => None,
        () = follow_directory(net.clone(), shared.clone(), &links, options.offline) => Some("directory watch"),
        () = accept(peers, net.clone(), store.clone(), shared.clone(), ledger.clone()) => Some("swarm"),
        () = tick(ledger.clone()) => Some("ledger"),
    };
    tracing::info!("stopping");
    // From the outside in: no new requests, no new frames, then the last flush.
    stop.send_replace(true);
    server.stop().await;
    keeping.abort();
    telling.abort();
    hearing.abort();
    if let Some(serving) = serving {
        serving.abort();
    }
    net.shutdown().await;
    search.stop();
    opener.stop();
    let _ = ledger.tell(Command::Stop).await;
    drop(ledger);
    let joined = tokio::task::spawn_blocking(move || {
        let ledger = ledger_thread.join();
        search_thread.join().and(opener_thread.join()).and(ledger)
    })
    .await;
    match (reason, joined) {
        // The store has failed: that is why the ledger ended.
        (_, Ok(Ok(Err(e)))) => Err(e.into()),
        (Some(part), _) => Err(Error::Stopped(part)),
        (None, Ok(Ok(Ok(())))) => Ok(()),
        (None, _) => Err(Error::Stopped("ledger, opener or search")),
    }
}

/// Watches for signals from now on; ends when one has come.
fn asked_to_stop() -> impl Future<Output = ()> {
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    async {
        let (Ok(mut term), Ok(mut int)) = signals else {
            tracing::error!("signals cannot be watched: stop the node with SIGKILL");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}

/// Tells the swarm whom current manifests list.
async fn follow_directory(net: Net, shared: Arc<Shared>, links: &Links, offline: bool) {
    if offline {
        return std::future::pending().await;
    }
    let mut changes = shared.directory_changes();
    loop {
        tell_directory(&net, &shared, links);
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn tell_directory(net: &Net, shared: &Shared, links: &Links) {
    let Some(directory) = shared.directory() else {
        return;
    };
    let nodes = directory.nodes();
    shared.set_links(nodes.map(|(org, node)| (node.id, links.to(&org))));
    net.authors(&door::keys(&directory, &shared.me));
    net.visitors(&door::visitors(&directory));
    let own = directory.nodes().find(|(_, node)| node.id == shared.me);
    net.own(own.map_or_else(Vec::new, |(_, node)| node.addresses.clone()));
    net.peers(
        directory
            .nodes()
            .filter(|(_, node)| node.id != shared.me)
            .map(|(org, node)| PeerAddress {
                node: node.id,
                addresses: node.addresses.clone(),
                link: links.to(&org).link,
                near: links.to(&org).looks_for_ways(),
            })
            .collect(),
    );
}

/// A session for every stream.
async fn accept(
    mut peers: mpsc::Receiver<PeerStream>,
    net: Net,
    store: Store,
    shared: Arc<Shared>,
    ledger: LedgerHandle,
) {
    while let Some(peer) = peers.recv().await {
        let (net, store, shared, ledger) =
            (net.clone(), store.clone(), shared.clone(), ledger.clone());
        tokio::spawn(async move {
            let (node, since) = (peer.node, peer.since);
            let reason = session::run(node, peer.frames, store, shared, ledger).await;
            tracing::info!("session with {} ended: {reason}", node.short());
            // The connection of the newer session must stay.
            if reason != mailbox::REPLACED {
                net.ended(node, since);
            }
        });
    }
}

async fn tick(ledger: LedgerHandle) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        interval.tick().await;
        if ledger.tell(Command::Tick).await.is_err() {
            return;
        }
    }
}
