//! A proxy through which everything leaves.

use super::{
    ways::{HIDDEN, named},
    *,
};
use crate::{
    Link,
    net::Trouble,
    remote::{self, NodeAddress, Remote},
};
use focal_protocol::{key::SecretKey, random::SystemRandom};
use futures::FutureExt;
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tokio::net::UdpSocket;

/// What a proxy asks for.
const LOGIN: (&str, &str) = ("focal", "open sesame");

/// A SOCKS5 proxy.
pub(super) struct Proxy {
    pub(super) at: SocketAddr,
    /// What it was asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Refuses everything, or leads everything to one place.
    pub(super) async fn new(to: Option<SocketAddr>) -> Self {
        Self::asking(to, None).await
    }

    /// Lets in who has this name and password.
    async fn asking(to: Option<SocketAddr>, login: Option<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, to, login, told.clone()));
            }
        });
        Self { at, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics").clone()
    }

    pub(super) fn reach(&self) -> Reach {
        Reach {
            proxy: Some(self.at),
            ..Reach::default()
        }
    }
}

/// Whether who asks has this name and password (RFC 1929).
async fn lets_in(stream: &mut TcpStream, login: (&str, &str)) -> std::io::Result<bool> {
    stream.write_all(&[5, 2]).await?;
    let _version = stream.read_u8().await?;
    let mut given = Vec::new();
    for _ in 0..2 {
        let mut text = vec![0; stream.read_u8().await?.into()];
        stream.read_exact(&mut text).await?;
        given.push(text);
    }
    let good = given == [login.0.as_bytes(), login.1.as_bytes()];
    stream.write_all(&[1, u8::from(!good)]).await?;
    Ok(good)
}

async fn serve(
    mut stream: TcpStream,
    to: Option<SocketAddr>,
    login: Option<(&str, &str)>,
    asked: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let _version = stream.read_u8().await?;
    let mut methods = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut methods).await?;
    match login {
        None => stream.write_all(&[5, 0]).await?,
        Some(login) if methods.contains(&2) => {
            if !lets_in(&mut stream, login).await? {
                return Ok(());
            }
        }
        Some(_) => return stream.write_all(&[5, 0xff]).await,
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = match head[3] {
        1 => 4,
        4 => 16,
        _ => stream.read_u8().await?.into(),
    };
    let mut host = vec![0; length];
    stream.read_exact(&mut host).await?;
    let port = stream.read_u16().await?;
    let host = match head[3] {
        3 => String::from_utf8_lossy(&host).into_owned(),
        _ => format!("{host:?}"),
    };
    asked
        .lock()
        .expect("nobody panics")
        .push(format!("{host}:{port}"));
    let Some(to) = to else {
        return stream.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    };
    let mut onwards = TcpStream::connect(to).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut onwards).await?;
    Ok(())
}

