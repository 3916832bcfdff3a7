# Ce que focal dit aux personnes, en français.
# Les commandes, les noms des champs, des types et les codes sont les mêmes dans toutes les langues.

## Le début de chaque ligne d’une erreur

label-error = erreur
label-why = cause
label-next = suite

nothing-here = Il n’y a encore rien ici.

## Titres des tableaux

head-written = écrit
head-kind = type
head-organisation = organisation
head-files = fichiers
head-title = titre
head-what = quoi
head-grade = cote
head-marking = marquage
head-record = écrit n°
head-state = état
head-node = nœud
head-holds-since = le détient depuis
head-read-by = lu par
head-number = n°
head-kept = gardé
head-case = dossier
head-role = rôle
head-custodian = dépositaire
head-members = membres
head-records = écrits
head-waiting = en attente
head-connected = connecté
head-holds = détient
head-log = journal
head-entry = entrée
head-waits-because = attend parce que

## Des heures qui ne peuvent être justes

clock-short = horloge douteuse
clock-long = L’horloge qui a écrit cette heure est douteuse : { $why }.
clock-after-arrival = son heure est postérieure à son arrivée ici
clock-before-the-case = son heure est antérieure à l’ouverture du dossier
clock-before-its-subject = son heure est antérieure à celle de l’écrit dont il parle
clock-after-an-answer = son heure est postérieure à celle d’un écrit qui en parle

## Rapports

report-ready = { $file } est prêt à être rempli.
report-then = Ensuite : focal report send DOSSIER { $file }
report-none = Aucun rapport.
report-older = { $n ->
    [one] { $n } plus ancien n’est pas montré : --limit
   *[other] { $n } plus anciens ne sont pas montrés : --limit
}
report-files = { $n ->
    [one] { $n } fichier
   *[other] { $n } fichiers
}
report-by = { $kind } du { $time }, par { $author }
report-alone = Personne d’autre n’est dans ce dossier.
report-read-at = { $who } le { $time }
report-not-yet = pas encore
report-stored = enregistré
report-stored-before = déjà enregistré
report-who-has-it = Qui le détient : focal report status { $record }
report-waits = attend dans la boîte d’envoi pour « { $case } », signé et scellé : { $why }
report-goes-out = Il partira au prochain contact ; maintenant : focal outbox send
report-incomplete = le rapport n’est pas encore complet
report-incomplete-next = corrigez ces champs et envoyez-le à nouveau
report-all-the-same = L’envoyer quand même ?
report-careful = attention :
report-neither = le rapport n’a pu être ni envoyé ni gardé
report-files-wait = { $n ->
    [one] { $n } fichier attend avec lui, scellé : il part après le rapport.
   *[other] { $n } fichiers attendent avec lui, scellés : ils partent après le rapport.
}
report-files-follow = Ses fichiers suivent ; d’ici là ils attendent dans la boîte d’envoi.
report-files-follow-later = Ses fichiers attendent dans la boîte d’envoi : { $why }
report-files-at-node = le nœud a les fichiers de ce rapport et les garde une semaine sans lui ; ils n’ont pu être gardés ici aussi : { $why }
report-being-stored = le nœud l’enregistre
report-unreadable = le rapport ne peut être lu
report-unreadable-next = corrigez-le là, ou commencez par `focal report new TYPE`
report-field = { $field } : { $given } ; permis : { $allowed }
report-kept-in = le rapport est gardé dans { $file } ; ensuite : focal report send { $case } { $file }

## Questions de --ask

ask-kind = Quel type de rapport ? { $kinds }
ask-empty = Une réponse vide laisse un champ de côté.
ask-lines = Plusieurs lignes ; une ligne vide termine.
ask-several = Plusieurs sont séparés par ;
ask-needed = nécessaire : { $allowed }
ask-ended = les réponses se sont arrêtées
ask-ended-next = répondez au reste dans le brouillon
ask-cannot = les questions ne peuvent être posées

## La boîte d’envoi

