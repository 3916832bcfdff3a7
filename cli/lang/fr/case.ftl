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

## focal search

search-none = Rien n’a été trouvé.
search-more = { $n } rapports ont été trouvés en tout. Pour les suivants : { $command }
search-behind = Les rapports les plus récents entrent encore dans l’index : une recherche peut les manquer un instant.
search-withdrawn = retiré
search-corrected = corrigé
search-invalid = ne compte nulle part

## Dossiers : ce qui peut encore être dit

case-is-open = Le dossier « { $title } » est ouvert ; ce nœud en est le dépositaire.
case-invite-next = Invitez des partenaires : focal case invite { $case } ORG
case-in-already = { $name } est déjà dans le dossier, comme { $role }.
case-now-invited = { $name } est invitée dans « { $title } » comme { $role }.
case-invitation-on-way = { $n ->
        [one] Son invitation est en route vers un de ses nœuds, aussi par des partenaires.
       *[other] Son invitation est en route vers { $n } de ses nœuds, aussi par des partenaires.
    }
case-invitation-waits = { $n ->
        [one] Un de ses nœuds n’a pas encore été rencontré : il sera ajouté dès qu’il le sera.
       *[other] { $n } de ses nœuds n’ont pas encore été rencontrés : ils seront ajoutés dès qu’ils le seront.
    }
case-asked-to-invite = Il est demandé à { $custodian } de les inviter.
case-many = plusieurs dossiers répondent à « { $case } »
case-many-next = donnez plus de chiffres de son numéro : `focal case list`
case-unknown = il n’y a pas ici de dossier « { $case } »
case-unknown-why = ce nœud n’est pas membre d’un tel dossier, ou ne l’a pas encore rejoint
case-unknown-next = voyez les dossiers avec `focal case list`
case-go-on = Continuer ?
case-named = Dossier { $title } ({ $case })
case-stake-ask-remove = Il est demandé au dépositaire, { $custodian }, de retirer { $org }. Tous les membres le voient.
case-asked = demandé
case-whom = { $org } ({ $id })
case-whose-node = { $org } (nœud { $node })
case-its-nodes = { $n ->
        [0] Aucun de ses nœuds n’est encore entré.
        [one] Elle a un nœud dans le dossier : { $nodes }
       *[other] Elle a { $n } nœuds dans le dossier : { $nodes }
    }
case-stake-counts = { $n ->
        [0] Rien d’elle n’est détenu ici ; ce qui en viendra ne comptera nulle part. Ce qui sera écrit désormais ne s’ouvrira pas pour elle ; ce qui a déjà été lu lui reste.
        [one] Une entrée d’elle est détenue ici et compte ; les suivantes ne comptent nulle part. Ce qui sera écrit désormais ne s’ouvrira pas pour elle ; ce qui a déjà été lu lui reste.
       *[other] { $n } entrées d’elle sont détenues ici et comptent ; les suivantes ne comptent nulle part. Ce qui sera écrit désormais ne s’ouvrira pas pour elle ; ce qui a déjà été lu lui reste.
    }
