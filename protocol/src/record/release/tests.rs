//! The whole table: every label, consent and audience, for one's own records and for those of others.

use super::*;
use crate::{directory::Role, id::OrgId};

const WRITER: OrgId = OrgId([1; 32]);
const PARTNER: OrgId = OrgId([2; 32]);
const THIRD: OrgId = OrgId([3; 32]);
const OUTSIDE: OrgId = OrgId([4; 32]);

fn circle() -> Circle {
    [WRITER, PARTNER, THIRD].into_iter().collect()
}

fn by(organisation: OrgId) -> Asker {
    Asker {
        organisation,
        role: Role::Officer,
    }
}

fn marked(tlp: Tlp) -> Handling {
    Handling {
        originator: WRITER,
        marking: tlp.into(),
        protection: Protection::default(),
    }
}

fn consented(consent: Option<Consent>, identifies_person: bool) -> Handling {
    Handling {
        protection: Protection {
            consent,
            identifies_person,
        },
        ..marked(Tlp::Clear)
    }
}

fn code(handling: &Handling, wanted: Use, asker: OrgId) -> &'static str {
    match handling.may(&wanted, &by(asker), &circle(), &[]) {
        Ok(()) => "yes",
        Err(barred) => barred.code(),
    }
}

/// What comes of each use: own use, paper, a partner, an organisation outside, those served, a court, the public.
fn row(handling: &Handling, asker: OrgId) -> [&'static str; 7] {
    let other = if asker == PARTNER { THIRD } else { PARTNER };
    [
        Use::Own,
        Use::Print,
        Use::Hand(Audience::Organisation(other)),
        Use::Hand(Audience::Organisation(OUTSIDE)),
        Use::Hand(Audience::Served),
        Use::Hand(Audience::Court),
        Use::Hand(Audience::Public),
    ]
    .map(|wanted| code(handling, wanted, asker))
}

#[test]
fn labels_reach_as_far_as_tlp_2_0_says() {
    let table = [
        // Without a release list nobody but the writer is a named recipient.
        (
            Tlp::Red,
            WRITER,
            ["yes", "yes", "tlp", "tlp", "tlp", "yes", "tlp"],
        ),
        (
            Tlp::AmberStrict,
            WRITER,
            ["yes", "yes", "yes", "tlp", "tlp", "yes", "tlp"],
        ),
        (
            Tlp::Amber,
            WRITER,
            ["yes", "yes", "yes", "tlp", "yes", "yes", "tlp"],
        ),
        (
            Tlp::Green,
            WRITER,
            ["yes", "yes", "yes", "yes", "yes", "yes", "tlp"],
        ),
        (Tlp::Clear, WRITER, ["yes"; 7]),
        (Tlp::Red, PARTNER, ["not-a-recipient"; 7]),
        (
            Tlp::AmberStrict,
            PARTNER,
            ["yes", "yes", "yes", "tlp", "tlp", "tlp", "tlp"],
        ),
        (
            Tlp::Amber,
            PARTNER,
            ["yes", "yes", "yes", "tlp", "yes", "tlp", "tlp"],
        ),
        (
            Tlp::Green,
            PARTNER,
            ["yes", "yes", "yes", "yes", "yes", "tlp", "tlp"],
        ),
        (Tlp::Clear, PARTNER, ["yes"; 7]),
    ];
    for (tlp, asker, wanted) in table {
        assert_eq!(row(&marked(tlp), asker), wanted, "{tlp} by {asker:?}");
    }
}

#[test]
fn consent_reaches_as_far_as_the_source_agreed() {
    const NO: &str = "consent";
    const NONE: &str = "no-consent";
    let table = [
        (
            Some(Consent::Internal),
            WRITER,
            ["yes", "yes", NO, NO, NO, NO, NO],
        ),
        (
            Some(Consent::Partners),
            WRITER,
            ["yes", "yes", "yes", NO, NO, NO, NO],
        ),
        (
            Some(Consent::Judicial),
            WRITER,
            ["yes", "yes", "yes", NO, NO, "yes", NO],
        ),
        (Some(Consent::Public), WRITER, ["yes"; 7]),
        (Some(Consent::Internal), PARTNER, [NO; 7]),
        (
            Some(Consent::Partners),
            PARTNER,
            ["yes", "yes", "yes", NO, NO, NO, NO],
        ),
        (
            Some(Consent::Judicial),
            PARTNER,
            ["yes", "yes", "yes", NO, NO, "yes", NO],
        ),
        (Some(Consent::Public), PARTNER, ["yes"; 7]),
    ];
    for (consent, asker, wanted) in table {
        // What was agreed to holds whether a person can be recognised or not.
        for identifies in [false, true] {
            let handling = consented(consent, identifies);
            assert_eq!(row(&handling, asker), wanted, "{consent:?} by {asker:?}");
        }
    }
    for asker in [WRITER, PARTNER] {
        let unasked = consented(None, true);
        assert_eq!(
            row(&unasked, asker),
            ["yes", "yes", "yes", NONE, NONE, NONE, NONE]
        );
        assert_eq!(row(&consented(None, false), asker), ["yes"; 7]);
    }
}

