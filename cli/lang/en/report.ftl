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
report-line = line { $line }: { $why }
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

## Reports: what else may be said

report-file = file: { $name } ({ $kind }, { $size })
report-record = record: { $record }
report-case = case:   { $case }
stdin-unread = standard input cannot be read
report-too-long = the report is too long
report-too-long-why = at most { $limit } bytes are read
report-too-long-next = send a summary; long documents travel as attachments
release-own = this report is your own organisation's: nobody else is to be asked
release-own-next = its label, its release list and the consent of the source say who may have it
record-no-id = a record has no id
release-away = { $org } is no member of this case any more: it does not see the question. Ask it in another way, or in a case in which it is.
release-asked = { $org } is asked. It agrees with: focal report position { $record } concur
release-no-member = there is no one member organisation "{ $org }"
release-no-member-next = say court, public, served, or see the members with `focal federation show`
ask-not-asked = a { $kind } is not asked for
ask-not-asked-next = see `focal report correct`, `retract` and `ack`
what-report = the report
not-utf = it is not UTF-8 text
save-as-utf = save { $path } as UTF-8
report-nothing = there is no report to send
report-nothing-why = no file was named, and there is no terminal for an editor
report-nothing-next = name a file, or - for standard input, or give --kind and --text
editor-kept = what you wrote is in { $path }
editor-failed = the editor ended with an error
editor-not-started = { $editor } cannot be started
editor-not-started-next = set EDITOR to an editor that is installed
nothing-sent = nothing was sent
unchanged-template = the template was not changed
set-odd = --set { $pair } is not understood
set-odd-why = a field and its value are joined by =
set-odd-next = write it as --set urgency=expected
draft-sent = the report was sent, and its draft { $path } could not be removed: { $error }
draft-not-kept = { $why }; and it cannot be kept as a draft: { $lost }
history-withdrawn = The report is withdrawn by { $record }: it counts nowhere.
history-holds = The report holds as it was written.
history-corrected = The report holds as corrected by { $record }.
history-not-come = The report itself has not come yet.
history-more = There is more: focal report history { $record } --after { $next }
history-retraction = retraction of { $record }
history-correction = correction of { $record }
history-since = could be read here since { $time }
history-before = could be read here before this node noted since when
history-reason = reason: { $reason }
history-no-effect = has no effect: { $why }
history-withdrawn-by = withdrawn by { $record }
history-nothing = It changes nothing.
head-field = field
head-before = before
head-after = after
history-left-out = (left out)
place-no-case = no case is known here yet: the case list is kept when a report is sent
place-later = send it when the node is in reach
place-list-of = { $why }; the case list is of { $ago }
place-as-known = { $why }: "{ $case }" is the case as it was known { $ago }.
place-not-kept = the report cannot be kept for later
place-not-kept-why = by its marking some members of the case may not read it, and only the node can make a compartment without them
place-question = Send it there?
place-stake = { $barred } may not read it by its marking: it goes to a compartment of "{ $case }" with { $readers } only.
place-no-org = it is not known for which organisation this is
place-no-org-why = the node is in no manifest yet
place-no-org-next = issue a manifest with `focal org manifest`
report-content-odd = the report's content is not understood
report-kind-odd = the report's kind is not known
report-in-outbox = it is kept in the outbox: focal outbox list
report-in-outbox-too = it is in the outbox, too ({ $what }): focal outbox list
report-both = { $link }; and { $kept }
watch-no-stop = Ctrl-C cannot be watched
history-by = by { $author }, written { $time }
