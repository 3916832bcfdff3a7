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
