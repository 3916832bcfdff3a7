## focal node doctor

doctor-trying = Trying all addresses; this takes up to 45 s.
doctor-needs = somebody has to do something
doctor-needs-why = { $n ->
    [one] 1 of { $all } findings needs it
   *[other] { $n } of { $all } findings need it
}
doctor-needs-next = do what is said where a `!` stands; then run it again
doctor-node = this node  { $node }
doctor-proxy = proxy      { $proxy }
doctor-limit = to { $to }: at most { $rate }
doctor-limit-officers = officers away from the node: at most { $rate } each, both ways together
doctor-quiet = { $n ->
    [one] 1 more finding is well; see it with focal node doctor --all
   *[other] { $n } more findings are well; see them with focal node doctor --all
}
doctor-all-well = { $n ->
    [one] All is well. The one finding: focal node doctor --all
   *[other] All is well. The { $n } findings: focal node doctor --all
}
doctor-finding = { $of }, { $subject }: { $works }
doctor-works = works
doctor-works-by-relay = works, by a relay
doctor-untried = not tried
doctor-fails = does not work
doctor-clock = clock
doctor-conversation = conversation
doctor-by-relay = by relay

## Organisations, federations and nodes

federation-as-accepted = The node does not answer: this is the federation as it was accepted or last signed here.
accepted-unusable = the accepted file cannot be used
replace-question = { $path } exists: replace it?
changes-unissued = Some changes are in no manifest yet: issue one with focal org manifest.
no-node-listed = Your manifest lists no node: partners cannot reach you. Make one (focal node init), then focal org manifest.
federation-not-accepted = the federation was not accepted
signatures-needed = { $n ->
        [one] 1 signature of { $who } still needed
       *[other] { $n } signatures of { $who } still needed
    }
they-sign-it = they sign it with focal federation { $verb } FILE
no-active-member = { $name } is not an active member of { $federation }
ask-admission = ask its stewards to admit you: focal federation request -o FILE
accept-question = Are these the words that your partners see?
accept-compare = Compare the federation's words with another member over the phone.
federation-accepted = { $n ->
        [one] Accepted { $name } (1 member).
       *[other] Accepted { $name } ({ $n } members).
    }
what-file = the file
output-unsaid = it is not said where to write the federation file
output-unsaid-next = add -o FILE
admit-one = one request is admitted at a time
admit-one-why = every admission is a roster of its own, and each names the one before
admit-enough = Enough stewards have signed. { $handover }
admit-send-member = Send { $path } to the new member, who accepts it with focal federation accept { $path }
admit-send-stewards = Send { $path } to { $who }; a steward signs with focal federation admit { $path }
roster-unsigned = the roster was not signed
admit-question = Admit { $name } to { $federation }?
admit-start-node = start the node (focal node run), or give the federation file in force: --bundle FILE
signatures-missing = signatures are missing in { $path }
other-federation = it belongs to another federation than yours
roster-in-force = roster { $version } is in force already
roster-again = propose it again on top of that one
no-steward = { $name } is not a steward
send-to-steward = send the file to a steward: { $who }
enough-signed = Enough stewards have signed already.
charter-unsigned-yet = the charter is not signed by every founder yet
founders-sign = founders sign with focal federation found --sign FILE
has-signed = { $name } has signed already.
sign-roster-question = Sign roster { $version }?
found-send = Send { $path } to { $who }: each signs it with focal federation found --sign { $path }
found-all-signed = All founders have signed. Send { $path } to everybody; each accepts it with focal federation accept { $path }
charter-unsigned = the charter was not signed
found-question = Found { $name } with these?
no-founder = { $wanted } is no founder
no-founder-why = a steward is one of the founders
name-one-of = name one of: { $names }
many-founders = { $wanted } names more than one founder
many-founders-next = give the first digits of the id instead
files-do-not-fit = { $path } does not fit the other files
files-do-not-fit-next = give copies of one file only: nothing was changed
no-federation-file = no federation file was given
not-among-founders = { $name } is not among the founders: { $founders }
charter-other-org = the charter describes { $name } otherwise than org.json does
sign-charter-question = Sign the charter of { $name }?
request-written = The request of { $name } is in { $file }.
request-read-out = Send it to the founders or stewards, and read these words out to them over the phone:
what-federation-file = the federation file
path-not-taken = { $path } is not taken
federation-file-next = ask for the file again, from somebody you trust: nothing was changed
no-federation-file-form = it is not a federation file ({ $error })
federation-roster = { $name }, roster { $version }
signatures-given = signed:     { $who }
signatures-lacking = not signed: { $who }
signatures-complete = It is complete.
signatures-more = { $n ->
        [one] One more signature is needed.
       *[other] { $n } more signatures are needed.
    }
