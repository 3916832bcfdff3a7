# Ce que le nœud et le protocole disent, par nom, avec ce qui s’y trouve. L’anglais est celui du code, mot pour mot : ce qui est
# venu sans son nom se trouve par lui.

## Refus

said-no-federation = ce nœud n’appartient encore à aucune fédération
said-not-listed = ce nœud n’est dans aucun manifeste d’une organisation membre active
said-unknown-node = aucun manifeste ne nomme le nœud { $node }
said-unknown-author = l’auteur n’est pas dans le manifeste de l’organisation que nomme l’écrit
said-revoked-author = la clé de l’auteur a été révoquée par son organisation
said-author-expired = l’auteur n’est pas valable en ce moment
said-other-organisation = l’écrit est d’une autre organisation que le nœud qui le porte
said-other-case = l’écrit appartient à un autre dossier
said-may-only-acknowledge = { $who } ne peut qu’accuser réception
said-barred = l’écrit ne peut y aller : { $why }
said-too-wide = { $name } est dans le dossier, et le marquage de l’écrit ne lui permet pas de le lire
said-bad-record = l’écrit n’est pas valable : { $errors }
said-bad-parts = les morceaux d’un contenu ne vont pas ensemble
said-unknown-case = ce nœud n’est pas membre du dossier
said-not-a-member = le nœud { $node } n’est pas membre du dossier
said-too-late = tant d’entrées du nœud { $node } attendent des changements du groupe que d’autres ne seront prises qu’après ceux-ci
said-unknown-organisation = il n’y a pas d’organisation membre active « { $name } »
said-not-in-parent = { $name } n’est pas dans le dossier
said-too-many-cases = ce nœud est dans autant de dossiers qu’il peut l’être
said-unknown-record = il n’y a pas d’écrit de ce numéro dans le dossier, ou plus d’un commence par ces chiffres
said-other-custodian = le dossier a un autre dépositaire depuis : le vote exclurait le nœud { $node }
said-other-vote = le dossier a changé depuis : le vote ne ferait plus ce qui avait été dit
said-unknown-alarm = il n’y a pas de telle alarme
said-resolved-alarm = l’alarme est déjà réglée, et la décision demeure
said-judged = l’entrée ne compte pas : { $why }
said-too-many-logs = plus de journaux d’un nœud dans un dossier que permis
said-own-log = des entrées du journal de ce nœud sont venues de l’extérieur
said-unknown-attachment = il n’y a pas ici de telle pièce jointe
said-missing-chunks = { $n ->
    [one] { $n } morceau de « { $name } » n’est pas ici
   *[other] { $n } morceaux de « { $name } » ne sont pas ici
}
said-bad-chunk = un morceau d’une pièce jointe n’est pas ce que dit son nom
said-attachments-full = les pièces jointes prennent toute la place que les réglages du nœud leur donnent
said-disk-full = le disque est plein : rien n’a été enregistré
said-store-failed = les données du nœud n’ont pu être lues ou écrites : { $why }
said-stopping = le nœud s’arrête
said-overtaken = corrigé ou retiré par un écrit qui est laissé de côté

## Ce qui ne va pas dans une demande

