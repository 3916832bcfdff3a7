use super::*;
use crate::draft::{Draft, Validity};
use focal_protocol::{directory::OrgKind, key::SecretKey, random::SystemRandom, time::Time};

pub(crate) struct Org {
    pub(crate) member: Member,
    pub(crate) root: SecretKey,
}

impl Org {
    pub(crate) fn new(name: &str) -> Self {
        let root = SecretKey::generate(&SystemRandom);
        let member = Member::new(root.public(), OrgKind::Ngo, name, "NO").expect("member");
        Self { member, root }
    }
}

/// So many manifests of an organisation, each following the last.
pub(crate) fn manifests(org: &Org, count: u64) -> Vec<Signed<Manifest>> {
    let mut all: Vec<Verified<Manifest>> = Vec::new();
    for i in 0..count {
        let validity = Validity::days(Time(i), 1);
        let next = Draft::default().next(&org.member, all.last(), vec![], None, validity);
        let signed = Signed::new(&next, &org.root);
        all.push(Manifest::verify(signed, &org.root.public()).expect("valid"));
    }
    all.iter().map(|m| m.signed().clone()).collect()
}

/// A charter of these founders, all stewards, signed by those who are named.
fn founding(orgs: &[&Org], signed_by: &[&Org]) -> Bundle {
    let charter = Charter {
        name: "Varenia Watch".into(),
        founded: Time(1),
        founders: orgs.iter().map(|o| o.member.clone()).collect(),
        stewards: orgs.iter().map(|o| o.member.org).collect(),
        threshold: 2,
    };
    let mut charter = Signed::new(&charter, &signed_by[0].root);
    for org in &signed_by[1..] {
        charter.countersign(&org.root);
    }
    Bundle {
        charter,
        rosters: vec![],
        manifests: orgs.iter().flat_map(|o| manifests(o, 2)).collect(),
    }
}

#[test]
fn a_charter_on_its_round_says_who_is_still_to_sign() {
    let (a, b, c) = (Org::new("A"), Org::new("B"), Org::new("C"));
    let one = FederationFile::new(founding(&[&a, &b, &c], &[&a])).expect("on its round");
    assert_eq!(one.stage, Stage::Founding);
    assert_eq!(one.still_needed(), 2);
    let mut other = one.bundle.clone();
    other.charter.countersign(&b.root);
    other.charter.countersign(&c.root);
    let other = FederationFile::new(other).expect("a copy");
    let merged = one.merge(&other).expect("copies");
    assert_eq!(merged.stage, Stage::Complete);
    assert_eq!(merged.missing().count(), 0);
}

#[test]
fn a_proposed_roster_counts_its_stewards_signatures() {
    let (a, b, c, d) = (Org::new("A"), Org::new("B"), Org::new("C"), Org::new("D"));
    let mut bundle = founding(&[&a, &b, &c], &[&a, &b, &c]);
    let directory = Directory::from_bundle(&bundle).expect("founded");
    let next = directory
        .roster()
        .admitting(directory.roster_hash(), d.member.clone(), Time(9))
        .expect("admits");
    bundle.rosters.push(Signed::new(&next, &a.root));
    bundle.manifests.extend(manifests(&d, 2));
    let file = FederationFile::new(bundle.clone()).expect("on its round");
    assert_eq!((file.stage, file.still_needed()), (Stage::Admission, 1));
    assert!(file.in_force.member(&d.member.org).is_none());
    // Somebody who is no steward does not count.
    bundle.rosters[0].countersign(&d.root);
    assert_eq!(
        FederationFile::new(bundle.clone())
            .expect("still")
            .still_needed(),
        1
    );
    bundle.rosters[0].countersign(&c.root);
    let file = FederationFile::new(bundle).expect("complete");
    assert_eq!(file.stage, Stage::Complete);
    assert!(file.manifest(&d.member.org).is_some_and(|m| m.version == 2));
}

#[test]
fn a_forged_signature_or_a_foreign_manifest_is_refused_while_on_the_round() {
    let (a, b, stranger) = (Org::new("A"), Org::new("B"), Org::new("S"));
    let mut foreign = founding(&[&a, &b], &[&a]);
    foreign.manifests.extend(manifests(&stranger, 1));
    assert!(FederationFile::new(foreign).is_err());
    let mut gap = founding(&[&a, &b], &[&a]);
    gap.manifests.remove(0);
    assert!(FederationFile::new(gap).is_err());
    let mut other = founding(&[&a, &b], &[&a]);
    other.charter = founding(&[&b, &a], &[&a, &b]).charter;
    assert!(
        FederationFile::new(founding(&[&a, &b], &[&a]))
            .expect("one")
            .merge(&FederationFile::new(other).expect("another"))
            .is_err()
    );
}
