//! Authors away from the node: let in by the manifest, each to what their role allows, and to nothing else.

use focal_node::{api::packed, remote::Error};
use focal_protocol::{
    codec,
    directory::{Revocation, Role},
    id::CaseId,
    key::SecretKey,
    random::SystemRandom,
    record::Kind,
    time::Time,
};
use focal_tests::{Federation, NodeProcess, Org, Peer, Visitor, until};
use http_body_util::BodyExt;
use hyper::Method;
use std::path::Path;
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const GUIDE: &str = include_str!("../../node/OPERATIONS.md");

fn key() -> SecretKey {
    SecretKey::generate(&SystemRandom)
}

/// A node whose organisation has an author of each role.
struct Stage {
    federation: Federation,
    authors: [(Role, SecretKey); 4],
    case: CaseId,
    _node: NodeProcess,
    _base: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
        let authors = [
            (Role::Observer, key()),
            (Role::Officer, key()),
            (Role::FocalPoint, key()),
            (Role::Admin, key()),
        ];
        let org = &mut federation.orgs[0];
        let entries: Vec<_> = authors
            .iter()
            .map(|(role, key)| org.author_entry(&format!("visitor-{role}"), key, *role))
            .collect();
        let manifest = org.issue(|m| m.authors.extend(entries));
        federation.bundle.manifests.push(manifest);
        federation.hand_to(&federation.orgs[0]);
        let node = federation.orgs[0].start(Path::new(NODE)).await;
        let case = federation.orgs[0].open_case("Varenia").await;
        Self {
            federation,
            authors,
            case,
            _node: node,
            _base: base,
        }
    }

    fn org(&self) -> &Org {
        &self.federation.orgs[0]
    }

    fn visitor(&self, role: Role) -> Visitor {
        let (_, key) = self
            .authors
            .iter()
            .find(|(r, _)| *r == role)
            .expect("there");
        Visitor::new(key, self.org())
    }

    /// Revokes the key of a role, and gives the node the manifest that says so.
    async fn revoke(&mut self, role: Role) {
        let key = self
            .authors
            .iter()
            .find(|(r, _)| *r == role)
            .expect("there");
        let key = key.1.public();
        let org = &mut self.federation.orgs[0];
        let manifest = org.issue(|m| {
            m.authors.retain(|a| a.key != key);
            m.revoked.push(Revocation {
                key,
                at: Time(1),
                reason: "laptop lost".into(),
            });
        });
        let taken: Result<serde_json::Value, _> = org
            .api()
            .post_bytes("/v1/directory/manifest", codec::encode(&manifest))
            .await
            .expect("an answer");
        taken.expect("taken");
    }
}

/// Method, route and least role, as the guide has them.
fn guide() -> Vec<(Method, String, Role)> {
    let rows = GUIDE.lines().filter_map(|line| {
        let (request, role) = line
            .strip_prefix("| `")?
            .strip_suffix(" |")?
            .split_once("` | ")?;
        let (method, path) = request.split_once(' ')?;
        let path = path.starts_with("/v1/").then(|| path.to_string())?;
        Some((method.parse().ok()?, path, role.parse().ok()?))
    });
    rows.collect()
}

#[tokio::test]
async fn every_role_may_what_the_guide_says_and_nothing_else() {
    let stage = Stage::new().await;
    let note = stage.org().note(stage.case, "market");
    let record = stage
        .org()
        .submit(stage.case, &note)
        .await
        .expect("stored")
        .record;
    let roles = [Role::Observer, Role::Officer, Role::FocalPoint, Role::Admin];
    let rank = |role: Role| roles.iter().position(|r| *r == role);
    let guide = guide();
    assert!(guide.len() > 20, "{guide:?}");
    for role in roles {
        let visitor = stage.visitor(role);
        for (method, path, least) in &guide {
            let path = path
                .replace("{case}", &stage.case.to_string())
                .replace("{record}", &record)
                .replace("{table}", "timeline")
                .replace("{alarm}", "3f9c1a2b")
                .replace("{attachment}", &"0".repeat(64))
                .replace("{chunk}", "0")
                .replace("{log}", &"0".repeat(32));
            let response = visitor.begin(method.clone(), &path, Vec::new()).await;
            let response = response.expect("an answer");
            let status = response.status().as_u16();
            let refused = if status == 403 {
                let body = response
                    .into_body()
                    .collect()
                    .await
                    .expect("whole")
                    .to_bytes();
                let problem: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                problem["code"] == "role"
            } else {
                false
            };
            let may = rank(role) >= rank(*least);
            assert_eq!(!refused, may, "{role}: {method} {path}: {status}");
            // No such attachment, no moment and nothing to look for given: that is for others to test.
            let incomplete = path.contains("/attachments/0")
                || path.contains("/logs/")
                || path.ends_with("/known")
                || path.ends_with("/search");
            if may && *method == Method::GET && !incomplete {
                assert_eq!(status, 200, "{role}: {method} {path}");
            }
        }
        // What is in no table is nobody's.
        let (status, _) = visitor
            .call(Method::DELETE, "/v1/cases", Vec::new())
            .await
            .expect("an answer");
        assert!(status == 403 || status == 405, "{status}");
    }
}

