# What focal says to people, in English. A language is a file like this one, and a line in cli/src/lang.rs.
# A key of another file that is not here, or lacks an argument that is here, fails a test.
# Commands, names of fields, kinds and codes are the same in every language.

## How an error begins each of its lines

label-error = error
label-why = why
label-next = next

nothing-here = There is nothing here yet.

## Headings of tables

head-written = written
head-kind = kind
head-organisation = organisation
head-files = files
head-title = title
head-what = what
head-grade = grade
head-marking = marking
head-record = record
head-state = state
head-node = node
head-holds-since = holds it since
head-read-by = read by
head-number = no.
head-kept = kept
head-case = case
head-role = role
head-custodian = custodian
head-members = members
head-records = records
head-waiting = waiting
head-connected = connected
head-holds = holds
head-log = log
head-entry = entry
head-waits-because = waits because

## Times that cannot be right

clock-short = doubtful clock
clock-long = The clock that wrote this time is doubtful: { $why }.
clock-after-arrival = its time is later than its arrival here
clock-before-the-case = its time is before the case was opened
clock-before-its-subject = its time is before that of the record that it is about
clock-after-an-answer = its time is after that of a record that is about it

## Reports

report-ready = { $file } is ready to be filled in.
report-then = Then: focal report send CASE { $file }
report-none = No reports.
report-older = { $n ->
    [one] 1 older one is not shown: --limit
   *[other] { $n } older ones are not shown: --limit
}
report-files = { $n ->
    [one] 1 file
   *[other] { $n } files
}
report-by = { $kind } of { $time }, by { $author }
report-alone = Nobody else is in this case.
report-read-at = { $who } at { $time }
report-not-yet = not yet
report-stored = stored
report-stored-before = stored before
report-who-has-it = Who has it: focal report status { $record }
report-waits = waits in the outbox for "{ $case }", signed and sealed: { $why }
report-goes-out = It goes out at the next contact; now: focal outbox send
report-incomplete = the report is not complete yet
report-incomplete-next = mend these fields and send it again
report-all-the-same = Send it all the same?
report-careful = careful:
report-neither = the report could neither be sent nor kept
report-files-wait = { $n ->
    [one] 1 file waits with it, sealed: it goes after the report.
   *[other] { $n } files wait with it, sealed: they go after the report.
}
report-files-follow = Its files follow; until they are there they wait in the outbox.
report-files-follow-later = Its files wait in the outbox: { $why }
report-files-at-node = the node has the files of this report and keeps them for a week without it; they could not be kept here, too: { $why }
report-being-stored = the node is storing it
report-unreadable = the report cannot be read
report-unreadable-next = mend it there, or begin with `focal report new KIND`
report-field = { $field }: { $given }; allowed: { $allowed }
report-kept-in = the report is kept in { $file }; then: focal report send { $case } { $file }

## Questions of --ask

ask-kind = What kind of report? { $kinds }
ask-empty = An empty answer leaves a field out.
ask-lines = Several lines; an empty one ends it.
ask-several = Several are parted by ;
ask-needed = needed: { $allowed }
ask-ended = the answers ended
ask-ended-next = answer the rest in the draft
ask-cannot = the questions cannot be asked

## The outbox