said-request-not-past = at : { $at } a été donné alors qu’il n’est que { $now } à l’horloge de ce nœud
said-request-field = { $field } : « { $given } » a été donné ; est permis : { $allowed }
said-request-too-long = { $field } : { $given } octets ont été donnés, et { $most } sont permis
said-request-note = note : { $most } caractères au plus sont imprimés
said-request-no-recipients = destinataires : personne n’a été nommé
said-request-recipients = destinataires : { $given } ont été nommés, et { $most } sont permis
said-request-recipients-only = destinataires : ils ne sont nommés qu’avec le but « organisations »
said-request-only-written = format : { $format } est écrit, et n’est pas lu
said-request-format = { $why }
said-request-no-node = aucun manifeste ne nomme encore de nœud du destinataire
said-request-no-node-in-case = le destinataire n’a pas de nœud dans le dossier { $case }
said-request-ended-early = le fichier s’est arrêté trop tôt
said-request-other-federation = il est d’une autre fédération
said-request-other-organisation = il est pour une autre organisation
said-request-piece-names = les noms des morceaux ont 32 octets chacun
said-request-chunk-names = les noms des morceaux d’une pièce jointe ont 32 octets chacun
said-request-backup-runs = une autre sauvegarde de ce nœud est en cours : attendez-la
said-request-backup-too-large = le nœud a plus de pièces jointes qu’une sauvegarde ne peut en nommer : faites-la sans elles
said-request-not-found = { $what ->
    [record] il n’y a pas d’écrit de ce numéro
    [case] il n’y a pas de dossier de ce numéro
    [org] il n’y a pas d’organisation de ce numéro
    [attachment] il n’y a pas de pièce jointe de ce numéro
    [compartment] il n’y a pas de compartiment de ce numéro
    [table] il n’y a pas de tableau de ce nom
   *[other] il n’y a rien de ce numéro ({ $what })
}, ou plus d’un commence par ces chiffres
said-request-invitations = on invite à la fois de 1 à { $most } organisations
said-request-trail-for = la piste d’audit est réservée aux points focaux et aux administrateurs
said-request-chunk-id = une pièce jointe et un morceau ont un numéro de 64 chiffres hexadécimaux
said-request-log-id = un journal a un numéro de 32 chiffres hexadécimaux
said-request-time = une heure s’écrit 2026-11-05T14:00:00Z
said-request-role = { $role ->
    [observer] un observateur
    [officer] un agent
    [focal-point] un point focal
    [admin] un administrateur
   *[other] ce rôle ({ $role })
} ne peut le faire, mais bien { $who }
said-request-who-are-you = cette porte ne dit pas qui vous êtes
said-query = colonne { $column } : { $what } ; permis : { $allowed }

## Alarmes

said-alarm-fork = le nœud { $node } a signé deux histoires du journal { $log } : rien n’en compte à partir de là où elles se séparent
said-alarm-old-copy = des partenaires détiennent du journal { $log } de ce nœud plus que lui-même : il tourne sur une ancienne copie de ses données
said-alarm-two-manifests = une organisation a signé deux manifestes de la même version : { $org }
said-alarm-two-rosters = les garants ont signé deux listes de membres de la même version
said-alarm-custodian-forked = le dépositaire du dossier { $case }, le nœud { $node }, a signé deux histoires : les membres peuvent en suivre de différentes
said-alarm-custodian-revoked = le dépositaire du dossier { $case }, le nœud { $node }, n’est plus dans aucun manifeste en vigueur
said-alarm-voting = dans le dossier { $case }, le nœud { $successor } se présente pour succéder au dépositaire, le nœud { $out }
said-alarm-contested = le nœud { $node } dit être le dépositaire du dossier { $case } : ce nœud ne peut dire si c’est à bon droit, car des votants ont été retirés ici ou ne sont pas connus, ou il a été restauré depuis une copie
said-alarm-succeeded = le dossier { $case } a un nouveau dépositaire, le nœud { $successor }, à la place du nœud { $out }
said-alarm-removed = ce nœud a été retiré du dossier { $case } : ce qui y sera écrit désormais ne s’ouvrira pas ici
said-alarm-purged = le dossier { $case } a été détruit, comme l’a dit le nœud { $node }, son dépositaire : ce qui l’ouvre est détruit ici
said-alarm-undestroyed = le dossier { $case } a été détruit, mais ce qui l’ouvre n’a pas pu l’être : c’est encore sur le disque
said-alarm-retention = la durée de conservation du dossier { $case } est passée : il sera détruit ici après un jour de fonctionnement
said-alarm-cannot-follow = une décision du dépositaire du dossier { $case } n’a pu être suivie : { $why }

## Ce que trouve focal node doctor

said-doctor-not-asked = pas encore demandé
said-doctor-no-own-address = le manifeste ne lui donne pas d’adresse
said-doctor-manifest-without-address = son manifeste ne donne pas d’adresse
said-doctor-every-byte = il y a une liaison, et chaque octet y compte
said-doctor-clock-ahead = son horloge avance de { $seconds } s sur celle de ce nœud
said-doctor-clock-behind = son horloge retarde de { $seconds } s sur celle de ce nœud
said-doctor-no-conversation = il répond, et aucune conversation n’a commencé
said-doctor-no-way = aucune de ses adresses ne mène à lui
said-doctor-no-time = le temps a manqué
said-doctor-nobody = personne ne répond en { $seconds } s

## Dossiers : ce qui attend, et ce que demandent les membres

