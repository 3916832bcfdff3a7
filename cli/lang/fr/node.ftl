## focal node doctor

doctor-trying = Essai de toutes les adresses ; cela prend jusqu’à 45 s.
doctor-needs = quelqu’un doit faire quelque chose
doctor-needs-why = { $n ->
    [one] 1 constat sur { $all } le demande
   *[other] { $n } constats sur { $all } le demandent
}
doctor-needs-next = faites ce qui est dit là où se trouve un `!` ; puis relancez la commande
doctor-node = ce nœud  { $node }
doctor-proxy = mandataire  { $proxy }
doctor-limit = vers { $to } : { $rate } au plus
doctor-limit-officers = agents loin du nœud : { $rate } au plus pour chacun, dans les deux sens ensemble
doctor-quiet = { $n ->
    [one] 1 autre constat, où tout va bien : focal node doctor --all
   *[other] { $n } autres constats, où tout va bien : focal node doctor --all
}
doctor-all-well = { $n ->
    [one] Tout va bien. L’unique constat : focal node doctor --all
   *[other] Tout va bien. Les { $n } constats : focal node doctor --all
}
doctor-finding = { $of }, { $subject } : { $works }
doctor-works = fonctionne
doctor-works-by-relay = fonctionne, par un relais
doctor-untried = pas essayé
doctor-fails = ne fonctionne pas
doctor-clock = horloge
doctor-conversation = conversation
doctor-by-relay = par un relais

## Organisations, fédérations et nœuds

federation-as-accepted = Le nœud ne répond pas : voici la fédération telle qu’elle a été acceptée ou signée ici en dernier.
accepted-unusable = le fichier accepté est inutilisable
replace-question = { $path } existe : le remplacer ?
changes-unissued = Des modifications ne sont encore dans aucun manifeste : émettez-en un avec focal org manifest.
no-node-listed = Votre manifeste ne contient aucun nœud : les partenaires ne peuvent vous joindre. Créez-en un (focal node init), puis focal org manifest.
federation-not-accepted = la fédération n’a pas été acceptée
signatures-needed = { $n ->
        [one] { $n } signature encore nécessaire, de : { $who }
       *[other] { $n } signatures encore nécessaires, de : { $who }
    }
they-sign-it = ils le signent avec focal federation { $verb } FICHIER
no-active-member = { $name } n’est pas membre actif de { $federation }
ask-admission = demandez à ses garants de vous admettre : focal federation request -o FICHIER
accept-question = Sont-ce bien les mots que voient vos partenaires ?
accept-compare = Comparez par téléphone les mots de la fédération avec un autre membre.
federation-accepted = { $n ->
        [one] { $name } : acceptée ({ $n } membre).
       *[other] { $name } : acceptée ({ $n } membres).
    }
