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
report-line = ligne { $line } : { $why }
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

## Rapports : ce qui peut encore être dit

report-file = fichier : { $name } ({ $kind }, { $size })
report-record = écrit :   { $record }
report-case = dossier : { $case }
stdin-unread = l’entrée standard ne peut être lue
report-too-long = le rapport est trop long
report-too-long-why = { $limit } octets au plus sont lus
report-too-long-next = envoyez un résumé ; les longs documents voyagent en pièces jointes
release-own = ce rapport est de votre propre organisation : il n’y a personne d’autre à qui demander
release-own-next = son marquage, sa liste de diffusion et le consentement de la source disent qui peut l’avoir
record-no-id = un écrit n’a pas de numéro
release-away = { $org } n’est plus membre de ce dossier et ne voit pas la question. Posez-la autrement, ou dans un dossier dont elle est membre.
release-asked = { $org } est sollicitée. Elle accepte avec : focal report position { $record } concur
release-no-member = il n’y a pas une seule organisation membre « { $org } »
release-no-member-next = dites court, public ou served, ou voyez les membres avec `focal federation show`
ask-not-asked = un rapport de type { $kind } ne se remplit pas par des questions
ask-not-asked-next = voyez `focal report correct`, `retract` et `ack`
what-report = le rapport
not-utf = ce n’est pas du texte en UTF-8
save-as-utf = enregistrez { $path } en UTF-8
report-nothing = il n’y a pas de rapport à envoyer
report-nothing-why = aucun fichier n’a été nommé, et il n’y a pas de terminal pour un éditeur
report-nothing-next = nommez un fichier, ou - pour l’entrée standard, ou donnez --kind et --text
editor-kept = ce que vous avez écrit est dans { $path }
editor-failed = l’éditeur s’est terminé par une erreur
editor-not-started = { $editor } ne peut être lancé
editor-not-started-next = donnez à EDITOR le nom d’un éditeur qui est installé
nothing-sent = rien n’a été envoyé
unchanged-template = le modèle n’a pas été modifié
set-odd = --set { $pair } n’est pas compris
set-odd-why = un champ et sa valeur sont joints par =
set-odd-next = écrivez par exemple --set urgency=expected
draft-sent = le rapport a été envoyé, et son brouillon { $path } n’a pu être supprimé : { $error }
draft-not-kept = { $why } ; et il ne peut être gardé comme brouillon : { $lost }
history-withdrawn = Le rapport est retiré par { $record } : il ne compte nulle part.
history-holds = Le rapport vaut tel qu’il a été écrit.
history-corrected = Le rapport vaut tel que corrigé par { $record }.
history-not-come = Le rapport lui-même n’est pas encore arrivé.
history-more = Il y a une suite : focal report history { $record } --after { $next }
history-retraction = retrait de { $record }
history-correction = correction de { $record }
history-since = lisible ici depuis { $time }
history-before = lisible ici avant que ce nœud ne note depuis quand
history-reason = motif : { $reason }
history-no-effect = sans effet : { $why }
history-withdrawn-by = retiré par { $record }
history-nothing = Elle ne change rien.
head-field = champ
head-before = avant
head-after = après
history-left-out = (laissé de côté)
place-no-case = aucun dossier n’est encore connu ici : la liste des dossiers est gardée à l’envoi d’un rapport
place-later = envoyez-le quand le nœud sera joignable
place-list-of = { $why } ; la liste des dossiers date d’{ $ago }
place-as-known = { $why } : « { $case } » est le dossier tel qu’il était connu { $ago }.
place-not-kept = le rapport ne peut être gardé pour plus tard
place-not-kept-why = d’après son marquage, des membres du dossier ne peuvent le lire, et seul le nœud peut créer un compartiment sans eux
place-question = L’envoyer là ?
place-stake = D’après son marquage, { $barred } ne peut le lire : il va dans un compartiment de « { $case } » avec { $readers } seulement.
place-no-org = on ne sait pas pour quelle organisation
place-no-org-why = le nœud n’est encore dans aucun manifeste
place-no-org-next = émettez un manifeste avec `focal org manifest`
report-content-odd = le contenu du rapport n’est pas compris
report-kind-odd = le type du rapport n’est pas connu
report-in-outbox = il est gardé dans la boîte d’envoi : focal outbox list
report-in-outbox-too = il est aussi dans la boîte d’envoi ({ $what }) : focal outbox list
report-both = { $link } ; et { $kept }
watch-no-stop = Ctrl-C ne peut être surveillé
history-by = par { $author }, écrit { $time }
