
## Evidence, audit, export and import

noted-odd = a number, a colon and all 64 digits of the hash
audit-page-odd = a page of the audit trail ends before it begins
audit-items-in = { $n ->
        [one] 1 item in { $file }
       *[other] { $n } items in { $file }
    }
audit-check-it = Check it anywhere: focal audit verify { $file }
audit-unwritten = the audit trail could not be written
audit-unwritten-next = name another file: one that exists is not replaced
audit-name-file = name a file that `focal audit export -o FILE` has written, or none for the running node
audit-line-long = line { $number } is longer than { $most } bytes
audit-line-odd = line { $number } is none of an audit trail
audit-name-export = name a file that `focal audit export -o FILE` has written
audit-line-bytes = line { $number } does not say what its bytes say
audit-line-place = line { $number } is not what should stand there
audit-empty = it is empty
audit-none = Nothing of this kind was asked for in this time.
head-about = about
head-outcome = came of it
audit-older = { $n ->
        [one] 1 older one is not shown: --limit
       *[other] { $n } older ones are not shown: --limit
    }
audit-refused = refused: { $code }
audit-given = { $n } given out
audit-barred = { $n } refused: { $code }
audit-times = { $n ->
        [one] once
       *[other] { $n } times
    }
audit-case = case { $case }
audit-holds = { $n ->
        [one] 1 item holds
       *[other] { $n } items hold
    }, from number { $from }, each by the one after it and the end by the signature of node { $node }.
audit-earlier = Earlier ones were given up at the end of their time.
audit-note-down = Note down elsewhere: { $last }
audit-no-trail = the node has shown no trail
audit-no-audit = this is no audit trail
audit-no-node = it names no node
audit-no-hex = item { $number } is not written in hex
audit-not-noted = item { $number } is not the one that was noted down
audit-written-anew = the trail was written anew from there or before
audit-keep-files = keep the files as they are, and find out who can open the node's keys
audit-noted-gone = item { $number }, which was noted down, is not there
audit-has = the trail has { $n ->
        [one] 1 item
       *[other] { $n } items
    }, from number { $from }
audit-cut-short = it was cut short, unless its time was over: audit_days in node.toml
audit-signature-odd = a signature on it cannot be read
audit-broken = the audit trail does not hold
bundle-broken = { $path } does not hold
bundle-broken-next = ask for another copy, and keep this one as it is
bundle-entries-odd = it has not as many entries as records
bundle-at-most = a bundle holds at most { $n } records
bundle-too-much = this is too much for one bundle
bundle-too-much-next = choose some of them with --record, and make several bundles
bundle-unsigned = no signature follows entry { $entry } of log { $log }
bundle-key = the key of { $handle } cannot seal a bundle
bundle-key-why = it is in no current manifest of the organisation: nobody could check who it is
bundle-key-next = add it with `focal org author add`, or name another with --author
bundle-unwritten = the bundle could not be written
bundle-left-out = left out   { $n }: { $why }
bundle-contents = contents   { $hash }
bundle-note-hash = Note this hash down elsewhere. Whoever has the file can read it: it is not encrypted.
bundle-check = Anybody checks it with: focal verify { $file }
bundle-nothing = there is nothing that may be in this bundle
bundle-no-reports = the case has no reports here
bundle-nothing-next = ask the originators with `focal report ask-release`, or make it --for own-use
directory-odd = the node's directory does not hold
file-unread-one = a file could not be read
bundle-unread = the bundle could not be read
custody-full = the custody log is full
copy-unwritten = the copy could not be written
bundle-received = { $file } is the same bundle, with your line in its custody log.
bundle-other = { $file } is another bundle
bundle-other-next = do not trust it; ask whoever gave it to you
bundle-holds = The bundle holds.
proven-case = case
proven-marked = marked
proven-marking = { $marking }, for: { $purpose }
proven-contents = contents
proven-federation = federation
custody-unknown-key = { $name } (a key that is not in the bundle)
write-unsaid = it is not said where to write
write-unsaid-json = with --json, standard output says what was written
write-unsaid-next = add -o FILE, or -o DIRECTORY
export-too-large = the export is too large
export-too-large-next = choose fewer records with --since, --kind or --record
export-none-chosen = no record is chosen
export-kinds = { $format } carries { $kinds }, and none is chosen
export-nothing = there is nothing to write
export-nothing-next = see what is there with `focal report list`
export-ask-author = ask the organisation that wrote it
export-files = there are { $n } files
export-name-dir = name a directory: -o DIRECTORY/
export-other-name = nothing was written; name another file
export-dir-for-many = name a directory for several files
import-not-read = { $format } is written, and not read; allowed: cap, hxl, geojson, ndjson, auto
import-no-format = no such format; allowed: cap, hxl, geojson, ndjson, auto
import-set-next = write it as --set status=ongoing
import-not-taken-next = nothing was signed; mend the file, or ask its sender for another
import-none = no report in the file can be sent
import-none-list = nothing was signed; see the case with `focal report list`
import-none-expired = an alert that has expired is taken with --expired; what else is missing is filled in with --set FIELD=VALUE
import-none-set = fill in what is missing with --set FIELD=VALUE, or mend the file
import-node-first = start the node and import the file again: it is about earlier alerts
import-own-alerts = alerts of your organisation in this case
import-correction = it becomes a correction of { $record }
import-retraction = it becomes a retraction of { $record }
import-follows-why = only its own organisation corrects it, and one message once
import-follows = it stays an alert that follows { $record }: { $why }
import-stays = it stays an alert: what it updates is not in this case
import-of-others = { $record } of another organisation, which alone can withdraw it
import-not-in-case = { $names }, which is not in this case
import-not-sent = { $n ->
        [one] 1 report not sent
       *[other] { $n } reports not sent
    }