what-file = le fichier
output-unsaid = il n’est pas dit où écrire le fichier de fédération
output-unsaid-next = ajoutez -o FICHIER
admit-one = les demandes sont admises une à une
admit-one-why = chaque admission est une liste de membres à part, et chacune nomme la précédente
admit-enough = Assez de garants ont signé. { $handover }
admit-send-member = Envoyez { $path } au nouveau membre, qui l’accepte avec focal federation accept { $path }
admit-send-stewards = Envoyez { $path } à { $who } ; un garant signe avec focal federation admit { $path }
roster-unsigned = la liste des membres n’a pas été signée
admit-question = Admettre { $name } dans { $federation } ?
admit-start-node = démarrez le nœud (focal node run), ou donnez le fichier de fédération en vigueur : --bundle FICHIER
signatures-missing = il manque des signatures dans { $path }
other-federation = elle appartient à une autre fédération que la vôtre
roster-in-force = la liste { $version } est déjà en vigueur
roster-again = proposez-la à nouveau à partir de celle-là
no-steward = { $name } n’est pas un garant
send-to-steward = envoyez le fichier à un garant : { $who }
enough-signed = Assez de garants ont déjà signé.
charter-unsigned-yet = la charte n’est pas encore signée par tous les fondateurs
founders-sign = les fondateurs signent avec focal federation found --sign FICHIER
has-signed = { $name } a déjà signé.
sign-roster-question = Signer la liste { $version } ?
found-send = Envoyez { $path } à { $who } : chacun le signe avec focal federation found --sign { $path }
found-all-signed = Tous les fondateurs ont signé. Envoyez { $path } à tous ; chacun l’accepte avec focal federation accept { $path }
charter-unsigned = la charte n’a pas été signée
found-question = Fonder { $name } avec ces organisations ?
no-founder = { $wanted } n’est pas un fondateur
no-founder-why = un garant est l’un des fondateurs
name-one-of = nommez l’un de : { $names }
many-founders = { $wanted } désigne plusieurs fondateurs
many-founders-next = donnez plutôt les premiers chiffres du numéro
files-do-not-fit = { $path } ne va pas avec les autres fichiers
files-do-not-fit-next = donnez des copies d’un seul fichier : rien n’a été modifié
no-federation-file = aucun fichier de fédération n’a été donné
not-among-founders = { $name } n’est pas parmi les fondateurs : { $founders }
charter-other-org = la charte décrit { $name } autrement que org.json
sign-charter-question = Signer la charte de { $name } ?
request-written = La demande de { $name } est dans { $file }.
request-read-out = Envoyez-la aux fondateurs ou aux garants, et lisez-leur ces mots par téléphone :
what-federation-file = le fichier de fédération
path-not-taken = { $path } est refusé
federation-file-next = redemandez le fichier à quelqu’un en qui vous avez confiance : rien n’a été modifié
no-federation-file-form = ce n’est pas un fichier de fédération ({ $error })
federation-roster = { $name }, liste { $version }
signatures-given = signé :     { $who }
signatures-lacking = non signé : { $who }
signatures-complete = Il est complet.
signatures-more = { $n ->
        [one] Il faut encore une signature.
       *[other] Il faut encore { $n } signatures.
    }
