//! An organisation with real keys, and what its people ask of its node.

use crate::{Api, NodeProcess, free_port, until};
use focal_node::{
    NodeKeys, Settings,
    api::types::{
        AlarmRow, CaseAction, CaseDetail, CaseSummary, Invite, Invited, OpenCase, Problem, Status,
        Stored,
    },
};
use focal_protocol::{
    codec,
    directory::{AuthorEntry, Manifest, Member, OrgKind, Role},
    group::CaseRole,
    id::{CaseId, Hash, NodeId},
    key::SecretKey,
    random::{Random, SystemRandom},
    record::{Draft, Kind, Record},
    seal::Unlock,
    signed::Signed,
    time::Time,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};
use zeroize::Zeroizing;

/// Now, as the nodes see it.
pub(super) fn now() -> Time {
    let ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis());
    Time(u64::try_from(ms).unwrap_or(u64::MAX))
}

/// An organisation: its keys, its one author, its node's directory.
#[derive(Debug)]
pub struct Org {
    /// Its entry in the roster.
    pub member: Member,
    /// Its root key.
    pub root: SecretKey,
    /// Its author's key.
    pub author: SecretKey,
    /// Its node.
    pub node: NodeId,
    /// Its node's directory.
    pub dir: PathBuf,
    /// Its manifests so far.
    pub manifests: Vec<Signed<Manifest>>,
    keys: NodeKeys,
    address: String,
}

impl Org {
    /// Makes an organisation and initialises its node below `base`.
    ///
    /// # Panics
    /// The disk refuses.
    #[must_use]
    pub fn new(base: &Path, name: &str) -> Self {
        Self::at(base, name, &format!("/ip4/127.0.0.1/tcp/{}", free_port()))
    }

    /// Makes an organisation whose node listens at an address of its own.
    ///
    /// # Panics
    /// The disk refuses.
    #[must_use]
    pub fn at(base: &Path, name: &str, address: &str) -> Self {
        let root = SecretKey::generate(&SystemRandom);
        let author = SecretKey::generate(&SystemRandom);
        let keys = NodeKeys::generate();
        let dir = base.join(root.public().short());
        let address = address.to_string();
        let unlock: [u8; 32] = SystemRandom.array();
        fs::create_dir_all(&dir).expect("a directory");
        fs::write(dir.join("unlock"), unlock).expect("a key file");
        keys.save(&dir, &Unlock::KeyFile(Zeroizing::new(unlock.to_vec())))
            .expect("keys saved");
        Settings {
            listen: vec![address.clone()],
            announce: vec![address.clone()],
            key_file: Some(dir.join("unlock")),
            ..Settings::default()
        }
        .save(&dir)
        .expect("settings saved");
        let member = Member::new(root.public(), OrgKind::Ngo, name, "NO").expect("a member");
        let mut org = Self {
            node: keys.node(),
            member,
            root,
            author,
            dir,
            manifests: Vec::new(),
            keys,
            address,
        };
        org.issue(|_| {});
        org
    }

    /// Issues the next manifest, changed by `change`.
    ///
    /// # Panics
    /// The node's contact key cannot be derived.
    pub fn issue(&mut self, change: impl FnOnce(&mut Manifest)) -> Signed<Manifest> {
        let now = now();
        let mut manifest = match self.manifests.last() {
            Some(last) => {
                let mut next = last.unverified().expect("own manifest");
                next.version += 1;
                next.previous = last.hash();
                next
            }
            None => Manifest {
                federation: None,
                org: self.member.org,
                version: 1,
                previous: Hash([0; 32]),
                issued: now,
                expires: now.plus_ms(365 * 24 * 3_600_000),
                nodes: vec![
                    self.keys
                        .entry(vec![self.address.clone()])
                        .expect("a node entry"),
                ],
                authors: vec![self.author_entry("officer", &self.author, Role::FocalPoint)],
                revoked: Vec::new(),
            },
        };
        change(&mut manifest);
        let signed = Signed::new(&manifest, &self.root);
        self.manifests.push(signed.clone());
        signed
    }

    /// Where its node listens.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The keys of its node, for a test that plays the node or looks into its store.
    #[must_use]
    pub fn keys(&self) -> &NodeKeys {
        &self.keys
    }

    /// Everything secret that this organisation has, as bytes to look for.
    #[must_use]
    pub fn secrets(&self) -> Vec<Vec<u8>> {
        let mut secrets = self.keys.secrets();
        secrets.push(self.root.seed().to_vec());
        secrets.push(self.author.seed().to_vec());
        secrets
    }

    /// An author of this organisation, valid from long ago.
    #[must_use]
    pub fn author_entry(&self, handle: &str, key: &SecretKey, role: Role) -> AuthorEntry {
        AuthorEntry {
            key: key.public(),
            handle: handle.into(),
            name: format!("Officer of {}", self.member.name),
            role,
            valid_from: Time(0),
            valid_until: None,
        }
    }

    /// A note by its author.
    ///
    /// # Panics
    /// The text makes no valid note.
    #[must_use]
    pub fn note(&self, case: CaseId, text: &str) -> Signed<Record> {
        self.record(case, Kind::Note, serde_json::json!({ "text": text }))
    }