nobody = nobody
change-admitted = { $name } is admitted
change-status = { $name } is { $now } instead of { $before }
change-root-key = { $name } has another root key
change-name = { $before } is called { $name }
change-kind = { $name } is { $kind } in { $country } instead of { $before } in { $whence }
change-threshold = { $now } stewards sign the next roster instead of { $before }
change-steward = { $name } becomes a steward
change-no-steward = { $name } is no longer a steward
federation-head = founded { $founded }, roster { $version }, { $threshold } of { $stewards } stewards admit
member-steward = steward
member-manifest = manifest { $version }, to be renewed by { $expires }
member-no-manifest = no manifest is known
compare-words = Compare the words over the phone with somebody whose voice you know.
what-join-request = the join request
no-join-request = { $path } is not a valid join request
join-request-again = ask the organisation to write it again: focal federation request -o FILE
begins-otherwise = it does not begin as one
handover-had = The node had it already.
handover-taken = The node has taken it and tells its partners.
handover-inbox = The node does not run: it takes this when it starts (focal node run).
handover-no-federation = Partners learn of it when there is a federation (focal federation request, or found).
handover-no-node = There is no node here: carry the file to the node's machine (focal node take FILE).
manifest-not-handed = the manifest was not handed to the node
no-member-of = { $name } is not a member of { $federation }
join-first = join first: focal federation request -o FILE
what-node-card = the node's card
no-node-card = { $path } is not a node's card
no-node-card-next = on the node's machine, take node/node.card, which focal node init writes
address-untellable = partners cannot be told the address { $address }
address-untellable-next = name what partners can reach: --announce /dns4/focal.example.org/tcp/4711
addresses-too-many = a node has at most 16 addresses
no-multiaddress = it is not a multiaddress, such as /ip4/192.0.2.7/tcp/4711
address-too-long = it has more than 256 bytes
address-wildcard = it stands for every address of this machine, or for any free port
org-exists-next = use the organisation that is there (focal org show), or another directory (--home)
org-unopened = the organisation could not be opened
org-busy = another focal command is changing this organisation
org-busy-why = it holds { $path }
wait-try-again = wait for it, then try again
org-unlocked = the organisation could not be locked
what-organisation = the organisation
manifest-gap = it does not follow the version before it
org-no-manifest = { $name } has no manifest yet
org-no-manifest-why = the manifest tells partners which nodes and authors are yours
org-no-manifest-next = focal node init, focal org author add …, then focal org manifest
org-unchanged = the organisation was not changed
manifest-unsigned = the manifest was not signed
root-key-other = root.key is not the key of org.json
root-key-other-next = put back the root.key that belongs to this organisation
manifest-too-long = it would have { $has } bytes where { $most } are allowed
what-manifest = the manifest
org-missing = there is no organisation here
org-missing-why = { $path } has no org.json
org-missing-next = focal org init --name … --kind … --country …, or give another --home
from-backup = put it back from a backup: nothing was changed
what-officer-card = the officer's card
no-officer-card = { $path } is not an officer's card
no-officer-card-next = the organisation writes one: focal org author card HANDLE -o FILE
card-format = its format is "{ $format }"
card-nodes = it names no node, or more than there can be
wipe-not-all = not everything could be destroyed
wipe-not-all-next = look at who owns that file, then run the same command again: it goes on where it stopped
no-node-here = there is no node here
nothing-destroyed = nothing was destroyed
nothing-to-destroy = there is nothing to destroy
name-the-place = name the place: --home DIR
wipe-question = Destroy all of this for ever?
wipe-done = What was in { $place } is destroyed.
wipe-tell = Tell your organisation and its partners, so that they remove this node and revoke these keys.
wipe-key-file = { $path } is not touched: it opens copies of the node's keys, if there are any.
wipe-key-of = the key of { $handle }
wipe-held = a partner's node holds each entry that this one has written
wipe-node-silent = the node, with its cases and reports; it does not run, so nobody can say what of it partners hold
status-org = organisation { $name }, manifest { $manifest }
status-federation = federation   { $name }, roster { $roster }
status-partners = partners     { $n ->
        [one] { $connected } of 1 node connected
       *[other] { $connected } of { $n } nodes connected
    }
