"""Statuses of orders in German, French, Spanish, Italian, Portuguese, Dutch and Japanese.

Patterns for a status in small letters without accents, by what it says of the money; the first that
fits decides, as among the English and Chinese ones.
"""

MEANINGS: tuple[tuple[str, str], ...] = (
    (
        "part_refunded",
        r"(?:teil\w*|partiell?e?)[ -]?(?:weise )?(?:zuruck|ruck)?erstatt|partielle?ment rembours|remboursement partiel"
        r"|parcialmente reembols|reembols\w+ parcial|parzialmente rimbors|rimbors\w+ parzial|gedeeltelijk terugbetaald"
        r"|一部返金|部分返金",
    ),
    (
        "refund_asked",
        r"(?:rucker|er)stattung (?:beantragt|ausstehend|in bearbeitung|offen)|remboursement (?:en cours|demande|en attente)"
        r"|reembolso (?:pendiente|solicitado|en curso|pendente)|rimborso (?:richiesto|in corso|in attesa)"
        r"|返(?:金|品)(?:申請|依頼|手続|処理|待)",
    ),
    (
        "refunded",
        r"(?:zuruck|ruck)?erstattet|ruckerstattung|gutgeschrieben|retourniert|ruckgabe|rembourse|retourne|reembols|devuelt"
        r"|devolvid|rimbors|restituit|terugbetaald|geretourneerd|返金|返品",
    ),
    (
        "unpaid",
        r"^offen$|unbezahlt|nicht bezahlt|^ausstehend$|zahlung (?:ausstehend|offen|erwartet|fehlt)|(?:wartet|warten) auf zahlung"
        r"|zahlungserinnerung|angemahnt|uberfallig|entwurf|impaye|non pay|attente (?:de|du) (?:paiement|reglement)"
        r"|^en attente$|a payer|brouillon|en retard|impagad|no pagad|sin pagar|pendiente de pago|^pendiente$|pago pendiente"
        r"|vencid|borrador|non pagat|da pagare|attesa (?:di|del) pagamento|^in attesa$|bozza|nao pag|aguardando pagamento"
        r"|^pendente$|pagamento pendente|openstaand|onbetaald|niet betaald|wacht op betaling"
        r"|未払|未入金|未決済|未支払|(?:入金|支払い?|決済|振込)(?:待ち|待)|下書き|^保留",
    ),
    (
        "cancelled",
        r"storn|abgebrochen|abgelehnt|fehlgeschlagen|annul|refuse|echou|echec|cancelad|anulad|rechazad|fallid|rifiutat|fallit"
        r"|recusad|geannuleerd|afgewezen|mislukt|キャンセル|取り消|無効|不成立",
    ),
    (
        "paid",
        r"bezahlt|abgeschlossen|vers[ae]n(?:det|dt)|geliefert|zugestellt|erledigt|in bearbeitung|erfolgreich|abgeholt|paye|terminee?s?$"
        r"|expedi|livre|en cours|en preparation|\\bvalide|acquitte|pagad|completad|enviad|entregad|en proceso|procesando"
        r"|pendiente de env|pagat|completat|spedit|consegnat|evas|in lavorazione|in preparazione|\bpag[oa]\b|concluid|betaald"
        r"|verzonden|geleverd|voltooid|in behandeling|支払い?済|入金済|決済済|決済完了|完了|発送|出荷|配達|受取|受け取り|処理[中済]"
        r"|発送準備|納品|支払い?完了",
    ),
)