named-above = each is named above with its reason
import-again = fill in what is missing with --set, or mend the file, and import it again: send only those rows then, so that none is sent twice
import-drafts = { $reports } kept in { $dir }; then, for each: focal report send { $case } { $file }
import-stored-line = { $record }  stored  { $at }  { $title }
import-not-sent-line = not sent  { $at }  { $title }
import-stored = { $n ->
        [one] 1 report stored.
       *[other] { $n } reports stored.
    }
import-name-case = Nothing was sent: name a case with --case to send it.
import-more = { $n } more: --json shows all
import-signed = { $n ->
        [one] 1 record whose signatures hold.
       *[other] { $n } records whose signatures hold.
    }
head-in-file = in the file
head-says = says
head-becomes = becomes
import-text-line = a line of the text
import-left-out = left out: { $why }
held-already = held already
of-other-case = it is of another case
of-other-org = it is of another organisation, whose node brings it
import-not-here = { $n ->
        [one] 1 line not here
       *[other] { $n } lines not here
    }
import-courier-next = records of other organisations come from their nodes, or in a courier file
import-store-question = { $n ->
        [one] Store 1 record of your organisation in "{ $case }"?
       *[other] Store { $n } records of your organisation in "{ $case }"?
    }
proven = Proven: who wrote, and which node carried, { $reports }
proven-revoked = by keys that were revoked later: ask why
proven-files = { $n ->
    [one] file as it was signed
   *[other] files as they were signed
}
proven-missing = { $n ->
    [one] file that reports name is not in the bundle
   *[other] files that reports name are not in the bundle
}
proven-kept-back = kept back, says the sealer: { $why }
proven-custody = Who had it
proven-not = Not proven
bundle-other-federation = its federation is { $found }
bundle-other-contents = its contents hash is { $found }
bundle-made = { $file } holds { $reports } and { $files }, marked { $marking }.
bundle-lacks = { $n ->
    [one] 1 file that the reports name is not at this node and not in it: focal attachment list
   *[other] { $n } files that the reports name are not at this node and not in it: focal attachment list
}
bundle-fetch = { $n ->
    [one] 1 file is not at this node: `focal attachment fetch` brings it, then make the bundle again.
   *[other] { $n } files are not at this node: `focal attachment fetch` brings them, then make the bundle again.
}
export-left-out = { $n ->
    [one] 1 record left out, as the marking does not let it leave:
   *[other] { $n } records left out, as the marking does not let it leave:
}
export-ask = ; ask { $org }
export-nothing-why = { $n ->
    [one] { $why }; 1 record may not leave by its marking
   *[other] { $why }; { $n } records may not leave by its marking
}
import-question = { $n ->
    [one] Sign and send 1 report to "{ $case }"?
   *[other] Sign and send { $n } reports to "{ $case }"?
}
import-keep-question = { $n ->
    [one] The node does not answer. Keep 1 report as drafts?
   *[other] The node does not answer. Keep { $n } reports as drafts?
}
import-later-question = { $n ->
    [one] The node does not answer. Sign 1 report and keep it in the outbox for "{ $case }"?
   *[other] The node does not answer. Sign { $n } reports and keep them in the outbox for "{ $case }"?
}
import-wait-question = { $n ->
    [one] The node does not answer. Keep 1 record of your organisation in the outbox for "{ $case }"?
   *[other] The node does not answer. Keep { $n } records of your organisation in the outbox for "{ $case }"?
}
import-unchecked = Whether a report is in the case already, only the node knows: what was imported before is not recognised now.
import-waits-already = a report that waits in the outbox
import-waits = waits in the outbox
import-waits-line = { $record }  waits  { $at }  { $title }
import-waiting = { $n ->
    [one] 1 report waits in the outbox, signed and sealed: { $why }
   *[other] { $n } reports wait in the outbox, signed and sealed: { $why }
}
import-go-out = { $n ->
    [one] It goes out at the next contact; now: focal outbox send
   *[other] They go out at the next contact; now: focal outbox send
}
import-not-yet-there = one that is not in the case yet
import-report-there = the report of { $record }, which is in the case
import-message-there = the message of { $record }, which is in the case
import-can-be-sent = { $n ->
    [one] 1 report can be sent, { $bad } cannot.
   *[other] { $n } reports can be sent, { $bad } cannot.
}
import-refused-head = refused:
words-proof-truth = That what the reports say is true: only who said it.
words-proof-time = When something happened or was written: times are by the clocks of those who wrote them.
words-proof-federation = That the federation is the one you think: compare its words with those you have from elsewhere.
words-proof-all = That nothing else was reported: a bundle holds what somebody chose, and says how much was kept back.
words-proof-custody = That nobody had the bundle beside those in its custody log, and that no line was taken from the end of it.
words-proof-membership = That its author was in the case when they wrote: the case's members are not in it.
audit-this-node = this node