    /// A record by its author.
    ///
    /// # Panics
    /// The content makes no valid record.
    #[must_use]
    pub fn record(&self, case: CaseId, kind: Kind, content: serde_json::Value) -> Signed<Record> {
        let record = Draft::from_json(Some(kind), &content)
            .and_then(|d| d.into_record(case, self.author.public(), self.member.org, now()))
            .expect("a valid record");
        Signed::new(&record, &self.author)
    }

    /// Its API.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(self.dir.join("api.sock"))
    }

    /// Changes its node's settings, for the next start.
    ///
    /// # Panics
    /// There are none.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::load(&self.dir).expect("settings");
        change(&mut settings);
        settings.save(&self.dir).expect("settings saved");
    }

    /// Starts its node.
    pub async fn start(&self, program: &Path) -> NodeProcess {
        NodeProcess::start(program, &self.dir).await
    }

    /// How its node is.
    ///
    /// # Panics
    /// It does not answer.
    pub async fn status(&self) -> Status {
        self.api().get("/v1/status").await.expect("a status")
    }

    /// What its people must look at, or have looked at.
    ///
    /// # Panics
    /// Its node does not answer.
    pub async fn alarms(&self) -> Vec<AlarmRow> {
        self.api().get("/v1/alarms").await.expect("alarms")
    }

    /// Waits until its node has raised an alarm of a sort.
    pub async fn wait_alarm(&self, code: &str) -> AlarmRow {
        until(&format!("{}: {code}", self.member.name), || async {
            self.alarms().await.into_iter().find(|a| a.code == code)
        })
        .await
    }

    /// Opens a case.
    ///
    /// # Panics
    /// The node refuses.
    pub async fn open_case(&self, title: &str) -> CaseId {
        let body = OpenCase {
            title: title.into(),
            history: "all".into(),
        };
        let case: CaseSummary = self
            .api()
            .post("/v1/cases", &body)
            .await
            .expect("an answer")
            .expect("a case");
        case.case.parse().expect("an id")
    }

    /// Invites another organisation.
    ///
    /// # Panics
    /// The node refuses.
    pub async fn invite(&self, case: CaseId, other: &Self) -> Invited {
        self.invite_as(case, other, CaseRole::Contributor).await
    }

    /// Invites another organisation in a role.
    ///
    /// # Panics
    /// The node refuses.
    pub async fn invite_as(&self, case: CaseId, other: &Self, role: CaseRole) -> Invited {
        let body = Invite {
            org: other.member.org.to_string(),
            role: role.to_string(),
        };
        self.api()
            .post(&format!("/v1/cases/{case}/invite"), &body)
            .await
            .expect("an answer")
            .expect("invited")
    }

    /// Invites another organisation once its key package is here: before, it would be added later.
    pub async fn let_in(&self, case: CaseId, other: &Self) {
        let path = format!("/v1/cases/{case}/invite");
        let body = Invite {
            org: other.member.org.to_string(),
            role: "contributor".into(),
        };
        until("a key package is known", || async {
            let result: Result<Invited, _> = self.api().post(&path, &body).await.ok()?;
            match result {
                Ok(_) => Some(()),
                Err(p) if p.code == "already-invited" => Some(()),
                Err(_) => None,
            }
        })
        .await;
    }

    /// Hands a signed record to its node.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// The node does not answer.
    pub async fn submit(&self, case: CaseId, record: &Signed<Record>) -> Result<Stored, Problem> {
        self.api()
            .post_bytes(&format!("/v1/cases/{case}/records"), codec::encode(record))
            .await
            .expect("an answer")
    }

    /// Asks its node to change a case.
    ///
    /// # Errors
    /// The node refuses.
    ///
    /// # Panics
    /// It does not answer.
    pub async fn act(&self, case: CaseId, action: &CaseAction) -> Result<(), Problem> {
        let path = format!("/v1/cases/{case}/actions");
        let answer: Result<serde_json::Value, Problem> =
            self.api().post(&path, action).await.expect("an answer");
        answer.map(|_| ())
    }

    /// A case as its node shows it; none if it knows no such case.
    pub async fn case(&self, case: CaseId) -> Option<CaseDetail> {
        self.api().get(&format!("/v1/cases/{case}")).await.ok()
    }

    /// Waits until its node shows a case in a certain way.
    pub async fn wait_case(
        &self,
        case: CaseId,
        what: &str,
        holds: impl Fn(&CaseDetail) -> bool,
    ) -> CaseDetail {
        until(&format!("{}: {what}", self.member.name), || async {
            self.case(case).await.filter(|detail| holds(detail))
        })
        .await
    }

    /// Hash of the case view at its node.
    pub async fn view_hash(&self, case: CaseId) -> Option<String> {
        let path = format!("/v1/cases/{case}");
        let detail: serde_json::Value = self.api().get(&path).await.ok()?;
        Some(detail["view_hash"].as_str()?.to_string())
    }

    /// Waits until its node can read `count` records of a case.
    pub async fn wait_records(&self, case: CaseId, count: u64) {
        let path = format!("/v1/cases/{case}");
        until(
            &format!("{} reads {count} records", self.member.name),
            || async {
                let detail: serde_json::Value = self.api().get(&path).await.ok()?;
                (detail["records"].as_u64()? >= count).then_some(())
            },
        )
        .await;
    }
}
