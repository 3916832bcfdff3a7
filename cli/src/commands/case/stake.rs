//! What will happen to a case, in words: whom the node understands to be meant, and what follows for them.

use super::first;
use crate::{
    lang::{self, tr},
    output::plain,
};
use focal_node::api::types::{
    CaseSummary, InvitationsPreview, Preview, PreviewedNode, PreviewedOrg, PreviewedVote,
};

fn named(org: &PreviewedOrg) -> String {
    tr!(
        "case-whom",
        org = plain(&org.org_name),
        id = first(&org.org)
    )
}

/// A node by its organisation and its own id.
fn node_named(node: &PreviewedNode) -> String {
    tr!(
        "case-whose-node",
        org = plain(&node.org_name),
        node = first(&node.node)
    )
}

fn role(role: &str) -> String {
    lang::word("role", role)
}

fn names(all: &[String]) -> String {
    let all: Vec<_> = all.iter().map(|name| plain(name)).collect();
    all.join(", ")
}

/// Which nodes of an organisation it is about.
fn nodes(preview: &Preview) -> String {
    let ids: Vec<String> = preview.nodes.iter().map(|n| first(&n.node)).collect();
    tr!("case-its-nodes", n = ids.len(), nodes = ids.join(", "))
}

/// What of its reports still counts.
fn counts(preview: &Preview) -> String {
    let entries: u64 = preview.nodes.iter().map(|n| n.entries).sum();
    tr!("case-stake-counts", n = entries)
}

/// The compartments in which it stays.
fn stays_in(preview: &Preview) -> Option<String> {
    let named = |inside: &CaseSummary| {
        let (title, case) = (plain(&inside.title), first(&inside.case));
        format!("{title} ({case})")
    };
    let cases: Vec<String> = preview.stays_in.iter().map(named).collect();
    let some = !cases.is_empty();
    some.then(|| tr!("case-stays-inside", cases = cases.join(", ")))
}

fn lines(all: impl IntoIterator<Item = Option<String>>) -> String {
    let all: Vec<String> = all.into_iter().flatten().collect();
    all.join("\n")
}

pub(super) fn remove(preview: &Preview) -> String {
    let org = preview.org.as_ref();
    let who = org.map(|org| {
        let was = role(org.role.as_deref().unwrap_or("none"));
        tr!("case-stake-remove", who = named(org), was)
    });
    let of = org.map(|_| nodes(preview));
    lines([who, of, Some(counts(preview)), stays_in(preview)])
}

pub(super) fn remove_node(preview: &Preview) -> String {
    let nodes = preview.nodes.iter();
    let who = nodes.map(|node| {
        let who = node_named(node);
        Some(if node.member {
            tr!("case-stake-remove-node", who, was = role(&node.role))
        } else {
            tr!("case-stake-remove-former", who)
        })
    });
    lines(who.chain([Some(counts(preview)), stays_in(preview)]))
}

pub(super) fn ask_remove(preview: &Preview, case: &CaseSummary) -> String {
    let who = preview.org.as_ref().map(|org| {
        let custodian = plain(&case.custodian);
        tr!("case-stake-ask-remove", custodian, org = named(org))
    });
    lines([who, Some(nodes(preview)), stays_in(preview)])
}

pub(super) fn leave(preview: &Preview) -> String {
    let who = preview.org.as_ref().map(|org| {
        let was = role(org.role.as_deref().unwrap_or("none"));
        tr!("case-stake-leave", org = named(org), was)
    });
    lines([who, Some(nodes(preview)), stays_in(preview)])
}

/// What an organisation may do afterwards.
fn may(role: &str) -> String {
    if role == "reader" {
        tr!("case-stake-reads")
    } else {
        tr!("case-stake-reports")
    }
}

pub(super) fn change_role(preview: &Preview, to: &str) -> String {
    let who = preview.org.as_ref().map(|org| {
        let was = role(org.role.as_deref().unwrap_or("none"));
        tr!("case-stake-role", org = named(org), role = role(to), was)
    });
    lines([who, Some(nodes(preview)), Some(may(to))])
}

pub(super) fn hand_over(preview: &Preview) -> String {
    let to = preview.nodes.iter().flat_map(|node| {
        let reader = node.role == "reader";
        [
            Some(tr!("case-stake-hand-over", to = node_named(node))),
            reader.then(|| tr!("case-stake-reader-in-office")),
        ]
    });
    lines(to)
}

pub(super) fn rekey(case: &CaseSummary) -> String {
    if case.role == "custodian" {
        tr!("case-stake-rekey")
    } else {
        tr!(
            "case-stake-rekey-propose",
            custodian = plain(&case.custodian)
        )
    }
}