said-waits-epoch = le secret de l’époque { $epoch } qui l’ouvre n’est pas encore arrivé
said-waits-manifest = la version { $version } du manifeste de { $org } n’est pas encore arrivée
said-waits-later = elle donne des secrets d’époques qui ne sont pas encore arrivées
said-waits-rules = le dépositaire n’a pas encore confirmé que son organisation était alors dans le dossier
said-stage-closed = fermé
said-stage-closed-for = fermé : { $reason }
said-asks-leave = { $by } part : { $reason }
said-asks-invite = { $by } demande d’inviter { $org } comme { $role }
said-asks-remove = { $by } demande de retirer { $org } : { $reason }
said-asks-remove-node = { $by } demande de retirer le nœud { $node } : { $reason }
said-asks-let-in = { $by } a vu { $org } admise de son côté d’une scission, à l’époque { $epoch }
said-case-ended = ce nœud n’est plus membre du dossier : { $why }
said-case-not-in-case = l’organisation n’est pas dans le dossier
said-case-already-in-case = l’organisation est déjà dans le dossier
said-case-custodian-stays = l’organisation du dépositaire doit d’abord transmettre le dossier
said-case-stage = le dossier est { $stage }
said-case-restored = ce nœud vient d’une sauvegarde et a pu oublier des décisions : les autres membres doivent élire un dépositaire
said-case-not-yet = il repose sur quelque chose qui n’est pas encore arrivé
said-case-nothing-to-do = il n’y a rien à modifier
said-case-contested = le nœud { $node } a été élu dépositaire avec les voix de nœuds qui ne sont pas membres ici : un opérateur doit décider
said-case-not-allowed = le nœud { $node } n’a pas le droit d’envoyer cela
said-judged-after-removal = il a été écrit après le retrait de son nœud du dossier
said-judged-not-in-case = son organisation n’était pas dans le dossier
said-judged-reader = son organisation ne fait que lire le dossier
said-judged-closed = le dossier a été fermé
said-ended-removed = le dépositaire l’a retiré
said-ended-removed-for = le dépositaire l’a retiré : { $reason }
said-ended-voted-out = les autres ont élu le nœud { $node } dépositaire à sa place ({ $cause })
said-ended-purged = le dossier a été purgé

## Ce qui peut sortir

said-audience-organisation = l’organisation { $org }
said-audience-served = ceux que sert une organisation
said-audience-court = un tribunal
said-audience-public = le public
said-barred-observer = un observateur lit et accuse réception, et ne fait rien sortir
said-barred-observer-of-red = TLP:RED est pour des destinataires nommés, et un observateur n’en est pas un
said-barred-not-a-recipient = le marquage de l’écrit ne nomme pas votre organisation
said-barred-not-in-case = l’organisation { $org } n’est pas dans le dossier
said-barred-release-list = sa liste de diffusion nomme les organisations qui peuvent l’avoir, et { $to } n’y est pas
said-barred-red = { $tlp } : il n’est pas pour { $to } ; il est réservé à ses destinataires nommés
said-barred-amber-strict = { $tlp } : il n’est pas pour { $to } ; il reste dans les organisations qui l’ont reçu
said-barred-amber = { $tlp } : il n’est pas pour { $to } ; il reste dans les organisations qui l’ont reçu et chez ceux qu’elles servent
said-barred-green = { $tlp } : il n’est pas pour { $to } ; il reste dans la fédération
said-barred-clear = { $tlp } : il n’est pas pour { $to } ; il est pour tous
said-barred-originator-control = son auteur doit être consulté avant qu’il ne soit transmis
said-barred-consent-internal = le consentement de la source vaut pour l’organisation qui l’a recueilli, et non pour { $to }
said-barred-consent-partners = le consentement de la source vaut pour les partenaires du dossier, et non pour { $to }
said-barred-consent-judicial = le consentement de la source vaut pour les partenaires du dossier et les tribunaux, et non pour { $to }
said-barred-consent-public = le consentement de la source vaut pour tous, et non pour { $to }
said-barred-no-consent = il permet de reconnaître une personne, et aucun consentement n’est noté qui vaudrait pour { $to }
said-field = { $field } : { $given } ; permis : { $allowed }
said-invalid-position = une position est prise par un point focal ou un administrateur de l’organisation
said-invalid-other-organisation = seule l’organisation qui a écrit un écrit le corrige ou le retire
said-invalid-other-author = l’écrit d’un collègue est corrigé ou retiré par un point focal ou un administrateur

## Ce qui ne tient pas

