//! What the members of a case agree on, and what no commit may change any more.

use super::*;

fn refused(error: Option<Error>) {
    assert!(matches!(error, Some(Error::Rules(_))), "{error:?}");
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let change = |role| RoleChange {
        org: OrgId([1; 32]),
        role,
        at: at(0),
        stay_out: false,
    };
    let former = |cuts| Former {
        node: node(2),
        at: at(1),
        cuts: Some(vec![
            Cut {
                log: crate::id::LogId([1; 16]),
                height: 1
            };
            cuts
        ]),
    };
    let spoil: [&dyn Fn(&mut Rules); 8] = [
        &|r| r.title = " ".into(),
        &|r| r.title = "t".repeat(limits::NAME + 1),
        &|r| r.title = "\u{7}".into(),
        &|r| r.roles = vec![change(Some(CaseRole::Reader)); limits::RULE_CHANGES + 1],
        &|r| r.former = vec![former(0); limits::RULE_CHANGES + 1],
        &|r| r.former = vec![former(limits::LOGS_PER_NODE + 1)],
        &|r| r.former = vec![former(limits::LOGS_PER_NODE); 1024],
        &|r| r.stages = vec![stage(Stage::Closed, &"r".repeat(limits::REASON + 1), at(1))],
    ];
    for spoil in spoil {
        let mut rules = rules();
        spoil(&mut rules);
        refused(CaseGroup::create(&identity(1), first_key(), rules).err());
    }
    let elsewhere = Rules {
        case: CaseId([8; 32]),
        ..rules()
    };
    refused(CaseGroup::create(&identity(1), first_key(), elsewhere.clone()).err());
    refused(
        alone()
            .commit(&identity(1), with_rules(elsewhere), &directory())
            .err(),
    );
}

#[test]
fn who_was_removed_begins_no_log_until_its_organisation_is_given_a_role_again() {
    let (org, log) = (OrgId([1; 32]), crate::id::LogId([1; 16]));
    let mut rules = rules();
    rules.set_role(org, Some(CaseRole::Contributor), at(1));
    let end = |rules: &Rules, first| rules.end(&org, &node(2), log, at(first));
    assert_eq!(end(&rules, 3), None);
    rules.former.push(Former {
        node: node(2),
        at: at(5),
        cuts: Some(Vec::new()),
    });
    for first in [3, 5, 6, 1_000_000] {
        assert_eq!(end(&rules, first), Some(0), "begun in {first}");
    }
    rules.set_role(org, Some(CaseRole::Contributor), at(8));
    for (first, ends) in [(3, Some(0)), (7, Some(0)), (8, None), (9, None)] {
        assert_eq!(end(&rules, first), ends, "begun in {first}");
    }
    // A custodian that was lost may have written on the far side of a split: there its epochs say what counts.
    rules.former = vec![Former {
        node: node(2),
        at: Epoch::new(1, 0),
        cuts: None,
    }];
    assert_eq!(end(&rules, 9), None);
}

fn stage(stage: Stage, reason: &str, at: Epoch) -> StageChange {
    StageChange {
        stage,
        reason: reason.into(),
        time: Time(9),
        at,
    }
}

#[test]
fn what_was_settled_stays_settled() {
    let directory = directory();
    let [mut first, ..] = three(&directory);
    let now = first.epoch();
    let mut settled = with_role(4, CaseRole::Reader, &first);
    settled.former.push(Former {
        node: node(4),
        at: now.next(),
        cuts: Some(Vec::new()),
    });
    settled
        .stages
        .push(stage(Stage::Closed, "over", now.next()));
    first
        .commit(&identity(1), with_rules(settled.clone()), &directory)
        .expect("commit");
    let _ = first.take_changes();
    let next = first.epoch().next();
    let rewrite: [&dyn Fn(&mut Rules); 15] = [
        &|r| r.opened = Time(2),
        &|r| r.parent = Some(CASE),
        &|r| r.history = History::FromJoining,
        &|r| r.roles[1].role = None,
        &|r| {
            r.roles.pop();
        },
        &|r| r.roles.swap(0, 1),
        &|r| r.former[0].cuts = None,
        &|r| r.former.clear(),
        &|r| r.stages[0].reason.clear(),
        &|r| r.stages.clear(),
        // What is added holds from the next epoch on, not earlier.
        &|r| r.set_role(org(2), None, now),
        &|r| r.set_role(org(4), Some(CaseRole::Contributor), next.next()),
        &|r| {
            r.former.push(Former {
                node: node(2),
                at: now,
                cuts: Some(Vec::new()),
            });
        },
        &|r| r.stages.push(stage(Stage::Open, "", now)),
        &|r| r.stages.push(stage(Stage::Open, "", next.next())),
    ];
    for (i, rewrite) in rewrite.iter().enumerate() {
        let mut rules = first.rules().clone();
        rewrite(&mut rules);
        let committed = first.commit(&identity(1), with_rules(rules), &directory);
        assert!(
            matches!(committed, Err(Error::Rules(_))),
            "rewrite {i} was committed"
        );
    }
    let mut rules = first.rules().clone();
    rules.title = "Another title".into();
    rules.retain_days = Some(30);
    rules.set_role(org(4), None, next);
    rules.stages.push(stage(Stage::Purged, "", next));
    first
        .commit(&identity(1), with_rules(rules), &directory)
        .expect("that may change");
    let change = nothing(&first);
    refused(first.commit(&identity(1), change, &directory).err());
}

