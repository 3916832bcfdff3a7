# What the node and the protocol say by name, with what stands in it. The English is that of the code, word for word: what has
# come without its name is found by it.

## Refusals

said-no-federation = this node belongs to no federation yet
said-not-listed = this node is in no manifest of an active member organisation
said-unknown-node = node { $node } is in no manifest
said-unknown-author = the author is not in the manifest of the organisation that the record names
said-revoked-author = the author's key was revoked by their organisation
said-author-expired = the author is not valid at this time
said-other-organisation = the record is of another organisation than the node that carries it
said-other-case = the record belongs to another case
said-may-only-acknowledge = { $who } may only acknowledge
said-barred = the record may not go there: { $why }
said-too-wide = { $name } is in the case, and the record's marking does not let them read it
said-bad-record = the record is not valid: { $errors }
said-bad-parts = the pieces of a payload do not fit together
said-unknown-case = this node is not a member of the case
said-not-a-member = node { $node } is not a member of the case
said-too-late = so many entries of node { $node } wait for commits that no more are taken before those come
said-unknown-organisation = there is no active member organisation "{ $name }"
said-not-in-parent = { $name } is not in the case
said-too-many-cases = this node is in as many cases as it can be
said-unknown-record = there is no record with this id in the case, or more than one begins with these digits
said-other-custodian = the case has another custodian since: the vote would put out node { $node }
said-other-vote = the case has changed since: the vote would not do any more what was said before
said-unknown-alarm = there is no such alarm
said-resolved-alarm = the alarm is resolved already, and its decision stands
said-judged = the entry does not count: { $why }
said-too-many-logs = more logs of one node in one case than are allowed
said-own-log = entries of this node's own log came from outside
said-unknown-attachment = there is no such attachment here
said-missing-chunks = { $n } chunks of "{ $name }" are not here
said-bad-chunk = a chunk of an attachment is not what its name says
said-attachments-full = attachments take all the room that the node's settings give them
said-disk-full = the disk is full: nothing was stored
said-store-failed = the store failed: { $why }
said-stopping = the node is stopping
said-overtaken = corrected or withdrawn by a record that is left out

## What is wrong with a request

said-request-not-past = at: { $at } was given where it is only { $now } by this node's clock
said-request-field = { $field }: "{ $given }" was given where { $allowed } is allowed
said-request-too-long = { $field }: { $given } bytes were given where { $most } are allowed
said-request-note = note: at most { $most } characters are printed
said-request-no-recipients = recipients: nobody was named
said-request-recipients = recipients: { $given } were named where { $most } are allowed
said-request-recipients-only = recipients: named with the purpose "organisations" only
said-request-only-written = format: { $format } is written, and not read
said-request-format = { $why }
said-request-no-node = no manifest lists a node of the recipient yet
said-request-no-node-in-case = the recipient has no node in case { $case }
said-request-ended-early = the file ended early
said-request-other-federation = it is of another federation
said-request-other-organisation = it is for another organisation
said-request-piece-names = names of pieces have 32 bytes each
said-request-chunk-names = the names of chunks have 32 bytes each
said-request-backup-runs = another backup of this node is being made: wait for it
said-request-backup-too-large = the node has more attachments than one backup can name: make it without them
said-request-not-found = there is no { $what } with this id, or more than one begins with these digits
said-request-invitations = one to { $most } organisations are invited at once
said-request-trail-for = the audit trail is for focal points and admins
said-request-chunk-id = an attachment and a chunk are named by 64 hexadecimal digits
said-request-log-id = a log is named by 32 hexadecimal digits
said-request-time = a time is written as 2026-11-05T14:00:00Z
said-request-role = this is not for the role { $role }: { $who } may do it
said-request-who-are-you = this door does not say who you are
said-query = column { $column }: { $what }; allowed: { $allowed }

## Alarms