said-codec-too-long = { $got } octets là où { $limit } au plus sont permis
said-codec-too-deep = plus de { $levels } niveaux imbriqués
said-codec-malformed = CBOR mal formé à l’octet { $at }
said-codec-shape = ce n’est pas la structure attendue : { $why }
said-courier-not-for-this-node = il n’est pas pour ce nœud, ou n’est pas un fichier de courrier
said-courier-damaged = il est endommagé à partir de l’octet { $at }
said-courier-malformed = ce qui est à l’intérieur est mal formé
said-courier-cover = sa couverture n’est pas valable : { $why }
said-courier-recipients = plus de { $most } destinataires
said-directory-invalid = { $what }
said-directory-other-federation = il appartient à une autre fédération
said-directory-rollback = la version { $offered } a été présentée alors que la version { $known } est connue
said-directory-gap = la version { $offered } a été présentée, mais la suivante est la { $next }
said-directory-broken-chain = la version { $version } ne suit pas la précédente
said-directory-conflict = il existe un autre document de la version { $version } : quelqu’un en a signé deux
said-directory-not-a-member = l’organisation { $org } n’est pas membre active de la fédération
said-directory-too-often = le nœud { $node } change trop souvent de paquet de clés
said-directory-unknown-node = le nœud n’est dans aucun manifeste en vigueur
said-directory-others-node = il nomme un nœud de l’organisation { $org }
said-directory-too-many = plus de { $most } ne sont pas permis
said-group-mls = le groupe du dossier refuse : { $why }
said-group-state = l’état enregistré du groupe du dossier ne peut être lu
said-group-unknown-leaf = un membre du groupe du dossier ne répond à aucun manifeste
said-group-not-custodian = le nœud { $node } n’est pas le dépositaire du dossier
said-group-wrong-epoch = la décision est pour l’époque { $got }, le groupe est à l’époque { $have }
said-group-rules = { $what }
said-group-members = un dossier a au plus { $most } membres
said-group-not-a-member = le nœud { $node } n’est pas membre du dossier
said-group-invitation = l’invitation ne convient pas
said-succession-signature = une signature de la succession n’est pas valable
said-succession-malformed = la succession est incohérente
said-succession-votes = { $got } voix sur les { $needed } qu’il faut à une succession
said-succession-members = la succession compte d’autres membres que n’en avait le dossier à l’époque { $epoch }
said-log-unread = l’entrée ne peut être lue : { $why }
said-log-too-large = une entrée ou un lot dépasse la limite de { $limit }
said-log-unsigned = un lot sans entrées, ou sans signature à la fin
said-log-misplaced = une entrée appartient à un autre journal, dossier, nœud ou voie
said-log-broken-chain = la chaîne est rompue au numéro { $seq }
said-log-gap = il faut les entrées à partir de { $have }, mais { $from } a été présentée
said-log-signature = la signature de celui qui a écrit n’est pas valable
said-log-fork = une autre entrée de numéro { $seq } est détenue : celui qui a écrit en a signé deux
said-log-backwards = l’en-tête du numéro { $seq } remonte dans le temps
said-seal-opening = il ne peut être ouvert : la clé est fausse ou les octets ont été modifiés
said-seal-malformed = les octets ouverts sont mal formés
said-seal-too-large = plus que la limite de { $limit } octets
said-seal-contact-key = la clé de contact n’est pas valable
said-signature-by = la signature de { $key } n’est pas valable
said-signed-unread = les octets signés ne peuvent être lus : { $why }
said-signatures-too-few = { $got } signatures sur les { $needed } qu’il faut
said-signatures-too-many = trop de signatures
said-frame-unread = un message d’un partenaire ne peut être lu : { $why }
said-frame-too-large = un message d’un partenaire dépasse la limite de { $limit } octets
said-frame-version = le partenaire parle la version { $theirs } du protocole, ce nœud la { $ours }
said-frame-other-federation = le partenaire est d’une autre fédération ({ $federation })
said-frame-out-of-turn = un message d’un partenaire hors de son tour
said-frame-too-many = un message d’un partenaire avec plus de { $most } éléments

## Rôles et causes

said-role-contributor = contributeur
said-role-reader = lecteur
said-cause-lost = perdu
said-cause-hostile = hostile

## What to do about alarms, and about what the doctor finds