case-stake-remove = { $who }, { $was }, est retirée.
case-stake-remove-node = { $who }, { $was } : ce nœud est retiré ; les autres nœuds de l’organisation restent.
case-stake-remove-former = { $who } : ce nœud n’est plus membre ; ses journaux s’arrêtent ici pour tous.
case-stays-inside = Elle reste dans ces compartiments, et y lira la suite tant qu’elle n’est pas retirée de chacun d’eux aussi : { $cases }
case-removed = retiré : les membres suivent à mesure qu’ils sont joints
case-stake-leave = Votre organisation, { $org }, { $was }, quitte le dossier. Ce qui est ici reste lisible ; ce qui sera écrit ensuite ne s’ouvrira pas ici.
case-left = le nœud du dépositaire est prévenu : il l’exécute quand il est joint
case-stake-role = { $org }, { $was }, devient { $role }.
case-stake-reads = Un lecteur lit et accuse réception : ce qu’il écrit d’autre à partir de là ne compte nulle part.
case-stake-reports = Un contributeur rend aussi compte.
case-done = fait
case-stake-hand-over = { $to } devient dépositaire : lui seul invite, retire et ferme désormais. Lui seul peut rendre cette charge.
case-stake-reader-in-office = Il est lecteur à présent ; un dépositaire peut se donner n’importe quel rôle.
case-handed-over = transmis
case-stake-rekey = Ce nœud renouvelle ses clés : une nouvelle époque commence pour tous les membres. Ce qui est lisible le reste.
case-stake-rekey-propose = Ce nœud propose de nouvelles clés au dépositaire, { $custodian } : une nouvelle époque commence pour tous les membres quand son nœud les a adoptées. Ce qui est lisible le reste.
case-rekeyed = clés renouvelées : le dossier est à l’époque { $epoch }
case-rekey-proposed = de nouvelles clés sont proposées : elles vaudront quand le nœud du dépositaire les aura adoptées
case-stake-succeed = Vous, { $successor }, vous présentez comme dépositaire à la place de { $out }. Une fois la majorité atteinte, ce dernier est exclu, et les autres continuent avec vous.
case-succeed-told = les membres sont prévenus : ils votent avec `focal case vote`
case-stake-vote = Vous votez pour que { $successor } soit dépositaire à la place de { $out }. Une fois la majorité atteinte, il n’y a pas de retour.
case-stake-vote-again = { $successor } doit être dépositaire à nouveau, avec un groupe qui recommence : son nœud a perdu son état. Personne n’est exclu.
case-stake-vote-twice = Ce nœud a déjà voté pour lui : par ce vote il suit aussi { $successor } si d’autres en ont fait leur dépositaire, sans pouvoir dire si c’est à bon droit.
case-stake-step-down = Ce n’est pas un vote : { $successor } dit que les autres l’ont élu à la place de ce nœud, qui ne peut dire si c’est à bon droit. Avec votre oui ce nœud le suit aussitôt et n’est plus dépositaire : il n’y a pas de retour. La cause, et ce qui compte de ce que ce nœud a écrit, sont selon leur vote, quoi que vous disiez ici.
case-stake-follow-claim = Ce n’est pas un vote : { $successor } dit qu’il est dépositaire, et ce nœud ne peut dire si c’est à bon droit. Avec votre oui ce nœud le suit aussitôt.
case-stake-follow = Ce n’est pas un vote : { $successor } ne peut pas être élu ici, ou ce nœud ne prend plus part, ou il est le dépositaire et a été restauré d’une copie. Si d’autres en ont fait leur dépositaire, ce nœud le suit, sans pouvoir dire si c’est à bon droit.
case-stake-lost = Le dépositaire est tenu pour perdu : ce qu’il a écrit compte, même si cela n’arrive que plus tard.
case-stake-hostile = Le dépositaire est tenu pour hostile : de ce qu’il a écrit ne compte que ce que le nœud du prochain dépositaire détient quand il a la majorité ; le reste ne compte nulle part, qui que ce soit qui le détienne.
case-stake-hostile-here = { $n ->
        [one] Le dépositaire est tenu pour hostile : de ce qu’il a écrit ne compte que ce que ce nœud détient quand vous avez la majorité (à présent { $n } entrée) ; le reste ne compte nulle part, qui que ce soit qui le détienne.
       *[other] Le dépositaire est tenu pour hostile : de ce qu’il a écrit ne compte que ce que ce nœud détient quand vous avez la majorité (à présent { $n } entrées) ; le reste ne compte nulle part, qui que ce soit qui le détienne.
    }
case-stake-votes = { $n ->
        [0] Il n’a aucune des { $needed } voix qu’il lui faut.
       *[other] Il a { $n } des { $needed } voix qu’il lui faut, de { $voters }.
    }
case-voted = voté
case-agreed = convenu : ce nœud le suit là où il est dépositaire
case-stake-others = { $n ->
        [0] Personne d’autre n’est dans le dossier.
       *[other] Les autres qui y sont : { $others }
    }
case-stake-retain = { $n ->
        [one] Après un jour, le nœud de chaque membre détruit le contenu.
       *[other] Après { $n } jours, le nœud de chaque membre détruit le contenu.
    }
case-stake-close = Le dossier ne sera plus que consultable, pour tous.
case-closed = fermé
case-stake-reopen = Le dossier accepte à nouveau des rapports.
case-open-again = ouvert
case-stake-purge-all = { $n ->
        [one] Le nœud de chaque membre détruit le contenu de ce dossier, { $n } écrit, dès qu’il est joint. Personne ne peut le faire revenir.
       *[other] Le nœud de chaque membre détruit le contenu de ce dossier, { $n } écrits, dès qu’il est joint. Personne ne peut le faire revenir.
    }
case-stake-purge = { $n ->
        [one] Ce nœud détruit sa copie de ce dossier, { $n } écrit. Elle ne peut revenir ici.
       *[other] Ce nœud détruit sa copie de ce dossier, { $n } écrits. Elle ne peut revenir ici.
    }