outbox-nothing = Nothing waits.
outbox-state-waiting = waiting
outbox-state-refused = refused
outbox-state-follows = files follow
outbox-state-unreadable = unreadable
outbox-other-key = it was sealed with another key of this author, or changed
outbox-stored = { $n ->
    [one] 1 report from the outbox was stored
   *[other] { $n } reports from the outbox were stored
}
outbox-stored-alerts = { $n ->
    [one] 1 report from the outbox was stored
   *[other] { $n } reports from the outbox were stored
} ({ $alerts ->
    [one] 1 alert
   *[other] { $alerts } alerts
} first)
outbox-refused = { $n ->
    [one] 1 report refused, see `focal outbox list`
   *[other] { $n } reports refused, see `focal outbox list`
}
outbox-files-gone = { $n ->
    [one] 1 file handed over
   *[other] { $n } files handed over
}
outbox-large-files = { $n ->
    [one] files of 1 report wait: send them with `focal outbox send`
   *[other] files of { $n } reports wait: send them with `focal outbox send`
}
outbox-rest = the rest waits: { $why }
outbox-node-refuses = { $n ->
    [one] the node refuses 1 report
   *[other] the node refuses { $n } reports
}
outbox-node-refuses-next = see why with `focal outbox list`; then cancel it, or send it again by its id
outbox-busy = another focal command is sending the outbox
outbox-busy-why = a report that is on its way cannot be cancelled
outbox-busy-next = wait for it, then look with `focal outbox list`
outbox-throw-away = Throw it away?
outbox-lost = This report was not sent, and nothing of it is anywhere else: { $kind } "{ $title }".
outbox-files-lost = The node has this report, and not yet { $n ->
    [one] 1 file of it, which will be lost here
   *[other] { $n } files of it, which will be lost here
}; partners will see that it is missing: { $kind } "{ $title }".
outbox-cancelled = cancelled
outbox-many = more than one report in the outbox begins with { $id }
outbox-many-next = give more digits: `focal outbox list --json`
outbox-missing = there is no report { $id } in the outbox
outbox-missing-next = see what is there: `focal outbox list`
outbox-unsent = { $n ->
    [one] 1 report in the outbox of { $handle } could not be sent: { $why }
   *[other] { $n } reports in the outbox of { $handle } could not be sent: { $why }
}
outbox-unseen = the outbox could not be looked at: { $why }
outbox-remain = { $n ->
    [one] 1 report waits of { $handle } in the outbox: send with `focal outbox send`
   *[other] { $n } reports wait of { $handle } in the outbox: send with `focal outbox send`
}
outbox-in-reach = { $n ->
    [one] The node is in reach, and 1 report waits in the outbox. Enter alone leaves it there.
   *[other] The node is in reach, and { $n } reports wait in the outbox. Enter alone leaves them there.
}

## Cases

case-none = No cases yet. Open one with `focal case open --title TITLE`, or wait for an invitation.
case-as-known = { $what }: these are the cases as they were known { $ago }, without counts.
case-all-read = Nothing waits: all that has come can be read.
case-yes = yes
case-no = no
case-holds = { $holds } of { $of }
case-invited = invited
case-not-met = not met yet
case-nothing-reported = Nothing was reported yet: focal report send CASE FILE
case-withdrawn = withdrawn by { $record }
case-corrected = corrected by { $record }
case-nowhere = counts nowhere: { $why }
case-read-by = read by { $who }
case-older = { $n ->
    [one] 1 older one: --page { $page }
   *[other] { $n } older ones: --page { $page }
}
case-people = People in incidents, each event once, as corrected:
case-help-wanted = Help wanted:
case-view = case view { $hash }
case-opened = opened     { $time } · history for newcomers: { $history }
case-custodian = custodian  { $custodian } · you are { $role } · epoch { $epoch }
case-pending = { $n ->
    [one] waiting    1 entry cannot be read yet: focal case show { $case } --pending
   *[other] waiting    { $n } entries cannot be read yet: focal case show { $case } --pending
}
case-state = state      { $state }
case-inside = { $n ->
    [one] inside     { $case } { $title } · 1 record
   *[other] inside     { $case } { $title } · { $n } records
}
case-request = request    { $request }
case-vote = vote       { $who } in place of the custodian ({ $cause }): { $votes } of { $needed } votes, by { $voters }
case-former = former     { $who } · node { $node }

## What happens, as it happens

watch-back = The node is back. What came meanwhile: focal report list
watch-gone = The node has stopped, or the link is gone; waiting for it.
watch-held = held       { $who } holds log { $log } up to entry { $height }
watch-case = case       { $title }: membership is in epoch { $epoch }
watch-file = file       { $file } is here ({ $size })
watch-alarm = ALARM      { $message } (focal alarms list, { $id })
watch-connected = partner    { $who } is connected
watch-disconnected = partner    { $who } is gone
watch-federation = federation roster version { $version }
watch-refused = refused    { $message } ({ $code })
watch-missed = { $n ->
    [one] missed     1 event: focal report list
   *[other] missed     { $n } events: focal report list
}

## The way to the node

node-silent = the node does not answer
node-silent-next = start it with `focal node run`, or name another with --home, --socket or --node
node-lost = the node has not answered to the end
node-lost-next = see its log, then try again: sending a report twice stores it once
node-not-let-in = the node does not let you in
node-not-let-in-next = ask your organisation whether your key is in its manifest: `focal org author list` there
node-other = somebody else answers at the node's address
node-other-next = do not go on: call your organisation and compare the words of its node
node-unreached = the node cannot be reached
node-unreached-next = look at your link; what you send meanwhile waits in the outbox

