//! A file that is taken in without a link: its reports are signed now, and wait in the outbox.

use super::{
    Args, Checked, Sendable, check, none_is_complete,
    send::{self, Way},
    show,
};
use crate::{
    commands::{
        case::find_among,
        report::{drafts, place::no_org},
    },
    context::Context,
    error::{Error, Result},
    keys::{Author, author_handles, open_author},
    known::{self, Known},
    lang::tr,
    outbox::{self, Outbox},
    prompt::confirm,
};
use focal_node::exchange::Import;
use focal_protocol::{
    id::OrgId,
    record::{Body, FieldError},
};
use std::sync::Arc;

/// What somebody here can do without the node.
pub(super) struct Alone {
    pub(super) author: Arc<Author>,
    pub(super) org: OrgId,
    pub(super) known: Known,
}

impl Alone {
    /// None if there is no key here, or whoever has it was never at the node.
    pub(super) fn of(author: Option<&str>, context: &Context) -> Result<Option<Self>> {
        if author_handles(context)?.is_empty() {
            return Ok(None);
        }
        let author = open_author(context, author)?;
        let Some(known) = Known::load(context, &author)? else {
            return Ok(None);
        };
        let org = author.org.or(known.own()).ok_or_else(no_org)?;
        Ok(Some(Self { author, org, known }))
    }

    /// The case that somebody means, by the list that was last seen.
    pub(super) fn find(
        &self,
        case: &str,
        away: &Error,
        context: &Context,
    ) -> Result<focal_node::api::types::CaseSummary> {
        let (why, ago) = (away.what.as_str(), known::ago(self.known.at));
        let found = find_among(self.known.cases.clone(), case);
        let found = found.map_err(|e| e.why(tr!("place-list-of", why, ago = ago.as_str())))?;
        let title = found.title.as_str();
        context.remark(&tr!("place-as-known", why, case = title, ago));
        Ok(found)
    }
}

/// Reports that wait here already.
#[derive(Default)]
pub(super) struct Waiting(Vec<Body>);

impl Waiting {
    /// Those of one author.
    pub(super) fn of(author: &Author, context: &Context) -> Result<Self> {
        let kept = Outbox::of(context, author).list()?;
        let items = kept.into_iter().filter_map(|kept| kept.item);
        let records = items.filter_map(|item| item.content());
        Ok(Self(records.map(|record| record.body).collect()))
    }

    /// Those of whoever signs; no key is asked for if nothing waits.
    pub(super) fn of_all(author: Option<&str>, context: &Context) -> Result<Self> {
        if outbox::waiting(context)?.is_empty() {
            return Ok(Self::default());
        }
        Self::of(&*open_author(context, author)?, context)
    }

    /// What waits is not taken once more: nobody could tell the two apart.
    pub(super) fn refuse(&self, checked: &mut [Checked]) {
        for one in checked {
            if one
                .draft
                .as_ref()
                .is_ok_and(|draft| self.0.contains(&draft.body))
            {
                one.draft = Err(vec![FieldError {
                    field: "identifier".into(),
                    given: tr!("import-waits-already"),
                    allowed: tr!("import-not-yet-there"),
                }]);
            }
        }
    }
}

/// The node does not answer: what can be sent is signed and waits; it is kept as drafts where no case is known.
pub(super) async fn keep(
    import: &Import,
    case: &str,
    args: &Args,
    away: Error,
    context: &Context,
) -> Result<()> {
    // Whether an earlier alert is known only the node can say.
    if import.reports.iter().any(|r| r.amends.is_some()) {
        return Err(away.next(tr!("import-node-first")));
    }
    let mut checked = check(import.reports.clone());
    let alone = Alone::of(args.author.as_deref(), context)?;
    if let Some(alone) = &alone {
        Waiting::of(&alone.author, context)?.refuse(&mut checked);
    }
    let good = checked.iter().filter(|c| c.draft.is_ok()).count();
    if good == 0 {
        return Err(none_is_complete(&checked));
    }
    let place = match &alone {
        Some(alone) => Some(alone.find(case, &away, context)?),
        None => None,
    };
    if alone.is_some() {
        context.remark(&tr!("import-unchecked"));
    }
    let question = match &place {
        Some(place) => tr!(
            "import-later-question",
            n = good,
            case = place.title.as_str()
        ),
        None => tr!("import-keep-question", n = good),
    };
    confirm(context, &question, |out| {
        show::write(import, &checked, &args.file, out)
    })?;
    if let Some((alone, place)) = alone.zip(place) {
        let signer = (alone.author, alone.org);
        let way = Way::Later(alone.known, import.format, away);
        return send::send(way, &place, checked, signer, context).await;
    }
    let mut paths = Vec::new();
    for one in checked.iter().filter(|c| c.draft.is_ok()) {
        paths.push(drafts::keep(&one.report.sendable(), context)?);
    }
    Err(send::drafts_kept(away, &paths, case))
}
