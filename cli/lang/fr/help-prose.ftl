# Ce que dit --help sous les options d’une commande.

help-about-focal =
    Codes de sortie :
      0  fait
      1  cela n’a pu être fait
      2  la ligne de commande n’est pas juste, ou il n’y avait personne à qui demander
      3  mauvaise phrase de passe ou mauvais fichier-clé
      4  refusé : mauvaise signature, non permis, rapport non valable
      5  le nœud ne répond pas
      6  cela n’existe pas
      7  disque, fichier ou socket
      8  le nœud fonctionne, et quelqu’un doit s’occuper de quelque chose : `focal node health`, `focal alarms list`
help-about-attachment = Un rapport emporte des fichiers : focal report send DOSSIER --attach FICHIER. Les petits arrivent d’eux-mêmes au nœud de chaque membre ; les plus grands quand quelqu’un les demande.
help-about-courier = Un fichier de courrier ne peut être ouvert que par les nœuds d’une organisation. Qui le trouve en apprend la taille et rien d’autre. Un fichier perdu, endommagé ou chargé deux fois ne coûte rien : jusqu’au retour du reçu du destinataire, chaque nouveau fichier contient de nouveau tout.
help-about-demo = Fonde une fédération dans un répertoire temporaire avec de vraies clés, fait tourner trois nœuds sur des ports libres de cette machine, et joue un dossier : rapports, alerte, liaison coupée un moment, demandes, risques et sanctions, une correction et un retrait. Puis vérifie les chiffres sur chaque nœud. Tout y est inventé.
help-about-evidence = Un dossier de preuves est un seul fichier ZIP : des rapports choisis tels que leurs auteurs les ont signés, les entrées qui les ont portés, leurs fichiers, les documents qui prouvent qui a signé, et un registre de qui l’a eu. `focal verify FICHIER` le vérifie sans nœud et sans compte.
help-about-export =
    FORMAT  ce qu’il porte
      cap          alertes, leurs mises à jour et leurs fins : CAP 1.2, un fichier pour chacune
      hxl          activités et demandes : CSV avec balises HXL, un tableau pour chacune
      geojson      incidents : GeoJSON (RFC 7946)
      ndjson       tous les écrits tels qu’ils ont été signés, ligne par ligne
      edxl-sitrep  rapports de situation : EDXL-SitRep 1.0, un fichier pour chacun
      icalendar    réunions : RFC 5545
      ftm          désignations : entités FollowTheMoney, ligne par ligne
help-about-export-more = Les rapports sont écrits tels qu’ils valent : corrigés, et sans ceux qui ont été retirés. Le marquage est écrit dans chaque fichier. Marquage, liste de diffusion, contrôle par l’auteur et consentement décident écrit par écrit de ce qui peut aller à ceux à qui il est destiné ; ce qui est laissé de côté est nommé avec sa raison. Le registre d’audit note qui a demandé, pour qui, et quels écrits.
help-about-import =
    FORMAT   ce qui en est fait
      cap      alertes : CAP 1.2 ou 1.1. La mise à jour d’une de nos alertes devient une correction, son annulation un retrait
      hxl      activités, ou demandes s’il y a une colonne #need : CSV avec balises HXL
      geojson  incidents : GeoJSON (RFC 7946)
      ndjson   écrits tels qu’ils ont été signés : ils sont vérifiés, et ceux de votre organisation enregistrés à nouveau
      auto     celui de ceux-ci dont il s’agit