## Refusals of the node, by their codes. The node says them in English, and more exactly; here is what they mean.

refused-no-federation = this node belongs to no federation yet
refused-no-federation-next = found one with `focal federation found`, or join one with `focal federation request`
refused-not-listed = this node is in no manifest of an active member organisation
refused-not-listed-next = list the node with `focal org manifest`
refused-unknown-author = the author is not in the manifest of the organisation
refused-unknown-author-next = add the author with `focal org author add`, which issues a new manifest
refused-revoked-author = the author's key was revoked
refused-revoked-author-next = ask the organisation's administrator for a new key: `focal org author add`
refused-author-expired = the author is not valid at this time
refused-author-expired-next = ask the organisation's administrator for a new key: `focal org author add`
refused-other-organisation = the record is of another organisation than the node
refused-other-case = the record belongs to another case
refused-not-allowed = your role does not allow it
refused-role = your role does not allow it
refused-role-next = ask somebody with that role, or do it on the node's machine
refused-focal-point-only = only a focal point may write this
refused-not-yours = only its author or a focal point of the organisation may change it
refused-not-yours-next = ask its author, or a focal point of your organisation
refused-too-wide = somebody is in the case who may not read it
refused-too-wide-next = send it to a case with just the organisations that may read it, and name them in releasable_to
refused-bad-record = the record is not valid
refused-unknown-case = this node is not a member of the case
refused-unknown-case-next = see the cases with `focal case list`
refused-not-found = there is no such record in the case
refused-unknown-organisation = there is no such active member organisation
refused-unknown-organisation-next = see the members with `focal federation show`
refused-not-in-parent = the organisation is not in the case
refused-not-in-parent-next = invite it to the case first: `focal case invite`
refused-case-closed = the case is closed
refused-case-closed-next = reopen it with `focal case reopen`
refused-not-custodian = only the custodian of the case may do this
refused-not-custodian-next = ask the case's custodian (`focal case members`), or propose it with `--request`
refused-no-longer-a-member = this node is not a member of the case any more
refused-already-invited = the organisation is in the case already
refused-unknown-attachment = there is no such file here
refused-unknown-attachment-next = see the files with `focal attachment list`; `focal attachment fetch` brings one here
refused-missing-chunks = parts of a file have not arrived
refused-missing-chunks-next = send the report again: chunks that are here are not sent twice
refused-attachments-full = attachments take all the room that they are given
refused-attachments-full-next = raise `attachment_space_mib` in node.toml, or remove what nothing names: `focal attachment prune`
refused-disk-full = the node's disk is full
refused-disk-full-next = make room on the node's disk and send it again
refused-stopping = the node is stopping
refused-stopping-next = send it again when the node runs

## What may be written in a field

words-nothing = nothing
words-text = text (in quotes if it looks like a number)
words-yes-or-no = yes or no
words-time = a time such as 2026-11-03T14:30:00Z
words-degrees = a number of degrees such as 44.812
words-record = the id of a record, 64 hexadecimal digits
words-organisation = the id of an organisation, 64 hexadecimal digits
words-unknown-field = an unknown field
words-list = a list
words-object = an object with fields

## Report templates, and the questions of --ask

