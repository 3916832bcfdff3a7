//! Files that go with records: sealed by a test as the command line seals them, and opened again.

use crate::{Org, until};
use focal_node::api::types::{AttachmentHere, AttachmentRow, Problem};
use focal_protocol::{
    id::{CaseId, Hash},
    limits,
    random::SystemRandom,
    record::{Attachment, Kind, Record},
    seal::AttachmentKey,
    signed::Signed,
};
use hyper::Method;

/// A file, sealed.
#[derive(Debug, Clone)]
pub struct SealedFile {
    /// Its description.
    pub attachment: Attachment,
    /// Its sealed chunks in order.
    pub chunks: Vec<Vec<u8>>,
    /// Their sealed list.
    pub list: Vec<u8>,
}

impl SealedFile {
    /// Seals bytes.
    ///
    /// # Panics
    /// They are more than an attachment may have.
    #[must_use]
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let key = AttachmentKey::generate(&SystemRandom);
        let chunks = focal_protocol::seal::Chunks::new(&key, bytes.len() as u64).expect("fits");
        let parts: Vec<&[u8]> = match bytes {
            [] => vec![bytes],
            bytes => bytes.chunks(limits::CHUNK).collect(),
        };
        let sealed: Vec<Vec<u8>> = parts
            .iter()
            .zip(0..)
            .map(|(part, index)| chunks.seal(index, part).expect("sealed"))
            .collect();
        let names: Vec<Hash> = sealed.iter().map(|s| Hash::of(&[s])).collect();
        let list = chunks.seal_list(&names).expect("sealed");
        Self {
            attachment: Attachment {
                name: name.into(),
                media_type: "application/octet-stream".into(),
                size: bytes.len() as u64,
                hash: Hash::of(&[bytes]),
                original: None,
                key,
                list: Hash::of(&[&list]),
            },
            chunks: sealed,
            list,
        }
    }

    /// The path of a sealed piece in the API.
    #[must_use]
    pub fn path(&self, sealed: &[u8]) -> String {
        let (list, name) = (self.attachment.list, Hash::of(&[sealed]));
        format!("/v1/attachments/{list}/chunks/{name}")
    }
}

impl Org {
    /// Hands all pieces of a file to its node.
    ///
    /// # Errors
    /// The refusal of the first piece that is refused.
    ///
    /// # Panics
    /// The node does not answer.
    pub async fn hand_over(&self, file: &SealedFile) -> Result<(), Problem> {
        for piece in file.chunks.iter().chain([&file.list]) {
            let (api, path) = (self.api(), file.path(piece));
            let put = api.bytes(Method::PUT, &path, piece.clone());
            put.await.expect("an answer")?;
        }
        Ok(())
    }

    /// A note with files.
    ///
    /// # Panics
    /// It is not valid.
    #[must_use]
    pub fn note_with(&self, case: CaseId, text: &str, files: &[&SealedFile]) -> Signed<Record> {
        let described: Vec<&Attachment> = files.iter().map(|f| &f.attachment).collect();
        let content = serde_json::json!({ "text": text, "attachments": described });
        self.record(case, Kind::Note, content)
    }

    /// The files of a case at its node.
    ///
    /// # Panics
    /// The node does not answer.
    pub async fn attachments(&self, case: CaseId) -> Vec<AttachmentRow> {
        let path = format!("/v1/attachments?case={case}");
        self.api().get(&path).await.expect("attachments")
    }

    /// How far a file is at its node; none if no record there names it.
    pub async fn attachment(&self, case: CaseId, file: &SealedFile) -> Option<AttachmentRow> {
        let list = file.attachment.list.to_string();
        let rows = self.attachments(case).await;
        rows.into_iter().find(|row| row.attachment == list)
    }

    /// Waits until its node has all of a file, and opens it.
    ///
    /// # Panics
    /// It does not come, or is not what it was.
    pub async fn opened(&self, case: CaseId, file: &SealedFile) -> Vec<u8> {
        until(
            &format!("{} has {}", self.member.name, file.attachment.name),
            || async {
                let row = self.attachment(case, file).await?;
                (row.state == AttachmentHere::Complete).then_some(())
            },
        )
        .await;
        let chunks = file.attachment.chunks().expect("chunks");
        let piece = async |sealed: &[u8]| {
            let (api, path) = (self.api(), file.path(sealed));
            let got = api.bytes(Method::GET, &path, Vec::new());
            got.await.expect("an answer").expect("a piece")
        };
        assert_eq!(piece(&file.list).await, file.list);
        let mut whole = Vec::new();
        for (sealed, index) in file.chunks.iter().zip(0..) {
            let got = piece(sealed).await;
            whole.extend_from_slice(&chunks.open(index, got).expect("opens"));
        }
        assert_eq!(Hash::of(&[&whole]), file.attachment.hash);
        whole
    }
}
