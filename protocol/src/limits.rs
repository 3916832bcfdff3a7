//! Every bound that input from outside must respect: the number, its unit, and why it is that number.

/// One frame of the sync conversation, bytes: a batch of entries with room for its envelope.
pub const FRAME: usize = 1 << 20;
/// One entry (header, ciphertext, signature), bytes: a commit of the case group fits, a flood does not.
pub const ENTRY: usize = 256 << 10;
/// One entry's header, bytes: ours has at most 191, the rest is room for fields of later versions. A proof that a node
/// signed two histories holds two batches of headers, and must fit a frame.
pub const HEADER: usize = 256;
/// Entries in one `Entries` frame, bytes together: one signature check each, and a lost batch costs little.
pub const BATCH: usize = 256 << 10;
/// Entries in one `Entries` frame, number: bounds the work before the first flush, and the size of a proof. The
/// smallest entries fill [`BATCH`] before they are so many.
pub const BATCH_ENTRIES: usize = 1024;
/// One record as signed, bytes: several pages of text; photographs travel as attachments.
pub const RECORD: usize = 64 << 10;
/// One attachment, bytes: an hour of video. Its chunks' names fill one chunk.
pub const ATTACHMENT: u64 = 2 << 30;
/// One chunk of an attachment before sealing, bytes: what is lost when a link breaks, at most.
pub const CHUNK: usize = 256 << 10;
/// One sealed chunk, bytes: with its tag.
pub const CHUNK_SEALED: usize = CHUNK + 16;
/// A request for a chunk, bytes: ours has at most 85.
pub const CHUNK_REQUEST: usize = 256;
/// Attachments of one record: descriptions of them leave half of the record to its text.
pub const ATTACHMENTS: usize = 32;
/// Depth of nesting in any CBOR item: our deepest type has 9.
pub const CBOR_DEPTH: usize = 32;
/// Members (nodes) of one case.
pub const CASE_MEMBERS: usize = 1_000;
/// Organisations of one federation.
pub const ORGANISATIONS: usize = 1_000;
/// Nodes of one organisation.
pub const NODES_PER_ORG: usize = 64;
/// Authors of one organisation, revoked ones included.
pub const AUTHORS_PER_ORG: usize = 4_096;
/// Addresses of one node.
pub const ADDRESSES: usize = 16;
/// One address as text, bytes.
pub const ADDRESS: usize = 256;
/// A name of a person, organisation, federation or case, bytes of UTF-8.
pub const NAME: usize = 200;
/// One charter, roster or manifest as signed, bytes.
pub const DIRECTORY_ITEM: usize = 512 << 10;
/// A file that carries a charter, the rosters and the manifests to a newcomer, bytes.
pub const BUNDLE: usize = 64 << 20;
/// A key package with its envelope, bytes: ML-KEM-768 keys make it about 3 KiB.
pub const KEY_PACKAGE: usize = 16 << 10;
/// Changes of one node's key package that are taken one after the other: more than an operator makes in a day.
pub const KEY_PACKAGES_AT_ONCE: u64 = 8;
/// After which one more is taken, milliseconds: an hour. They are replaced weekly.
pub const KEY_PACKAGE_EVERY_MS: u64 = 3_600_000;
/// A sealed parcel (a Welcome with its ratchet tree), bytes.
pub const PARCEL: usize = 900 << 10;
/// Parcels that a node keeps for others to fetch.
pub const PARCELS_KEPT: usize = 4_096;
/// Parcels that a node keeps for one recipient.
pub const PARCELS_PER_RECIPIENT: usize = 64;
/// Receipts that a node keeps for parcels of others, so that it takes them in no more; as many again for those that were
/// for itself. All of them fit a frame.
pub const RECEIPTS_KEPT: usize = 4_096;
/// Those of one recipient: four times the parcels that wait for it at one time.
pub const RECEIPTS_PER_RECIPIENT: usize = 256;
/// How long a parcel waits for its recipient, milliseconds: 90 days.
pub const PARCEL_AGE_MS: u64 = 90 * 24 * 3_600_000;
/// Logs of one node in one case: two lanes, and a new pair after each restore.
pub const LOGS_PER_NODE: usize = 64;
/// Heads in one `Heads` frame: 80 bytes each, so that the frame stays well under its limit.
pub const HEADS_PER_FRAME: usize = 8_000;
/// Points of a log that are compared at once, where two histories of it part: a place among 100,000 entries is found in
/// five messages.
pub const POINTS: usize = 16;
/// Logs that a peer may offer in one session without ever sending them: all logs of a large federation.
pub const LOGS_OFFERED: usize = 100_000;
/// Logs of cases that are not known here of which one session remembers what the peer has said: those of a few large cases
/// into which this node may be let next. What was said first goes first.
pub const HEADS_KEPT: usize = 8_192;
/// Lamport time that no federation reaches by writing. A writer follows what others wrote only up to here, or one
/// entry of a hostile member would take the room to count from everybody.
pub const LAMPORT: u64 = 1 << 48;
/// Cases of which one node is a member.
pub const CASES: usize = 10_000;
/// Those of them whose custodian is of one organisation: nobody who makes up cases takes the room of the others.
pub const CASES_OF_ONE: usize = 2_500;
/// Records that one record may refer to.
pub const REFS: usize = 256;
/// A payload after decompression, bytes: an entry that unpacks to more is a bomb.
pub const PAYLOAD: usize = 512 << 10;
/// Changes of one sort (roles, former members, stages) that the rules of a case keep: four for each possible member.
pub const RULE_CHANGES: usize = 4_096;
/// Changes of each sort that commits leave room for, whatever else they change: half of them for removals of members, the
/// rest for successions.
pub const RULE_CHANGES_FREE: usize = 256;
/// The same, bytes.
pub const RULES_FREE: usize = RULES / 4;
/// Hand-overs in one generation of a case: 400 bytes each, which everybody who is let in checks.
pub const HAND_OVERS: usize = 256;
/// Removed nodes that a vote names, so that the votes of 1,000 members fit in one parcel: 34 bytes each.
pub const GONE: usize = 8;
/// The rules of a case, bytes: they travel in commits and Welcomes.
pub const RULES: usize = 1 << 20;
/// Why a case is closed, a member removed or a custodian replaced, bytes.
pub const REASON: usize = 2_000;
/// Something larger than an entry or a parcel holds, cut into parts, bytes: the Welcome to a case of 1,000 members has
/// about 3 MiB.
pub const WHOLE: usize = 16 << 20;
/// Parts of one such thing.
pub const PARTS: usize = 128;
/// Groups of one case that a node follows: the one in force, and those of earlier generations whose late commits
/// still make entries readable.
pub const GROUPS_FOLLOWED: usize = 4;
/// Secrets that one member grants in a case and that a node keeps, of whatever epochs; and those that go into one payload.
/// Far more than a case has epochs: a commit a minute makes as many in six weeks.
pub const SECRETS_OF_GRANTER: usize = 1 << 16;
/// Secrets that others grant of one epoch and that a node keeps: what opens an entry must be found among them.
pub const SECRETS_PER_EPOCH: usize = 256;
/// Those of them by one member: one for each group of one generation that it may have followed.
pub const SECRETS_PER_GRANTER: usize = 4;
/// Commits of which a node remembers how they changed the membership of one group.
pub const STEPS: usize = 4_096;
/// Entries that are kept of a node that is no member of a case, in all its logs there, as long as nobody can tell whether
/// it may have written them.
pub const STRANGERS_ENTRIES: u64 = 1_024;
/// Bytes of them.
pub const STRANGERS_BYTES: u64 = 16 << 20;
/// Entries of a member of a case that wait to be read, in all its logs there, beyond which none of epochs that are not
/// known yet are taken: more than anybody writes before a commit comes round.
pub const LATE_ENTRIES: u64 = 16_384;
/// Distance between a record's clock and ours above which it is shown as doubtful, milliseconds: 24 h.
pub const CLOCK_SKEW_MS: u64 = 24 * 3_600_000;
/// Records in one evidence bundle: more than anybody reads, and their entries fit in memory while it is put together.
pub const EVIDENCE_RECORDS: usize = 10_000;
/// The list of an evidence bundle, bytes: as many items as a ZIP counts, 200 bytes each.
pub const EVIDENCE_CONTENTS: usize = 16 << 20;
/// Lines of a custody log: one for each who ever had the bundle.
pub const CUSTODY_LINES: usize = 1_000;
/// One line of a custody log, bytes.
pub const CUSTODY_LINE: usize = 4_096;
/// A key file, bytes.
pub const KEY_FILE: usize = 16 << 10;
/// One item of an audit trail, bytes: ids and words, no text of anybody's.
pub const AUDIT_ITEM: usize = 4 << 10;
/// A word in an audit item, bytes: `amber+strict`, `evidence-bundle`.
pub const AUDIT_WORD: usize = 40;
/// Sorts of refusals that one audit item counts: more than the rules have.
pub const AUDIT_REFUSALS: usize = 32;
/// Organisations that one audit item names: as many as one export may be for.
pub const AUDIT_ORGS: usize = 32;