outbox-nothing = Rien n’attend.
outbox-state-waiting = en attente
outbox-state-refused = refusé
outbox-state-follows = fichiers à suivre
outbox-state-unreadable = illisible
outbox-other-key = il a été scellé avec une autre clé de cet auteur, ou modifié
outbox-stored = { $n ->
    [one] { $n } rapport de la boîte d’envoi a été enregistré
   *[other] { $n } rapports de la boîte d’envoi ont été enregistrés
}
outbox-stored-alerts = { $n ->
    [one] { $n } rapport de la boîte d’envoi a été enregistré
   *[other] { $n } rapports de la boîte d’envoi ont été enregistrés
} ({ $alerts ->
    [one] { $alerts } alerte
   *[other] { $alerts } alertes
} d’abord)
outbox-refused = { $n ->
    [one] { $n } rapport refusé, voir `focal outbox list`
   *[other] { $n } rapports refusés, voir `focal outbox list`
}
outbox-files-gone = { $n ->
    [one] { $n } fichier remis
   *[other] { $n } fichiers remis
}
outbox-large-files = { $n ->
    [one] des fichiers de { $n } rapport attendent : envoyez-les avec `focal outbox send`
   *[other] des fichiers de { $n } rapports attendent : envoyez-les avec `focal outbox send`
}
outbox-rest = le reste attend : { $why }
outbox-node-refuses = { $n ->
    [one] le nœud refuse { $n } rapport
   *[other] le nœud refuse { $n } rapports
}
outbox-node-refuses-next = voyez pourquoi avec `focal outbox list` ; puis annulez-le, ou renvoyez-le par son numéro
outbox-busy = une autre commande focal envoie la boîte d’envoi
outbox-busy-why = un rapport qui est en route ne peut être annulé
outbox-busy-next = attendez-la, puis regardez avec `focal outbox list`
outbox-throw-away = Le jeter ?
outbox-lost = Ce rapport n’a pas été envoyé, et rien n’en existe ailleurs : { $kind } « { $title } ».
outbox-files-lost = Le nœud a ce rapport, et pas encore { $n ->
    [one] { $n } de ses fichiers, qui sera perdu ici
   *[other] { $n } de ses fichiers, qui seront perdus ici
} ; les partenaires verront ce qui manque : { $kind } « { $title } ».
outbox-cancelled = annulé
outbox-many = plus d’un rapport de la boîte d’envoi commence par { $id }
outbox-many-next = donnez plus de chiffres : `focal outbox list --json`
outbox-missing = il n’y a pas de rapport { $id } dans la boîte d’envoi
outbox-missing-next = voyez ce qui s’y trouve : `focal outbox list`
outbox-unsent = { $n ->
    [one] { $n } rapport dans la boîte d’envoi de { $handle } n’a pu être envoyé : { $why }
   *[other] { $n } rapports dans la boîte d’envoi de { $handle } n’ont pu être envoyés : { $why }
}
outbox-unseen = la boîte d’envoi n’a pu être lue : { $why }
outbox-remain = { $n ->
    [one] { $n } rapport de { $handle } attend dans la boîte d’envoi : envoyez avec `focal outbox send`
   *[other] { $n } rapports de { $handle } attendent dans la boîte d’envoi : envoyez avec `focal outbox send`
}
outbox-in-reach = { $n ->
    [one] Le nœud est joignable, et { $n } rapport attend dans la boîte d’envoi. Entrée seule l’y laisse.
   *[other] Le nœud est joignable, et { $n } rapports attendent dans la boîte d’envoi. Entrée seule les y laisse.
}

## Dossiers