case-stake-purge-kept = Les autres membres gardent la leur : { $others }
case-stake-purge-last = Personne d’autre n’est dans le dossier : il n’en reste aucune copie.
case-stake-abandon = Sans ce nœud le dossier n’a plus de dépositaire : personne n’invite, ne retire ni ne ferme tant que les autres n’en ont pas élu un autre.
case-purge-in-office = ce nœud est le dépositaire du dossier, et d’autres y sont
case-purge-in-office-next = transmettez-le d’abord (`focal case hand-over`), ou purgez-le partout (--everywhere) ; --abandon détruit quand même la copie d’ici
case-stake-ask-invite = Il est demandé au dépositaire, { $custodian }, de les inviter. Tous les membres le voient.
case-stake-invite = { $n ->
        [0] { $who } entre comme { $role } ; aucun de ses nœuds n’est connu ici encore.
        [one] { $who } entre comme { $role }, avec un nœud.
       *[other] { $who } entre comme { $role }, avec { $n } nœuds.
    }
case-stake-invite-stays = { $n ->
        [0] { $who } reste { $role }, avec tous ses nœuds.
        [one] { $who } reste { $role } ; un autre de ses nœuds entre.
       *[other] { $who } reste { $role } ; { $n } autres de ses nœuds entrent.
    }
case-stake-invite-changes = { $n ->
        [0] { $who } devient { $role } : elle était { $was }.
        [one] { $who } devient { $role } : elle était { $was } ; un autre de ses nœuds entre.
       *[other] { $who } devient { $role } : elle était { $was } ; { $n } autres de ses nœuds entrent.
    }
case-stake-reads-all = { $n ->
        [one] Qui entre lit tout ce qui a été écrit depuis l’ouverture du dossier : { $n } écrit jusqu’ici.
       *[other] Qui entre lit tout ce qui a été écrit depuis l’ouverture du dossier : { $n } écrits jusqu’ici.
    }
case-stake-reads-later = Qui entre ne lit que ce qui sera écrit à partir de là.
case-purged = purgé
case-no-compartment = Ce nœud n’est dans aucun compartiment de « { $title } ».
head-compartment = compartiment
number-from-one = un nombre à partir de 1
row-without-record = une ligne sans écrit
page-odd = la réponse du nœud n’est pas une page
page-written = { $file } contient le dossier en une page, marquée { $marking }.
page-readable = Quiconque a le fichier peut le lire : il n’est pas chiffré.
number-to-thousand = un nombre de 1 à 1000 ; pour davantage il y a les pages
case-id = dossier    { $case }
case-as-of = état au    { $time } · { $n ->
        [one] { $n } écrit était alors lisible ici
       *[other] { $n } écrits étaient alors lisibles ici
    }
case-undated = sans date  { $n ->
        [one] { $n } d’entre eux date d’avant que ce nœud ne note leur arrivée : il a pu arriver plus tard
       *[other] { $n } d’entre eux datent d’avant que ce nœud ne note leur arrivée : ils ont pu arriver plus tard
    }
case-left-since = partis     { $n ->
        [one] { $n } d’entre eux a quitté le dossier depuis : son journal a été clos
       *[other] { $n } d’entre eux ont quitté le dossier depuis : leur journal a été clos
    }
case-later = ensuite    { $n ->
        [one] { $n } écrit est arrivé après, et n’est pas montré
       *[other] { $n } écrits sont arrivés après, et ne sont pas montrés
    }
head-at = date
head-displaced = déplacés
head-by = par
head-place = lieu
head-who = qui
head-where = où
head-when = quand
head-for-whom = pour qui
head-status = statut
word-targeted = visées
word-reached = atteintes
from-to = du { $from } au { $to }
head-subject = sujet
head-measures = mesures
head-proposed-by = proposé par
head-positions = positions
head-invited = invités
head-answers = réponses
all-of-case = tout le dossier
head-alert = alerte
head-acknowledged-by = accusé réception
head-not-yet-by = pas encore
case-nothing-yet = Rien encore.
positions-earlier = { $n ->
        [one] et { $n } précédente
       *[other] et { $n } précédentes
    }
head-wanted = demandé
head-by-when = pour le
head-asked-by = demandé par
head-pledged = promis
head-open = reste
pledged-by = { $quantity } par { $org }
head-risk-factor = facteur de risque
risk-levels = Niveau de 0 (absent) à 4 (aigu).
head-low = bas
head-best = meilleur
head-high = haut