/// Commits rules behind the code's back.
fn forced(group: &CaseGroup, rules: &Rules) -> Commit {
    let (provider, mut mls) = raw(group);
    let bundle = mls
        .commit_builder()
        .propose_group_context_extensions(rules.extensions().expect("rules"))
        .expect("proposed")
        .load_psks(provider.storage())
        .expect("psks")
        .build(provider.rand(), provider.crypto(), &identity(1), |_| true)
        .expect("built")
        .stage_commit(&provider)
        .expect("staged");
    bare(bundle.into_commit().to_bytes().expect("bytes"))
}

#[test]
fn a_custodian_that_rewrites_what_was_settled_is_not_followed() {
    let directory = directory();
    let [first, mut second, _] = three(&directory);
    let next = first.epoch().next();
    let rewrite: [&dyn Fn(&mut Rules); 5] = [
        &|r| r.history = History::FromJoining,
        &|r| r.roles[1].role = Some(CaseRole::Reader),
        &|r| r.roles.clear(),
        &|r| r.set_role(org(2), None, at(0)),
        &|r| r.case = CaseId([8; 32]),
    ];
    for rewrite in rewrite {
        let mut rules = first.rules().clone();
        rewrite(&mut rules);
        let commit = forced(&first, &rules);
        let followed = second.apply(&commit, node(1), node(2), &directory);
        refused(followed.err());
        second.roll_back().expect("as stored");
    }
    let mut rules = first.rules().clone();
    rules.set_role(org(2), None, next);
    let commit = forced(&first, &rules);
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("a change from now on is followed");
    assert_eq!(second.rules(), &rules);
}

#[test]
fn a_later_generation_may_let_in_for_the_one_before_but_not_put_out() {
    let mut rules = rules();
    rules.set_role(org(2), Some(CaseRole::Contributor), at(3));
    let next = Epoch::new(1, 2);
    let key = GroupKey {
        generation: 1,
        ..first_key()
    };
    let with = |org, role, at| {
        let mut next = rules.clone();
        next.set_role(org, role, at);
        next.set_role(org, rules.role(&org), Epoch::new(1, 0));
        next
    };
    let reader = Some(CaseRole::Reader);
    assert_eq!(
        rules.check_step(&with(org(4), reader, at(7)), &key, next),
        Ok(())
    );
    for (org, role, at) in [(org(2), None, at(5)), (org(2), reader, at(5))] {
        assert!(rules.check_step(&with(org, role, at), &key, next).is_err());
    }
    for at in [at(7), Epoch::new(1, 1)] {
        let mut stays = rules.clone();
        stays.set_role(org(4), reader, at);
        assert!(
            rules.check_step(&stays, &key, next).is_err(),
            "it would have a role in this generation, too"
        );
    }
}