#[tokio::test]
async fn an_officer_reports_and_an_observer_acknowledges_from_afar() {
    let stage = Stage::new().await;
    let path = format!("/v1/cases/{}/records", stage.case);
    let write = |role: Role, kind: Kind, content: serde_json::Value| {
        let (_, key) = stage
            .authors
            .iter()
            .find(|(r, _)| *r == role)
            .expect("there");
        let record = focal_protocol::record::Draft::from_json(Some(kind), &content)
            .and_then(|d| {
                let org = stage.org().member.org;
                d.into_record(stage.case, key.public(), org, Time(1_700_000_000_000))
            })
            .expect("a record");
        codec::encode(&focal_protocol::signed::Signed::new(&record, key))
    };
    let officer = stage.visitor(Role::Officer);
    let note = write(
        Role::Officer,
        Kind::Note,
        serde_json::json!({"text": "market"}),
    );
    let (status, stored) = officer
        .call(Method::POST, &path, note.clone())
        .await
        .expect("sent");
    assert_eq!(status, 200, "{stored}");
    let (_, again) = officer.call(Method::POST, &path, note).await.expect("sent");
    assert_eq!(again["already"], true, "{again}");
    let observer = stage.visitor(Role::Observer);
    let note = write(
        Role::Observer,
        Kind::Note,
        serde_json::json!({"text": "no"}),
    );
    let (status, refused) = observer
        .call(Method::POST, &path, note)
        .await
        .expect("sent");
    assert_eq!((status, &refused["code"]), (403, &"not-allowed".into()));
    let ack = write(
        Role::Observer,
        Kind::Ack,
        serde_json::json!({"record": stored["record"]}),
    );
    let (status, stored) = observer.call(Method::POST, &path, ack).await.expect("sent");
    assert_eq!(status, 200, "{stored}");
}

#[tokio::test]
async fn a_revoked_author_is_cut_off_and_told_why() {
    let mut stage = Stage::new().await;
    let officer = stage.visitor(Role::Officer);
    let watch = officer
        .begin(Method::GET, "/v1/events", Vec::new())
        .await
        .expect("an answer");
    assert_eq!(watch.status(), 200);
    stage.revoke(Role::Officer).await;
    // The connection of before is cut; on the next one the answer says why.
    let refused = until("the officer is told", || async {
        let answer = officer.call(Method::GET, "/v1/status", Vec::new()).await;
        answer.ok().filter(|(status, _)| *status == 403)
    })
    .await;
    assert_eq!(refused.1["code"], "revoked-author");
    // What was open before says nothing more.
    let mut body = watch.into_body();
    let ended = async { while let Some(Ok(_)) = body.frame().await {} };
    tokio::time::timeout(focal_tests::DEADLINE, ended)
        .await
        .expect("the watch ends");
}

#[tokio::test]
async fn an_author_whose_time_is_over_is_told_so() {
    let mut stage = Stage::new().await;
    let (role, _) = stage.authors[1];
    let until = Time(1_700_000_000_000);
    let org = &mut stage.federation.orgs[0];
    let manifest = org.issue(|m| {
        for author in m.authors.iter_mut().filter(|a| a.role == role) {
            author.valid_until = Some(until);
        }
    });
    let taken: Result<serde_json::Value, _> = org
        .api()
        .post_bytes("/v1/directory/manifest", codec::encode(&manifest))
        .await
        .expect("an answer");
    taken.expect("taken");
    let (status, refused) = stage
        .visitor(role)
        .call(Method::GET, "/v1/status", Vec::new())
        .await
        .expect("an answer");
    assert_eq!((status, &refused["code"]), (403, &"author-expired".into()));
}