case-none = Pas encore de dossier. Ouvrez-en un avec `focal case open --title TITRE`, ou attendez une invitation.
case-as-known = { $what } : voici les dossiers tels qu’ils étaient connus { $ago }, sans les nombres.
case-all-read = Rien n’attend : tout ce qui est arrivé peut être lu.
case-yes = oui
case-no = non
case-holds = { $holds } sur { $of }
case-invited = invité
case-not-met = pas encore rencontré
case-nothing-reported = Rien n’a encore été rapporté : focal report send DOSSIER FICHIER
case-withdrawn = retiré par { $record }
case-corrected = corrigé par { $record }
case-nowhere = ne compte nulle part : { $why }
case-read-by = lu par { $who }
case-older = { $n ->
    [one] { $n } plus ancien : --page { $page }
   *[other] { $n } plus anciens : --page { $page }
}
case-people = Personnes dans les incidents, chaque événement une fois, tel que corrigé :
case-help-wanted = Aide demandée :
case-view = vue du dossier { $hash }
case-opened = ouvert     { $time } · historique pour les nouveaux venus : { $history }
case-custodian = dépôt      { $custodian } · vous êtes { $role } · époque { $epoch }
case-pending = { $n ->
    [one] attend     { $n } entrée ne peut encore être lue : focal case show { $case } --pending
   *[other] attend     { $n } entrées ne peuvent encore être lues : focal case show { $case } --pending
}
case-state = état       { $state }
case-inside = { $n ->
    [one] dedans     { $case } { $title } · { $n } écrit
   *[other] dedans     { $case } { $title } · { $n } écrits
}
case-request = demande    { $request }
case-vote = vote       { $who } à la place du dépositaire ({ $cause }) : { $votes } voix sur { $needed }, de { $voters }
case-former = ancien     { $who } · nœud { $node }

## Ce qui arrive, quand cela arrive

watch-back = Le nœud est de retour. Ce qui est arrivé entre-temps : focal report list
watch-gone = Le nœud s’est arrêté, ou la liaison est coupée ; on l’attend.
watch-held = détenu     { $who } détient le journal { $log } jusqu’à l’entrée { $height }
watch-case = dossier    { $title } : la composition est à l’époque { $epoch }
watch-file = fichier    { $file } est ici ({ $size })
watch-alarm = ALARME     { $message } (focal alarms list, { $id })
watch-connected = partenaire { $who } est connecté
watch-disconnected = partenaire { $who } est parti
watch-federation = fédération liste des membres version { $version }
watch-refused = refusé     { $message } ({ $code })
watch-missed = { $n ->
    [one] manqué     { $n } événement : focal report list
   *[other] manqué     { $n } événements : focal report list
}

## Le chemin vers le nœud

node-silent = le nœud ne répond pas
node-silent-next = démarrez-le avec `focal node run`, ou nommez-en un autre avec --home, --socket ou --node
node-lost = le nœud n’a pas répondu jusqu’au bout
node-lost-next = voyez son journal, puis réessayez : envoyer un rapport deux fois l’enregistre une fois
node-not-let-in = le nœud ne vous laisse pas entrer
node-not-let-in-next = demandez à votre organisation si votre clé est dans son manifeste : `focal org author list` chez elle
node-other = quelqu’un d’autre répond à l’adresse du nœud
node-other-next = n’allez pas plus loin : appelez votre organisation et comparez les mots de son nœud
node-unreached = le nœud ne peut être joint
node-unreached-next = vérifiez votre liaison ; ce que vous envoyez entre-temps attend dans la boîte d’envoi

## Refus du nœud, par leurs codes