#[test]
fn a_successor_may_not_change_what_was_settled_in_any_generation() {
    let (contributor, reader) = (Some(CaseRole::Contributor), Some(CaseRole::Reader));
    let end = |n, at, cuts| Former {
        node: node(n),
        at,
        cuts,
    };
    let step = |stage, at| StageChange {
        stage,
        reason: "why".into(),
        time: Time(1),
        at,
    };
    // What generation 0 has left, and what generation 1 has settled by its epoch 4.
    let mut rules = rules();
    rules.set_role(org(2), contributor, at(3));
    rules.set_role(org(3), reader, at(4));
    rules.former.push(end(5, at(6), Some(vec![])));
    rules.stages.push(step(Stage::Closed, at(7)));
    rules.former.push(end(6, Epoch::new(1, 0), None));
    rules.stages.push(step(Stage::Open, Epoch::new(1, 2)));
    rules.set_role(org(3), None, Epoch::new(1, 4));
    let (upto, counts) = (Epoch::new(1, 4), rules.counts());
    let successor = rules.clone();
    // What came in epochs after that, and what was learned in them of another side, the successor need not know.
    rules.set_role(org(4), reader, at(2));
    rules.set_role(org(4), None, Epoch::new(1, 0));
    rules.set_role(org(2), None, Epoch::new(1, 6));
    rules.former.push(end(7, Epoch::new(1, 6), Some(vec![])));
    rules.stages.push(step(Stage::Closed, Epoch::new(1, 7)));
    let checked = |next: &Rules| rules.check_successor(next, upto, Some(counts));
    assert_eq!(checked(&successor), Ok(()));
    let with = |change: &dyn Fn(&mut Rules)| {
        let mut next = successor.clone();
        change(&mut next);
        next
    };
    let begins = Epoch::new(2, 0);
    for next in [
        with(&|next| next.former.push(end(1, begins, None))),
        with(&|next| next.stages.push(step(Stage::Closed, begins.next()))),
        with(&|next| next.set_role(org(2), None, begins)),
        // It had more of a role on another side of a split, which the rest did not see.
        with(&|next| {
            next.set_role(org(3), contributor, at(5));
            next.set_role(org(3), reader, Epoch::new(1, 0));
            next.set_role(org(3), None, Epoch::new(1, 4));
        }),
        // Or in another group of the generation that has ended.
        with(&|next| {
            next.set_role(org(4), reader, Epoch::new(1, 3));
            next.set_role(org(4), None, begins);
        }),
    ] {
        assert_eq!(checked(&next), Ok(()));
        assert_eq!(rules.check_successor(&next, upto, None), Ok(()));
    }
    let restored = |next: &mut Rules| next.set_role(org(2), contributor, begins);
    for (what, next) in [
        (
            "closed from the beginning",
            with(&|next| next.stages.push(step(Stage::Closed, at(0)))),
        ),
        (
            "open while it was closed",
            with(&|next| next.stages.push(step(Stage::Open, at(8)))),
        ),
        ("never reopened", with(&|next| drop(next.stages.pop()))),
        (
            "an organisation that was never there",
            with(&|next| {
                next.set_role(org(2), None, at(3));
                restored(next);
            }),
        ),
        (
            "an organisation that had less of a role",
            with(&|next| {
                next.set_role(org(2), reader, at(5));
                restored(next);
            }),
        ),
        (
            "a member whose logs have an end",
            with(&|next| next.former.push(end(2, at(2), Some(vec![])))),
        ),
        (
            "one who was removed, and is not",
            with(&|next| drop(next.former.remove(0))),
        ),
        (
            "others who were removed",
            with(&|next| next.former[0].node = node(8)),
        ),
    ] {
        assert!(checked(&next).is_err(), "{what}");
        // Also who came later, and does not know how much was settled then, sees what can be neither learned nor forgotten.
        let settled = |rules: &Rules| {
            let former = rules.former.iter().filter(|f| f.at <= upto).cloned();
            let stages = rules.stages.iter().filter(|s| s.at <= upto).cloned();
            (former.collect::<Vec<_>>(), stages.collect::<Vec<_>>())
        };
        if settled(&next) != settled(&successor) {
            let checked = rules.check_successor(&next, upto, None);
            assert!(checked.is_err(), "{what}");
        }
    }
    assert_eq!(rules.check_successor(&successor, upto, None), Ok(()));
    // What is counted one epoch later, with what that has changed, is as good.
    let mut rules = successor.clone();
    rules.set_role(org(5), contributor, upto.next());
    let later = Some(rules.counts());
    assert_eq!(rules.check_successor(&successor, upto, later), Ok(()));
}

