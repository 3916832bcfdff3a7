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

## Ce que toute commande peut dire

what-accepted-file = le fichier de fédération accepté
cannot-be-used = { $path } est inutilisable
accepted-move-away = déplacez-le et acceptez à nouveau le fichier de fédération
accepted-none = le nœud ne connaît encore aucune fédération
accepted-none-why = aucun fichier de fédération n’a été accepté
accepted-node-odd = le fichier de fédération du nœud est inutilisable
what-signed-note = la note de ce qui a été signé
accepted-signed-twice = une autre liste de membres de version { $version } a déjà été signée ici
accepted-signed-twice-why = deux listes de la même version prouvent un manquement, et tous les nœuds le montreraient
accepted-signed-twice-next = admettez les organisations l’une après l’autre ; si tous les garants ont renoncé à l’autre liste, supprimez { $path }
home-unknown = l’emplacement des fichiers de l’organisation n’est pas connu
home-unknown-why = cet utilisateur n’a pas de répertoire personnel
home-unknown-next = indiquez-le : --home RÉP ou FOCAL_HOME
check-path = vérifiez que { $path } est le bon chemin
check-owner = vérifiez à qui appartient { $path }, et son mode
make-room = faites de la place sur le disque et réessayez : rien n’a été modifié
no-runtime = le système d’exploitation n’accorde ni file d’événements ni fils d’exécution
stdout-failed = le résultat n’a pu être écrit sur la sortie standard
not-a-time = ce n’est pas une date : écrivez 2026-11-03, 2026-11-03T14:30Z ou 2026-11-03T14:30:00Z
prompt-passphrase = Phrase de passe pour { $what } :{" "}
prompt-duress-same-file = la phrase de passe de contrainte ne peut être dans le même fichier que la phrase de passe
prompt-duress-same-file-next = nommez un autre fichier : --duress-passphrase-file FICHIER
prompt-duress = l’usage sous la contrainte
prompt-rule = au moins { $least } caractères ; quatre mots tirés au hasard conviennent
prompt-new-passphrase = Nouvelle phrase de passe pour { $what } ({ $rule }) :{" "}
prompt-once-more = La même, encore une fois :{" "}
prompt-not-the-same = les deux phrases de passe ne sont pas les mêmes
nothing-made = réessayez : rien n’a été créé
prompt-too-short = la phrase de passe est trop courte pour protéger une clé
prompt-too-short-why = elle a { $has } caractères ; une nouvelle phrase de passe en a au moins { $least }
prompt-too-short-next = prenez quatre mots au hasard ou davantage : rien n’a été créé
prompt-no-file = aucun fichier de phrase de passe n’a été nommé
what-passphrase-file = le fichier de phrase de passe
prompt-file-unusable = le fichier de phrase de passe est inutilisable
prompt-file-next = écrivez la phrase de passe sur sa première ligne, en UTF-8
prompt-not-text = ce n’est pas du texte
prompt-first-line-empty = sa première ligne est vide
prompt-nobody = une phrase de passe est nécessaire, et il n’y a personne à qui la demander
prompt-nobody-next = lancez la commande dans un terminal, ou donnez --passphrase-file FICHIER ou FOCAL_PASSPHRASE_FILE
prompt-no-terminal = il n’y a pas de terminal
prompt-empty = la phrase de passe est vide
try-again = réessayez : rien n’a été modifié
confirm-nobody = une confirmation est nécessaire, et il n’y a personne à qui la demander
confirm-question = la question était : { $question }
confirm-nobody-next = vérifiez ce qui est affiché (les empreintes : par téléphone), puis lancez la commande dans un terminal ou avec --yes
confirm-not-asked = la question n’a pu être posée
confirm-not = vous n’avez pas confirmé
dir-not-made = un répertoire n’a pu être créé
exists-already = { $path } existe déjà
exists-already-why = rien de ce qui existe n’est remplacé
file-unread = impossible de lire { $what }
file-not-used = refus d’utiliser { $what }
file-not-read = refus de lire { $what }
file-too-long = { $path } a plus de { $limit } octets
root-key-missing = la clé racine n’est pas ici
there-is-no = { $path } n’existe pas
root-key-missing-next = lancez la commande là où l’organisation a été créée, ou donnez son répertoire avec --home
key-exists-next = prenez un autre nom d’usage, ou déplacez ce fichier
no-key-of = il n’y a pas ici de clé de { $handle }
does-not-exist = { $path } n’existe pas
keys-here = les clés qui sont ici : { $keys }
keys-unlisted = les clés des auteurs n’ont pu être listées
no-author-key = il n’y a pas ici de clé d’auteur
no-author-key-why = { $path } n’en contient aucune
many-author-keys = plusieurs auteurs ont une clé ici
many-author-keys-next = dites laquelle : --author NOM
none-of-them = aucune
key-unsealed = la clé n’a pu être scellée
key-of = { $what } de { $of }
key-wrong-passphrase = { $path } ne s’ouvre pas avec cette phrase de passe
key-wrong-passphrase-why = la phrase de passe est fausse, ou le fichier a été modifié
key-unopened = { $path } ne peut être ouvert
watch-locked = la clé a été verrouillée : ce qui la tenait s’est arrêté
watch-locked-next = relancez-le ; il demande la phrase de passe
lock-watches = { $n ->
    [one] 1 commande qui continuait avec la clé s’arrête.
   *[other] { $n } commandes qui continuaient avec la clé s’arrêtent.
}
key-unopened-next = remettez le bon fichier, au besoin depuis une sauvegarde
what-known = ce qui est connu des dossiers
known-damaged-next = supprimez-le : il est refait au prochain contact avec le nœud
known-not-kept = ce qui est connu des dossiers n’a pu être gardé pour les temps sans liaison : { $why }
ago-less = il y a moins d’une minute
way-network = par le réseau
no-address = aucune adresse n’est connue
address-odd = l’adresse du nœud n’est pas comprise
address-odd-next = écrivez-la avec le nom du nœud à la fin : /dns4/focal.example.org/tcp/4711/p2p/12D3Koo…
network-unusable = le réseau est inutilisable
network-unusable-next = vérifiez --ca, si vous l’avez donné : il nomme un fichier de certificats au format PEM
progress-connecting = connexion
cannot-be-asked = cela ne peut être demandé à un nœud
answer-too-long = la réponse est trop longue
progress-asking = question au nœud
answer-odd = la réponse du nœud n’est pas comprise
same-version = utilisez la même version de focal pour le nœud et pour la ligne de commande
node-answered = le nœud a répondu { $status }
file-cannot-be-read = le fichier ne peut être lu
answer-malformed = la réponse du nœud est mal formée
middle-of-part = au milieu d’une partie
answer-broken = la réponse du nœud s’est interrompue
answer-broken-next = voyez le journal du nœud, puis réessayez
key-not-open = la clé n’est pas gardée ouverte
key-not-open-why = le processus qui devait la garder s’est terminé
key-not-open-next = le chemin du répertoire est peut-être trop long pour une socket ; la phrase de passe est demandée chaque fois
agent-stops = l’agent ne peut continuer
what-draft = le brouillon
path-unread = { $path } ne peut être lu
draft-unread-next = corrigez-le, ou déplacez-le pour renoncer à ces modifications
draft-not-removed = le brouillon n’a pu être supprimé
author-not-added = { $handle } n’a pas été ajouté
author-revoked-key = cette clé a été révoquée : cela ne peut être annulé
author-revoked-key-next = créez une nouvelle clé
author-same-key = cette clé est celle de { $handle }
author-same-key-next = créez une clé pour chaque personne
author-already = { $handle } est déjà un auteur
author-already-next = prenez un autre nom d’usage, ou révoquez d’abord celui-là : focal org author revoke …
report-no-fields = il n’a pas de champs nommés
report-no-fields-between = la partie entre les lignes --- n’a pas de champs nommés
man-not-made = la page n’a pu être produite
man-not-written = les pages n’ont pu être écrites
man-written = Les pages sont dans { $dir }.
alarms-none = Aucune alarme.
alarms-resolved = traitée { $time } : { $decision }
alarms-open = traitée ; { $n } en cours
strip-heif = images HEIF
strip-tiff = images TIFF
strip-pdf = documents PDF
strip-other = fichiers de ce genre
strip-moving = images WebP animées
picture-also = aussi { $what }
picture-thumbnail = une petite copie de l’image
picture-comment = un commentaire
picture-behind = quelque chose derrière l’image
confirm-choice = [o/N]
confirm-yes = o oui
ago-minutes = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
}
ago-hours = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
}
ago-days = { $n ->
    [one] il y a { $n } jour
   *[other] il y a { $n } jours
}
progress-traffic = { $sent } envoyés, { $received } reçus
picture-taken = prise
picture-changed = modifiée
picture-time-zone = fuseau horaire
picture-satellite-date = date du satellite
picture-maker = fabricant
picture-device = appareil
picture-serial-number = numéro de série
picture-lens-number = numéro de série de l’objectif
picture-owner = propriétaire
picture-author = auteur
picture-rights = droits
picture-description = description
picture-user-comment = commentaire
picture-software = logiciel
picture-height = altitude
picture-direction = direction de prise de vue
picture-number = numéro de l’image
picture-place = lieu
picture-block = bloc { $name }
picture-more-fields = { $n ->
    [one] { $n } autre champ
   *[other] { $n } autres champs
}
strip-unsupported = ce programme ne sait pas retirer les métadonnées des { $what }
strip-too-large = les métadonnées ne sont retirées que d’images de { $most } Mio au plus
strip-damaged = l’image est endommagée : nul ne peut dire ce qu’il y resterait
file-open-to-others = d’autres que son propriétaire peuvent lire { $path } (mode { $mode })

## La ligne de commande

usage-unknown = l’option ou l’argument « { $arg } » n’existe pas ici
usage-no-command = il n’y a pas de commande « { $command } »
usage-which-command = il n’est pas dit quelle commande
usage-missing = il manque : { $arg }
usage-not-together = « { $arg } » est donné deux fois, ou avec ce qui l’exclut
usage-conflict = « { $arg } » et « { $other } » ne vont pas ensemble
usage-no-value = « { $arg } » n’a pas de valeur
usage-value = « { $value } » ne peut être la valeur de « { $arg } »
usage-not-text = un argument n’est pas du texte en UTF-8
usage-odd = « { $arg } » n’est pas compris
usage-allowed = permis : { $values }
usage-meant = vouliez-vous dire « { $meant } » ? Voyez l’aide avec --help
usage-help = voyez l’aide avec --help
both-next = { $first } ; { $next }