#[tokio::test]
async fn a_key_in_no_manifest_is_dropped_after_the_handshake() {
    let stage = Stage::new().await;
    let stranger = Visitor::new(&key(), stage.org());
    let error = stranger.call(Method::GET, "/v1/status", Vec::new()).await;
    assert_eq!(error.expect_err("dropped"), Error::NotLetIn);
    until("it is counted", || async {
        let status = stage.org().status().await;
        status.refused.contains_key("unlisted-node").then_some(())
    })
    .await;
    // An author of a partner is none of this organisation.
    let other = Visitor::new(&stage.federation.orgs[1].author, stage.org());
    let error = other.call(Method::GET, "/v1/status", Vec::new()).await;
    assert_eq!(error.expect_err("dropped"), Error::NotLetIn);
}

#[tokio::test]
async fn a_partners_node_cannot_open_the_api_and_an_author_not_the_conversation() {
    let mut stage = Stage::new().await;
    let partner = Visitor::new(&stage.federation.orgs[1].keys().identity(), stage.org());
    let error = partner.call(Method::GET, "/v1/status", Vec::new()).await;
    assert_eq!(error.expect_err("no such protocol"), Error::NotLetIn);
    // The side with the lower id opens the conversation: an author whose key is lower than the node's would.
    let node = stage.org().node;
    let low = loop {
        let key = key();
        if key.public().as_bytes() < node.as_bytes() {
            break key;
        }
    };
    let org = &mut stage.federation.orgs[0];
    let entry = org.author_entry("low", &low, Role::Admin);
    let manifest = org.issue(|m| m.authors.push(entry));
    let taken: Result<serde_json::Value, _> = org
        .api()
        .post_bytes("/v1/directory/manifest", codec::encode(&manifest))
        .await
        .expect("an answer");
    taken.expect("taken");
    let (status, _) = Visitor::new(&low, stage.org())
        .call(Method::GET, "/v1/status", Vec::new())
        .await
        .expect("an author");
    assert_eq!(status, 200);
    assert!(Peer::try_connect_as(&low, stage.org()).await.is_none());
}

#[tokio::test]
async fn an_author_has_so_many_requests_at_once_and_others_are_not_slower() {
    let stage = Stage::new().await;
    let officer = stage.visitor(Role::Officer);
    let mut watches = Vec::new();
    for _ in 0..16 {
        let watch = officer.begin(Method::GET, "/v1/events", Vec::new()).await;
        watches.push(watch.expect("within the limit"));
    }
    let beyond = officer.begin(Method::GET, "/v1/status", Vec::new()).await;
    assert!(beyond.is_err(), "one too many");
    let other = stage.visitor(Role::Observer);
    let (status, _) = other
        .call(Method::GET, "/v1/status", Vec::new())
        .await
        .expect("an answer");
    assert_eq!(status, 200);
    watches.pop();
    until("there is room again", || async {
        let again = officer.call(Method::GET, "/v1/status", Vec::new()).await;
        again.ok()
    })
    .await;
}

#[tokio::test]
async fn what_an_author_asks_for_comes_packed_if_they_say_so() {
    let stage = Stage::new().await;
    let org = stage.org();
    for n in 0..40 {
        let text = format!("Militia checkpoint {n} on the Dalmat road, families on foot.");
        let note = org.note(stage.case, &text);
        org.submit(stage.case, &note).await.expect("stored");
    }
    let visitor = stage.visitor(Role::Officer);
    let path = format!("/v1/cases/{}/records", stage.case);
    let get = async |encoding: &str| {
        let answer = visitor.begin_packed(Method::GET, &path, Vec::new(), encoding);
        let answer = answer.await.expect("an answer");
        let named = answer.headers().get("content-encoding").cloned();
        let body = answer.into_body().collect().await.expect("whole");
        (named, body.to_bytes())
    };
    let (named, plain) = get("identity").await;
    assert_eq!(named, None);
    let (named, packed) = get(packed::NAME).await;
    assert_eq!(named.expect("packed"), packed::NAME);
    let figures = format!(
        "a list of 40 records: {} bytes, packed {}\n",
        plain.len(),
        packed.len()
    );
    let _ = std::io::Write::write_all(&mut std::io::stderr(), figures.as_bytes());
    assert!(packed.len() * 3 < plain.len(), "{figures}");
    let unpacked = packed::unpack(&packed, plain.len()).expect("sound");
    assert!(unpacked == plain);
}