#[test]
fn nobody_is_custodian_to_whom_the_office_was_not_handed() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let (key, next) = (*first.key(), first.epoch().next());
    let by = |n| SecretKey::from_seed(seed(n, 1));
    let other = GroupKey {
        branch: Hash([1; 32]),
        ..key
    };
    let mut taken = first.rules().clone();
    taken.custodian = node(2);
    let mut twice = first.rules().clone();
    for (from, to) in [(1, 3), (3, 2)] {
        hand_over(&first, &mut twice, from, to);
    }
    let before = first.rules().clone();
    let handed = |signed| {
        let mut rules = before.clone();
        rules.hand_over(signed, node(2));
        rules
    };
    for rules in [
        taken,
        twice,
        handed(HandOver::sign(&key, next, node(2), &by(2))),
        handed(HandOver::sign(&key, next, node(3), &by(1))),
        handed(HandOver::sign(&other, next, node(2), &by(1))),
        handed(HandOver::sign(&key, next.next(), node(2), &by(1))),
        handed(HandOver::sign(&key, at(0), node(2), &by(1))),
    ] {
        let commit = forced(&first, &rules);
        let followed = second.apply(&commit, node(1), node(2), &directory);
        assert!(matches!(followed, Err(Error::Rules(_))), "{followed:?}");
        second.roll_back().expect("as stored");
        let made = first.commit(&identity(1), with_rules(rules), &directory);
        assert!(matches!(made, Err(Error::Rules(_))));
    }
    let rules = handed(HandOver::sign(&key, next, node(2), &by(1)));
    for (began, sound) in [(None, true), (Some(1), true), (Some(2), false)] {
        let checked = rules.check_custodian(&key, began.map(node));
        assert_eq!(checked.is_ok(), sound);
    }
    assert!(rules.check_custodian(&other, None).is_err());
    let commit = first
        .commit(&identity(1), with_rules(rules), &directory)
        .expect("handed over");
    second
        .apply(&commit.commit, node(1), node(2), &directory)
        .expect("followed");
    // It stays so, and what was handed is not taken back.
    let mut back = second.rules().clone();
    back.handed.clear();
    back.custodian = node(1);
    assert!(second.rules().check_next(&back, &key).is_err());
}

#[test]
fn roles_and_histories_print_and_parse_back() {
    for (text, role) in [
        ("contributor", CaseRole::Contributor),
        ("reader", CaseRole::Reader),
    ] {
        assert_eq!(
            (text.parse(), role.to_string()),
            (Ok(role), text.to_string())
        );
    }
    for (text, history) in [
        ("all", History::All),
        ("from-joining", History::FromJoining),
    ] {
        assert_eq!(
            (text.parse(), history.to_string()),
            (Ok(history), text.to_string())
        );
    }
    for (text, cause) in [("lost", Cause::Lost), ("hostile", Cause::Hostile)] {
        assert_eq!(
            (text.parse(), cause.to_string()),
            (Ok(cause), text.to_string())
        );
    }
    assert!("custodian".parse::<CaseRole>().is_err() && "none".parse::<History>().is_err());
    assert!("bored".parse::<Cause>().is_err());
}

#[test]
fn more_members_than_allowed_are_refused() {
    let directory = directory();
    let mut first = alone();
    let (bytes, _) = identity(2).key_package().expect("key package");
    let mut change = nothing(&first);
    // No directory lists so many nodes here: the count comes first.
    change.add = (0..limits::CASE_MEMBERS)
        .map(|i| {
            let mut id = [0xff; 32];
            id[..8].copy_from_slice(&i.to_be_bytes());
            (NodeId(id), bytes.clone())
        })
        .collect();
    assert_eq!(
        first.commit(&identity(1), change, &directory).err(),
        Some(Error::TooManyMembers)
    );
}

#[test]
fn what_was_learned_of_the_far_side_of_a_split_is_no_invitation_to_this_one() {
    let org = OrgId([9; 32]);
    let role = Some(CaseRole::Contributor);
    let of = |generation, number| Epoch::new(generation, number);
    let mut rules = rules();
    assert_eq!(rules.invited(&org), None);
    rules.set_role(org, role, of(1, 2));
    assert_eq!(rules.invited(&org), Some(of(1, 2)));
    // A later commit of generation 1, and where it ends.
    let mut learned = rules.clone();
    learned.set_role(org, role, of(1, 9));
    learned.set_role(org, role, of(2, 0));
    assert_eq!(
        learned.invited(&org),
        None,
        "who was removed there stays out"
    );
    learned.set_role(org, role, of(2, 3));
    assert_eq!(learned.invited(&org), Some(of(2, 3)));
    assert_eq!(learned.role(&org), role);
}