help-about-import-more = Sans --case rien n’est envoyé : cela montre seulement ce que contient le fichier. Les rapports incomplets sont nommés avec leur ligne ou leur élément, et les autres peuvent être envoyés ; --set complète ce qui manque à tous. Tant que le nœud n’est pas joignable, ce qui a été signé attend dans la boîte d’envoi scellée (focal outbox) et part au prochain contact.
help-about-outbox = Un rapport envoyé alors que le nœud ne peut être joint attend ici, signé, et scellé avec la clé même de l’auteur. Il part à la prochaine commande qui joint le nœud : d’abord les alertes, puis les autres rapports dans l’ordre, puis les fichiers, chacun à partir de là où il a été interrompu ; les grands (plus de 8 Mio, 1 Mio avec --link narrow, tous avec --link satellite) partent avec `focal outbox send`. Ce que le nœud refuse pour de bon reste ici avec la raison jusqu’à son annulation.
help-about-search = Des mots placés côte à côte doivent tous s’y trouver. Ni la casse ni les accents ne comptent, dans aucune écriture.
help-about-search-more =
    checkpoint militia        les deux mots, n’importe où dans le rapport
    "grain store"             côte à côte
    milit*                    les mots qui commencent ainsi
    market -orsk              sans ce mot ; aussi NOT
    market OR bazaar          l’un d’eux ; ( ) les groupe
    killed > 10               nombres : killed, injured, displaced, detained, missing, abducted,
                              sexual_violence, quantity, targeted, reached, attachments …
    since:2026-10-01          s’est passé alors ou plus tard (écrit alors, si ce n’est pas dit) ; aussi until:
    written >= 2026-11        d’après le moment de l’écriture
    place:VR03 place:Orsk     un P-code ou son début, ou le nom ; country:VR
    kind:incident             et marking:amber, verification:verified, grading:B2, language:ar
    org:norland               aussi author:, case:, file:
    weapons:mortar            n’importe quel champ d’un type : title, type, status, severity, grounds …
    retracted:yes             les rapports retirés ne se trouvent qu’ainsi ; aussi corrected:yes
