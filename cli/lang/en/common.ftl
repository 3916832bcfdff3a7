# What focal says to people, in English. A language is a directory of files like these, and a word in cli/src/lang.rs.
# A key of another language that is not here, or lacks an argument that is here, fails a test.
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

## What every command may say

what-accepted-file = the accepted federation file
cannot-be-used = { $path } cannot be used
accepted-move-away = move it away and accept the federation file again
accepted-none = the node knows no federation yet
accepted-none-why = no federation file was accepted
accepted-node-odd = the node's federation file cannot be used
what-signed-note = the note of what was signed
accepted-signed-twice = another roster of version { $version } was signed here before
accepted-signed-twice-why = two rosters of one version are proof of misbehaviour, and every node would show it
accepted-signed-twice-next = admit one organisation after the other; if every steward gave the other roster up, remove { $path }
home-unknown = it is not known where the organisation's files are
home-unknown-why = this user has no home directory
home-unknown-next = say it: --home DIR or FOCAL_HOME
check-path = check that { $path } is the right path
check-owner = check who owns { $path }, and its mode
make-room = make room on the disk and try again: nothing was changed
no-runtime = the operating system gives no event queue or threads
stdout-failed = the result could not be written to stdout
not-a-time = not a time: write it as 2026-11-03, 2026-11-03T14:30Z or 2026-11-03T14:30:00Z
prompt-passphrase = Passphrase of { $what }:{" "}
prompt-duress-same-file = the duress passphrase cannot be in the same file as the passphrase
prompt-duress-same-file-next = name another file: --duress-passphrase-file FILE
prompt-duress = use under duress
prompt-rule = at least { $least } characters; four random words are good
prompt-new-passphrase = New passphrase for { $what } ({ $rule }):{" "}
prompt-once-more = The same once more:{" "}
prompt-not-the-same = the two passphrases are not the same
nothing-made = try again: nothing was made
prompt-too-short = the passphrase is too short to protect a key
prompt-too-short-why = it has { $has } characters; a new passphrase has at least { $least }
prompt-too-short-next = take four or more random words: nothing was made
prompt-no-file = no passphrase file was named
what-passphrase-file = the passphrase file
prompt-file-unusable = the passphrase file is not usable
prompt-file-next = write the passphrase on its first line, as UTF-8
prompt-not-text = it is not text
prompt-first-line-empty = its first line is empty
prompt-nobody = a passphrase is needed, and nobody can be asked
prompt-nobody-next = run it in a terminal, or use --passphrase-file FILE or FOCAL_PASSPHRASE_FILE
prompt-no-terminal = there is no terminal
prompt-empty = the passphrase is empty
try-again = try again: nothing was changed
confirm-nobody = a confirmation is needed, and nobody can be asked
confirm-question = the question was: { $question }
confirm-nobody-next = check what is shown (fingerprints: over the phone), then run it in a terminal or with --yes
confirm-not-asked = the question could not be asked
confirm-not = you did not confirm
dir-not-made = a directory could not be made
exists-already = { $path } exists already
exists-already-why = nothing that exists is replaced
file-unread = { $what } could not be read
file-not-used = { $what } is not used
file-not-read = { $what } is not read
file-too-long = { $path } has more than { $limit } bytes
root-key-missing = the root key is not here
there-is-no = there is no { $path }
root-key-missing-next = run this where the organisation was made, or give its --home
key-exists-next = take another handle, or move that file away
no-key-of = there is no key of { $handle } here
does-not-exist = { $path } does not exist
keys-here = the keys here are: { $keys }
keys-unlisted = the authors' keys could not be listed
no-author-key = there is no author's key here
no-author-key-why = { $path } has none
many-author-keys = more than one author has a key here
many-author-keys-next = say which one: --author HANDLE
none-of-them = none
key-unsealed = the key could not be sealed
key-of = { $what } of { $of }
key-wrong-passphrase = { $path } does not open with this passphrase
key-wrong-passphrase-why = the passphrase is wrong, or the file was changed
key-unopened = { $path } cannot be opened
watch-locked = the key was locked: what held it has ended
watch-locked-next = start it again; it asks for the passphrase
lock-watches = { $n ->
    [one] 1 command that went on with the key ends.
   *[other] { $n } commands that went on with the key end.
}
key-unopened-next = put back the right file, from a backup if need be
what-known = what is known of cases
known-damaged-next = remove it: it is made again at the next contact with the node
known-not-kept = what is known of cases could not be kept for times without a link: { $why }
ago-less = less than a minute ago
way-network = over the network
no-address = no address is known
address-odd = the node's address is not understood
address-odd-next = write it with the node's name at its end: /dns4/focal.example.org/tcp/4711/p2p/12D3Koo…
network-unusable = the network cannot be used
network-unusable-next = look at --ca, if you said it: it names a file with certificates in PEM
progress-connecting = connecting
cannot-be-asked = this cannot be asked of a node
answer-too-long = the answer is too long
progress-asking = the node is asked
answer-odd = the node's answer is not understood
same-version = use the same version of focal for the node and the command line
node-answered = the node answered { $status }
file-cannot-be-read = the file cannot be read
answer-malformed = the node's answer is malformed
middle-of-part = in the middle of a part
answer-broken = the node's answer has broken off
answer-broken-next = see the node's log, then try again
key-not-open = the key is not kept open
key-not-open-why = the process that was to hold it has ended
key-not-open-next = the path of the home may be too long for a socket; the passphrase is asked for each time
agent-stops = the agent cannot go on
what-draft = the draft
path-unread = { $path } cannot be read
draft-unread-next = correct it, or move it away to give those changes up
draft-not-removed = the draft could not be removed
author-not-added = { $handle } was not added
author-revoked-key = this key was revoked: that cannot be taken back
author-revoked-key-next = make a new key
author-same-key = this key is that of { $handle }
author-same-key-next = make a key for each person
author-already = { $handle } is an author already
author-already-next = take another handle, or revoke that one first: focal org author revoke …
report-no-fields = it has no fields with names
report-no-fields-between = the part between the --- lines has no fields with names
man-not-made = the page could not be made
man-not-written = the pages could not be written
man-written = The pages are in { $dir }.
alarms-none = No alarms.
alarms-resolved = resolved { $time }: { $decision }
alarms-open = resolved; { $n } open
strip-heif = HEIF pictures
strip-tiff = TIFF pictures
strip-pdf = PDF documents
strip-other = files of this sort
strip-moving = moving WebP pictures
picture-also = also { $what }
picture-thumbnail = a small copy of the picture
picture-comment = a comment
picture-behind = something behind the picture
confirm-choice = [y/N]
confirm-yes = y yes
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}
progress-traffic = { $sent } sent, { $received } received
picture-taken = taken
picture-changed = changed
picture-time-zone = time zone
picture-satellite-date = date by satellite
picture-maker = maker
picture-device = device
picture-serial-number = serial number
picture-lens-number = serial number of the lens
picture-owner = owner
picture-author = author
picture-rights = rights
picture-description = description
picture-user-comment = comment
picture-software = software
picture-height = height
picture-direction = direction of view
picture-number = number of the picture
picture-place = place
picture-block = block { $name }
picture-more-fields = { $n ->
    [one] 1 more field
   *[other] { $n } more fields
}
strip-unsupported = metadata of { $what } cannot be taken out by this program
strip-too-large = metadata is taken out of pictures up to { $most } MiB only
strip-damaged = the picture is damaged, so nobody can say what would be left in it
file-open-to-others = others than its owner can read { $path } (mode { $mode })

## The command line

usage-unknown = there is no flag or argument "{ $arg }" here
usage-no-command = there is no command "{ $command }"
usage-which-command = it is not said which command
usage-missing = missing: { $arg }
usage-not-together = "{ $arg }" is given twice, or with what excludes it
usage-conflict = "{ $arg }" and "{ $other }" do not go together
usage-no-value = "{ $arg }" has no value
usage-value = "{ $value }" cannot be the value of "{ $arg }"
usage-not-text = an argument is not text in UTF-8
usage-odd = "{ $arg }" is not understood
usage-allowed = allowed: { $values }
usage-meant = did you mean "{ $meant }"? See the help with --help
usage-help = see the help with --help
both-next = { $first }; { $next }