#[test]
fn nobody_fills_the_rules_so_that_nobody_can_be_removed_or_voted_out() {
    let free = limits::RULE_CHANGES_FREE;
    let members: BTreeSet<NodeId> = (0..=u8::MAX).map(node).collect();
    let former = |n: u8, cuts| Former {
        node: node(n),
        at: at(2),
        cuts: Some(vec![
            Cut {
                log: crate::id::LogId([1; 16]),
                height: 1
            };
            cuts
        ]),
    };
    let stranger = Former {
        node: NodeId([7; 32]),
        ..former(0, 0)
    };
    let mut full = rules();
    full.former = vec![stranger.clone(); limits::RULE_CHANGES - free - 1];
    let with = |rules: &Rules, former: Vec<Former>| {
        let mut next = rules.clone();
        next.former.extend(former);
        next
    };
    let room = |rules: &Rules, next: &Rules| rules.check_room(next, &members);
    assert_eq!(room(&full, &with(&full, vec![stranger.clone()])), Ok(()));
    refused(room(&full, &with(&full, vec![stranger.clone(); 2])).err());
    // Members can be removed, up to what successions need.
    let some = vec![former(3, 0); 1 + free / 2];
    assert_eq!(room(&full, &with(&full, some)), Ok(()));
    refused(room(&full, &with(&full, vec![former(3, 0); 2 + free / 2])).err());
    // Not by bytes either.
    let mut heavy = rules();
    while crate::codec::encode(&heavy).len() + limits::RULES_FREE <= limits::RULES {
        heavy.former.push(former(3, limits::LOGS_PER_NODE));
    }
    refused(room(&heavy, &with(&heavy, vec![stranger.clone()])).err());
    assert_eq!(room(&heavy, &with(&heavy, vec![former(3, 1)])), Ok(()));
    // Whatever they hold: who is let in, or renews its keys, changes no rules; and a case can be purged.
    let brim = with(&full, vec![stranger; free + 1]);
    assert_eq!(room(&brim, &brim), Ok(()));
    let mut purged = brim.clone();
    purged.stages.push(StageChange {
        stage: Stage::Purged,
        reason: String::new(),
        time: Time(5),
        at: at(2),
    });
    assert_eq!(room(&brim, &purged), Ok(()));
}

/// A node that never was, as one that is out.
fn made_up(n: usize, at: Epoch) -> Former {
    let mut id = [7; 32];
    id[..8].copy_from_slice(&n.to_be_bytes());
    Former {
        node: NodeId(id),
        at,
        cuts: Some(Vec::new()),
    }
}

#[test]
fn nobody_follows_a_commit_that_fills_the_rules_nor_joins_a_case_whose_rules_are_full() {
    let directory = directory();
    let [first, mut second, mut third] = three(&directory);
    let next = first.epoch().next();
    let mut filled = first.rules().clone();
    let most = limits::RULE_CHANGES - limits::RULE_CHANGES_FREE;
    filled.former = (0..most).map(|n| made_up(n, next)).collect();
    filled.former.push(made_up(most, next));
    let commit = forced(&first, &filled);
    refused(second.apply(&commit, node(1), node(2), &directory).err());
    filled.former.pop();
    let commit = forced(&first, &filled);
    let applied = third.apply(&commit, node(1), node(3), &directory);
    applied.expect("it leaves room");
    // Who opens a case writes into it what it likes before anybody else is there.
    let most = limits::RULE_CHANGES - limits::RULE_CHANGES_FREE / 2;
    let (package, rows) = identity(2).key_package().expect("key package");
    let closed = StageChange {
        stage: Stage::Closed,
        reason: String::new(),
        time: Time(1),
        at: at(0),
    };
    let join = |formers: usize, stages: usize| {
        let mut rules = rules();
        rules.former = (0..formers).map(|n| made_up(n, at(0))).collect();
        rules.stages = vec![closed.clone(); stages];
        let mut group = CaseGroup::create(&identity(1), first_key(), rules).expect("case");
        let mut change = nothing(&group);
        change.add.push((node(2), package.clone()));
        let committed = group.commit(&identity(1), change, &directory);
        let welcome = committed.expect("added").welcome.expect("for 2");
        CaseGroup::join(first_key(), &welcome, node(1), &rows, &directory)
    };
    assert!(join(most, 0).is_ok());
    refused(join(most + 1, 0).err());
    // Its stages as well: or nobody could close it, nor reopen it.
    assert!(join(0, most).is_ok());
    refused(join(0, most + 1).err());
}
