//! The ways: TLS, IPv6, names.

use super::{proxies::Proxy, *};
use crate::net::Trouble;
use futures::FutureExt;
use std::path::Path;

const TLS: &str = "/ip4/127.0.0.1/tcp/0/tls/ws";
pub(super) const HIDDEN: &str = "focal.invalid";

/// A certificate for a name by an authority of its own.
fn certificate(dir: &Path, name: &str, until: i32) -> TlsFiles {
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = authority.self_signed(&authority_key).expect("signed");
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut own = rcgen::CertificateParams::new([name.to_string()]).expect("a name");
    own.not_after = rcgen::date_time_ymd(until, 1, 1);
    let own = own.signed_by(&key, &authority, &authority_key);
    let write = |file: &str, text: String| {
        let path = dir.join(file);
        std::fs::write(&path, text).expect("written");
        Some(path)
    };
    TlsFiles {
        certificate: write("certificate.pem", own.expect("signed").pem()),
        key: write("key.pem", key.serialize_pem()),
        authorities: write("authorities.pem", authority.pem()),
    }
}

/// Where a node that listens on loopback is said to be.
pub(super) fn named(side: &Side, name: &str) -> PeerAddress {
    let mut address = side.address();
    for text in &mut address.addresses {
        *text = text.replace("/ip4/127.0.0.1/", &format!("/dns4/{name}/"));
    }
    address
}

#[tokio::test]
async fn two_nodes_converse_over_tls_under_an_authority_of_their_own() {
    let dir = tempfile::tempdir().expect("dir");
    let tls = certificate(dir.path(), "localhost", 2100);
    let reach = |tls| Reach {
        tls,
        ..Reach::default()
    };
    let a = start_with(NodeKeys::generate(), &[TLS], reach(tls.clone()));
    let a = a.await.expect("a");
    let client = TlsFiles {
        authorities: tls.authorities,
        ..TlsFiles::default()
    };
    let b = start_with(NodeKeys::generate(), &[], reach(client));
    let b = b.await.expect("b");
    let (where_a, where_b) = (named(&a, "localhost"), without_address(&b));
    meet(a, where_a, b, where_b).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_is_named_and_nobody_is_reached() {
    for (name, until, believed, why) in [
        ("localhost", 2100, false, "UnknownIssuer"),
        ("localhost", 2001, true, "xpired"),
        ("focal.example.org", 2100, true, "not valid for name"),
    ] {
        let dir = tempfile::tempdir().expect("dir");
        let tls = certificate(dir.path(), name, until);
        let reach = |tls| Reach {
            tls,
            ..Reach::default()
        };
        let a = start_with(NodeKeys::generate(), &[TLS], reach(tls.clone()));
        let a = a.await.expect("a");
        let client = TlsFiles {
            authorities: tls.authorities.filter(|_| believed),
            ..TlsFiles::default()
        };
        let b = start_with(NodeKeys::generate(), &[], reach(client));
        let b = b.await.expect("b");
        a.net.peers(vec![without_address(&b)]);
        b.net.peers(vec![named(&a, "localhost")]);
        let reason = reason_of(&b).await;
        assert!(reason.contains(why), "{reason}");
        assert!(!a.net.states()[0].connected);
    }
}

#[tokio::test]
async fn an_address_with_tls_needs_a_certificate() {
    let error = start(NodeKeys::generate(), TLS).await.err();
    assert!(matches!(error, Some(Error::NoCertificate(at)) if at == TLS));
}

/// A port that is free in both; none if there is no IPv6.
fn port_in_both_families() -> Option<u16> {
    loop {
        let v6 = std::net::TcpListener::bind("[::1]:0").ok()?;
        let port = v6.local_addr().expect("an address").port();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Some(port);
        }
    }
}

#[tokio::test]
async fn a_node_listens_on_one_port_in_ipv4_and_ipv6_and_is_reached_over_both() {
    for family in [4, 6] {
        let Some(port) = port_in_both_families() else {
            // A person who reads the test's output must not take this for a pass.
            let line = b"skipped: this machine has no IPv6\n";
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line);
            return;
        };
        let v4 = format!("/ip4/127.0.0.1/tcp/{port}");
        let v6 = format!("/ip6/::1/tcp/{port}");
        let both: [&str; 2] = [&v4, &v6];
        let a = start_with(NodeKeys::generate(), &both, Reach::default());
        let a = a.await.expect("both");
        let b = start_with(NodeKeys::generate(), &[], Reach::default());
        let b = b.await.expect("b");
        let where_a = PeerAddress {
            addresses: vec![if family == 4 { v4.clone() } else { v6.clone() }],
            ..a.address()
        };
        let where_b = without_address(&b);
        meet(a, where_a, b, where_b).await;
    }
    converse("/ip6/::1/udp/0/quic-v1").await;
}

