//! A case that somebody has made up under the id of another, at a real node: the true invitation waits, and a person decides.

use focal_node::api::types::{AlarmRow, CaseAction};
use focal_protocol::{
    directory::{Directory, Item},
    group::{
        CaseGroup, CaseRole, Change, Delivery, GroupKey, History, Invitation, MlsIdentity, Parcel,
        Rules,
    },
    id::CaseId,
    seal::ContactPublic,
    signed::Signed,
    sync::Frame,
    time::Time,
};
use focal_tests::{DEADLINE, Federation, Org, Peer, until};
use std::{collections::BTreeSet, path::Path};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

/// Invites `guest` as `host`, played by the test, to a case of this id that it has made up.
async fn make_up(federation: &Federation, host: &Org, guest: &Org, case: CaseId) {
    let mut directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
    let mut peer = Peer::greet(federation, host, guest).await;
    let offered = async {
        while directory.key_package(&guest.node).is_none() {
            if let Some(Frame::Directory(items)) = peer.next().await {
                for item in items {
                    if matches!(item, Item::KeyPackage(_)) {
                        // One of another node says nothing here.
                        let _ = directory.offer(item);
                    }
                }
            }
        }
    };
    tokio::time::timeout(DEADLINE, offered)
        .await
        .expect("a key package in time");
    let identity = MlsIdentity::new(host.node, host.keys().mls());
    let founder = (host.member.org, host.node);
    let mut rules = Rules::new(case, "Made up", Time(1), founder, History::All);
    let key = GroupKey::first(case);
    let mut group = CaseGroup::create(&identity, key, rules.clone()).expect("a group");
    let contributor = Some(CaseRole::Contributor);
    rules.set_role(guest.member.org, contributor, group.epoch().next());
    let package = directory.key_package(&guest.node).expect("it came");
    let change = Change {
        add: vec![(guest.node, package.key_package.clone())],
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules,
    };
    let committed = group.commit(&identity, change, &directory);
    let invitation = Invitation {
        case,
        generation: 0,
        succession: None,
        welcome: committed
            .expect("committed")
            .welcome
            .expect("somebody is added"),
    };
    let (_, entry) = directory.node(&guest.node).expect("listed");
    let contact = ContactPublic(entry.contact_key.clone());
    let delivery = Delivery::Invitation(invitation);
    let parcel = Parcel::seal(host.node, guest.node, &contact, &delivery, Time(1));
    let parcel = Signed::new(&parcel.expect("sealed"), &host.keys().identity());
    peer.send(&Frame::Parcel(Box::new(parcel))).await;
    guest
        .wait_case(case, "it is in", |d| d.summary.title == "Made up")
        .await;
}

#[tokio::test]
async fn the_true_invitation_to_a_made_up_case_waits_until_the_operator_votes_for_who_sent_it() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let [norland, un, monitor] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    let _nodes = [
        norland.start(Path::new(NODE)).await,
        un.start(Path::new(NODE)).await,
    ];
    let case = norland.open_case("Varenia").await;
    let record = norland.note(case, "the true one");
    norland.submit(case, &record).await.expect("stored");
    make_up(&federation, monitor, un, case).await;
    norland.let_in(case, un).await;
    let contested = until("the operator is told", || async {
        let alarms: Vec<AlarmRow> = un.api().get("/v1/alarms").await.ok()?;
        alarms.into_iter().find(|a| a.code == "contested")
    })
    .await;
    assert!(
        contested.message.contains(&norland.node.short()),
        "{contested:?}"
    );
    let detail = un.case(case).await.expect("a case");
    assert_eq!(
        (detail.summary.title.as_str(), detail.summary.records),
        ("Made up", 0)
    );
    let follow = CaseAction::Vote {
        node: Some(norland.node.to_string()),
        cause: "lost".into(),
    };
    un.act(case, &follow).await.expect("decided");
    un.wait_case(case, "the true one", |d| d.summary.title == "Varenia")
        .await;
    un.wait_records(case, 1).await;
    let record = un.note(case, "in the true one");
    un.submit(case, &record).await.expect("stored");
    norland.wait_records(case, 2).await;
}