refused-no-federation = ce nœud n’appartient encore à aucune fédération
refused-no-federation-next = fondez-en une avec `focal federation found`, ou entrez dans une avec `focal federation request`
refused-not-listed = ce nœud n’est dans aucun manifeste d’une organisation membre active
refused-not-listed-next = inscrivez le nœud avec `focal org manifest`
refused-unknown-author = l’auteur n’est pas dans le manifeste de l’organisation
refused-unknown-author-next = ajoutez l’auteur avec `focal org author add`, qui émet un nouveau manifeste
refused-revoked-author = la clé de l’auteur a été révoquée
refused-revoked-author-next = demandez une nouvelle clé à l’administrateur de l’organisation : `focal org author add`
refused-author-expired = l’auteur n’est pas valable en ce moment
refused-author-expired-next = demandez une nouvelle clé à l’administrateur de l’organisation : `focal org author add`
refused-other-organisation = l’écrit est d’une autre organisation que le nœud
refused-other-case = l’écrit appartient à un autre dossier
refused-not-allowed = votre rôle ne le permet pas
refused-role = votre rôle ne le permet pas
refused-role-next = demandez à quelqu’un qui a ce rôle, ou faites-le sur la machine du nœud
refused-focal-point-only = seul un point focal peut écrire cela
refused-not-yours = seul son auteur ou un point focal de l’organisation peut le modifier
refused-not-yours-next = demandez à son auteur, ou à un point focal de votre organisation
refused-too-wide = il y a dans le dossier quelqu’un qui ne peut pas le lire
refused-too-wide-next = envoyez-le dans un dossier avec les seules organisations qui peuvent le lire, et nommez-les dans releasable_to
refused-bad-record = l’écrit n’est pas valable
refused-unknown-case = ce nœud n’est pas membre du dossier
refused-unknown-case-next = voyez les dossiers avec `focal case list`
refused-not-found = il n’y a pas de tel écrit dans le dossier
refused-unknown-organisation = il n’y a pas de telle organisation membre active
refused-unknown-organisation-next = voyez les membres avec `focal federation show`
refused-not-in-parent = l’organisation n’est pas dans le dossier
refused-not-in-parent-next = invitez-la d’abord dans le dossier : `focal case invite`
refused-case-closed = le dossier est fermé
refused-case-closed-next = rouvrez-le avec `focal case reopen`
refused-not-custodian = seul le dépositaire du dossier peut le faire
refused-not-custodian-next = demandez au dépositaire du dossier (`focal case members`), ou proposez-le avec `--request`
refused-no-longer-a-member = ce nœud n’est plus membre du dossier
refused-already-invited = l’organisation est déjà dans le dossier
refused-unknown-attachment = il n’y a pas de tel fichier ici
refused-unknown-attachment-next = voyez les fichiers avec `focal attachment list` ; `focal attachment fetch` en fait venir un
refused-missing-chunks = des parties d’un fichier ne sont pas arrivées
refused-missing-chunks-next = renvoyez le rapport : ce qui est ici n’est pas envoyé deux fois
refused-attachments-full = les pièces jointes prennent toute la place qui leur est donnée
refused-attachments-full-next = augmentez `attachment_space_mib` dans node.toml, ou enlevez ce que rien ne nomme : `focal attachment prune`
refused-disk-full = le disque du nœud est plein
refused-disk-full-next = faites de la place sur le disque du nœud et renvoyez-le
refused-stopping = le nœud s’arrête
refused-stopping-next = renvoyez-le quand le nœud tournera

## Ce qui peut être écrit dans un champ

words-nothing = rien
words-text = du texte (entre guillemets s’il ressemble à un nombre)
words-yes-or-no = yes ou no
words-time = une heure telle que 2026-11-03T14:30:00Z
words-degrees = un nombre de degrés tel que 44.812
words-record = le numéro d’un écrit, 64 chiffres hexadécimaux
words-organisation = le numéro d’une organisation, 64 chiffres hexadécimaux
words-unknown-field = un champ inconnu
words-list = une liste
words-object = un objet avec des champs

## Modèles de rapports, et questions de --ask