#[test]
fn the_narrower_of_label_and_consent_holds() {
    let mut handling = consented(Some(Consent::Public), true);
    handling.marking.tlp = Tlp::AmberStrict;
    assert_eq!(code(&handling, Use::Hand(Audience::Public), PARTNER), "tlp");
    handling = consented(Some(Consent::Partners), true);
    assert_eq!(
        code(&handling, Use::Hand(Audience::Public), PARTNER),
        "consent"
    );
}

#[test]
fn a_release_list_is_for_those_it_names() {
    for tlp in Tlp::ALL {
        let mut handling = marked(*tlp);
        handling.marking.releasable_to = vec![PARTNER, OUTSIDE];
        let list = "release-list";
        let own = ["yes", "yes", "yes", "yes", list, "yes", list];
        assert_eq!(row(&handling, WRITER), own, "{tlp}");
        assert_eq!(
            row(&handling, PARTNER),
            ["yes", "yes", list, "yes", list, list, list]
        );
        assert_eq!(row(&handling, THIRD), ["not-a-recipient"; 7]);
        assert_eq!(code(&handling, Use::Show, THIRD), "not-a-recipient");
        // To give it back to who wrote it is no release.
        let back = Use::Hand(Audience::Organisation(WRITER));
        assert_eq!(code(&handling, back, PARTNER), "yes");
    }
}

#[test]
fn the_originator_is_asked_before_others_pass_it_on() {
    let mut handling = marked(Tlp::Clear);
    handling.marking.originator_control = true;
    let ask = "originator-control";
    assert_eq!(
        row(&handling, PARTNER),
        ["yes", "yes", "yes", ask, ask, ask, ask]
    );
    assert_eq!(row(&handling, WRITER), ["yes"; 7]);
}

#[test]
fn an_agreement_lifts_the_originators_limits_and_not_the_sources() {
    let court = Use::Hand(Audience::Court);
    let public = Use::Hand(Audience::Public);
    let asker = by(PARTNER);
    let agreed = [Audience::Court];
    let mut handling = marked(Tlp::AmberStrict);
    handling.marking.originator_control = true;
    handling.marking.releasable_to = vec![PARTNER];
    assert_eq!(handling.may(&court, &asker, &circle(), &agreed), Ok(()));
    let barred = handling.may(&public, &asker, &circle(), &agreed);
    assert!(barred.expect_err("refused").originator_can_lift());
    handling.protection.consent = Some(Consent::Partners);
    let barred = handling.may(&court, &asker, &circle(), &agreed);
    let barred = barred.expect_err("refused");
    assert!(!barred.originator_can_lift());
    assert_eq!(
        barred.to_string(),
        "the source's consent covers the partners of the case, not a court"
    );
    // An agreement is worth nothing to somebody who should not have the record.
    let barred = handling.may(&court, &by(THIRD), &circle(), &agreed);
    assert_eq!(barred, Err(Barred::NotARecipient));
}

#[test]
fn an_observer_reads_and_takes_nothing_out() {
    let observer = Asker {
        role: Role::Observer,
        ..by(WRITER)
    };
    for tlp in Tlp::ALL {
        let may = |wanted| marked(*tlp).may(&wanted, &observer, &circle(), &[Audience::Public]);
        let shown = may(Use::Show);
        assert_eq!(shown.is_ok(), *tlp != Tlp::Red, "{tlp}");
        for wanted in [
            Use::Own,
            Use::Print,
            Use::Courier(PARTNER),
            Use::Hand(Audience::Public),
        ] {
            assert_eq!(may(wanted), Err(Barred::Observer));
        }
    }
}

#[test]
fn a_courier_carries_a_case_to_its_members_and_to_nobody_else() {
    for asker in [WRITER, PARTNER] {
        for tlp in [Tlp::AmberStrict, Tlp::Amber, Tlp::Green, Tlp::Clear] {
            assert_eq!(code(&marked(tlp), Use::Courier(THIRD), asker), "yes");
            assert_eq!(
                code(&marked(tlp), Use::Courier(OUTSIDE), asker),
                "not-in-case"
            );
        }
    }
    let mut handling = marked(Tlp::Red);
    assert_eq!(
        code(&handling, Use::Courier(PARTNER), WRITER),
        "release-list"
    );
    handling.marking.releasable_to = vec![PARTNER];
    assert_eq!(code(&handling, Use::Courier(PARTNER), WRITER), "yes");
    assert_eq!(code(&handling, Use::Courier(WRITER), PARTNER), "yes");
    assert_eq!(
        code(&handling, Use::Courier(THIRD), PARTNER),
        "release-list"
    );
    let internal = consented(Some(Consent::Internal), false);
    assert_eq!(code(&internal, Use::Courier(PARTNER), WRITER), "consent");
}

#[test]
fn every_refusal_says_what_why_and_what_would_be_needed() {
    let texts = [
        Barred::Tlp(Tlp::Amber, Audience::Public).to_string(),
        Barred::ReleaseList(Audience::Court).to_string(),
        Barred::Consent(Consent::Internal, None).to_string(),
        Barred::NoConsent(Audience::Court).to_string(),
    ];
    assert_eq!(
        texts,
        [
            "TLP:AMBER does not let it go to the public: it stays with the organisations that have received it and those they serve",
            "its release list names the organisations that may have it, and a court is not among them",
            "the source's consent covers the organisation that took it down, not partners",
            "it identifies a person, and no consent is noted that would cover a court",
        ]
    );
}
