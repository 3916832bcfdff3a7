# What --help says below the flags of a command.

help-about-focal =
    Exit codes:
      0  done
      1  it could not be done
      2  the command line is not right, or nobody could be asked
      3  wrong passphrase or key file
      4  refused: a bad signature, not allowed, a report that is not valid
      5  the node does not answer
      6  there is no such thing
      7  disk, file or socket
      8  the node works, and a person must look at something: `focal node health`, `focal alarms list`
help-about-attachment = A report takes files with it: focal report send CASE --attach FILE. Small ones come to every member's node by themselves; larger ones when somebody asks for them.
help-about-courier = A courier file can be opened by the nodes of one organisation. Who finds it learns its size and nothing else. One that is lost, damaged, or loaded twice costs nothing: until the recipient's receipt has come back, every new one holds all again.
help-about-demo = Founds a federation in a temporary directory with real keys, runs three nodes on free ports of this machine, and plays a case: reports, an alert, a link that is down for a while, requests, risks and sanctions, a correction and a retraction. Then it checks the numbers on every node. Everything in it is invented.
help-about-evidence = A bundle is one ZIP file: chosen reports as their authors signed them, the entries that carried them, their files, the documents that prove who signed, and a log of who had it. `focal verify FILE` checks it with no node and no account.
help-about-export =
    FORMAT  what it carries
      cap          alerts, their updates and ends: CAP 1.2, a file each
      hxl          activities and requests: CSV with HXL hashtags, a table each
      geojson      incidents: GeoJSON (RFC 7946)
      ndjson       all records as they were signed, line by line
      edxl-sitrep  situation reports: EDXL-SitRep 1.0, a file each
      icalendar    convenings: RFC 5545
      ftm          designations: FollowTheMoney entities, line by line
help-about-export-more = Reports are written as they stand: corrected, and without those that were withdrawn. The marking is written into each file. Marking, release list, originator control and consent decide record by record what may go to those whom it is for; what is left out is named with its reason. The audit trail notes who asked, for whom, and for which records.
help-about-import =
    FORMAT   what is made of it
      cap      alerts: CAP 1.2 or 1.1. An update of an alert of ours becomes a correction, its cancellation a retraction
      hxl      activities, or requests if there is a column #need: CSV with HXL hashtags
      geojson  incidents: GeoJSON (RFC 7946)
      ndjson   records as they were signed: they are checked, and those of your organisation stored again
      auto     whichever of these it is
help-about-import-more = Without --case nothing is sent: it only shows what is in the file. Reports that are not complete are named with their row or element, and the others can be sent; --set fills in what all of them lack. While the node cannot be reached, what was signed waits in the sealed outbox (focal outbox) and goes out at the next contact.
help-about-outbox = A report that is sent while the node cannot be reached waits here, signed, and sealed with the author's own key. It goes out at the next command that reaches the node: alerts first, then the other reports in order, then files, each from where it was cut short; large ones (over 8 MiB, 1 MiB with --link narrow, none with --link satellite) go with `focal outbox send`. What the node refuses for good stays here with the reason until it is cancelled.
help-about-search = Words that stand side by side must all be there. Case and accents make no difference, in any script.
help-about-search-more =
    checkpoint militia        both words, anywhere in the report
    "grain store"             side by side
    milit*                    words that begin so
    market -orsk              not with that word; also NOT
    market OR bazaar          one of them; ( ) put things together
    killed > 10               numbers: killed, injured, displaced, detained, missing, abducted,
                              sexual_violence, quantity, targeted, reached, attachments …
    since:2026-10-01          happened then or later (written then, if it is not said); also until:
    written >= 2026-11        by the time of writing
    place:VR03 place:Orsk     a P-code or its beginning, or the name; country:VR
    kind:incident             and marking:amber, verification:verified, grading:B2, language:ar
    org:norland               also author:, case:, file:
    weapons:mortar            any field of a kind: title, type, status, severity, grounds …
    retracted:yes             withdrawn reports are found only so; also corrected:yes