said-alarm-fork = node { $node } signed two histories of log { $log }: nothing of it counts from where they part
said-alarm-old-copy = partners hold more of this node's own log { $log } than it does: it runs on an old copy of its store
said-alarm-two-manifests = an organisation signed two manifests of one version: { $org }
said-alarm-two-rosters = the stewards signed two rosters of one version
said-alarm-custodian-forked = the custodian of case { $case }, node { $node }, signed two histories: members may follow different ones
said-alarm-custodian-revoked = the custodian of case { $case }, node { $node }, is in no current manifest any more
said-alarm-voting = in case { $case } node { $successor } stands to succeed the custodian, node { $out }
said-alarm-contested = node { $node } says that it is custodian of case { $case }: this node cannot tell whether rightly, as voters were removed here or are not known, or it was restored from a copy
said-alarm-succeeded = case { $case } has a new custodian, node { $successor }, in place of node { $out }
said-alarm-removed = this node was removed from case { $case }: what is written there from now on does not open here
said-alarm-purged = case { $case } was purged, as node { $node }, its custodian, said: what opens it is destroyed here
said-alarm-undestroyed = case { $case } was purged, and what opens it could not be destroyed: it is still on the disk
said-alarm-retention = the retention time of case { $case } is over: it is purged here after a day of running
said-alarm-cannot-follow = a commit of the custodian of case { $case } could not be followed: { $why }

## What the doctor finds

said-doctor-not-asked = not yet asked
said-doctor-no-own-address = the manifest lists no address of it
said-doctor-manifest-without-address = its manifest lists no address
said-doctor-every-byte = there is a connection, and on this link every byte counts
said-doctor-clock-ahead = its clock is { $seconds } s ahead of this node's
said-doctor-clock-behind = its clock is { $seconds } s behind this node's
said-doctor-no-conversation = it answers, and no conversation has begun
said-doctor-no-way = none of its addresses leads to it
said-doctor-no-time = there was no time left
said-doctor-nobody = nobody answers within { $seconds } s

## Cases: what waits, and what members ask

said-waits-epoch = the secret of epoch { $epoch } that opens it has not come yet
said-waits-manifest = version { $version } of the manifest of { $org } has not come yet
said-waits-later = it grants secrets of epochs that have not come yet
said-waits-rules = the custodian has not confirmed yet that its organisation was in the case then
said-stage-closed = closed
said-stage-closed-for = closed: { $reason }
said-asks-leave = { $by } leaves: { $reason }
said-asks-invite = { $by } asks to invite { $org } as { $role }
said-asks-remove = { $by } asks to remove { $org }: { $reason }
said-asks-remove-node = { $by } asks to remove node { $node }: { $reason }
said-asks-let-in = { $by } has seen { $org } let in on its side of a split, in epoch { $epoch }
said-case-ended = this node is no longer a member of the case: { $why }
said-case-not-in-case = the organisation is not in the case
said-case-already-in-case = the organisation is in the case already
said-case-custodian-stays = the custodian's organisation must hand the case over first
said-case-stage = the case is { $stage }
said-case-restored = this node was restored and may have forgotten commits: the other members must vote for a custodian
said-case-not-yet = it rests on something that has not come yet
said-case-nothing-to-do = there is nothing to change
said-case-contested = node { $node } was voted custodian with votes of nodes that are no members here: an operator must decide
said-case-not-allowed = node { $node } may not send this
said-judged-after-removal = it was written after its node was removed from the case
said-judged-not-in-case = its organisation was not in the case
said-judged-reader = its organisation only reads the case
said-judged-closed = the case was closed
said-ended-removed = the custodian removed it
said-ended-removed-for = the custodian removed it: { $reason }
said-ended-voted-out = the others voted node { $node } custodian in its place, as { $cause }
said-ended-purged = the case was purged

## What may leave