nobody = personne
change-admitted = { $name } est admise
change-status = { $name } est { $now } au lieu de { $before }
change-root-key = { $name } a une autre clé racine
change-name = { $before } s’appelle désormais { $name }
change-kind = { $name } est { $kind } ({ $country }) au lieu de { $before } ({ $whence })
change-threshold = { $now } garants signent la prochaine liste au lieu de { $before }
change-steward = { $name } devient garant
change-no-steward = { $name } n’est plus garant
federation-head = fondée { $founded }, liste { $version }, { $threshold } garants sur { $stewards } admettent
member-steward = garant
member-manifest = manifeste { $version }, à renouveler avant le { $expires }
member-no-manifest = aucun manifeste n’est connu
compare-words = Comparez les mots par téléphone avec quelqu’un dont vous connaissez la voix.
what-join-request = la demande d’adhésion
no-join-request = { $path } n’est pas une demande d’adhésion valable
join-request-again = demandez à l’organisation de la récrire : focal federation request -o FICHIER
begins-otherwise = il ne commence pas comme il le devrait
handover-had = Le nœud l’avait déjà.
handover-taken = Le nœud l’a pris et prévient ses partenaires.
handover-inbox = Le nœud ne tourne pas : il le prendra à son démarrage (focal node run).
handover-no-federation = Les partenaires l’apprendront quand il y aura une fédération (focal federation request, ou found).
handover-no-node = Il n’y a pas de nœud ici : portez le fichier sur la machine du nœud (focal node take FICHIER).
manifest-not-handed = le manifeste n’a pas été remis au nœud
no-member-of = { $name } n’est pas membre de { $federation }
join-first = adhérez d’abord : focal federation request -o FICHIER
what-node-card = la carte du nœud
no-node-card = { $path } n’est pas la carte d’un nœud
no-node-card-next = sur la machine du nœud, prenez node/node.card, que focal node init écrit
address-untellable = les partenaires ne peuvent utiliser l’adresse { $address }
address-untellable-next = donnez ce que les partenaires peuvent joindre : --announce /dns4/focal.example.org/tcp/4711
addresses-too-many = un nœud a 16 adresses au plus
no-multiaddress = ce n’est pas une multi-adresse telle que /ip4/192.0.2.7/tcp/4711
address-too-long = elle a plus de 256 octets
address-wildcard = elle désigne toutes les adresses de cette machine, ou un port libre quelconque
org-exists-next = utilisez l’organisation qui s’y trouve (focal org show), ou un autre répertoire (--home)
org-unopened = l’organisation n’a pu être ouverte
org-busy = une autre commande focal modifie cette organisation
org-busy-why = elle tient { $path }
wait-try-again = attendez-la, puis réessayez
org-unlocked = l’organisation n’a pu être verrouillée
what-organisation = l’organisation
manifest-gap = il ne suit pas la version précédente
org-no-manifest = { $name } n’a pas encore de manifeste
org-no-manifest-why = le manifeste dit aux partenaires quels nœuds et quels auteurs sont les vôtres
org-no-manifest-next = focal node init, focal org author add …, puis focal org manifest
org-unchanged = l’organisation n’a pas été modifiée
manifest-unsigned = le manifeste n’a pas été signé
root-key-other = root.key n’est pas la clé de org.json
root-key-other-next = remettez le root.key qui appartient à cette organisation
manifest-too-long = il aurait { $has } octets là où { $most } sont permis
what-manifest = le manifeste
org-missing = il n’y a pas d’organisation ici
org-missing-why = { $path } n’a pas de org.json
org-missing-next = focal org init --name … --kind … --country …, ou donnez un autre --home
from-backup = remettez-le depuis une sauvegarde : rien n’a été modifié
what-officer-card = la carte de l’agent
no-officer-card = { $path } n’est pas la carte d’un agent
no-officer-card-next = l’organisation en écrit une : focal org author card NOM -o FICHIER
card-format = son format est « { $format } »
card-nodes = elle ne nomme aucun nœud, ou plus qu’il ne peut y en avoir
wipe-not-all = tout n’a pu être détruit
wipe-not-all-next = voyez à qui appartient ce fichier, puis relancez la même commande : elle reprend où elle s’est arrêtée
no-node-here = il n’y a pas de nœud ici
nothing-destroyed = rien n’a été détruit
nothing-to-destroy = il n’y a rien à détruire
name-the-place = nommez l’endroit : --home RÉP
wipe-question = Détruire tout cela à jamais ?
wipe-done = Ce qui était dans { $place } est détruit.
wipe-tell = Prévenez votre organisation et ses partenaires, pour qu’ils retirent ce nœud et révoquent ces clés.
wipe-key-file = { $path } n’est pas touché : il ouvre les copies des clés du nœud, s’il y en a.
wipe-key-of = la clé de { $handle }
wipe-held = un nœud partenaire détient chaque entrée que celui-ci a écrite
wipe-node-silent = le nœud, avec ses dossiers et ses rapports ; il ne tourne pas, et nul ne peut dire ce que les partenaires en détiennent
status-org = organisation { $name }, manifeste { $manifest }
status-federation = fédération   { $name }, liste { $roster }
status-partners = partenaires  { $n ->
        [one] { $connected } nœud sur { $n } connecté
       *[other] { $connected } nœuds sur { $n } connectés
    }
status-listens = écoute sur   { $address }
status-since = depuis       { $time }, version { $version }
status-refused = refusé       { $n } { $code }
health-well = tout va bien
health-unwell = quelqu’un doit s’occuper de ce nœud
restored-start = Démarrez-le : focal node run
restored-custodian = { $n ->
        [one] Il est dépositaire de { $n } dossier et a pu oublier ce qu’il y a décidé : présentez-vous avec `focal case succeed` et demandez aux autres membres de voter pour lui.
       *[other] Il est dépositaire de { $n } dossiers et a pu oublier ce qu’il y a décidé : dans chacun, présentez-vous avec `focal case succeed` et demandez aux autres membres de voter pour lui.
    }