status-listens = listens on   { $address }
status-since = since        { $time }, version { $version }
status-refused = refused      { $n } { $code }
health-well = all is well
health-unwell = a person must look at this node
restored-start = Start it: focal node run
restored-custodian = { $n ->
        [one] It is custodian of 1 case and may have forgotten what it committed there: stand with `focal case succeed` and ask the other members to vote for it.
       *[other] It is custodian of { $n } cases and may have forgotten what it committed there: in each, stand with `focal case succeed` and ask the other members to vote for it.
    }
copy-question = Is this a copy, and is the original gone for good?
copy-stake = The logs of the node in { $what } end where they are, and it begins new ones.
copy-attack = Two nodes that run from one directory and its copy are taken for an attack.
restore-exists-next = move it away first (it may be what is left of the node), or use another --home
restore-no-attachments = The backup has no attachments: they are fetched from partners that hold them.
peers-none = No partner's node is known yet: focal federation show lists who should be.
head-since = since
head-addresses = addresses
head-sent-at-most = sent at most
head-last-error = last error
path-not-taken-by-node = { $path } was not taken
take-neither = it is neither a manifest nor a federation file
take-nothing = nothing was handed to the node
take-taken = { $n ->
        [one] The node has taken 1 new document.
       *[other] The node has taken { $n } new documents.
    }