said-audience-organisation = organisation { $org }
said-audience-served = those whom an organisation serves
said-audience-court = a court
said-audience-public = the public
said-barred-observer = an observer reads and acknowledges, and takes nothing out
said-barred-observer-of-red = TLP:RED is for named recipients, and an observer is none
said-barred-not-a-recipient = the record's marking does not name your organisation
said-barred-not-in-case = organisation { $org } is not in the case
said-barred-release-list = its release list names the organisations that may have it, and { $to } is not among them
said-barred-red = { $tlp } does not let it go to { $to }: it is for its named recipients only
said-barred-amber-strict = { $tlp } does not let it go to { $to }: it stays within the organisations that have received it
said-barred-amber = { $tlp } does not let it go to { $to }: it stays with the organisations that have received it and those they serve
said-barred-green = { $tlp } does not let it go to { $to }: it stays within the federation
said-barred-clear = { $tlp } does not let it go to { $to }: it is for everybody
said-barred-originator-control = its originator is to be asked before it is passed on
said-barred-consent-internal = the source's consent covers the organisation that took it down, not { $to }
said-barred-consent-partners = the source's consent covers the partners of the case, not { $to }
said-barred-consent-judicial = the source's consent covers the partners of the case and courts, not { $to }
said-barred-consent-public = the source's consent covers everybody, not { $to }
said-barred-no-consent = it identifies a person, and no consent is noted that would cover { $to }
said-field = { $field }: { $given }; allowed: { $allowed }
said-invalid-position = a position is taken by a focal point or an admin of the organisation
said-invalid-other-organisation = only the organisation that wrote a record corrects or withdraws it
said-invalid-other-author = a colleague's record is corrected or withdrawn by a focal point or an admin

## What does not hold

said-codec-too-long = { $got } bytes where at most { $limit } are allowed
said-codec-too-deep = nested deeper than { $levels } levels
said-codec-malformed = malformed CBOR at byte { $at }
said-codec-shape = not the expected structure: { $why }
said-courier-not-for-this-node = it is not for this node, or not a courier volume
said-courier-damaged = it is damaged from byte { $at } on
said-courier-malformed = what is inside is malformed
said-courier-cover = its cover is not valid: { $why }
said-courier-recipients = more than { $most } recipients
said-directory-invalid = { $what }
said-directory-other-federation = it belongs to another federation
said-directory-rollback = version { $offered } was offered where version { $known } is known
said-directory-gap = version { $offered } was offered, but the next one is { $next }
said-directory-broken-chain = version { $version } does not follow from the version before it
said-directory-conflict = a different document of version { $version } exists: somebody signed two
said-directory-not-a-member = organisation { $org } is not an active member of the federation
said-directory-too-often = node { $node } changes its key package too often
said-directory-unknown-node = the node is in no current manifest
said-directory-others-node = it lists a node of organisation { $org }
said-directory-too-many = more than { $most } are not allowed
said-group-mls = the case group refuses: { $why }
said-group-state = the stored state of the case group cannot be read
said-group-unknown-leaf = a leaf of the case group does not match any manifest
said-group-not-custodian = node { $node } is not the custodian of the case
said-group-wrong-epoch = the commit is for epoch { $got }, the group is in epoch { $have }
said-group-rules = { $what }
said-group-members = a case has at most { $most } members
said-group-not-a-member = node { $node } is not a member of the case
said-group-invitation = the invitation does not fit
said-succession-signature = a signature on the succession is not valid
said-succession-malformed = the succession does not fit together
said-succession-votes = { $got } of the { $needed } votes that a succession needs
said-succession-members = the succession counts other members than the case had in epoch { $epoch }
said-log-unread = the entry cannot be read: { $why }
said-log-too-large = an entry or batch is over the limit of { $limit }
said-log-unsigned = a batch without entries or without a signature at its end
said-log-misplaced = an entry belongs to another log, case, node or lane
said-log-broken-chain = the chain is broken at sequence { $seq }
said-log-gap = entries from { $have } on are needed, but { $from } was offered
said-log-signature = the writer's signature is not valid
said-log-fork = another entry of sequence { $seq } is held: the writer signed two
said-log-backwards = the header of sequence { $seq } goes back in time
said-seal-opening = it cannot be opened: the key is wrong or the bytes were changed
said-seal-malformed = the opened bytes are malformed
said-seal-too-large = over the limit of { $limit } bytes
said-seal-contact-key = the contact key is not valid
said-signature-by = the signature by { $key } is not valid
said-signed-unread = the signed bytes cannot be read: { $why }
said-signatures-too-few = { $got } of the { $needed } signatures that are needed
said-signatures-too-many = too many signatures
said-frame-unread = a frame cannot be read: { $why }
said-frame-too-large = a frame is over the limit of { $limit } bytes
said-frame-version = the partner speaks version { $theirs } of the protocol, this node { $ours }
said-frame-other-federation = the partner is of another federation ({ $federation })
said-frame-out-of-turn = a frame out of turn
said-frame-too-many = a frame with more than { $most } items