copy-question = Est-ce une copie, et l’original est-il perdu pour de bon ?
copy-stake = Les journaux du nœud dans { $what } s’arrêtent où ils sont, et il en commence de nouveaux.
copy-attack = Deux nœuds qui tournent à partir d’un répertoire et de sa copie sont pris pour une attaque.
restore-exists-next = déplacez-le d’abord (c’est peut-être ce qui reste du nœud), ou prenez un autre --home
restore-no-attachments = La sauvegarde n’a pas de pièces jointes : elles sont demandées aux partenaires qui les détiennent.
peers-none = Aucun nœud partenaire n’est encore connu : focal federation show dit qui devrait l’être.
head-since = depuis
head-addresses = adresses
head-sent-at-most = envoi au plus
head-last-error = dernière erreur
path-not-taken-by-node = { $path } n’a pas été pris
take-neither = ce n’est ni un manifeste ni un fichier de fédération
take-nothing = rien n’a été remis au nœud
take-taken = { $n ->
        [one] Le nœud a pris { $n } nouveau document.
       *[other] Le nœud a pris { $n } nouveaux documents.
    }
none-yet = pas encore
node-duress-set = La phrase de passe de contrainte du nœud est fixée. Elle détruit tout ce qui est dans { $home }.
node-duress-none = Le nœud n’a pas de phrase de passe de contrainte. Nul ne peut le voir d’après le disque.
node-exists-next = lancez le nœud qui s’y trouve (focal node run), ou prenez un autre --home
node-fingerprint = empreinte    { $fingerprint }
node-announced = partenaires  { $address }
node-list-it = Inscrivez-le dans votre manifeste : focal org manifest
node-carry-card = Portez { $card } sur la machine qui a la clé racine : focal org node add FICHIER.card
announce-unknown = on ne sait pas quelle adresse donner aux partenaires
announce-unknown-why = le nœud écoute sur toutes les adresses de cette machine ou sur un port libre quelconque : cela ne mène les partenaires nulle part
announce-unknown-next = donnez ce qu’ils peuvent joindre : --announce /dns4/focal.example.org/tcp/4711
what-key-file = le fichier-clé
key-file-short = le fichier-clé est trop court pour protéger un nœud
key-file-short-why = { $path } a { $n } octets, il en faut 32
key-file-short-next = nommez un fichier qui n’existe pas encore : il est créé avec des octets aléatoires
key-file-path = le fichier-clé n’a pas de chemin absolu
node-runs = le nœud tourne déjà
node-stopped = le nœud s’est arrêté
node-unusable = le nœud est inutilisable
roster-proposed = Proposé avec la liste { $version }
signatures = Signatures
federation-conflicts = { $n ->
    [one] quelqu’un a signé deux documents de même version : { $n } preuve est gardée
   *[other] quelqu’un a signé deux documents de même version : { $n } preuves sont gardées
}
wipe-stake = { $how }, de { $place } :
wipe-for-ever = À jamais et sans retour
wipe-root-key = la clé racine de l’organisation
wipe-root-key-lost = { $key } : sans copie ailleurs, plus personne ne peut parler en son nom
wipe-outbox = { $n ->
    [one] { $n } rapport de la boîte d’envoi qu’aucun nœud n’a
   *[other] { $n } rapports de la boîte d’envoi qu’aucun nœud n’a
}
wipe-drafts = { $n ->
    [one] { $n } brouillon
   *[other] { $n } brouillons
}
wipe-originals = { $n ->
    [one] { $n } image originale, gardée comme preuve
   *[other] { $n } images originales, gardées comme preuves
}
wipe-node = le nœud : { $cases }, { $reports }
wipe-alone = { $n ->
    [one] { $n } de ses propres entrées n’est sur aucun autre nœud
   *[other] { $n } de ses propres entrées ne sont sur aucun autre nœud
}
count-nodes = { $n ->
    [one] { $n } nœud
   *[other] { $n } nœuds
}
count-authors = { $n ->
    [one] { $n } auteur
   *[other] { $n } auteurs
}
count-reports = { $n ->
    [one] { $n } rapport
   *[other] { $n } rapports
}
count-records = { $n ->
    [one] { $n } écrit
   *[other] { $n } écrits
}
count-waiting = { $n ->
    [one] { $n } entrée en attente
   *[other] { $n } entrées en attente
}
count-logs = { $n ->
    [one] { $n } journal clos
   *[other] { $n } journaux clos
}
status-node = nœud         { $node }
status-holds = détient      { $cases }, { $records }, { $waiting }
status-alarm-head = alarme
status-alarm = { $head }       { $alarm }
restored = rétabli : { $cases }, { $logs }
node-made = Le nœud { $node } est créé.
node-readdressed = Le nœud { $node } a d’autres adresses.

