
## Preuves, audit, export et import

noted-odd = un nombre, un deux-points et les 64 chiffres de l’empreinte
audit-page-odd = une page du registre finit avant de commencer
audit-items-in = { $n ->
        [one] { $n } inscription dans { $file }
       *[other] { $n } inscriptions dans { $file }
    }
audit-check-it = Vérifiez-le où vous voulez : focal audit verify { $file }
audit-unwritten = le registre d’audit n’a pu être écrit
audit-unwritten-next = nommez un autre fichier : un fichier qui existe n’est pas remplacé
audit-name-file = nommez un fichier que `focal audit export -o FICHIER` a écrit, ou aucun pour le nœud en marche
audit-line-long = la ligne { $number } a plus de { $most } octets
audit-line-odd = la ligne { $number } n’est pas celle d’un registre d’audit
audit-name-export = nommez un fichier que `focal audit export -o FICHIER` a écrit
audit-line-bytes = la ligne { $number } ne dit pas ce que disent ses octets
audit-line-place = la ligne { $number } n’est pas celle qui devrait s’y trouver
audit-empty = il est vide
audit-none = Rien de tel n’a été demandé pendant cette période.
head-about = au sujet de
head-outcome = résultat
audit-older = { $n ->
        [one] { $n } plus ancienne n’est pas montrée : --limit
       *[other] { $n } plus anciennes ne sont pas montrées : --limit
    }
audit-refused = refusé : { $code }
audit-given = { $n ->
        [one] { $n } communiqué
       *[other] { $n } communiqués
    }
audit-barred = { $n ->
        [one] { $n } refusé : { $code }
       *[other] { $n } refusés : { $code }
    }
audit-times = { $n } fois
audit-case = dossier { $case }
audit-holds = { $n ->
        [one] { $n } inscription est intacte
       *[other] { $n } inscriptions sont intactes
    }, à partir du numéro { $from }, chacune par la suivante et la fin par la signature du nœud { $node }.
audit-earlier = Les précédentes ont été abandonnées au terme de leur durée.
audit-note-down = Notez ailleurs : { $last }
audit-no-trail = le nœud n’a montré aucun registre
audit-no-audit = ce n’est pas un registre d’audit
audit-no-node = il ne nomme pas de nœud
audit-no-hex = l’inscription { $number } n’est pas écrite en hexadécimal
audit-not-noted = l’inscription { $number } n’est pas celle qui a été notée
audit-written-anew = le registre a été récrit à partir de là ou d’avant
audit-keep-files = gardez les fichiers tels qu’ils sont, et cherchez qui peut ouvrir les clés du nœud
audit-noted-gone = l’inscription { $number }, qui a été notée, n’y est pas
audit-has = le registre a { $n ->
        [one] { $n } inscription
       *[other] { $n } inscriptions
    }, à partir du numéro { $from }
