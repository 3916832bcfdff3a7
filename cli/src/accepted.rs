//! What this home remembers of its federation: the file that was accepted, and which rosters were signed here.
//!
//! The node has the same and more, but it may be down or on another machine when the root key signs.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_node::api::types::Status;
use focal_protocol::{
    directory::{Bundle, Directory, Roster},
    id::Hash,
    limits,
    signed::Signed,
};
use std::path::PathBuf;

fn path(context: &Context) -> PathBuf {
    context.federation_dir().join("accepted.bundle")
}

/// The federation that was accepted here.
pub(crate) fn load(context: &Context) -> Result<Option<Directory>> {
    let path = path(context);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = files::read(&tr!("what-accepted-file"), &path, limits::BUNDLE + 64)?;
    let damaged = |why: String| {
        Error::new(Exit::Failed, tr!("cannot-be-used", path = path.display()))
            .why(why)
            .next(tr!("accepted-move-away"))
    };
    let bundle = Bundle::from_bytes(&bytes).map_err(|e| damaged(e.to_string()))?;
    Directory::from_bundle(&bundle)
        .map(Some)
        .map_err(|e| damaged(e.to_string()))
}

/// Remembers a federation.
pub(crate) fn save(context: &Context, directory: &Directory) -> Result<()> {
    files::write_private(&path(context), &directory.to_bundle().to_bytes())
}

/// The federation as the running node knows it.
///
/// # Errors
/// The node does not answer, or knows no federation.
pub(crate) async fn of_node(context: &Context) -> Result<Directory> {
    let client = Client::connect(context).await?;
    let status: Status = client.get("/v1/status").await?;
    if status.federation.is_none() {
        return Err(Error::new(Exit::NotFound, tr!("accepted-none"))
            .why(tr!("accepted-none-why"))
            .next("focal federation accept FILE"));
    }
    let bytes = client.get_bytes("/v1/directory/bundle").await?;
    let odd = |why: String| Error::new(Exit::Failed, tr!("accepted-node-odd")).why(why);
    let bundle = Bundle::from_bytes(&bytes).map_err(|e| odd(e.to_string()))?;
    Directory::from_bundle(&bundle).map_err(|e| odd(e.to_string()))
}

/// Refuses to sign a second roster of one version, and remembers this one. Two would be proof of misbehaviour.
pub(crate) fn sign_once(context: &Context, roster: &Roster, signed: &Signed<Roster>) -> Result<()> {
    let path = context.federation_dir().join(format!(
        "signed-{}-roster-{}.txt",
        &roster.federation.to_string()[..16],
        roster.version
    ));
    if path.exists() {
        let bytes = files::read(&tr!("what-signed-note"), &path, 4096)?;
        let before: Option<Hash> = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        if before == Some(signed.hash()) {
            return Ok(());
        }
        return Err(Error::new(
            Exit::Refused,
            tr!("accepted-signed-twice", version = roster.version),
        )
        .why(tr!("accepted-signed-twice-why"))
        .next(tr!("accepted-signed-twice-next", path = path.display())));
    }
    files::create_private(&path, format!("{}\n", signed.hash()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{id::FederationId, key::SecretKey, random::SystemRandom, time::Time};

    #[test]
    fn a_steward_signs_one_roster_of_a_version() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let key = SecretKey::generate(&SystemRandom);
        let mut roster = Roster {
            federation: FederationId([1; 32]),
            version: 3,
            previous: Hash([2; 32]),
            issued: Time(1),
            members: vec![],
            stewards: vec![],
            threshold: 1,
        };
        let first = Signed::new(&roster, &key);
        sign_once(&context, &roster, &first).expect("first");
        sign_once(&context, &roster, &first).expect("the same again");
        roster.issued = Time(2);
        let second = Signed::new(&roster, &key);
        assert_eq!(
            sign_once(&context, &roster, &second)
                .expect_err("another")
                .exit,
            Exit::Refused
        );
    }
}
