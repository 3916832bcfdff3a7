//! The file with which an organisation asks to join: a signed request, and every manifest since its first.
//!
//! A directory takes manifests from version 1 on, each naming the one before; the request itself carries the last.

use crate::{
    error::{Error, Exit, Result},
    federation_file::check_manifests,
    files,
    lang::tr,
};
use focal_protocol::{
    codec,
    directory::{JoinRequest, Manifest, Member},
    limits,
    signed::Signed,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

const MAGIC: &[u8] = b"focal-join-request/1\n";

#[derive(Serialize, Deserialize)]
struct Content {
    request: Signed<JoinRequest>,
    earlier: Vec<Signed<Manifest>>,
}

/// Who asks, checked: the root key that it names signed all of it.
#[derive(Debug)]
pub(crate) struct Applicant {
    /// The organisation.
    pub(crate) member: Member,
    /// Its manifests, from version 1 on.
    pub(crate) manifests: Vec<Signed<Manifest>>,
}

/// The file's bytes. `manifests` are all versions; the last one is in the request too.
pub(crate) fn to_bytes(request: Signed<JoinRequest>, manifests: &[Signed<Manifest>]) -> Vec<u8> {
    let earlier = manifests.split_last().map(|(_, e)| e.to_vec());
    let content = Content {
        request,
        earlier: earlier.unwrap_or_default(),
    };
    [MAGIC, &codec::encode(&content)].concat()
}

/// Whether these bytes say that they are a join request.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Reads and checks a request.
pub(crate) fn read(path: &Path) -> Result<Applicant> {
    let bytes = files::read(&tr!("what-join-request"), path, limits::BUNDLE)?;
    from_bytes(&bytes).map_err(|why| {
        Error::new(Exit::Refused, tr!("no-join-request", path = path.display()))
            .why(why)
            .next(tr!("join-request-again"))
    })
}

fn from_bytes(bytes: &[u8]) -> std::result::Result<Applicant, String> {
    let body = bytes.strip_prefix(MAGIC).ok_or(tr!("begins-otherwise"))?;
    let content: Content = codec::decode(body, limits::BUNDLE).map_err(|e| e.to_string())?;
    let request = JoinRequest::verify(content.request).map_err(|e| e.to_string())?;
    let mut manifests = content.earlier;
    manifests.push(request.manifest.clone());
    let member = request.into_value().member;
    check_manifests(std::slice::from_ref(&member), &manifests).map_err(|e| e.to_string())?;
    Ok(Applicant { member, manifests })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation_file::tests::{Org, manifests};
    use focal_protocol::time::Time;

    #[test]
    fn a_request_carries_every_manifest_since_the_first() {
        let org = Org::new("Monitor");
        let all = manifests(&org, 3);
        let request = JoinRequest::new(org.member.clone(), all[2].clone(), Time(5), &org.root);
        let read = from_bytes(&to_bytes(request, &all)).expect("valid");
        assert_eq!(read.member, org.member);
        assert_eq!(read.manifests, all);
    }

    #[test]
    fn a_request_with_a_gap_or_of_another_is_refused() {
        let (org, other) = (Org::new("Monitor"), Org::new("Other"));
        let all = manifests(&org, 3);
        let request = |m: &Signed<Manifest>| {
            JoinRequest::new(org.member.clone(), m.clone(), Time(5), &org.root)
        };
        assert!(from_bytes(&to_bytes(request(&all[2]), &all[1..])).is_err());
        let foreign = manifests(&other, 1);
        assert!(from_bytes(&to_bytes(request(&foreign[0]), &foreign)).is_err());
        assert!(from_bytes(b"hello").is_err());
    }
}