/// How many have voted for the same, and how many must.
fn votes(vote: &PreviewedVote) -> String {
    let (n, needed) = (vote.votes.len(), vote.needed);
    tr!("case-stake-votes", n, needed, voters = names(&vote.votes))
}

/// What it means why somebody goes out.
fn cause(vote: &PreviewedVote, hostile: bool, stands: bool) -> String {
    match (hostile, stands) {
        (false, _) => tr!("case-stake-lost"),
        (true, false) => tr!("case-stake-hostile"),
        (true, true) => tr!("case-stake-hostile-here", n = vote.out.entries),
    }
}

/// A vote for somebody, or for oneself; or what is none, and says whom this node follows.
pub(super) fn vote(preview: &Preview, case: &CaseSummary, hostile: bool, stands: bool) -> String {
    let (Some(vote), Some(successor)) = (&preview.vote, preview.nodes.first()) else {
        return String::new();
    };
    let (out, successor) = (node_named(&vote.out), node_named(successor));
    if !vote.counts {
        return match (vote.claimed, case.role == "custodian") {
            (true, true) => tr!("case-stake-step-down", successor),
            (true, false) => tr!("case-stake-follow-claim", successor),
            (false, _) => tr!("case-stake-follow", successor),
        };
    }
    let twice = vote
        .agrees
        .then(|| tr!("case-stake-vote-twice", successor = successor.clone()));
    let again = preview
        .nodes
        .first()
        .is_some_and(|n| n.node == vote.out.node);
    let what = match (stands, again) {
        (_, true) => tr!("case-stake-vote-again", successor),
        (true, false) => tr!("case-stake-succeed", successor, out),
        (false, false) => tr!("case-stake-vote", successor, out),
    };
    let cause = (!again).then(|| cause(vote, hostile, stands));
    lines([Some(what), cause, Some(votes(vote)), twice])
}

/// Who else is in the case.
fn others(preview: &Preview) -> String {
    let n = preview.others.len();
    tr!("case-stake-others", n, others = names(&preview.others))
}

pub(super) fn close(preview: &Preview, retain_days: Option<u32>) -> String {
    let retained = retain_days.map(|days| tr!("case-stake-retain", n = days));
    lines([
        Some(tr!("case-stake-close")),
        retained,
        Some(others(preview)),
    ])
}

pub(super) fn reopen(preview: &Preview) -> String {
    lines([Some(tr!("case-stake-reopen")), Some(others(preview))])
}

/// Of a purge at every member, or of this node alone; its operator may know that the others are left without a custodian.
pub(super) fn purge(preview: &Preview, case: &CaseSummary, everywhere: bool) -> String {
    let n = case.records;
    if everywhere {
        return lines([Some(tr!("case-stake-purge-all", n)), Some(others(preview))]);
    }
    let kept = if preview.others.is_empty() {
        tr!("case-stake-purge-last")
    } else {
        tr!("case-stake-purge-kept", others = names(&preview.others))
    };
    lines([
        Some(tr!("case-stake-purge", n)),
        Some(kept),
        preview.in_office.then(|| tr!("case-stake-abandon")),
    ])
}

/// What an invitation does to each organisation, and what newcomers read.
pub(super) fn invite(preview: &InvitationsPreview) -> String {
    let each = preview.orgs.iter().map(|org| {
        let who = tr!(
            "case-whom",
            org = plain(&org.org_name),
            id = first(&org.org)
        );
        let (n, now) = (org.newcomers, role(&org.role));
        Some(match &org.has {
            None => tr!("case-stake-invite", who, role = now, n),
            Some(has) if *has == org.role => tr!("case-stake-invite-stays", who, role = now, n),
            Some(has) => tr!(
                "case-stake-invite-changes",
                who,
                role = now,
                was = role(has),
                n
            ),
        })
    });
    let changes = |to: &str| {
        let mut orgs = preview.orgs.iter();
        orgs.any(|o| o.role == to && o.has.as_ref().is_some_and(|has| has != to))
    };
    let demoted = changes("reader").then(|| tr!("case-stake-reads"));
    let comes_in = preview
        .orgs
        .iter()
        .any(|o| o.newcomers > 0 || o.has.is_none());
    let reads = comes_in.then(|| {
        if preview.history == "all" {
            tr!("case-stake-reads-all", n = preview.records)
        } else {
            tr!("case-stake-reads-later")
        }
    });
    lines(each.chain([demoted, reads]))
}