help-about-search-also = D’un rapport corrigé, c’est la dernière version qui est trouvée. Mettez toute la recherche entre guillemets, et -- devant celle qui commence par -.
help-about-unlock = Sans cela, chaque commande demande la phrase de passe. La clé est tenue dans la mémoire d’un processus à vous, jamais sur un disque, et oubliée quand aucune commande ne s’en est servie pendant le temps donné, quand la machine a dormi, avec `focal lock`, et avec `focal wipe`. Un `focal watch` à distance s’arrête avec elle.
help-about-unlock-more = Qui a la machine tant qu’elle est ouverte n’a besoin d’aucune phrase de passe, et une phrase de passe de contrainte n’est jamais demandée : verrouillez-la avant un poste de contrôle. Pour verrouiller avant que la machine ne dorme, faites lancer `focal lock` par votre système, par exemple depuis /etc/systemd/system-sleep.
help-about-verify = Nomme la première chose qui ne tient pas, avec le code de sortie 4. Dit ce qui tient, et ce qu’aucun dossier de preuves ne prouve.
help-about-verify-more = Les mots de la fédération sont à comparer avec ceux que vous tenez d’ailleurs : de ses membres, par téléphone. Avec --federation la comparaison est faite pour vous.
help-about-wipe = Les clés sont écrasées d’abord : un instant plus tard plus rien ne s’ouvre, quoi qu’il reste du reste. Un nœud qui tourne est arrêté. Ce qui est interrompu reprend à la prochaine commande focal. Avec --now rien n’est demandé et rien n’est dit : pour un script attaché à une touche, ou une main sous la table. Les partenaires gardent ce qui leur est parvenu ; prévenez-les, pour qu’ils retirent ce nœud et révoquent ces clés.
help-about-wipe-more = Ce qui ne peut être promis : la mémoire flash peut garder d’anciens blocs jusqu’à ce qu’elle les efface, et les copies et sauvegardes ailleurs ne sont pas touchées. Chiffrez aussi tout le disque.
help-about-alarms-resolve = L’alarme est gardée avec la décision. Ce qui l’a causée reste tel quel : un journal à deux histoires s’arrête pour de bon là où elles se séparent.
help-about-attachment-fetch = Rien de ce qui existe n’est remplacé. Les noms donnés par des partenaires sont rendus sûrs. Tant qu’aucun partenaire joignable n’a un fichier, le nœud l’attend ; Ctrl-C le laisse au nœud.
help-about-attachment-originals = Ils ne sont que dans le répertoire de cette machine, scellés avec votre propre clé.
help-about-attachment-prune = Le nœud le fait de lui-même au bout d’une semaine : des envois interrompus peuvent reprendre jusque-là.
help-about-audit-verify = La vérification est faite ici, à partir des inscriptions mêmes ; avec FICHIER, sans aucun nœud. Notez ailleurs la dernière ligne : avec --holds, une vérification ultérieure décèle aussi un registre récrit en entier.
help-about-case-at = Ce qui compte est le moment où ce nœud a pu lire un rapport, d’après sa propre horloge, non celui où le rapport dit avoir été écrit. Chaque tableau et chaque liste prend aussi --at.
help-about-case-compartments = Un rapport marqué TLP:RED ou muni d’une liste de diffusion va de lui-même dans un compartiment. Ceux des autres ne sont pas montrés : rien ne dit qu’ils existent.
help-about-case-invite = DOSSIER est le numéro du dossier, ses premiers chiffres, ou son titre. ORG est le numéro de l’organisation, ses premiers chiffres, ou son nom. Plusieurs organisations entrent ensemble. Si l’une d’elles n’est pas connue, aucune n’est invitée. Une organisation qui est dans le dossier reste ce qu’elle est, sauf si --role dit autre chose ; ses nouveaux nœuds, et ceux qui ont été retirés, entrent.
help-about-case-leave = Ce que vous détenez vous reste lisible. Le dépositaire transmet d’abord sa charge : focal case hand-over.
help-about-case-purge = Les clés partent d’abord : ni ce nœud ni une copie de ses fichiers faite ensuite n’ouvre plus aucun rapport du dossier. Les copies faites auparavant, comme les sauvegardes, l’ouvrent encore.
help-about-case-remove = Ce que le nœud du dépositaire détient des rapports de celui qui est retiré reste ; les suivants ne comptent nulle part. Ce qui est écrit désormais ne s’ouvre pas pour lui. Seul le dépositaire retire ; les autres le lui demandent avec --request.
help-about-case-report = La page n’a besoin de rien d’autre : ni script, ni police, ni carte venue d’ailleurs ; elle s’ouvre sans réseau. Elle porte sur chaque feuille le marquage TLP le plus restrictif de tout ce qu’elle contient. Marquage, liste de diffusion, contrôle par l’auteur et consentement décident écrit par écrit de ce qui peut y figurer pour ses destinataires ; la page dit combien a été laissé de côté, et pourquoi. Le titre du dossier n’est pas sur une page destinée au public, ni à des organisations qui ne sont pas dans le dossier : dites avec --purpose de quoi elle traite.
help-about-case-report-more = Quiconque a le fichier peut le lire : il n’est pas chiffré. Le registre d’audit note qui l’a demandé.
help-about-case-succeed = Plus de la moitié des autres membres doivent voter pour vous (focal case vote). L’ancien dépositaire est alors exclu ; les autres continuent avec vous. Avec --hostile, ce que les autres ne détenaient pas de ses rapports ne compte plus.
help-about-case-vote = Appelez d’abord les partenaires : un vote qui a sa majorité ne peut être annulé. `focal case show` dit qui se présente.
help-about-courier-load = Ce qui est compté est enregistré. Un fichier endommagé est lu jusqu’à l’endroit du dommage, et le dit ; charger un fichier deux fois ne nuit pas. Pour des fichiers de plusieurs expéditeurs, les reçus suivants sont écrits dans FICHIER.2, FICHIER.3 et ainsi de suite.
help-about-courier-pack = Viennent d’abord les alertes et les changements de membres, puis les rapports, puis, avec --attachments, les fichiers qui les accompagnent : les plus petits d’abord, jusqu’à tant de Mio. Ce qui n’a pas trouvé place part avec le prochain courrier, quand le reçu de celui-ci est revenu. Avec --volume-mib, ce qui ne tient pas va dans FICHIER.2, FICHIER.3, etc. ; chacun peut être chargé seul, le premier d’abord.
help-about-evidence-make = Marquage, liste de diffusion, contrôle par l’auteur et consentement décident rapport par rapport de ce qui peut y entrer pour ses destinataires ; le dossier de preuves dit combien a été retenu, et pourquoi. Le registre d’audit note qui l’a demandé. Le fichier n’est pas chiffré.
help-about-evidence-receive = Le dossier de preuves lui-même reste tel qu’il a été scellé : seul s’allonge le registre de qui l’a eu.
help-about-federation-accept = Les mots désignent cette fédération et nulle autre : comparez-les par téléphone avec un autre membre avant de dire oui.
help-about-federation-admit = Le premier garant donne la demande du candidat et envoie le fichier écrit au suivant. Dès qu’assez ont signé, le fichier est complet : votre nœud le prend, les partenaires l’apprennent d’eux-mêmes, et le candidat l’accepte.
help-about-federation-found = Votre propre organisation est toujours fondatrice. Chaque fondateur signe à son tour le même fichier ; plusieurs copies qui ont circulé en même temps peuvent être données ensemble à --sign. Quand tous ont signé, chacun l’accepte.
help-about-federation-request = Le fichier ne contient rien de secret. Envoyez-le aux fondateurs ou aux garants, et lisez-leur les mots par téléphone.
help-about-node-announce = Émettez ensuite un manifeste : les partenaires y apprennent les adresses.
help-about-node-backup = Dans un répertoire (qui existe, ou dont le nom finit par /) seul ce qui a changé depuis la dernière sauvegarde est écrit, et chaque sauvegarde est entière par elle-même. Dans un fichier, tout. Une sauvegarde est scellée sous les clés du nœud : elle s’ouvre avec la phrase de passe ou le fichier-clé qui ouvre maintenant le nœud, et avec rien d’autre. Gardez le fichier-clé ailleurs que la sauvegarde. Ce qui est parvenu aux partenaires revient d’eux après un rétablissement ; ce qui ne l’est pas n’est qu’ici.
help-about-node-backup-more = Une sauvegarde plus ancienne qu’une purge ouvre encore ce qui a été purgé : --keep 1 supprime les plus anciennes.
help-about-node-doctor = Le nœud en marche appelle chacune de ses adresses et de celles de ses partenaires, l’une après l’autre pour chaque partenaire, pendant 45 s au plus, et compare les horloges. Code de sortie 0 si personne n’a rien à faire, 8 si quelqu’un doit agir. Sur les liaisons satellite et étroites, les adresses des partenaires connectés ne sont pas appelées.
help-about-node-duress = Qui vous force à démarrer le nœud reçoit celle-ci. Tout ce qui est dans ce répertoire est détruit sans un mot, clés des auteurs comprises, et le nœud démarre comme un nœud qui vient d’être créé : avec d’autres clés, dans aucune fédération, sans dossier. Elle est désormais la phrase de passe de ce nœud. Un nœud qu’ouvre un fichier-clé n’en a pas.
help-about-node-init = Un nœud qui démarre sans personne tire ses secrets de --key-file ; gardez ce fichier sur un autre support que le nœud.
help-about-node-passphrase = Les clés restent les mêmes, de même qu’une phrase de passe de contrainte. Le nœud peut tourner pendant ce temps ; la nouvelle phrase de passe est demandée à son prochain démarrage. Les sauvegardes faites auparavant s’ouvrent avec l’ancienne.
help-about-node-restore = Avec --from le nœud est refait d’une sauvegarde de `focal node backup` : la plus récente, à moins que --at n’en nomme une autre. Sans cela, mettez d’abord en place une copie du répertoire. Faites-le une fois, avant le premier `focal node run`. Les journaux du nœud s’arrêtent où s’arrête la copie, et il en commence de nouveaux : les partenaires voient un nœud qui est revenu, non un nœud qui signe deux histoires. Ce que les partenaires détiennent revient d’eux.
help-about-node-run = Le journal va sur la sortie d’erreur et ne contient aucun secret. Un arrêt est propre : ce qui a été dit `enregistré` est sur le disque.
help-about-node-take = Pour les organisations dont la clé racine est gardée hors ligne. Donnez les manifestes dans l’ordre de leurs versions.
help-about-node-wipe = Comme `focal wipe`, pour le nœud seul.
help-about-org-init = La clé racine ne signe que les manifestes et ce qui fonde ou admet. Gardez hors ligne une copie de org/root.key : sans elle plus personne ne peut parler au nom de l’organisation. Une phrase de passe a au moins 12 caractères.
help-about-org-manifest = Le manifeste dit aux partenaires quels nœuds et quels auteurs sont les vôtres. Il est réémis quand ils changent, et une fois par an.
help-about-org-node = Le nœud de ce répertoire n’a pas à être ajouté : focal org manifest l’inscrit.
help-about-org-passphrase = La clé reste la même. Les copies faites auparavant s’ouvrent avec l’ancienne phrase de passe.
help-about-report-correct = Donnez ce qui change par des options ou dans un fichier ; tout le reste demeure.
help-about-report-history = ÉCRIT peut aussi être une correction ou un retrait : l’histoire est celle du rapport dont il s’agit.
help-about-report-position = Un point focal ou un administrateur prend position ; la dernière d’une organisation compte.
help-about-report-send = FICHIER est en TOML, JSON, ou Markdown avec en-tête ; - lit l’entrée standard. Sans FICHIER, et sans --kind et --text, l’éditeur de $EDITOR s’ouvre sur un modèle. Les options l’emportent sur le fichier. Le rapport est signé sur cette machine avec votre propre clé ; `enregistré` est dit quand le nœud l’a en sûreté sur son disque. Tant que le nœud ne peut être joint, le rapport signé attend dans la boîte d’envoi scellée (focal outbox) et part au prochain contact. S’il est refusé, il est gardé comme brouillon.
help-about-case-hand-over = À est le numéro d’un nœud ou ses premiers chiffres, ou une organisation qui a un seul nœud dans le dossier.
help-about-node-verify-backup = D’un répertoire la sauvegarde la plus récente, à moins que --at n’en nomme une autre, ou que --all ne les demande toutes. Ce qui est endommagé ou manque est nommé ; supprimez les fichiers endommagés, et la prochaine sauvegarde récrit ce dont elle a besoin. Code de sortie 8 si elle n’est pas entière.
help-about-org-author-add = Sans --public-key la clé de l’auteur est créée ici, scellée par une phrase de passe à elle. Mieux vaut une clé qui ne quitte jamais le portable de l’auteur : là-bas, focal org author key --handle … ; ici, --public-key avec ce qu’il a affiché.
help-about-org-author-card = La carte est publique. Sur la machine de l’auteur : focal org author take FICHIER. Lisez-lui les mots par téléphone.
help-about-org-author-duress = Qui vous force à ouvrir votre clé reçoit celle-ci. Elle vaut partout où la phrase de passe est demandée : toutes les clés de ce répertoire, sa boîte d’envoi, ses originaux, ses brouillons, et son nœud s’il y en a un, sont détruits sans un mot, et la commande se termine comme dans un profil qui n’a jamais servi, avec le code de sortie 0. Elle est désormais la phrase de passe de ce profil vide.
help-about-org-author-duress-more = Nul de ceux qui ont le disque ne peut dire s’il y en a une : un fichier de clé a toujours deux emplacements. Qui connaît le répertoire d’avant, ou en a une copie, voit que quelque chose a disparu. Les copies et sauvegardes ailleurs ne sont pas touchées : elles s’ouvrent avec la bonne phrase de passe. Choisissez-en une que vous ne tapez jamais par erreur.
help-about-org-author-key = La clé privée reste ici. Envoyez la clé publique à l’organisation et lisez-lui les mots par téléphone.
help-about-org-author-passphrase = La clé reste la même, de même qu’une phrase de passe de contrainte. Les copies et sauvegardes faites auparavant s’ouvrent avec l’ancienne phrase de passe : si quelqu’un d’autre peut en avoir une et la connaître, faites révoquer la clé et créez-en une nouvelle.
help-about-org-author-revoke = Ce que l’auteur a signé auparavant reste valable. Le nom d’usage peut ensuite recevoir une nouvelle clé.
help-about-org-author-take = Votre clé doit être ici (focal org author key). Comparez les mots par téléphone avec votre organisation avant de dire oui.
help-about-report-ask-release = Une note va dans le dossier. Un point focal de l’organisation qui a écrit le rapport donne son accord avec `focal report position NOTE concur` ; les exports à ceux pour qui il a été demandé contiennent alors le rapport. Ce à quoi la source d’un rapport n’a pas consenti, aucun accord ne le permet.