## Roles and causes

said-role-contributor = contributor
said-role-reader = reader
said-cause-lost = lost
said-cause-hostile = hostile

## What to do about alarms, and about what the doctor finds

said-advice-fork = ask its organisation over another channel; remove the node from the case (`focal case remove`), or vote for a successor if it is the custodian (`focal case succeed`)
said-advice-old-copy = stop the node now and run `focal node restore`: otherwise it signs a second history, and partners take it for hostile
said-advice-two-manifests = somebody else may hold its root key: call the organisation
said-advice-two-rosters = call the stewards: the first one that came stays in force here
said-advice-successor = agree on a successor and vote: `focal case succeed` there, `focal case vote` everywhere else
said-advice-voting = see `focal case show`, call the partners, then `focal case vote` or leave it
said-advice-contested = call the partners: either the custodian kept them from voting, or they were removed with reason; `focal case vote` for that node to follow it, or do nothing to stay
said-advice-succeeded = nothing needs to be done; if it surprises you, call the partners
said-advice-removed = see why with `focal case show`; what it holds stays readable; if it surprises you, call the custodian
said-advice-purged = if it surprises you, ask the partners whether it was purged for all of them
said-advice-undestroyed = see that the node can write into its directory and that the disk is sound: it is tried again every minute
said-advice-retention = make a backup or an export now if it is still needed, or call the custodian, who can reopen it or close it anew with more days
said-advice-cannot-follow = ask the custodian to remove this node and invite it again
said-next-anew = write it anew: focal node announce ADDRESS, then focal org manifest
said-next-no-address-told = tell the partner: their manifest has an address that is none
said-next-proxy-quic = with a proxy QUIC and /dnsaddr are not dialled: have an address with /tcp/ announced as well
said-next-name = look whether the name exists (host NAME) and whether this machine's name server answers (/etc/resolv.conf)
said-next-listens = nothing listens there: compare `listen` and `announce` in node.toml, and what the router passes on
said-next-partner-off = their node does not run, or its port is not passed on: ask the partner
said-next-firewall = a firewall or NAT is before it: pass the port on, or announce a partner's relay (OPERATIONS, "Being reachable")
said-next-on-the-way = a firewall or NAT is on the way, here or there: try 443 (/tls/ws), or a partner's relay (OPERATIONS, "Being reachable")
said-next-no-network = this machine has no network of that kind (often IPv6): nothing to do if another address works
said-next-somebody-else = somebody else answers where your manifest says your node is: correct the address, then focal org manifest
said-next-call = call the partner: their node has new keys and no new manifest, or somebody stands in its place
said-next-renew = renew the files of `tls_certificate` and `tls_key`, and start the node again
said-next-expired = tell the partner to renew it; if all are expired, this machine's clock is wrong
said-next-authority = if the authority is a private one, add its certificate to `tls_authorities`; if it is not, somebody is on the way
said-next-certificate = get a certificate for the name that is announced, or announce the name in it
said-next-other-name = tell the partner: their certificate is for another name than their address
said-next-proxy = start the proxy, or correct `proxy` in node.toml: nothing leaves without it
said-next-proxy-rules = look at the proxy's log and rules: it does not connect with this address
said-next-relay = ask the relay's organisation: it may not relay, or be at its limits; the node behind it may be off
said-next-federations = compare federations and manifests on the phone: focal federation show, on both sides
said-next-relay-node = look whether the relay's node is connected (focal node peers), and ask its organisation for [relay] in node.toml
said-next-clock = set the clock by NTP on the machine that is wrong: date -u, on both sides
said-next-undialled = nobody can dial this node: focal node announce ADDRESS, then focal org manifest; fine if it alone is to dial
said-next-they-dial = their node has to dial yours: look that one of your own addresses works
said-next-again = run it again
said-next-see-why = see why; the node's log says more with -v
said-next-login = the proxy wants a user name and a password: put them into a file, and name it as `proxy_login` in node.toml