#[tokio::test]
async fn a_trial_says_what_is_wrong_with_a_way_and_leaves_the_conversation_alone() {
    let mut a = start(NodeKeys::generate(), TCP).await.expect("a");
    let mut b = start(NodeKeys::generate(), TCP).await.expect("b");
    let c = start(NodeKeys::generate(), TCP).await.expect("c");
    a.net.peers(vec![without_address(&b), without_address(&c)]);
    b.net.peers(vec![a.address()]);
    // Kept: a side that is dropped ends the stream.
    let _at_a = deadline(a.streams.recv()).await.expect("a stream");
    let mut at_b = deadline(b.streams.recv()).await.expect("a stream");
    let (at_a, of_b) = (a.net.listening()[0].clone(), b.net.listening()[0].clone());
    let of_c = c.net.listening()[0].clone();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    for (node, address, wrong) in [
        (b.node(), of_b.clone(), None),
        (a.node(), at_a, None),
        (a.node(), of_b, Some(Trouble::OtherNode)),
        (b.node(), of_c, Some(Trouble::OtherNode)),
        (
            b.node(),
            format!("/ip4/127.0.0.1/tcp/{port}"),
            Some(Trouble::PortClosed),
        ),
        (
            b.node(),
            "/ip4/127.0.0.1/sctp/1".into(),
            Some(Trouble::NoTransport),
        ),
        (b.node(), "nowhere".into(), Some(Trouble::BadAddress)),
    ] {
        let tried = deadline(a.net.probe(node, &address)).await;
        assert_eq!(tried.err().map(|f| f.trouble), wrong, "{address}");
    }
    assert!(
        a.net
            .states()
            .iter()
            .any(|s| s.node == b.node() && s.connected)
    );
    assert!(
        at_b.frames.next().now_or_never().is_none(),
        "the stream stands"
    );
    assert!(a.streams.try_recv().is_err(), "and it is the only one");
}

#[tokio::test]
async fn a_trial_names_trouble_with_certificates_and_proxies() {
    let dir = tempfile::tempdir().expect("dir");
    let tls = certificate(dir.path(), "localhost", 2001);
    let reach = |tls| Reach {
        tls,
        ..Reach::default()
    };
    let a = start_with(NodeKeys::generate(), &[TLS], reach(tls.clone()));
    let a = a.await.expect("a");
    let own = a.net.listening()[0].replace("/ip4/127.0.0.1/", "/dns4/localhost/");
    let expired = deadline(a.net.probe(a.node(), &own))
        .await
        .expect_err("expired");
    assert_eq!(
        expired.trouble,
        Trouble::CertificateExpired,
        "{}",
        expired.why
    );
    let dir = tempfile::tempdir().expect("dir");
    let tls = certificate(dir.path(), "localhost", 2100);
    let a = start_with(NodeKeys::generate(), &[TLS], reach(tls)).await;
    let a = a.expect("a");
    let own = a.net.listening()[0].replace("/ip4/127.0.0.1/", "/dns4/localhost/");
    deadline(a.net.probe(a.node(), &own)).await.expect("itself");
    let b = start(NodeKeys::generate(), TCP).await.expect("b");
    b.net.peers(vec![without_address(&a)]);
    let unknown = deadline(b.net.probe(a.node(), &own)).await;
    let unknown = unknown.expect_err("unknown");
    assert_eq!(
        unknown.trouble,
        Trouble::CertificateUntrusted,
        "{}",
        unknown.why
    );
    let refusing = Proxy::new(None).await;
    let silent = Reach {
        proxy: Some(([127, 0, 0, 1], 1).into()),
        ..Reach::default()
    };
    for (reach, wrong) in [
        (refusing.reach(), Trouble::ProxyRefused),
        (silent, Trouble::ProxySilent),
    ] {
        let c = start_with(NodeKeys::generate(), &[], reach)
            .await
            .expect("c");
        let failed = deadline(c.net.probe(c.node(), &b.net.listening()[0])).await;
        assert_eq!(failed.expect_err("no way").trouble, wrong);
    }
}