said-advice-fork = demandez à son organisation par un autre canal ; retirez le nœud du dossier (`focal case remove`), ou votez pour un successeur s’il est le dépositaire (`focal case succeed`)
said-advice-old-copy = arrêtez maintenant le nœud et lancez `focal node restore` : sinon il signe une seconde histoire, et les partenaires le tiennent pour hostile
said-advice-two-manifests = quelqu’un d’autre détient peut-être sa clé racine : appelez l’organisation
said-advice-two-rosters = appelez les garants : la première liste arrivée reste en vigueur ici
said-advice-successor = convenez d’un successeur et votez : `focal case succeed` chez lui, `focal case vote` partout ailleurs
said-advice-voting = voyez `focal case show`, appelez les partenaires, puis `focal case vote` ou laissez
said-advice-contested = appelez les partenaires : soit le dépositaire les a empêchés de voter, soit ils ont été retirés à raison ; `focal case vote` pour ce nœud si vous voulez le suivre, ou ne faites rien pour rester
said-advice-succeeded = il n’y a rien à faire ; si cela vous surprend, appelez les partenaires
said-advice-removed = voyez pourquoi avec `focal case show` ; ce qu’il détient reste lisible ; si cela vous surprend, appelez le dépositaire
said-advice-purged = si cela vous surprend, demandez aux partenaires s’il a été détruit chez tous
said-advice-undestroyed = vérifiez que le nœud peut écrire dans son répertoire et que le disque est sain : un nouvel essai a lieu chaque minute
said-advice-retention = faites maintenant une sauvegarde ou un export si l’on en a encore besoin, ou appelez le dépositaire, qui peut le rouvrir ou le clore de nouveau avec plus de jours
said-advice-cannot-follow = demandez au dépositaire de retirer ce nœud et de le réinviter
said-next-anew = récrivez-la : focal node announce ADRESSE, puis focal org manifest
said-next-no-address-told = prévenez le partenaire : son manifeste a une adresse qui n’en est pas une
said-next-proxy-quic = avec un mandataire, QUIC et /dnsaddr ne sont pas appelés : faites annoncer aussi une adresse avec /tcp/
said-next-name = voyez si le nom existe (host NOM) et si le serveur de noms de cette machine répond (/etc/resolv.conf)
said-next-listens = rien n’écoute là : comparez `listen` et `announce` dans node.toml, et ce que le routeur transmet
said-next-partner-off = son nœud ne tourne pas, ou son port n’est pas transmis : demandez au partenaire
said-next-firewall = un pare-feu ou un NAT est devant lui : transmettez le port, ou annoncez le relais d’un partenaire (OPERATIONS, « Being reachable »)
said-next-on-the-way = un pare-feu ou un NAT est sur le chemin, ici ou là-bas : essayez 443 (/tls/ws), ou le relais d’un partenaire (OPERATIONS, « Being reachable »)
said-next-no-network = cette machine n’a pas de réseau de ce genre (souvent IPv6) : rien à faire si une autre adresse fonctionne
said-next-somebody-else = quelqu’un d’autre répond là où votre manifeste dit qu’est votre nœud : corrigez l’adresse, puis focal org manifest
said-next-call = appelez le partenaire : son nœud a de nouvelles clés sans nouveau manifeste, ou quelqu’un a pris sa place
said-next-renew = renouvelez les fichiers de `tls_certificate` et `tls_key`, et redémarrez le nœud
said-next-expired = dites au partenaire de le renouveler ; si tous sont expirés, l’horloge de cette machine est fausse
said-next-authority = si l’autorité est privée, ajoutez son certificat à `tls_authorities` ; sinon, quelqu’un est sur le chemin
said-next-certificate = obtenez un certificat pour le nom annoncé, ou annoncez le nom qu’il porte
said-next-other-name = prévenez le partenaire : son certificat est pour un autre nom que son adresse
said-next-proxy = démarrez le mandataire, ou corrigez `proxy` dans node.toml : rien ne sort sans lui
said-next-proxy-rules = regardez le journal et les règles du mandataire : il ne se connecte pas à cette adresse
said-next-relay = demandez à l’organisation du relais : il ne relaie peut-être pas, ou il est à ses limites ; le nœud derrière lui est peut-être arrêté
said-next-federations = comparez par téléphone fédérations et manifestes : focal federation show, des deux côtés
said-next-relay-node = voyez si le nœud du relais est connecté (focal node peers), et demandez à son organisation [relay] dans node.toml
said-next-clock = mettez à l’heure par NTP la machine qui se trompe : date -u, des deux côtés
said-next-undialled = personne ne peut appeler ce nœud : focal node announce ADRESSE, puis focal org manifest ; rien à faire s’il est seul à appeler
said-next-they-dial = c’est à son nœud d’appeler le vôtre : voyez qu’une de vos propres adresses fonctionne
said-next-again = relancez la commande
said-next-see-why = voyez pourquoi ; le journal du nœud en dit plus avec -v
said-next-login = le mandataire veut un nom d’utilisateur et un mot de passe : mettez-les dans un fichier, et nommez-le comme `proxy_login` dans node.toml