help-about-search-also = Of a corrected report its last version is found. Quote the whole query, and put -- before one that begins with -.
help-about-unlock = Without this, every command asks. The key is held in the memory of a process of yours, never on a disk, and forgotten when no command has used it for the time given, when the machine has slept, with `focal lock`, and with `focal wipe`. A `focal watch` from afar ends with it.
help-about-unlock-more = Whoever has the machine while it is open needs no passphrase, and a duress passphrase is never asked for: lock it before a checkpoint. To lock before the machine sleeps, let your system run `focal lock`, for instance from /etc/systemd/system-sleep.
help-about-verify = Names the first thing that does not hold, with exit code 4. What holds, it says, and what no bundle proves.
help-about-verify-more = The words of the federation are to be compared with those that you have from elsewhere: from its members, over the telephone. With --federation the comparison is made for you.
help-about-wipe = Keys are overwritten first: a moment later nothing opens, however much of the rest is left. A node that runs is ended. What is cut short goes on at the next focal command. With --now nothing is asked and nothing is said: for a script on a key, or a hand under the table. Partners keep what has reached them; tell them, so that they remove this node and revoke these keys.
help-about-wipe-more = What cannot be promised: flash storage may keep old blocks until it erases them, and copies and backups elsewhere are not touched. Encrypt the whole disk, too.
help-about-alarms-resolve = The alarm is kept with the decision. What caused it stays as it is: a log with two histories ends where they part, for good.
help-about-attachment-fetch = Nothing that exists is replaced. Names that partners gave are made safe. While no partner in reach has a file, the node waits for one; Ctrl-C leaves it to the node.
help-about-attachment-originals = They are in the home of this machine only, sealed with your own key.
help-about-attachment-prune = The node does so by itself after a week: uploads that were cut short may go on until then.
help-about-audit-verify = The check is made here, from the items themselves; with FILE without any node. Note down the last line somewhere else: with --holds, a later check also finds a trail that was written anew as a whole.
help-about-case-at = What counts is when this node could read a report, by its own clock, not when the report says that it was written. Every table and list takes --at as well.
help-about-case-compartments = A report marked TLP:RED or with a release list goes to a compartment by itself. Compartments of others are not shown: nothing tells that they exist.
help-about-case-invite = CASE is the case's id, its first digits, or its title. ORG is the organisation's id, its first digits, or its name. Several organisations join at once. If one of them is not known, none is invited. An organisation that is in the case stays what it is, unless --role says otherwise; its new nodes, and those that were removed, come in.
help-about-case-leave = What you hold stays readable to you. The custodian hands the case over first: focal case hand-over.
help-about-case-purge = The keys go first: neither this node nor a copy of its files that is made afterwards opens any report of the case again. Copies that were made before, such as backups, still do.
help-about-case-remove = What the custodian's node holds of the removed one's reports stays; later ones count nowhere. What is written from then on does not open for it. Only the custodian removes; others ask it to with --request.
help-about-case-report = The page needs nothing else: no script, no font, no map from elsewhere; it opens without a network. It carries the narrowest TLP label of everything in it on every sheet. Marking, release list, originator control and consent decide record by record what may be on it for those whom it is for; the page says how much was left out, and why. The case's title is not on a page for the public, or for organisations that are not in the case: say with --purpose what it is about.
help-about-case-report-more = Whoever has the file can read it: it is not encrypted. The audit trail notes who asked for it.
help-about-case-succeed = More than half of the other members must vote for you (focal case vote). The old custodian is then out; the others go on with you. With --hostile, what the others did not hold of its reports does not count any more.
help-about-case-vote = Call the partners first: a vote that has its majority cannot be taken back. Who stands is in `focal case show`.
help-about-courier-load = What is counted is stored. A file that is damaged is read up to the damage, and says so; loading a file twice does no harm. With files of several senders, the receipts for all but the first are written to FILE.2, FILE.3 and so on.
help-about-courier-pack = Alerts and membership come first, then reports, then, with --attachments, the files that go with them: the smallest first, up to so many MiB. What found no room goes on with the next courier, once the receipt for this one is back. With --volume-mib, what does not fit goes to FILE.2, FILE.3 and so on; each can be loaded by itself, the first one first.
help-about-evidence-make = Marking, release list, originator control and consent decide report by report what may be in it for those whom it is for; the bundle says how much was kept back, and why. The audit trail notes who asked for it. The file is not encrypted.
help-about-evidence-receive = The bundle itself stays as it was sealed: only the log of who had it grows.
help-about-federation-accept = The words name this federation and no other: compare them with another member over the phone before you say yes.
help-about-federation-admit = The first steward gives the applicant's request and sends the written file to the next one. As soon as enough have signed, the file is complete: your node takes it, partners learn of it by themselves, and the applicant accepts it.
help-about-federation-found = Your own organisation is always a founder. Every founder signs the one file in turn; several copies that went round at the same time can be given to --sign together. When all have signed, everybody accepts it.
help-about-federation-request = The file holds nothing secret. Send it to the founders or stewards, and read the words out to them over the phone.
help-about-node-announce = Issue a manifest afterwards: partners learn the addresses from it.
help-about-node-backup = In a directory (one that is there, or a name that ends with /) only what has changed since the last backup is written, and each backup is whole by itself. In a file, all of it. A backup is sealed under the node's own keys: it opens with the passphrase or key file that opens the node now, and with nothing else. Keep a key file elsewhere than the backup. What has reached partners comes back from them after a restore; what has not is only here.
help-about-node-backup-more = A backup that is older than a purge still opens what was purged: --keep 1 removes the older ones.
help-about-node-doctor = The running node dials every address of its own and of its partners, one after the other for each partner, for 45 s at most, and compares clocks. Exit code 0 if nobody has to do anything, 8 if somebody has to. Over satellite and narrow links addresses of partners that are connected are not dialled.
help-about-node-duress = Whoever forces you to start the node is given this one. Everything in this home is destroyed without a word, authors' keys too, and the node starts as one that was just made: with other keys, in no federation, with no cases. From then on it is the passphrase of that node. A node that a key file opens has none.
help-about-node-init = A node that starts without a person takes its secrets from --key-file; keep that file on another medium than the node.
help-about-node-passphrase = The keys stay the same, and so does a duress passphrase. The node may run meanwhile; the new passphrase is asked for at its next start. Backups that were made before open with the old one.
help-about-node-restore = With --from the node is made from a backup of `focal node backup`: the newest, unless --at names another. Without, put a copy of the directory in place first. Do this once, before the first `focal node run`. The node's logs end where the copy ends, and it begins new ones: partners see a node that came back, not one that signs two histories. What partners hold comes back from them.
help-about-node-run = Logs go to stderr and hold no secrets. A stop is clean: what was told `stored` is on the disk.
help-about-node-take = For organisations whose root key is kept off line. Give manifests in the order of their versions.
help-about-node-wipe = As `focal wipe`, for the node alone.
help-about-org-init = The root key signs only manifests and what founds or admits. Keep a copy of org/root.key off line: without it nobody can speak for the organisation again. A passphrase has at least 12 characters.
help-about-org-manifest = The manifest tells partners which nodes and authors are yours. It is issued anew when they change, and once a year.
help-about-org-node = The node of this home needs no adding: focal org manifest lists it.
help-about-org-passphrase = The key stays the same. Copies that were made before open with the old passphrase.
help-about-report-correct = Give what changes as flags or as a file; everything else stays as it was.
help-about-report-history = RECORD may also be a correction or a retraction: the history is that of the report it is about.
help-about-report-position = A focal point or an admin takes a position; the latest of an organisation counts.
help-about-report-send = FILE is TOML, JSON, or Markdown with front matter; - reads standard input. Without FILE, and without --kind and --text, the editor in $EDITOR opens on a template. Flags override the file. The report is signed on this machine with your own key; `stored` is said when the node has it safely on disk. While the node cannot be reached the signed report waits in the sealed outbox (focal outbox) and goes out at the next contact. One that is refused is kept as a draft.
help-about-case-hand-over = TO is a node's id or first digits, or an organisation that has one node in the case.
help-about-node-verify-backup = Of a directory the newest backup, unless --at names another, or --all asks for each. What is damaged or missing is named; remove the damaged files, and the next backup writes again what it needs of them. Exit code 8 if it is not whole.
help-about-org-author-add = Without --public-key the author's key is made here, sealed by a passphrase of its own. Better is a key that never leaves the author's laptop: there, focal org author key --handle …; here, --public-key with what it printed.
help-about-org-author-card = The card is public. On the author's machine: focal org author take FILE. Read the words out to them over the phone.
help-about-org-author-duress = Whoever forces you to open your key is given this one. It works wherever the passphrase is asked for: all keys in this home, its outbox, originals, drafts, and its node if there is one, are destroyed without a word, and the command ends as in a profile that was never used, with exit code 0. From then on it is the passphrase of that empty profile.
help-about-org-author-duress-more = Nobody who has the disk can tell whether one is set: a key file always has two slots. Somebody who knows the home from before, or has a copy of it, sees that something is gone. Copies and backups elsewhere are not touched: they open with the right passphrase. Choose one that you never type by mistake.
help-about-org-author-key = The private key stays here. Send the public key to the organisation and read the words out to it over the phone.
help-about-org-author-passphrase = The key stays the same, and so does a duress passphrase. Copies and backups that were made before open with the old passphrase: if somebody else may have one and know it, have the key revoked and make a new one.
help-about-org-author-revoke = What the author signed before stays valid. The handle can be given a new key afterwards.
help-about-org-author-take = Your key must be here (focal org author key). Compare the words with your organisation over the phone before you say yes.
help-about-report-ask-release = A note goes into the case. A focal point of the organisation that wrote the report agrees with `focal report position NOTE concur`; exports to those who were asked for then include the report. What the source of a report has not consented to, no agreement allows.