none-yet = none yet
node-duress-set = The node's duress passphrase is set. It destroys everything in { $home }.
node-duress-none = The node has no duress passphrase. Nobody can see that from the disk.
node-exists-next = run the node that is there (focal node run), or use another --home
node-fingerprint = fingerprint  { $fingerprint }
node-announced = partners     { $address }
node-list-it = List it in your manifest: focal org manifest
node-carry-card = Carry { $card } to the machine with the root key: focal org node add FILE.card
announce-unknown = it is not known what address partners should be told
announce-unknown-why = the node listens on every address of this machine or on any free port: that leads partners nowhere
announce-unknown-next = name what they can reach: --announce /dns4/focal.example.org/tcp/4711
what-key-file = the key file
key-file-short = the key file is too short to protect a node
key-file-short-why = { $path } has { $n } bytes, 32 are needed
key-file-short-next = name a file that does not exist yet: it is made with random bytes
key-file-path = the key file has no absolute path
node-runs = the node runs already
node-stopped = the node has stopped
node-unusable = the node cannot be used
roster-proposed = Proposed with roster { $version }
signatures = Signatures
federation-conflicts = { $n ->
    [one] somebody signed two documents of one version: 1 proof is kept
   *[other] somebody signed two documents of one version: { $n } proofs are kept
}
wipe-stake = { $how }, from { $place }:
wipe-for-ever = For ever, and without a way back
wipe-root-key = the organisation's root key
wipe-root-key-lost = { $key }: without a copy elsewhere nobody can speak for it again
wipe-outbox = { $n ->
    [one] 1 report in the outbox that no node has
   *[other] { $n } reports in the outbox that no node has
}
wipe-drafts = { $n ->
    [one] 1 draft
   *[other] { $n } drafts
}
wipe-originals = { $n ->
    [one] 1 original picture, kept as evidence
   *[other] { $n } original pictures, kept as evidence
}
wipe-node = the node: { $cases }, { $reports }
wipe-alone = { $n ->
    [one] 1 entry of its own is at no other node
   *[other] { $n } entries of its own are at no other node
}
count-nodes = { $n ->
    [one] 1 node
   *[other] { $n } nodes
}
count-authors = { $n ->
    [one] 1 author
   *[other] { $n } authors
}
count-reports = { $n ->
    [one] 1 report
   *[other] { $n } reports
}
count-records = { $n ->
    [one] 1 record
   *[other] { $n } records
}
count-waiting = { $n ->
    [one] 1 entry that waits
   *[other] { $n } entries that wait
}
count-logs = { $n ->
    [one] 1 log ended
   *[other] { $n } logs ended
}
status-node = node         { $node }
status-holds = holds        { $cases }, { $records }, { $waiting }
status-alarm-head = alarm
status-alarm = { $head }        { $alarm }
restored = restored: { $cases }, { $logs }
node-made = Node { $node } is made.
node-readdressed = Node { $node } has other addresses.

## Backups, authors and manifests