## Sauvegardes, auteurs et manifestes

backup-one-file = un fichier n’a qu’une sauvegarde : il n’y a rien à garder
backup-one-file-next = nommez un répertoire qui existe, ou terminez son nom par /
backup-before-purge = { $backups } dans { $place } d’avant la purge du { $time } : ce qui a été purgé peut y être rouvert. Supprimez avec --keep, et détruisez les copies.
backup-left-out = { $n ->
    [one] 1 morceau de pièce jointe n’y est pas : illisible ou endommagé. Sur le nœud, focal attachment verify le trouve et le fait revenir.
   *[other] { $n } morceaux de pièces jointes n’y sont pas : illisibles ou endommagés. Sur le nœud, focal attachment verify les trouve et les fait revenir.
}
backup-newest-next = focal node verify-backup dit lesquelles sont lisibles ; choisissez-en une avec --at
backup-clock = L’horloge du nœud indique { $time }, avant sa dernière sauvegarde, du { $before } : remettez-la à l’heure. La nouvelle sauvegarde compte tout de même comme la plus récente.
backup-removed = Supprimés : { $backups } et { $pieces }.
backup-try = Elle s’ouvre avec ce qui ouvre maintenant le nœud. Vérifiez-la : focal node verify-backup { $place }
backup-not-all = le nœud n’a pas fait toute la sauvegarde
backup-not-all-next = voyez son journal, puis réessayez : ce qui est déjà écrit n’est pas récrit
backup-not-whole = une sauvegarde n’est pas entière
backup-not-whole-why = des morceaux manquent ou sont endommagés : le support est peut-être défaillant
backup-not-whole-next = supprimez les fichiers endommagés et faites une nouvelle sauvegarde, de préférence sur un autre support
backup-whole = entière
backup-not-whole-mark = PAS entière
backup-missing = il manque : { $name }
backup-damaged = endommagé : { $name }
backup-many = plusieurs sauvegardes sont de { $time }
backup-many-next = donnez plus de son heure
backup-none-of = aucune n’est de { $time }
backup-none = il n’y a pas de telle sauvegarde
backup-none-next = regardez dans le répertoire : chaque sauvegarde est un fichier *.backup
backup-node-then = le nœud au moment de la sauvegarde
backup-key-file = un fichier-clé ouvre cette sauvegarde
backup-key-file-why = le nœud dont elle a été faite en avait un
backup-key-file-next = nommez-le : --key-file FICHIER
backup-unusable = la sauvegarde est inutilisable
backup-io = la sauvegarde n’a pu être écrite ou lue
backup-other-name = donnez un autre nom, ou un répertoire
backup-not-there = il n’y a pas de sauvegarde
backup-makes-one = focal node backup en fait une
backup-wrong-key = elle s’ouvre avec la phrase de passe ou le fichier-clé du nœud au moment de la sauvegarde ; celui-ci est autre
backup-lacking-next = focal node verify-backup dit tout ce qui manque ; prenez une sauvegarde plus ancienne avec --at
org-not-made = l’organisation n’a pas été créée
org-not-made-next = rien n’a été écrit : corrigez et réessayez
org-made = { $name } est créée dans { $dir }.
org-id = numéro       { $id }
org-fingerprint = empreinte    { $words }
org-read-out = Les partenaires vous demanderont de lire l’empreinte par téléphone.
org-keep-copy = Gardez hors ligne une copie de { $path } : elle ne peut être refaite.
pending-author = l’auteur { $handle } est ajouté
pending-revoked = la clé { $key } est révoquée
org-manifest = manifeste    { $version }, à renouveler avant le { $expires } : { $authors }, { $keys }
org-manifest-none = manifeste    pas encore : focal org manifest
org-node = nœud { $node }
handle-dot = un nom d’usage ne commence pas par un point
public-key-odd = une clé publique a 64 chiffres hexadécimaux
until-odd = écrivez 2027-06-30 ou 2027-06-30T12:00:00Z
author-key = clé          { $key }
next-manifest = Les partenaires l’apprendront avec le prochain manifeste : focal org manifest
move-away = déplacez-le
key-not-aside = la clé révoquée n’a pu être mise de côté
author-key-made = La clé de { $handle } est créée.
author-public-key = clé publique { $key }
author-send-key = Envoyez la clé publique à votre organisation, et lisez-lui les mots par téléphone. Chez elle :
no-author = il n’y a pas d’auteur { $handle }
author-list-shows = focal org author list les montre
author-revoked-already = { $handle } est déjà révoqué
card-no-author = le manifeste ne contient pas d’auteur { $handle }
card-no-author-next = focal org author list les montre ; s’il vient d’être ajouté, il faut un manifeste : focal org manifest
card-no-address = il n’y a pas d’adresse à mettre sur une carte
card-no-address-why = aucun nœud du manifeste n’en annonce
card-no-address-next = focal node announce ADRESSE, puis focal org manifest
card-made = La carte de { $handle } est { $file }, avec { $nodes }.
card-there = Chez lui : focal org author take { $file }
card-read-out = Lisez-lui ces mots par téléphone :
card-other-key = cette carte n’est pas pour la clé qui est ici
card-other-key-next = demandez à votre organisation une carte avec votre clé publique
card-other-public-key = elle nomme une autre clé publique
card-other-org = la clé a été créée pour une autre organisation
card-question = Sont-ce bien les mots que lit votre organisation ?
card-nodes-of = Nœuds de { $org } :
card-taken = Désormais focal parle avec les nœuds de { $org }. Essayez : focal case list
author-duress-set = La phrase de passe de contrainte de { $handle } est fixée. Elle détruit tout ce qui est dans { $home }.
author-duress-none = { $handle } n’a pas de phrase de passe de contrainte. Nul ne peut le voir d’après le disque.
manifest-kept = le manifeste { $version } est signé et gardé dans { $file }
manifest-issued = Le manifeste { $version } est émis : { $nodes }, { $authors }, à renouveler avant le { $expires }.
node-not-added = le nœud n’a pas été ajouté
node-removed-before = il a été retiré auparavant, et cela ne peut être annulé
node-removed-before-next = créez-y un nouveau nœud : focal node init dans un répertoire vide
node-question = Est-ce bien le nœud voulu ?
node-compare = Comparez les mots avec ceux que focal node init a montrés sur sa machine.
node-no-one = aucun de vos nœuds, ou plus d’un, ne commence par { $node }
node-no-one-why = { $n } du manifeste commencent ainsi
node-no-one-next = focal org show les montre
count-backups = { $n ->
    [one] { $n } sauvegarde
   *[other] { $n } sauvegardes
}
count-older-backups = { $n ->
    [one] { $n } sauvegarde plus ancienne
   *[other] { $n } sauvegardes plus anciennes
}
count-pieces = { $n ->
    [one] { $n } morceau
   *[other] { $n } morceaux
}
backup-chunks = { $n ->
    [one] { $n } bloc de pièces jointes
   *[other] { $n } blocs de pièces jointes
}
backup-without-attachments = sans pièces jointes
backup-made = { $entries }, { $reports }, { $attachments } ; { $new } sur { $pieces } écrits, { $size }.
backup-of = du { $time }, { $entries }, { $reports } ; { $pieces }, { $size }
pending-node = le nœud { $node } est ajouté
pending-node-addresses = le nœud { $node } a d’autres adresses
count-revoked-keys = { $n ->
    [one] { $n } clé révoquée
   *[other] { $n } clés révoquées
}
org-in-no-manifest = Dans aucun manifeste pour l’instant
author-added = { $handle } est un auteur.
author-revoked = { $handle } est révoqué.
node-added = Le nœud { $node } est l’un des vôtres.
node-removed = Le nœud { $node } est retiré.
org-pending = { $head } (focal org manifest)
words-no-rosters-yet = il a des listes de membres, mais tous les fondateurs n’ont pas signé la charte
words-not-copies = les fichiers ne sont pas des copies d’un même fichier : ils disent des choses différentes
head-handle = nom d’usage
head-name = nom
head-until = jusqu’au
head-key = clé
author-state-revoked = révoqué
author-state-expired = expiré
author-state-active = actif
author-state-pending = en attente