#[tokio::test]
async fn nothing_goes_past_a_proxy_that_refuses() {
    let proxy = Proxy::new(None).await;
    let tcp = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let udp = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a port");
    let at = tcp.local_addr().expect("an address").port();
    let quic = udp.local_addr().expect("an address").port();
    let there = NodeKeys::generate();
    let addresses = vec![
        format!("/ip4/127.0.0.1/udp/{quic}/quic-v1"),
        "/dnsaddr/localhost".to_string(),
        format!("/ip4/127.0.0.1/tcp/{at}"),
        format!("/dns4/localhost/tcp/{at}"),
        format!("/dns4/{HIDDEN}/tcp/{at}/tls/ws"),
    ];
    let here = start_with(NodeKeys::generate(), &[QUIC], proxy.reach());
    let here = here.await.expect("a");
    assert!(here.net.listening().is_empty(), "nothing listens on UDP");
    here.net.peers(vec![PeerAddress {
        node: there.node(),
        addresses: addresses.clone(),
        link: Link::Normal,
        near: true,
    }]);
    let author = SecretKey::generate(&SystemRandom);
    let full = |address: &String| NodeAddress::full(address, &there.node()).expect("an address");
    let addresses: Vec<String> = addresses.iter().map(full).collect();
    let node = NodeAddress::parse(&addresses).expect("addresses");
    let remote = Remote::new(author.seed(), node, Link::Normal, &proxy.reach()).expect("a network");
    let refused = deadline(remote.open()).await.err();
    assert!(
        matches!(&refused, Some(remote::Error::Unreachable(why)) if why.text.contains("refuses")),
        "{refused:?}"
    );
    let three = [
        format!("[127, 0, 0, 1]:{at}"),
        format!("localhost:{at}"),
        format!("{HIDDEN}:{at}"),
    ];
    // By the officer, by the node, and by the node again.
    deadline(async {
        let times = |one| proxy.asked().iter().filter(|a| *a == one).count();
        while !three.iter().all(|one| times(one) >= 3) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let reason = reason_of(&here).await;
    assert!(reason.contains("refuses"), "{reason}");
    assert!(proxy.asked().iter().all(|a| three.contains(a)));
    assert!(tcp.accept().now_or_never().is_none(), "a direct connection");
    assert!(udp.try_recv(&mut [0; 1]).is_err(), "a direct packet");
}

/// A file as an operator writes it.
fn login_file(dir: &Path, text: &str) -> PathBuf {
    let path = dir.join("proxy.login");
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
    path
}

#[tokio::test]
async fn a_proxy_that_asks_for_another_login_than_it_has_is_named() {
    let proxy = Proxy::asking(None, Some(LOGIN)).await;
    let dir = tempfile::tempdir().expect("a directory");
    let there = start(NodeKeys::generate(), TCP).await.expect("a");
    let address = there.net.listening()[0].clone();
    let wrong = login_file(dir.path(), "focal\nnot sesame\n");
    for (login, words) in [
        (None, "No acceptable auth methods"),
        (Some(wrong), "Password auth failure"),
    ] {
        let reach = Reach {
            proxy_login: login,
            ..proxy.reach()
        };
        let here = start_with(NodeKeys::generate(), &[], reach).await;
        let here = here.expect("b");
        let tried = here.net.probe(here.node(), &address);
        let failure = deadline(tried).await.expect_err("no way");
        assert_eq!(failure.trouble, Trouble::ProxyLogin, "{}", failure.why);
        assert!(failure.why.contains(words), "{}", failure.why);
        assert!(!failure.why.contains("sesame"), "{}", failure.why);
    }
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

/// Two nodes meet by way of a proxy that alone knows the name of one of them.
async fn meet_through(login: Option<(&'static str, &'static str)>, with: Option<PathBuf>) {
    let a = start(NodeKeys::generate(), TCP).await.expect("a");
    let port: u16 = a.net.listening()[0]
        .rsplit('/')
        .next()
        .and_then(|p| p.parse().ok())
        .expect("a port");
    let to = ([127, 0, 0, 1], port).into();
    let proxy = Proxy::asking(Some(to), login).await;
    let reach = Reach {
        proxy_login: with,
        ..proxy.reach()
    };
    let b = start_with(NodeKeys::generate(), &[], reach);
    let b = b.await.expect("b");
    let (where_a, where_b) = (named(&a, HIDDEN), without_address(&b));
    meet(a, where_a, b, where_b).await;
    assert_eq!(proxy.asked(), [format!("{HIDDEN}:{port}")]);
}

#[tokio::test]
async fn two_nodes_converse_through_a_proxy_that_alone_knows_the_name() {
    meet_through(None, None).await;
}

#[tokio::test]
async fn two_nodes_converse_through_a_proxy_that_asks_for_a_password() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = login_file(dir.path(), "focal\nopen sesame\n");
    meet_through(Some(LOGIN), Some(file)).await;
}

#[tokio::test]
async fn a_login_that_others_can_read_or_that_is_for_no_proxy_starts_nothing() {
    let proxy = Proxy::asking(None, Some(LOGIN)).await;
    let dir = tempfile::tempdir().expect("a directory");
    let path = login_file(dir.path(), "focal\nopen sesame\n");
    let reach = |proxy| Reach {
        proxy,
        proxy_login: Some(path.clone()),
        ..Reach::default()
    };
    let alone = start_with(NodeKeys::generate(), &[], reach(None)).await;
    assert!(matches!(alone.err(), Some(Error::LoginAlone)));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
    let open = start_with(NodeKeys::generate(), &[], reach(Some(proxy.at))).await;
    assert!(matches!(open.err(), Some(Error::OpenLogin(_))));
}