backup-one-file = a file has one backup: there is nothing to keep
backup-one-file-next = name a directory that is there, or end its name with /
backup-before-purge = { $backups } in { $place } from before the purge of { $time }: what was purged can be opened with it. Remove it with --keep, and destroy copies.
backup-left-out = { $n ->
    [one] 1 chunk of an attachment is not in it: it could not be read, or is damaged. On the node, focal attachment verify finds it, and fetches it again.
   *[other] { $n } chunks of attachments are not in it: they could not be read, or are damaged. On the node, focal attachment verify finds them, and fetches them again.
}
backup-newest-next = focal node verify-backup says which can be read; choose one with --at
backup-clock = The node's clock says { $time }, which is before its last backup, of { $before }: set it right. The new backup counts as the newest all the same.
backup-removed = { $backups } and { $pieces } were removed.
backup-try = It opens with what opens the node now. Try it: focal node verify-backup { $place }
backup-not-all = the node has not made all of the backup
backup-not-all-next = see its log, then try again: what was written already is not written twice
backup-not-whole = a backup is not whole
backup-not-whole-why = pieces are missing or damaged: the medium may be failing
backup-not-whole-next = remove the damaged files and make a new backup, better on another medium
backup-whole = whole
backup-not-whole-mark = NOT whole
backup-missing = missing: { $name }
backup-damaged = damaged: { $name }
backup-many = more than one backup is of { $time }
backup-many-next = write more of its time
backup-none-of = none is of { $time }
backup-none = there is no such backup
backup-none-next = look into the directory: each backup is a file *.backup
backup-node-then = the node when the backup was made
backup-key-file = a key file opens this backup
backup-key-file-why = the node that it was made of had one
backup-key-file-next = name it: --key-file FILE
backup-unusable = the backup cannot be used
backup-io = the backup could not be written or read
backup-other-name = give another name, or a directory
backup-not-there = there is no backup
backup-makes-one = focal node backup makes one
backup-wrong-key = it opens with the passphrase or key file of the node when the backup was made; this is another one
backup-lacking-next = focal node verify-backup says all that is missing; take an older backup with --at
org-not-made = the organisation was not made
org-not-made-next = nothing was written: correct it and try again
org-made = { $name } is made in { $dir }.
org-id = id           { $id }
org-fingerprint = fingerprint  { $words }
org-read-out = Partners will ask you to read the fingerprint out over the phone.
org-keep-copy = Keep a copy of { $path } off line: it cannot be made again.
pending-author = author { $handle } is added
pending-revoked = key { $key } is revoked
org-manifest = manifest     { $version }, to be renewed by { $expires }: { $authors }, { $keys }
org-manifest-none = manifest     none yet: focal org manifest
org-node = node { $node }
handle-dot = a handle does not begin with a dot
public-key-odd = a public key has 64 hexadecimal digits
until-odd = write it as 2027-06-30 or 2027-06-30T12:00:00Z
author-key = key          { $key }
next-manifest = Partners learn of it with the next manifest: focal org manifest
move-away = move it away
key-not-aside = the revoked key could not be set aside
author-key-made = The key of { $handle } is made.
author-public-key = public key   { $key }
author-send-key = Send the public key to your organisation, and read the words out to it over the phone. There:
no-author = there is no author { $handle }
author-list-shows = focal org author list shows them
author-revoked-already = { $handle } is revoked already
card-no-author = the manifest lists no author { $handle }
card-no-author-next = focal org author list shows them; one who was just added needs a manifest: focal org manifest
card-no-address = there is no address to put on a card
card-no-address-why = no node in the manifest announces one
card-no-address-next = focal node announce ADDRESS, then focal org manifest
card-made = The card of { $handle } is { $file }, with { $nodes }.
card-there = There: focal org author take { $file }
card-read-out = Read these words out to them over the phone:
card-other-key = this card is not for the key that is here
card-other-key-next = ask your organisation for a card with your public key
card-other-public-key = it names another public key
card-other-org = the key was made for another organisation
card-question = Are these the words that your organisation reads out?
card-nodes-of = Nodes of { $org }:
card-taken = From now on focal speaks with the nodes of { $org }. Try: focal case list
author-duress-set = The duress passphrase of { $handle } is set. It destroys everything in { $home }.
author-duress-none = { $handle } has no duress passphrase. Nobody can see that from the disk.
manifest-kept = manifest { $version } is signed and kept in { $file }
manifest-issued = Manifest { $version } is issued: { $nodes }, { $authors }, to be renewed by { $expires }.
node-not-added = the node was not added
node-removed-before = it was removed before, and that cannot be taken back
node-removed-before-next = make a new node there: focal node init in an empty home
node-question = Is this the node that you mean?
node-compare = Compare the words with those that focal node init showed on its machine.
node-no-one = no one node of yours begins with { $node }
node-no-one-why = { $n } in the manifest do
node-no-one-next = focal org show lists them
count-backups = { $n ->
    [one] 1 backup
   *[other] { $n } backups
}
count-older-backups = { $n ->
    [one] 1 older backup
   *[other] { $n } older backups
}
count-pieces = { $n ->
    [one] 1 piece
   *[other] { $n } pieces
}
backup-chunks = { $n ->
    [one] 1 chunk of attachments
   *[other] { $n } chunks of attachments
}
backup-without-attachments = without attachments
backup-made = { $entries }, { $reports }, { $attachments }; { $new } of { $pieces } written, { $size }.
backup-of = of { $time }, { $entries }, { $reports }; { $pieces }, { $size }
pending-node = node { $node } is added
pending-node-addresses = node { $node } has other addresses
count-revoked-keys = { $n ->
    [one] 1 key revoked
   *[other] { $n } keys revoked
}
org-in-no-manifest = In no manifest yet
author-added = { $handle } is an author.
author-revoked = { $handle } is revoked.
node-added = Node { $node } is one of your nodes.
node-removed = Node { $node } is removed.
org-pending = { $head } (focal org manifest)
words-no-rosters-yet = it has rosters, but not every founder has signed the charter
words-not-copies = the files are not copies of one: they say different things
head-handle = handle
head-name = name
head-until = until
head-key = key
author-state-revoked = revoked
author-state-expired = expired
author-state-active = active
author-state-pending = pending
