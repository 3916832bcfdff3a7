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
