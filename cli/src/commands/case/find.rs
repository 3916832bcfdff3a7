//! Which case is meant.

use crate::{
    client::Client,
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_node::api::types::CaseSummary;

/// The cases that `lower` may mean: by id or whole title, else by the beginning of the title.
fn meant(cases: Vec<CaseSummary>, lower: &str) -> Vec<CaseSummary> {
    let exact = |c: &CaseSummary| {
        (lower.len() >= 4 && c.case.starts_with(lower)) || c.title.to_lowercase() == lower
    };
    let begins = |c: &CaseSummary| !lower.is_empty() && c.title.to_lowercase().starts_with(lower);
    let any = cases.iter().any(exact);
    cases
        .into_iter()
        .filter(|c| if any { exact(c) } else { begins(c) })
        .collect()
}

/// Finds a case by its id, the first digits of it, its title, or the beginning of its title.
pub(crate) async fn find(client: &Client, text: &str) -> Result<CaseSummary> {
    find_among(client.get("/v1/cases").await?, text)
}

/// The same in a list of cases.
pub(crate) fn find_among(cases: Vec<CaseSummary>, text: &str) -> Result<CaseSummary> {
    let mut found = meant(cases, &text.to_lowercase());
    match (found.pop(), found.is_empty()) {
        (Some(case), true) => Ok(case),
        (Some(_), false) => {
            Err(Error::new(Exit::NotFound, tr!("case-many", case = text))
                .next(tr!("case-many-next")))
        }
        (None, _) => Err(Error::new(Exit::NotFound, tr!("case-unknown", case = text))
            .why(tr!("case-unknown-why"))
            .next(tr!("case-unknown-next"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_by_id_title_or_the_beginning_of_its_title() {
        let case = |id: &str, title: &str| CaseSummary {
            case: id.into(),
            title: title.into(),
            opened: String::new(),
            custodian: String::new(),
            role: "contributor".into(),
            organisations: 3,
            records: 0,
            pending: 0,
            said: None,
            stage: "open".into(),
            parent: None,
        };
        let cases = [
            case("3f9c1a2b", "Varenia"),
            case("81d0c3e4", "Varenia: Orsk province"),
        ];
        let titles = |text: &str| {
            let found = meant(cases.to_vec(), text).into_iter();
            found.map(|c| c.title).collect::<Vec<_>>()
        };
        assert_eq!(titles("varenia"), ["Varenia"]);
        assert_eq!(titles("varenia: o"), ["Varenia: Orsk province"]);
        assert_eq!(titles("var").len(), 2);
        assert_eq!(titles("81d0"), ["Varenia: Orsk province"]);
        assert!(titles("").is_empty() && titles("orsk").is_empty());
    }
}