template-sitrep-title = One line that says what the report is about.
template-sitrep-period = The time that it covers: 2026-11-03/2026-11-05.
template-sitrep-summary = A few sentences for who reads nothing else.
template-sitrep-people = How many people: a number, or low/best/high such as 400/550/700, ? for unknown. Leave out what you do not know.
template-sitrep-grading = Source A-F and information 1-6, such as B2.
template-sitrep-body = Describe the situation.
template-incident-title = One line that says what happened and where.
template-incident-time = When it happened: 2026-11-03, 2026-11-03/2026-11-05, 2026-11~ for about November.
template-place = Where: a name, or name, country, code (P-code), lat, lon, precision (exact, near, adm2, adm1, country).
template-incident-people = How many people: a number, or low/best/high such as 6/9/14, ? for unknown. Leave out what you do not know.
template-incident-grading = Source A-F and information 1-6, such as C3. Verification: alleged, corroborated, verified, refuted.
template-incident-protection = Can a person be recognised from this? What did the source agree to: internal, partners, judicial, public?
template-incident-body = Describe what happened, who saw it, and how you know.
template-alert-headline = One line that says what threatens, where and when.
template-alert-expires = Until when it holds: 2026-11-05T12:00:00Z
template-alert-body = Describe the threat and how you know.
template-assessment-horizon = How far it looks ahead, months.
template-assessment-factors = Each risk factor that you judge: its number, level 0 (absent) to 4 (acute), trend (rising, stable, falling). Also evidence (records, all 64 digits) and comment: {"{"}factor: 7, level: 4, trend: rising, comment: "Militia musters"{"}"}. Common: 1 armed conflict or other instability, 2 record of serious violations, 3 weakness of State structures, 4 motives or incentives, 5 capacity to commit atrocity crimes, 6 absence of mitigating factors, 7 enabling circumstances or preparatory action, 8 triggering factors. Genocide: 9 intergroup tensions or discrimination, 10 signs of an intent to destroy a protected group. Crimes against humanity: 11 signs of a widespread or systematic attack on civilians, 12 signs of a plan or policy to attack civilians. War crimes: 13 serious threats to protected persons, 14 serious threats to humanitarian or peacekeeping operations.
template-assessment-body = The overall judgement; its first line is what a list shows.
template-activity = What is done, in one line.
template-activity-responsibility = In protection: child-protection, gender-based-violence, housing-land-and-property, mine-action.
template-activity-who = Who does it, if it is not your own organisation.
template-activity-days = First and last day: 2026-11-03.
template-activity-for-whom = For whom, and how many people it is meant for and has reached.
template-activity-below = Below the last line: a description of it.
template-request-quantity = How much, and of what: 12, ceasefire monitors.
template-request-needed-by = By when: 2026-11-08.
template-contact = Whom to speak with.
template-request-below = Below the last line: a description of what it is for.
template-pledge-request = The request that it answers, all 64 digits. `focal report pledge REQUEST QUANTITY` is shorter.
template-pledge-quantity = How much, in the request's unit.
template-pledge-available = From when: 2026-11-06.
template-pledge-below = Below the last line: a comment, such as conditions.
template-designation-aliases = Other names and spellings.
template-designation-birth = Of a person: 1971-04, and where.
template-designation-nationalities = Countries of two letters.
template-designation-identifiers = Numbers by which it is known: passport, IMO, registration.
template-designation-law = The law on which it rests.
template-designation-evidence = Records that it rests on, all 64 digits each.
template-designation-body = The grounds: what the subject did, and how you know.
template-position-record = The record that it is about, all 64 digits. `focal report position RECORD STAND` is shorter.
template-position-stand = concur, concur-with-reservation, abstain, object, imposed; on a meeting, to concur is to come.
template-position-act = Of imposed measures: since when, and the legal act.
template-position-below = Below the last line: a comment, such as the reservation.
template-convening-title = One line that says what the meeting is about.
template-convening-start = When it begins: 2026-11-06T14:00:00Z
template-convening-place = Where: a place, a link, or both.
template-convening-invited = Who is invited: names or ids of organisations; all of the case if it is left out.
template-convening-body = The agenda.
template-note-marking = Who may see it: TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR.
template-note-body = Write the message here.
template-correction-record = The record that is amended, all 64 digits. `focal report correct RECORD` fills in the rest for you.
template-correction-amended = The whole content as it should be, of the same kind.
template-correction-body = Say why it is amended.
template-retraction-record = The record that is withdrawn, all 64 digits. `focal report retract RECORD --reason WHY` is shorter.
template-retraction-body = Say why it is withdrawn.
template-ack-record = The record that you have read, all 64 digits. `focal report ack RECORD` is shorter.

## Files

file-handed-over = handing over { $name }
file-not-handed-over = a file was not handed over
file-odd-answer = the node's answer is not understood
file-not-kept = a file of the report could not be kept
file-not-removed = a file that the node has could not be removed here
file-no-room = { $name } takes { $size } sealed, and { $left } are left free for reports
file-no-room-next = make room on the disk, or send the report without it; it is where it was
file-damaged = { $name } cannot be handed over as it was kept
file-damaged-why = what was kept of it is damaged
file-damaged-next = send the file again with another report; then `focal outbox cancel`

## Passphrases