## Why a file has not come, and what keeps a node from working

said-file-other-list = sa liste ne s’ouvre pas avec la clé de l’écrit
said-file-nobody = aucun partenaire joignable ne l’a en entier
said-file-disk-fails = le disque a une défaillance : voyez le journal
said-file-disk-full = le disque est plein
said-file-no-room = les pièces jointes prennent toute la place que node.toml leur donne
said-trouble-disk = le disque est plein : rien n’est enregistré tant qu’il n’y a pas de place
said-trouble-attachments = il n’y a pas de place pour les pièces jointes : les rapports sont enregistrés, les fichiers attendent chez les partenaires
said-trouble-index = les écrits ne peuvent être trouvés : voyez le journal

## Why a node is not reached

said-dial-transport = aucun moyen de transport pour cette adresse
said-dial-other-node = un autre nœud répond à son adresse
said-dial-no-address = son manifeste n’a pas d’adresse
said-dial-no-node = son identifiant n’est pas une clé
said-dial-late = personne ne répond à temps
said-dial-name-unknown = son nom est introuvable : { $text }
said-dial-no-multiaddress = ce n’est pas une multiadresse
said-dial-no-conversation = il ne s’entretient pas avec ce nœud
said-dial-closed = l’autre côté l’a fermée
said-dial-idle = rien ne s’est dit sur la liaison pendant trop longtemps
said-dial-several = { $reasons }
said-certificate-expired = son certificat a expiré ou n’est pas encore valable : { $text }
said-certificate-of-other = son certificat est pour un autre nom : { $text }
said-certificate-untrusted = on ne croit pas son certificat : { $text }
said-relay-unknown = le relais n’est dans aucun manifeste actuel
said-relay-away = le relais n’est pas joint, ou la liaison avec lui a pris fin
said-network-stopped = le réseau s’est arrêté
said-proxy-silent = le mandataire { $proxy } ne répond pas : { $why }
said-proxy-refuses = le mandataire { $proxy } refuse : { $why }
said-socks-methods = il demande un nom d’utilisateur et un mot de passe
said-socks-password = il n’accepte pas le nom d’utilisateur ou le mot de passe (code { $code })
said-socks-failure = défaillance générale
said-socks-ruleset = ses règles ne permettent pas cette liaison
said-socks-network = le réseau est hors d’atteinte
said-socks-host = la machine est hors d’atteinte
said-socks-refused = liaison refusée
said-socks-expired = le paquet s’est perdu en route (TTL)
said-socks-other = { $text }
said-system-refused = liaison refusée (erreur système { $n })
said-system-reset = liaison coupée par l’autre côté (erreur système { $n })
said-system-timed-out = délai dépassé (erreur système { $n })
said-system-no-route = aucun chemin vers cette machine (erreur système { $n })
said-system-unreachable = réseau hors d’atteinte (erreur système { $n })
said-system-denied = accès refusé (erreur système { $n })
said-system-missing = ce fichier ou répertoire n’existe pas (erreur système { $n })
said-system-full = il n’y a plus de place sur le disque (erreur système { $n })
said-system-read-only = le système de fichiers est en lecture seule (erreur système { $n })
said-system-broken-pipe = liaison rompue (erreur système { $n })
said-system-other = { $text }
said-remote-bad-address = « { $text } » n’est pas l’adresse d’un nœud
said-remote-setup = { $why }
said-remote-unreachable = { $why }
said-remote-other-node = un autre nœud répond à son adresse
said-remote-not-let-in = le nœud raccroche, comme il le fait quand il ne connaît aucun auteur qui ait cette clé
said-remote-silent = la liaison est devenue muette : rien ne vient plus du nœud
said-remote-broken = la liaison s’est rompue : { $why }
said-verbatim = { $text }
