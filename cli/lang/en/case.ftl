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

## focal search

search-none = Nothing was found.
search-more = { $n } reports were found in all. For the next ones: { $command }
search-behind = The newest reports are still being taken into the index: a search may miss them for a moment.
search-withdrawn = withdrawn
search-corrected = corrected
search-invalid = counts nowhere

## Cases: what else may be said

case-is-open = The case "{ $title }" is open; this node is its custodian.
case-invite-next = Invite partners: focal case invite { $case } ORG
case-in-already = { $name } is in the case already as { $role }.
case-now-invited = { $name } is invited to "{ $title }" as { $role }.
case-invitation-on-way = { $n ->
        [one] Its invitation is on its way to 1 of its nodes, also through partners.
       *[other] Its invitation is on its way to { $n } of its nodes, also through partners.
    }
case-invitation-waits = { $n ->
        [one] 1 of its nodes has not been met yet: it is added as soon as it is.
       *[other] { $n } of its nodes have not been met yet: they are added as soon as they are.
    }
case-asked-to-invite = { $custodian } is asked to invite them.
case-many = more than one case is meant by "{ $case }"
case-many-next = give more digits of its id: `focal case list`
case-unknown = there is no case "{ $case }" here
case-unknown-why = this node is not a member of such a case, or has not joined it yet
case-unknown-next = see the cases with `focal case list`
case-go-on = Go on?
case-named = Case { $title } ({ $case })
case-stake-ask-remove = The custodian, { $custodian }, is asked to remove { $org }. All members see it.
case-asked = asked
case-whom = { $org } ({ $id })
case-whose-node = { $org } (node { $node })
case-its-nodes = { $n ->
        [0] None of its nodes has joined.
        [one] It has 1 node in the case: { $nodes }
       *[other] It has { $n } nodes in the case: { $nodes }
    }
case-stake-counts = { $n ->
        [one] 1 entry by it is held here and counts; later ones count nowhere. What is written from now on does not open for it; what it has read already stays with it.
       *[other] { $n } entries by it are held here and count; later ones count nowhere. What is written from now on does not open for it; what it has read already stays with it.
    }
case-stake-remove = { $who }, a { $was }, is removed.
case-stake-remove-node = { $who }, a { $was }, is removed; its organisation's other nodes stay.
case-stake-remove-former = { $who } is no member any more: its logs end here for everybody.
case-stays-inside = It stays in these compartments, and reads on there until it is removed from each of them, too: { $cases }
case-removed = removed: the members follow as they are reached
case-stake-leave = Your organisation, { $org }, a { $was }, leaves. What is here stays readable; what is written afterwards does not open here.
case-left = the custodian's node is told: it carries it out when it is reached
case-stake-role = { $org }, a { $was }, becomes a { $role }.
case-stake-reads = A reader reads and acknowledges: what else it writes from then on counts nowhere.
case-stake-reports = A contributor also reports.
case-done = done
case-stake-hand-over = { $to } becomes custodian: it alone invites, removes and closes from then on. Only it can give that back.
case-stake-reader-in-office = It is a reader now; a custodian can give itself any role.
case-handed-over = handed over
case-stake-rekey = This node makes fresh keys: a new epoch begins for all members. What can be read now stays readable.
case-stake-rekey-propose = This node proposes fresh keys to the custodian, { $custodian }: a new epoch begins for all members when its node has taken them up. What can be read now stays readable.
case-rekeyed = fresh keys: the case is in epoch { $epoch }
case-rekey-proposed = fresh keys are proposed: they hold when the custodian's node has taken them up
case-stake-succeed = You, { $successor }, stand for custodian in place of { $out }. With a majority it is out, and the others go on with you.
case-succeed-told = the members are told: they vote with `focal case vote`
case-stake-vote = You vote { $successor } custodian in place of { $out }. With a majority this cannot be taken back.
case-stake-vote-again = { $successor } is to be custodian again, with a group that begins anew: its node has lost its state. Nobody goes out.
case-stake-vote-twice = This node has voted for it before: with this vote it also follows { $successor } if others have made it custodian, although it cannot tell whether rightly.
case-stake-step-down = This is no vote: { $successor } says that the others have elected it in place of this node, which cannot tell whether rightly. With your yes this node follows it at once, and is custodian no more: that cannot be taken back. Why, and what this node has written that counts, is as they have voted, whatever you say here.
case-stake-follow-claim = This is no vote: { $successor } says that it is custodian, and this node cannot tell whether rightly. With your yes this node follows it at once.
case-stake-follow = This is no vote: { $successor } is nobody here who can be elected, or this node takes part no more, or it is the custodian and was restored from a copy. If others have made it custodian, this node follows it, although it cannot tell whether rightly.
case-stake-lost = The custodian is taken for lost: what it has written counts, also if it comes only later.
case-stake-hostile = The custodian is taken for hostile: of what it has written only that counts which the next custodian's node holds when it has the majority; the rest counts nowhere, whoever holds it.
case-stake-hostile-here = { $n ->
        [one] The custodian is taken for hostile: of what it has written only that counts which this node holds when you have the majority (now 1 entry); the rest counts nowhere, whoever holds it.
       *[other] The custodian is taken for hostile: of what it has written only that counts which this node holds when you have the majority (now { $n } entries); the rest counts nowhere, whoever holds it.
    }