## Why a file has not come, and what keeps a node from working

said-file-other-list = its list does not open with the record's key
said-file-nobody = no partner in reach has all of it
said-file-disk-fails = the disk fails: see the log
said-file-disk-full = the disk is full
said-file-no-room = attachments take all the room that node.toml gives them
said-trouble-disk = the disk is full: nothing is stored until there is room
said-trouble-attachments = there is no room for attachments: reports are stored, files wait with the partners
said-trouble-index = the records cannot be found: see the log

## Why a node is not reached

said-dial-transport = no transport for this address
said-dial-other-node = another node answers at its address
said-dial-no-address = its manifest lists no address
said-dial-no-node = its id is no key
said-dial-late = nobody answers in time
said-dial-name-unknown = its name is not found: { $text }
said-dial-no-multiaddress = it is no multiaddress
said-dial-no-conversation = it does not converse with this node
said-dial-closed = the other side has closed it
said-dial-idle = nothing was said over the connection for too long
said-dial-several = { $reasons }
said-certificate-expired = its certificate has expired or is not valid yet: { $text }
said-certificate-of-other = its certificate is for another name: { $text }
said-certificate-untrusted = its certificate is not believed: { $text }
said-relay-unknown = the relay is in no current manifest
said-relay-away = the relay is not reached, or the connection with it has ended
said-network-stopped = the network has stopped
said-proxy-silent = the proxy { $proxy } does not answer: { $why }
said-proxy-refuses = the proxy { $proxy } refuses: { $why }
said-socks-methods = No acceptable auth methods
said-socks-password = Password auth failure, code: { $code }
said-socks-failure = General SOCKS server failure
said-socks-ruleset = Connection not allowed by ruleset
said-socks-network = Network unreachable
said-socks-host = Host unreachable
said-socks-refused = Connection refused
said-socks-expired = TTL expired
said-socks-other = { $text }
said-system-refused = Connection refused (os error { $n })
said-system-reset = Connection reset by peer (os error { $n })
said-system-timed-out = Connection timed out (os error { $n })
said-system-no-route = No route to host (os error { $n })
said-system-unreachable = Network is unreachable (os error { $n })
said-system-denied = Permission denied (os error { $n })
said-system-missing = No such file or directory (os error { $n })
said-system-full = No space left on device (os error { $n })
said-system-read-only = Read-only file system (os error { $n })
said-system-broken-pipe = Broken pipe (os error { $n })
said-system-other = { $text }
said-remote-bad-address = "{ $text }" is not the address of a node
said-remote-setup = { $why }
said-remote-unreachable = { $why }
said-remote-other-node = another node answers at its address
said-remote-not-let-in = the node hangs up, as it does when it knows no author with this key
said-remote-silent = the link has gone silent: nothing comes from the node any more
said-remote-broken = the connection broke: { $why }
said-verbatim = { $text }