audit-cut-short = il a été tronqué, à moins que sa durée ne soit écoulée : audit_days dans node.toml
audit-signature-odd = une signature ne peut y être lue
audit-broken = le registre d’audit n’est pas intact
bundle-broken = { $path } n’est pas intact
bundle-broken-next = demandez une autre copie, et gardez celle-ci telle quelle
bundle-entries-odd = elle n’a pas autant d’entrées que d’écrits
bundle-at-most = un dossier de preuves contient { $n } écrits au plus
bundle-too-much = c’est trop pour un seul dossier de preuves
bundle-too-much-next = choisissez-en une partie avec --record, et faites plusieurs dossiers de preuves
bundle-unsigned = aucune signature ne suit l’entrée { $entry } du journal { $log }
bundle-key = la clé de { $handle } ne peut sceller un dossier de preuves
bundle-key-why = elle n’est dans aucun manifeste en vigueur de l’organisation : personne ne pourrait vérifier de qui elle est
bundle-key-next = ajoutez-la avec `focal org author add`, ou nommez-en une autre avec --author
bundle-unwritten = le dossier de preuves n’a pu être écrit
bundle-left-out = laissés    { $n } : { $why }
bundle-contents = contenu    { $hash }
bundle-note-hash = Notez cette empreinte ailleurs. Quiconque a le fichier peut le lire : il n’est pas chiffré.
bundle-check = N’importe qui le vérifie avec : focal verify { $file }
bundle-nothing = rien de ce qui est là ne peut entrer dans ce dossier de preuves
bundle-no-reports = le dossier n’a pas de rapports ici
bundle-nothing-next = demandez aux auteurs avec `focal report ask-release`, ou faites-le --for own-use
directory-odd = l’annuaire du nœud n’est pas intact
file-unread-one = un fichier n’a pu être lu
bundle-unread = le dossier de preuves n’a pu être lu
custody-full = le registre de conservation est plein
copy-unwritten = la copie n’a pu être écrite
bundle-received = { $file } est le même dossier de preuves, avec votre ligne dans son registre de conservation.
bundle-other = { $file } est un autre dossier de preuves
bundle-other-next = ne vous y fiez pas ; interrogez qui vous l’a donné
bundle-holds = Le dossier de preuves est intact.
proven-case = dossier
proven-marked = marqué
proven-marking = { $marking }, pour : { $purpose }
proven-contents = contenu
proven-federation = fédération
custody-unknown-key = { $name } (une clé qui n’est pas dans le dossier de preuves)
write-unsaid = il n’est pas dit où écrire
write-unsaid-json = avec --json, la sortie standard dit ce qui a été écrit
write-unsaid-next = ajoutez -o FICHIER, ou -o RÉPERTOIRE
export-too-large = l’export est trop grand
export-too-large-next = choisissez moins d’écrits avec --since, --kind ou --record
export-none-chosen = aucun écrit n’est choisi
export-kinds = { $format } ne porte que { $kinds }, et rien de tel n’est choisi
export-nothing = il n’y a rien à écrire
export-nothing-next = voyez ce qu’il y a avec `focal report list`
export-ask-author = demandez à l’organisation qui l’a écrit
export-files = il y a { $n } fichiers
export-name-dir = nommez un répertoire : -o RÉPERTOIRE/
export-other-name = rien n’a été écrit ; nommez un autre fichier
export-dir-for-many = nommez un répertoire pour plusieurs fichiers
import-not-read = { $format } s’écrit et ne se lit pas ; permis : cap, hxl, geojson, ndjson, auto
import-no-format = il n’y a pas de tel format ; permis : cap, hxl, geojson, ndjson, auto
import-set-next = écrivez par exemple --set status=ongoing
import-not-taken-next = rien n’a été signé ; corrigez le fichier, ou demandez-en un autre à son expéditeur
import-none = aucun rapport du fichier ne peut être envoyé
import-none-list = rien n’a été signé ; voyez le dossier avec `focal report list`
import-none-expired = une alerte expirée est prise avec --expired ; ce qui manque d’autre se complète avec --set CHAMP=VALEUR
import-none-set = complétez ce qui manque avec --set CHAMP=VALEUR, ou corrigez le fichier
import-node-first = démarrez le nœud et réimportez le fichier : il porte sur des alertes antérieures
import-own-alerts = des alertes de votre organisation dans ce dossier
import-correction = cela devient une correction de { $record }
import-retraction = cela devient un retrait de { $record }
import-follows-why = seule sa propre organisation la corrige, et un message une seule fois
import-follows = cela reste une alerte qui suit { $record } : { $why }
import-stays = cela reste une alerte : ce qu’elle met à jour n’est pas dans ce dossier
import-of-others = { $record } d’une autre organisation, qui seule peut la retirer
import-not-in-case = { $names }, qui n’est pas dans ce dossier
import-not-sent = { $n ->
        [one] { $n } rapport n’a pas été envoyé
       *[other] { $n } rapports n’ont pas été envoyés
    }
named-above = chacun est nommé ci-dessus avec sa raison
import-again = complétez ce qui manque avec --set, ou corrigez le fichier, et réimportez-le : n’envoyez alors que ces lignes, pour que rien ne parte deux fois
import-drafts = { $reports } gardés dans { $dir } ; puis, pour chacun : focal report send { $case } { $file }
import-stored-line = { $record }  enregistré  { $at }  { $title }
import-not-sent-line = non envoyé  { $at }  { $title }
import-stored = { $n ->
        [one] { $n } rapport enregistré.
       *[other] { $n } rapports enregistrés.
    }
import-name-case = Rien n’a été envoyé : nommez un dossier avec --case pour envoyer.
import-more = { $n ->
        [one] { $n } autre : --json montre tout
       *[other] { $n } autres : --json montre tout
    }
import-signed = { $n ->
        [one] { $n } écrit dont la signature est valable.
       *[other] { $n } écrits dont les signatures sont valables.
    }
head-in-file = dans le fichier
head-says = dit
head-becomes = devient
import-text-line = une ligne du texte
import-left-out = laissé de côté : { $why }
held-already = déjà détenu
of-other-case = il est d’un autre dossier
of-other-org = il est d’une autre organisation, dont le nœud l’apporte
import-not-here = { $n ->
        [one] { $n } ligne n’est pas ici
       *[other] { $n } lignes ne sont pas ici
    }
import-courier-next = les écrits d’autres organisations viennent de leurs nœuds, ou dans un fichier de courrier
import-store-question = { $n ->
        [one] Enregistrer { $n } écrit de votre organisation dans « { $case } » ?
       *[other] Enregistrer { $n } écrits de votre organisation dans « { $case } » ?
    }
