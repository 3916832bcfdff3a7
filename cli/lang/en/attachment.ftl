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
film-says = { $name } also says: { $line }; other parts of it may say more, and nothing is taken out of films
film-says-nothing = { $name }: neither place nor device found where films have them; other parts of it may name them
file-not-looked-into = { $name } was not looked into: it may name place, time, device and people
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
outbox-too-long = the report is too long for the outbox
outbox-too-long-why = it could not be read again
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
bar-left = { $eta } left
attach-chunk-broken = chunk { $index }: { $error }
attachment-verifying = verifying
attachment-fetching = fetching { $name }
attachment-waits-why = { $name } waits: { $why }
