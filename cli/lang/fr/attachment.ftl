## Fichiers

file-handed-over = remise de { $name }
file-not-handed-over = un fichier n’a pas été remis
file-odd-answer = la réponse du nœud n’est pas comprise
file-not-kept = un fichier du rapport n’a pu être gardé
file-not-removed = un fichier que le nœud possède n’a pu être supprimé ici
file-no-room = { $name } prend { $size } une fois scellé, et { $left } restent libres pour les rapports
file-no-room-next = faites de la place sur le disque, ou envoyez le rapport sans lui ; il est là où il était
file-damaged = { $name } ne peut être remis tel qu’il a été gardé
file-damaged-why = ce qui en a été gardé est endommagé
file-damaged-next = renvoyez le fichier avec un autre rapport ; puis `focal outbox cancel`

## Courriers, pièces jointes, clés

time-written = un moment s’écrit 2026-11-05 ou 2026-11-05T14:00:00Z
courier-for = Pour { $org } : { $entries }, { $cases }, { $parcels } ; { $size } en tout.
count-entries = { $n ->
    [one] { $n } entrée
   *[other] { $n } entrées
}
count-cases = { $n ->
    [one] { $n } dossier
   *[other] { $n } dossiers
}
count-parcels = { $n ->
    [one] { $n } colis
   *[other] { $n } colis
}
count-files = { $n ->
    [one] { $n } fichier
   *[other] { $n } fichiers
}
courier-with-pieces = { $n ->
    [one] Avec { $n } morceau d’un fichier, { $size }.
   *[other] Avec { $n } morceaux de fichiers, { $size }.
}
courier-files-left = { $n ->
    [one] La place a manqué pour { $n } fichier entier : remballez quand le reçu est revenu.
   *[other] La place a manqué pour { $n } fichiers entiers : remballez quand le reçu est revenu.
}
courier-then = Son nœud le lit avec `focal courier load`. Il compte comme arrivé quand le reçu est revenu.
courier-tells = { $file } dit à { $org } ce qui est arrivé ici.
other-name = donnez un autre nom, ou supprimez-le d’abord
courier-whole = { $n ->
    [one] le premier fichier est entier et peut être chargé ; remballez pour le reste
   *[other] les { $n } premiers fichiers sont entiers et peuvent être chargés ; remballez pour le reste
}
courier-not-all = le nœud n’a pas tout emballé
courier-not-all-why = il s’est arrêté en route
courier-not-all-next = voyez son journal, puis remballez
courier-is-receipt = { $file } est le reçu pour { $org }.
courier-partly = une partie n’a pu être prise pour l’instant
courier-partly-why = ce qui précède est dans un fichier qui n’a pas été chargé ici
courier-partly-next = gardez le fichier, chargez celui qui manque, puis rechargez-le ; ou demandez-en un nouveau
courier-from = { $file } : de { $org }, emballé { $when }, fichier { $number }
courier-from-more = { $file } : de { $org }, emballé { $when }, fichier { $number }, d’autres suivent
courier-came = nouveaux : { $entries }, connus : { $known } ; documents : { $documents }, colis : { $parcels }, reçus : { $receipts }
courier-pieces-came = morceaux de fichiers : { $new } nouveaux, { $known } connus
courier-not-taken = non pris : { $n } × { $code }
attachment-here = ici
attachment-comes = arrive ({ $part } %)
attachment-waits-part = attend ({ $part } %)
attachment-waits = attend
attachment-on-demand = sur demande
attachment-none = Aucun fichier.
attachment-not-looked = pas examiné
attachment-not-yet = pas encore ici
attachment-nothing = rien
attachment-says = dit : { $line }
attachment-stripped = son auteur en a retiré les métadonnées ; original { $original }
original-no-one = il n’y a pas d’original unique « { $what } »
original-digits = il faut au moins quatre chiffres d’un seul
original-see = voyez-les avec `focal attachment originals`
original-as-it-was = { $file }  (tel qu’il était, vérifié par son SHA-256)
original-none = Aucun original.
original-of-others = { $n ->
    [one] { $n } original d’autres auteurs.
   *[other] { $n } originaux d’autres auteurs.
}
attachment-unknown = il n’y a ni rapport ni pièce jointe « { $what } »
attachment-see = voyez-les avec `focal attachment list`
attachment-digits = il faut un numéro, ou au moins ses quatre premiers chiffres
attachment-unnamed = aucun rapport de ce genre ne nomme de fichier
attachment-many = plus d’un commence par ces chiffres
attachment-may-not-leave = « { $name } » ne peut quitter le nœud
attachment-ask = demandez à { $org }, qui a écrit le rapport
attachment-report-gone = le rapport n’est plus ici
attachment-report-odd = le rapport qui nomme le fichier ne tient pas
attachment-other-report = c’est un autre rapport
attachment-no-id = le numéro du fichier n’en est pas un
attachment-not-named = il ne nomme pas le fichier
attachment-to-node = { $files } : le nœud va chercher ce qu’il n’a pas.
attachment-how-far = Où il en est : focal attachment list
no-directory = { $path } n’est pas un répertoire
attachment-report-has = le rapport a { $files }
attachment-name-one = nommez un répertoire qui existe, ou un seul fichier par son numéro
attachment-as-signed = { $file }  ({ $size }, tel qu’il a été signé)
attachment-named-no-more = le fichier n’est plus nommé
attachment-named-no-more-why = le rapport a été retiré de la lecture, ou son dossier purgé
attachment-damaged = { $n ->
    [one] { $n } fichier endommagé sur le disque du nœud
   *[other] { $n } fichiers endommagés sur le disque du nœud
}
attachment-damaged-why = les morceaux endommagés ont été supprimés ; le nœud va les rechercher
attachment-damaged-next = regardez le disque ; voyez où ils en sont avec `focal attachment list`
attachment-pruned = { $n ->
    [one] { $n } pièce jointe supprimée, { $size }.
   *[other] { $n } pièces jointes supprimées, { $size }.
}
attachment-some-of = { $some } sur { $all }
head-file-name = nom
head-file-size = taille
head-file-type = type
head-file-here = ici
head-file-report = rapport
head-file-attachment = pièce jointe
head-file-sha = sha-256
head-file-sent-as = envoyé comme
head-file-sound = intacts
head-file-damaged = endommagés
attach-not-as-signed = « { $name } » n’est pas ce que dit le rapport
attach-not-as-signed-next = rien n’a été écrit ; voyez `focal attachment verify`, et prévenez le partenaire qui l’a envoyé
attach-other-name = donnez un autre nom avec -o FICHIER
file-not-written = un fichier n’a pu être écrit
attach-sha = son SHA-256 n’est pas celui qui a été signé
attach-chunk = un morceau n’est pas ce que dit son nom
attach-opening = ouverture de { $name }
original-unopened = un original ne peut être ouvert
original-from-copy = reprenez le fichier d’une copie du répertoire
originals-unlisted = les originaux n’ont pu être listés
too-short = il est trop court
original-unread = un original n’a pu être lu
original-sha = son SHA-256 n’est pas celui qui a été gardé
attach-not = { $path } n’a pas été joint
attach-no-file = ce n’est pas un fichier
attach-too-large = il a { $size } ; une pièce jointe a au plus { $most }
attach-too-large-next = découpez-le, ou envoyez-en une partie
not-removed = { $path } n’a pu être supprimé : { $why }
attach-strip-next = enregistrez-la en JPEG, PNG ou WebP, ou envoyez-la sans --strip-metadata, avec tout ce qu’elle dit
attach-changed = le fichier a changé pendant sa lecture
attach-changed-next = attendez qu’il soit entier, et renvoyez le rapport
attach-reading = lecture de { $name }
attach-sealing = scellement de { $name }
attach-odd = les pièces jointes du rapport ne sont pas comprises
attach-odd-why = des chemins de fichiers sont attendus
attach-odd-next = écrivez-les ainsi : attachments: [photograph.jpg, list.pdf], ou donnez --attach FICHIER
attach-name-odd = le nom d’un fichier ne peut être noté
attach-name-odd-next = donnez au fichier un nom en UTF-8
report-too-many-files = le rapport a trop de fichiers
report-too-many-files-why = { $given } ont été donnés là où { $allowed } sont permis
report-too-many-files-next = envoyez les autres avec un autre rapport
picture-taken-out = { $name } : retiré : { $line } ; l’original reste ici, scellé : focal attachment originals
picture-says = { $name } dit aussi : { $line } ; --strip-metadata le retire
film-says = { $name } dit aussi : { $line } ; d’autres parties peuvent en dire plus, et rien n’est retiré des films
film-says-nothing = { $name } : ni lieu ni appareil là où les films les portent ; d’autres parties peuvent les nommer
file-not-looked-into = { $name } n’a pas été examiné : il peut nommer lieu, heure, appareil et personnes
picture-says-nothing = { $name } : elle n’a pas de métadonnées à retirer
idle-written = écrivez-le 90s, 15m ou 2h
agent-by-hand = un agent ne se lance pas à la main
idle-limits = elle reste ouverte une seconde au moins et 12 heures au plus
lock-swap = Le système n’empêche pas la mémoire de la clé d’être copiée sur le disque : chiffrez l’espace d’échange, ou désactivez-le.
lock-open = La clé de { $handle } reste ouverte jusqu’à ce qu’elle n’ait pas servi pendant { $time }. Pour l’oublier maintenant : focal lock
lock-forgotten = La clé de { $handle } est oubliée.
lock-none = Aucune clé n’était ouverte.
duress-not-set = aucune phrase de passe de contrainte n’a été fixée
nothing-changed-other = prenez-en une autre : rien n’a été changé
nothing-changed = rien n’a été changé
outbox-too-long = le rapport est trop long pour la boîte d’envoi
outbox-too-long-why = il ne pourrait pas être relu
outbox-full = la boîte d’envoi est pleine
outbox-full-why = { $n } rapports attendent
outbox-full-next = envoyez-les avec `focal outbox send`, ou voyez ce qui peut être annulé avec `focal outbox list`
outbox-held = une autre commande focal envoie depuis longtemps
outbox-held-why = elle tient la boîte d’envoi
outbox-held-next = attendez-la ; ce qui attend reste dans la boîte d’envoi
outbox-unlocked = la boîte d’envoi n’a pu être verrouillée
outbox-unleft = un rapport n’a pu quitter la boîte d’envoi
outbox-report = un rapport de la boîte d’envoi
outbox-unlisted = la boîte d’envoi n’a pu être listée
bar-left = encore { $eta }
attach-chunk-broken = morceau { $index } : { $error }
attachment-verifying = vérification
attachment-fetching = récupération de { $name }
attachment-waits-why = { $name } attend : { $why }