case-stake-votes = { $n ->
        [0] It has none of the { $needed } votes that it needs.
       *[other] It has { $n } of the { $needed } votes that it needs, by { $voters }.
    }
case-voted = voted
case-agreed = agreed: this node follows it where it is custodian
case-stake-others = { $n ->
        [0] Nobody else is in the case.
       *[other] The others in it: { $others }
    }
case-stake-retain = { $n ->
        [one] After 1 day every member's node destroys the content.
       *[other] After { $n } days every member's node destroys the content.
    }
case-stake-close = The case becomes read-only for everybody.
case-closed = closed
case-stake-reopen = The case takes reports again.
case-open-again = open
case-stake-purge-all = { $n ->
        [one] Every member's node destroys the content of this case, 1 record, as soon as it is reached. Nobody can bring it back.
       *[other] Every member's node destroys the content of this case, { $n } records, as soon as it is reached. Nobody can bring it back.
    }
case-stake-purge = { $n ->
        [one] This node destroys its copy of this case, 1 record. It cannot be brought back here.
       *[other] This node destroys its copy of this case, { $n } records. It cannot be brought back here.
    }
case-stake-purge-kept = The other members keep theirs: { $others }
case-stake-purge-last = Nobody else is in the case: no copy is left.
case-stake-abandon = Without this node the case has no custodian: nobody invites, removes or closes until the others have voted for another one.
case-purge-in-office = this node is the custodian of the case, and others are in it
case-purge-in-office-next = hand it over first (`focal case hand-over`), or purge it --everywhere; --abandon destroys the copy here all the same
case-stake-ask-invite = The custodian, { $custodian }, is asked to invite them. All members see it.
case-stake-invite = { $n ->
        [one] { $who } comes in as { $role }, with 1 node.
       *[other] { $who } comes in as { $role }, with { $n } nodes.
    }
case-stake-invite-stays = { $n ->
        [0] { $who } stays { $role }, with all its nodes.
        [one] { $who } stays { $role }; 1 more node of its comes in.
       *[other] { $who } stays { $role }; { $n } more nodes of its come in.
    }
case-stake-invite-changes = { $n ->
        [0] { $who } becomes { $role }: it was { $was }.
        [one] { $who } becomes { $role }: it was { $was }; 1 more node of its comes in.
       *[other] { $who } becomes { $role }: it was { $was }; { $n } more nodes of its come in.
    }
case-stake-reads-all = { $n ->
        [one] Who comes in reads all that was written since the case was opened: 1 record so far.
       *[other] Who comes in reads all that was written since the case was opened: { $n } records so far.
    }
case-stake-reads-later = Who comes in reads only what is written from then on.
case-purged = purged
case-no-compartment = This node is in no compartment of "{ $title }".
head-compartment = compartment
number-from-one = a number from 1 on
row-without-record = a row without a record
page-odd = the node's answer is no page
page-written = { $file } has the case as one page, marked { $marking }.
page-readable = Whoever has the file can read it: it is not encrypted.
number-to-thousand = a number from 1 to 1000; for more there are pages
case-id = case       { $case }
case-as-of = as of      { $time } · { $n ->
        [one] 1 record could be read here then
       *[other] { $n } records could be read here then
    }
case-undated = undated    { $n ->
        [one] 1 of them, from before this node noted when they came: it may have come later
       *[other] { $n } of them, from before this node noted when they came: they may have come later
    }
case-left-since = left       { $n ->
        [one] 1 of them has left the case since: its log was ended
       *[other] { $n } of them have left the case since: their log was ended
    }
case-later = later      { $n ->
        [one] 1 record came after, and is not shown
       *[other] { $n } records came after, and are not shown
    }
head-at = at
head-displaced = displaced
head-by = by
head-place = place
head-who = who
head-where = where
head-when = when
head-for-whom = for whom
head-status = status
word-targeted = targeted
word-reached = reached
from-to = { $from } to { $to }
head-subject = subject
head-measures = measures
head-proposed-by = proposed by
head-positions = positions
head-invited = invited
head-answers = answers
all-of-case = all of the case
head-alert = alert
head-acknowledged-by = acknowledged by
head-not-yet-by = not yet by
case-nothing-yet = Nothing yet.
positions-earlier = and { $n } earlier
head-wanted = wanted
head-by-when = by
head-asked-by = asked by
head-pledged = pledged
head-open = open
pledged-by = { $quantity } by { $org }
head-risk-factor = risk factor
risk-levels = Level 0 (absent) to 4 (acute).
head-low = low
head-best = best
head-high = high