template-sitrep-title = Une ligne qui dit de quoi parle le rapport.
template-sitrep-period = La période qu’il couvre : 2026-11-03/2026-11-05.
template-sitrep-summary = Quelques phrases pour qui ne lit rien d’autre.
template-sitrep-people = Combien de personnes : un nombre, ou bas/meilleur/haut tel que 400/550/700, ? pour inconnu. Laissez de côté ce que vous ne savez pas.
template-sitrep-grading = Source A-F et information 1-6, telle que B2.
template-sitrep-body = Décrivez la situation.
template-incident-title = Une ligne qui dit ce qui s’est passé et où.
template-incident-time = Quand cela s’est passé : 2026-11-03, 2026-11-03/2026-11-05, 2026-11~ pour environ novembre.
template-place = Où : un nom, ou name, country, code (P-code), lat, lon, precision (exact, near, adm2, adm1, country).
template-incident-people = Combien de personnes : un nombre, ou bas/meilleur/haut tel que 6/9/14, ? pour inconnu. Laissez de côté ce que vous ne savez pas.
template-incident-grading = Source A-F et information 1-6, telle que C3. Vérification : alleged (allégué), corroborated (corroboré), verified (vérifié), refuted (réfuté).
template-incident-protection = Une personne peut-elle être reconnue d’après ceci ? À quoi la source a-t-elle consenti : internal (interne), partners (partenaires), judicial (justice), public ?
template-incident-body = Décrivez ce qui s’est passé, qui l’a vu, et comment vous le savez.
template-alert-headline = Une ligne qui dit ce qui menace, où et quand.
template-alert-expires = Jusqu’à quand elle vaut : 2026-11-05T12:00:00Z
template-alert-body = Décrivez la menace et comment vous le savez.
template-assessment-horizon = Jusqu’où elle regarde, en mois.
template-assessment-factors = Chaque facteur de risque que vous jugez : son numéro, le niveau de 0 (absent) à 4 (aigu), la tendance (rising : en hausse, stable, falling : en baisse). Aussi evidence (écrits, les 64 chiffres) et comment : {"{"}factor: 7, level: 4, trend: rising, comment: "La milice se rassemble"{"}"}. Communs : 1 conflit armé ou autre instabilité, 2 antécédents de violations graves, 3 faiblesse des structures de l’État, 4 motifs ou incitations, 5 capacité de commettre des atrocités criminelles, 6 absence de facteurs atténuants, 7 circonstances favorables ou préparatifs, 8 facteurs déclenchants. Génocide : 9 tensions entre groupes ou discrimination, 10 signes d’une intention de détruire un groupe protégé. Crimes contre l’humanité : 11 signes d’une attaque généralisée ou systématique contre des civils, 12 signes d’un plan ou d’une politique d’attaque contre des civils. Crimes de guerre : 13 menaces graves contre des personnes protégées, 14 menaces graves contre des opérations humanitaires ou de maintien de la paix.
template-assessment-body = Le jugement d’ensemble ; sa première ligne est ce que montre une liste.
template-activity = Ce qui est fait, en une ligne.
template-activity-responsibility = Dans la protection : child-protection (enfance), gender-based-violence (violences fondées sur le genre), housing-land-and-property (logement, terres et biens), mine-action (mines).
template-activity-who = Qui le fait, si ce n’est pas votre propre organisation.
template-activity-days = Premier et dernier jour : 2026-11-03.
template-activity-for-whom = Pour qui, et combien de personnes sont visées et atteintes.
template-activity-below = Sous la dernière ligne : une description.
template-request-quantity = Combien, et de quoi : 12, observateurs du cessez-le-feu.
template-request-needed-by = Pour quand : 2026-11-08.
template-contact = À qui s’adresser.
template-request-below = Sous la dernière ligne : une description de ce à quoi cela servira.
template-pledge-request = La demande à laquelle il répond, les 64 chiffres. `focal report pledge DEMANDE QUANTITÉ` est plus court.
template-pledge-quantity = Combien, dans l’unité de la demande.
template-pledge-available = À partir de quand : 2026-11-06.
template-pledge-below = Sous la dernière ligne : un commentaire, par exemple des conditions.
template-designation-aliases = Autres noms et graphies.
template-designation-birth = D’une personne : 1971-04, et où.
template-designation-nationalities = Pays en deux lettres.
template-designation-identifiers = Numéros sous lesquels elle est connue : passeport, OMI, immatriculation.
template-designation-law = Le droit sur lequel elle repose.
template-designation-evidence = Écrits sur lesquels elle repose, les 64 chiffres de chacun.
template-designation-body = Les motifs : ce qu’a fait la personne ou l’entité, et comment vous le savez.
template-position-record = L’écrit dont il s’agit, les 64 chiffres. `focal report position ÉCRIT POSITION` est plus court.
template-position-stand = concur (d’accord), concur-with-reservation (d’accord avec réserve), abstain (abstention), object (objection), imposed (imposé) ; pour une réunion, concur veut dire venir.
template-position-act = Des mesures imposées : depuis quand, et l’acte juridique.
template-position-below = Sous la dernière ligne : un commentaire, par exemple la réserve.
template-convening-title = Une ligne qui dit de quoi parle la réunion.
template-convening-start = Quand elle commence : 2026-11-06T14:00:00Z
template-convening-place = Où : un lieu, un lien, ou les deux.
template-convening-invited = Qui est invité : noms ou numéros d’organisations ; toutes celles du dossier si on le laisse de côté.
template-convening-body = L’ordre du jour.
template-note-marking = Qui peut le voir : TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN ou TLP:CLEAR.
template-note-body = Écrivez le message ici.
template-correction-record = L’écrit qui est corrigé, les 64 chiffres. `focal report correct ÉCRIT` remplit le reste pour vous.
template-correction-amended = Tout le contenu tel qu’il doit être, du même type.
template-correction-body = Dites pourquoi il est corrigé.
template-retraction-record = L’écrit qui est retiré, les 64 chiffres. `focal report retract ÉCRIT --reason POURQUOI` est plus court.
template-retraction-body = Dites pourquoi il est retiré.
template-ack-record = L’écrit que vous avez lu, les 64 chiffres. `focal report ack ÉCRIT` est plus court.

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