proven = Prouvé : qui a écrit, et quel nœud a transmis, { $reports }
proven-revoked = par des clés révoquées plus tard : demandez pourquoi
proven-files = { $n ->
    [one] fichier tel qu’il a été signé
   *[other] fichiers tels qu’ils ont été signés
}
proven-missing = { $n ->
    [one] fichier nommé par des rapports n’est pas dans le dossier de preuves
   *[other] fichiers nommés par des rapports ne sont pas dans le dossier de preuves
}
proven-kept-back = retenus, dit qui l’a scellé : { $why }
proven-custody = Qui l’a eu
proven-not = Non prouvé
bundle-other-federation = sa fédération est { $found }
bundle-other-contents = l’empreinte de son contenu est { $found }
bundle-made = { $file } contient { $reports } et { $files }, marqué { $marking }.
bundle-lacks = { $n ->
    [one] { $n } fichier nommé par les rapports n’est ni à ce nœud ni dans le dossier de preuves : focal attachment list
   *[other] { $n } fichiers nommés par les rapports ne sont ni à ce nœud ni dans le dossier de preuves : focal attachment list
}
bundle-fetch = { $n ->
    [one] { $n } fichier n’est pas à ce nœud : `focal attachment fetch` le fait venir, puis refaites le dossier de preuves.
   *[other] { $n } fichiers ne sont pas à ce nœud : `focal attachment fetch` les fait venir, puis refaites le dossier de preuves.
}
export-left-out = { $n ->
    [one] { $n } écrit laissé de côté, car son marquage ne le laisse pas sortir :
   *[other] { $n } écrits laissés de côté, car leur marquage ne les laisse pas sortir :
}
export-ask = {" "}; demandez à { $org }
export-nothing-why = { $n ->
    [one] { $why } ; { $n } écrit ne peut sortir d’après son marquage
   *[other] { $why } ; { $n } écrits ne peuvent sortir d’après leur marquage
}
import-question = { $n ->
    [one] Signer et envoyer { $n } rapport à « { $case } » ?
   *[other] Signer et envoyer { $n } rapports à « { $case } » ?
}
import-keep-question = { $n ->
    [one] Le nœud ne répond pas. Garder { $n } rapport comme brouillon ?
   *[other] Le nœud ne répond pas. Garder { $n } rapports comme brouillons ?
}
import-later-question = { $n ->
    [one] Le nœud ne répond pas. Signer { $n } rapport et le garder dans la boîte d’envoi pour « { $case } » ?
   *[other] Le nœud ne répond pas. Signer { $n } rapports et les garder dans la boîte d’envoi pour « { $case } » ?
}
import-wait-question = { $n ->
    [one] Le nœud ne répond pas. Garder { $n } écrit de votre organisation dans la boîte d’envoi pour « { $case } » ?
   *[other] Le nœud ne répond pas. Garder { $n } écrits de votre organisation dans la boîte d’envoi pour « { $case } » ?
}
import-unchecked = Si un rapport est déjà dans le dossier, seul le nœud le sait : ce qui a été importé avant n’est pas reconnu maintenant.
import-waits-already = un rapport qui attend dans la boîte d’envoi
import-waits = attend dans la boîte d’envoi
import-waits-line = { $record }  attend  { $at }  { $title }
import-waiting = { $n ->
    [one] { $n } rapport attend dans la boîte d’envoi, signé et scellé : { $why }
   *[other] { $n } rapports attendent dans la boîte d’envoi, signés et scellés : { $why }
}
import-go-out = { $n ->
    [one] Il partira au prochain contact ; maintenant : focal outbox send
   *[other] Ils partiront au prochain contact ; maintenant : focal outbox send
}
import-not-yet-there = ce qui n’est pas encore dans le dossier
import-report-there = le rapport de { $record }, qui est dans le dossier
import-message-there = le message de { $record }, qui est dans le dossier
import-can-be-sent = { $n ->
    [one] { $n } rapport peut être envoyé, { $bad } non.
   *[other] { $n } rapports peuvent être envoyés, { $bad } non.
}
import-refused-head = refusé :
words-proof-truth = Que ce que disent les rapports soit vrai : seulement qui l’a dit.
words-proof-time = Quand une chose s’est passée ou a été écrite : les heures sont celles des horloges de ceux qui les ont écrites.
words-proof-federation = Que la fédération soit celle que vous croyez : comparez ses mots avec ceux que vous tenez d’ailleurs.
words-proof-all = Que rien d’autre n’ait été rapporté : un dossier de preuves contient ce que quelqu’un a choisi, et dit combien a été retenu.
words-proof-custody = Que personne n’ait eu le dossier de preuves hormis ceux de son registre de conservation, et qu’aucune ligne n’ait été ôtée à sa fin.
words-proof-membership = Que son auteur ait été dans le dossier quand il a écrit : les membres du dossier n’y figurent pas.
audit-this-node = ce nœud