the-root-key = the root key
the-key = the key
the-nodes-keys = the node's keys
passphrase-of-key = the key of { $handle }
key-not-written = the key could not be written
passphrase-changed = { $path } opens with the new passphrase from now on.
passphrase-copies = Copies and backups that were made before open with the old one.
passphrase-not-changed = the passphrase was not changed
passphrase-is-duress = the new one is the duress passphrase
passphrase-is-duress-next = take another one: nothing was changed
passphrase-is-none = a key file opens it, and no passphrase
passphrase-is-none-next = keep that file safe, on another disk than the node
passphrase-same-file = the new passphrase cannot be in the same file as the old one
passphrase-same-file-next = name another file: --new-passphrase-file FILE

## Couriers, attachments, keys

time-written = a time is written as 2026-11-05 or 2026-11-05T14:00:00Z
courier-for = For { $org }: { $entries }, { $cases }, { $parcels }; { $size } in all.
count-entries = { $n ->
    [one] 1 entry
   *[other] { $n } entries
}
count-cases = { $n ->
    [one] 1 case
   *[other] { $n } cases
}
count-parcels = { $n ->
    [one] 1 parcel
   *[other] { $n } parcels
}
count-files = { $n ->
    [one] 1 file
   *[other] { $n } files
}
courier-with-pieces = { $n ->
    [one] With 1 piece of a file, { $size }.
   *[other] With { $n } pieces of files, { $size }.
}
courier-files-left = { $n ->
    [one] No room was left for all of 1 file: pack again when the receipt is back.
   *[other] No room was left for all of { $n } files: pack again when the receipt is back.
}
courier-then = Its node reads it with `focal courier load`. It counts as arrived when the receipt is back.
courier-tells = { $file } tells { $org } what has arrived here.
other-name = give another name, or remove it first
courier-whole = { $n ->
    [one] the first file is whole and can be loaded; pack again for the rest
   *[other] the first { $n } files are whole and can be loaded; pack again for the rest
}
courier-not-all = the node has not packed all of it
courier-not-all-why = it stopped on the way
courier-not-all-next = see its log, then pack again
courier-is-receipt = { $file } is the receipt for { $org }.
courier-partly = a part of it could not be taken yet
courier-partly-why = what comes before it is in a file that was not loaded here
courier-partly-next = keep the file, load the missing one, then load it again; or ask for a new one
courier-from = { $file }: from { $org }, packed { $when }, file { $number }
courier-from-more = { $file }: from { $org }, packed { $when }, file { $number }, more follow
courier-came = { $entries } new, { $known } known; { $documents } documents, { $parcels } parcels, { $receipts } receipts
courier-pieces-came = pieces of files: { $new } new, { $known } known
courier-not-taken = not taken: { $n } × { $code }
attachment-here = here
attachment-comes = comes ({ $part } %)
attachment-waits-part = waits ({ $part } %)
attachment-waits = waits
attachment-on-demand = on demand
attachment-none = No files.
attachment-not-looked = not looked into
attachment-not-yet = not here yet
attachment-nothing = nothing
attachment-says = says: { $line }
attachment-stripped = its author took metadata out; original { $original }
original-no-one = there is no one original "{ $what }"
original-digits = at least four digits of one are needed
original-see = see them with `focal attachment originals`
original-as-it-was = { $file }  (as it was, checked by its SHA-256)
original-none = No originals.
original-of-others = { $n ->
    [one] 1 original of other authors.
   *[other] { $n } originals of other authors.
}
attachment-unknown = there is no report or attachment "{ $what }"
attachment-see = see them with `focal attachment list`
attachment-digits = an id, or at least its first four digits, is needed
attachment-unnamed = no file is named by such a report
attachment-many = more than one begins with these digits
attachment-may-not-leave = "{ $name }" may not leave the node
attachment-ask = ask { $org }, who wrote the report
attachment-report-gone = the report is not here any more
attachment-report-odd = the report that names the file does not hold
attachment-other-report = it is another report
attachment-no-id = the file's id is none
attachment-not-named = it does not name the file
attachment-to-node = { $files }: the node fetches what it does not have.
attachment-how-far = How far it is: focal attachment list
no-directory = { $path } is no directory
attachment-report-has = the report has { $files }
attachment-name-one = name a directory that exists, or one file by its own id
attachment-as-signed = { $file }  ({ $size }, as it was signed)
attachment-named-no-more = the file is named no more
attachment-named-no-more-why = the report was withdrawn from reading, or its case purged
attachment-damaged = { $n ->
    [one] 1 file damaged on the node's disk
   *[other] { $n } files damaged on the node's disk
}
attachment-damaged-why = the damaged pieces were removed; the node fetches them again
attachment-damaged-next = look at the disk; see how far they are with `focal attachment list`
attachment-pruned = { $n ->
    [one] 1 attachment removed, { $size }.
   *[other] { $n } attachments removed, { $size }.
}
attachment-some-of = { $some } of { $all }
head-file-name = name
head-file-size = size
head-file-type = type
head-file-here = here
head-file-report = report
head-file-attachment = attachment
head-file-sha = sha-256
head-file-sent-as = sent as
head-file-sound = sound
head-file-damaged = damaged
attach-not-as-signed = "{ $name }" is not what the report says
attach-not-as-signed-next = nothing was written; see `focal attachment verify`, and tell the partner who sent it
attach-other-name = give another name with -o FILE
file-not-written = a file could not be written
attach-sha = its SHA-256 is not the one that was signed
attach-chunk = a chunk is not what its name says
attach-opening = opening { $name }
original-unopened = an original cannot be opened
original-from-copy = take the file from a copy of the home
originals-unlisted = originals could not be listed
too-short = it is too short
original-unread = an original could not be read
original-sha = its SHA-256 is not the one that was kept
attach-not = { $path } was not attached
attach-no-file = it is not a file
attach-too-large = it has { $size }; an attachment has at most { $most }
attach-too-large-next = split it, or send a part of it
not-removed = { $path } could not be removed: { $why }
attach-strip-next = save it as JPEG, PNG or WebP, or send it without --strip-metadata, with all that it says
attach-changed = the file changed while it was read
attach-changed-next = wait until it is whole, and send the report again
attach-reading = reading { $name }
attach-sealing = sealing { $name }
attach-odd = the report's attachments are not understood
attach-odd-why = paths of files are expected
attach-odd-next = write them as attachments: [photograph.jpg, list.pdf], or give --attach FILE
attach-name-odd = the name of a file cannot be written down
attach-name-odd-next = give the file a name in UTF-8
report-too-many-files = the report has too many files
report-too-many-files-why = { $given } were given where { $allowed } are allowed
report-too-many-files-next = send the others with another report
picture-taken-out = { $name }: taken out: { $line }; the original stays here, sealed: focal attachment originals
picture-says = { $name } also says: { $line }; --strip-metadata takes it out
picture-says-nothing = { $name }: it has no metadata to take out
idle-written = write it as 90s, 15m or 2h
agent-by-hand = an agent is not started by hand
idle-limits = it stays open for a second at least and for 12 hours at most
lock-swap = The system does not keep the key's memory from being swapped to the disk: encrypt the swap, or switch it off.
lock-open = The key of { $handle } is open until it was not used for { $time }. To forget it now: focal lock
lock-forgotten = The key of { $handle } is forgotten.
lock-none = No key was open.
duress-not-set = no duress passphrase was set
nothing-changed-other = take another one: nothing was changed
nothing-changed = nothing was changed
outbox-full = the outbox is full
outbox-full-why = { $n } reports wait
outbox-full-next = send them with `focal outbox send`, or look what can be cancelled with `focal outbox list`
outbox-held = another focal command is sending for long
outbox-held-why = it holds the outbox
outbox-held-next = wait for it; what waits stays in the outbox
outbox-unlocked = the outbox could not be locked
outbox-unleft = a report could not leave the outbox
outbox-report = a report in the outbox
outbox-unlisted = the outbox could not be listed

## focal search

search-none = Nothing was found.
search-more = { $n } reports were found in all. For the next ones: { $command }
search-behind = The newest reports are still being taken into the index: a search may miss them for a moment.
search-withdrawn = withdrawn
search-corrected = corrected
search-invalid = counts nowhere

## focal node doctor

doctor-trying = Trying all addresses; this takes up to 45 s.
doctor-needs = somebody has to do something
doctor-needs-why = { $n ->
    [one] 1 of { $all } findings needs it
   *[other] { $n } of { $all } findings need it
}
doctor-needs-next = do what stands in the rows marked `!`; then run it again
doctor-node = this node  { $node }
doctor-proxy = proxy      { $proxy }
doctor-quiet = { $n ->
    [one] 1 other finding: it works (--all shows it)
   *[other] { $n } other findings: all of it works (--all shows them)
}
doctor-conversation = conversation
doctor-yes = yes
doctor-by-relay = by relay
doctor-no = no
head-works = works
head-why = why
head-what-to-do = what to do