## Phrases de passe

the-root-key = la clé racine
the-key = la clé
the-nodes-keys = les clés du nœud
passphrase-of-key = la clé de { $handle }
key-not-written = la clé n’a pu être écrite
passphrase-changed = { $path } s’ouvre désormais avec la nouvelle phrase de passe.
passphrase-copies = Les copies et sauvegardes faites auparavant s’ouvrent avec l’ancienne.
passphrase-not-changed = la phrase de passe n’a pas été changée
passphrase-is-duress = la nouvelle est la phrase de passe de contrainte
passphrase-is-duress-next = prenez-en une autre : rien n’a été changé
passphrase-is-none = un fichier-clé l’ouvre, et aucune phrase de passe
passphrase-is-none-next = gardez ce fichier en lieu sûr, sur un autre disque que le nœud
passphrase-same-file = la nouvelle phrase de passe ne peut être dans le même fichier que l’ancienne
passphrase-same-file-next = nommez un autre fichier : --new-passphrase-file FICHIER

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

## focal search

search-none = Rien n’a été trouvé.
search-more = { $n } rapports ont été trouvés en tout. Pour les suivants : { $command }
search-behind = Les rapports les plus récents entrent encore dans l’index : une recherche peut les manquer un instant.
search-withdrawn = retiré
search-corrected = corrigé
search-invalid = ne compte nulle part

## focal node doctor

doctor-trying = Essai de toutes les adresses ; cela prend jusqu'à 45 s.
doctor-needs = quelqu'un doit faire quelque chose
doctor-needs-why = { $n ->
    [one] 1 constat sur { $all } le demande
   *[other] { $n } constats sur { $all } le demandent
}
doctor-needs-next = faites ce que disent les lignes marquées `!` ; puis relancez la commande
doctor-node = ce nœud  { $node }
doctor-proxy = proxy    { $proxy }
doctor-quiet = { $n ->
    [one] 1 autre constat : tout va bien (--all le montre)
   *[other] { $n } autres constats : tout va bien (--all les montre)
}
doctor-conversation = conversation
doctor-yes = oui
doctor-by-relay = par un relais
doctor-no = non
head-works = fonctionne
head-why = pourquoi
head-what-to-do = que faire
