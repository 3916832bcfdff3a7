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
said-unknown-organisation = il n’y a pas d’organisation membre active « { $name } »
said-not-in-parent = { $name } n’est pas dans le dossier
said-too-many-cases = ce nœud est dans autant de dossiers qu’il peut l’être
said-unknown-record = il n’y a pas d’écrit de ce numéro dans le dossier, ou plus d’un commence par ces chiffres
said-unknown-alarm = il n’y a pas de telle alarme
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
said-alarm-contested = le nœud { $node } dit avoir été élu dépositaire du dossier { $case } : ce nœud ne peut dire si c’est à bon droit, car des votants ont été retirés ici ou ne sont pas connus
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
