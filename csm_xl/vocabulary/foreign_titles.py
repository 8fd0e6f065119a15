"""What German, French, Spanish, Italian, Portuguese, Dutch and Japanese exports call our columns.

Compared by :func:`~csm_xl.vocabulary.headers.normalised`: accents, spaces and points do not count.
"""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|"))


_ACCOUNT = _names(
    "kundennummer|kundennr|kd nr|kundenid|kunden nummer|debitor|debitorennummer|mitgliedsnummer|numéro client"
    "|numéro de client|n° client|no client|code client|id client|identifiant client|número de cliente|numero cliente"
    "|nº cliente|n cliente|código cliente|código de cliente|id cliente|codice cliente|klantnummer|klant id|klantcode|lidnummer"
    "|顧客番号|顧客id|会員番号|お客様番号|顧客コード|得意先コード|ユーザーid"
)
_START = _names(
    "kunde seit|mitglied seit|eintrittsdatum|eintritt|registriert am|angemeldet am|erstellt am|client depuis"
    "|date d'inscription|date de création|fecha de alta|fecha de registro|cliente desde|cliente dal|data di registrazione"
    "|data di iscrizione|data de cadastro|klant sinds|lid sinds|登録日|登録日時|入会日|会員登録日|契約開始日|開始日|startdatum|beginn"
    "|date de début|fecha de inicio|data di inizio|data de início"
)
_END = _names(
    "kündigungsdatum|gekündigt am|gekündigt zum|austrittsdatum|austritt|vertragsende|enddatum|date de résiliation"
    "|date de départ|date de fin|fecha de baja|fecha de cancelación|fecha de fin|data di disdetta|data di fine"
    "|data de cancelamento|einddatum|opgezegd op|退会日|解約日|契約終了日|終了日"
)
_DATE = _names("datum|date|fecha|data|日付|日時")
_PLAN = _names(
    "tarif|abo|abonnement|formule|tarifa|piano|abbonamento|plano|プラン|プラン名|コース|契約プラン"
)

#: Whose a row is.
WHO: dict[str, tuple[str, ...]] = {
    "account": _ACCOUNT,
    "email": _names(
        "courriel|adresse mail|adresse e-mail|adresse électronique|correo|correo electrónico|e-mail-adresse|emailadresse"
        "|mailadresse|indirizzo email|indirizzo e-mail|posta elettronica|e-mailadres|emailadres|endereço de email"
        "|メールアドレス|メール|eメール"
    ),
    "phone": _names(
        "telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|mobiltelefon|rufnummer|téléphone|portable"
        "|numéro de téléphone|teléfono|móvil|celular|número de teléfono|cellulare|telefono|telefone|telemóvel"
        "|telefoonnummer|telefoon|mobiel|電話番号|電話|携帯電話|携帯番号|携帯電話番号"
    ),
    "name": _names(
        "kunde|kundenname|name des kunden|käufer|empfänger|besteller|rechnungsempfänger|vollständiger name|nom du client"
        "|nom client|nom complet|acheteur|destinataire|nom|nombre del cliente|nombre completo|nombre cliente|comprador"
        "|destinatario|nombre|nome cliente|nome del cliente|nome do cliente|nome completo|acquirente|nome|klantnaam|naam"
        "|naam klant|koper|氏名|お名前|名前|顧客名|お客様名|購入者名|購入者|注文者|注文者名|注文者氏名|会員名"
    ),
    "first_name": _names("vorname|prénom|voornaam"),
    "last_name": _names(
        "nachname|familienname|nom de famille|apellidos|apellido|cognome|sobrenome|achternaam"
    ),
    "company": _names(
        "firma|firmenname|unternehmen|société|entreprise|raison sociale|empresa|razón social|azienda|ragione sociale"
        "|società|bedrijf|bedrijfsnaam|会社名|会社|法人名|企業名"
    ),
    "who": _names("klant|cliente|client|acheteur|顧客|お客様"),
}

TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {
        "customer_id": _ACCOUNT,
        "name": WHO["name"],
        "email": WHO["email"],
        "phone": WHO["phone"],
        "company": WHO["company"],
        "city": _names("ort|stadt|wohnort|ville|ciudad|población|città|cidade|plaats|stad|woonplaats|市区町村|都市"),
        "source": _names("herkunft|quelle|origine|origen|fonte|herkomst|流入経路|登録経路"),
        "plan": _PLAN,
        "start": _START,
        "left_on": _END,
        "points": _names("punkte|punktestand|points de fidélité|puntos|punti|pontos|punten|ポイント|保有ポイント"),
        "note": _names("notiz|notizen|bemerkung|bemerkungen|anmerkung|remarque|remarques|notas|observaciones|opmerking|備考|メモ"),
        "last_seen": _names("letzter kontakt|letzte aktivität|letzter login|dernière visite|última visita|ultima visita|最終ログイン|最終来店日|最終購入日"),
        "total_spend": _names("gesamtumsatz|total dépensé|total gastado|totale speso|累計購入金額|累計金額"),
        "total_purchases": _names("anzahl bestellungen|nombre de commandes|número de pedidos|numero ordini|購入回数|累計購入回数"),
    },
    "orders": {
        "order_id": _names(
            "bestellnummer|bestellnr|bestell nr|bestell id|auftragsnummer|auftragsnr|auftrag|bestellung|rechnungsnummer"
            "|rechnungsnr|rechnung nr|belegnummer|belegnr|numéro de commande|n° de commande|n° commande|nº commande|no commande"
            "|référence commande|référence de commande|commande|numéro de facture|n° facture|n° de facture|facture"
            "|número de pedido|nº pedido|nº de pedido|n pedido|num pedido|id pedido|pedido|número de factura|nº factura"
            "|número do pedido|numero ordine|numero d'ordine|n° ordine|n. ordine|id ordine|ordine|numero fattura|n° fattura"
            "|ordernummer|bestelnummer|bestelling|factuurnummer|注文番号|注文id|注文no|受注番号|オーダー番号|伝票番号|取引id|請求書番号"
        ),
        "date": _names(
            "bestelldatum|bestellt am|auftragsdatum|kaufdatum|rechnungsdatum|belegdatum|zahlungsdatum|date de commande"
            "|date commande|date d'achat|date de paiement|date de facture|date facture|fecha de pedido|fecha pedido"
            "|fecha del pedido|fecha de compra|fecha de pago|fecha de factura|fecha factura|data ordine|data dell'ordine"
            "|data acquisto|data fattura|data do pedido|data da compra|besteldatum|orderdatum|factuurdatum|注文日|注文日時|購入日"
            "|購入日時|決済日|決済日時|受注日|受注日時|売上日|請求日"
        ) + _DATE,
        "amount": _names(
            "gesamtbetrag|gesamtsumme|rechnungsbetrag|endbetrag|bruttobetrag|gesamtpreis|gesamt|brutto|betrag|summe|umsatz"
            "|total ttc|montant ttc|montant total|montant payé|prix total|montant|importe total|total pedido|total pagado"
            "|precio total|monto total|importe|monto|importo totale|totale ordine|totale pagato|totale|importo|valor total"
            "|valor pago|total pago|valor|totaalbedrag|totaal|bedrag|合計金額|請求金額|支払金額|支払い金額|お支払い金額|決済金額"
            "|注文金額|注文合計|購入金額|売上金額|合計|金額|nettobetrag|montant ht"
        ),
        "product": _names(
            "artikel|artikelname|artikelbezeichnung|produkt|produktname|bezeichnung|produit|nom du produit|article|désignation"
            "|producto|nombre del producto|artículo|descripción|prodotto|articolo|descrizione|produto|descrição|商品名|品名|製品名"
        ),
        "quantity": _names("menge|anzahl|stückzahl|quantité|qté|cantidad|cant|unidades|quantità|qtà|quantidade|aantal|数量|個数"),
        "price": _names(
            "einzelpreis|stückpreis|preis|prix unitaire|prix|precio unitario|precio|prezzo unitario|prezzo|preço unitário"
            "|preço|stukprijs|prijs|単価|価格"
        ),
        "currency": _names("währung|waehrung|devise|monnaie|moneda|divisa|valuta|moeda|通貨"),
        "refunded": _names(
            "erstattungsbetrag|erstattet|erstattung|rückerstattung|rückerstattet|montant remboursé|remboursé|remboursement"
            "|importe reembolsado|reembolsado|reembolso|importo rimborsato|rimborsato|rimborso|valor reembolsado"
            "|terugbetaald|terugbetaling|返金額|返金金額|返金"
        ),
        "status": _names(
            "bestellstatus|zahlungsstatus|auftragsstatus|statut|statut de la commande|état|estado del pedido|estado"
            "|stato ordine|stato|situação|ステータス|注文ステータス|注文状況|支払状況|決済状況|状態"
        ),
        "kind": _names("vorgang|belegart|transaktionstyp|type de transaction|tipo de transacción|tipo|取引種別|種別|区分"),
    },
    "feedback": {
        "date": _names("bewertungsdatum|date de l'avis|回答日時|回答日|投稿日|タイムスタンプ|zeitstempel|horodateur|marca temporal") + _DATE,
        "rating": _names(
            "gesamtbewertung|gesamtzufriedenheit|zufriedenheit|bewertung|sterne|note globale|satisfaction globale|évaluation"
            "|note|satisfacción general|satisfacción|valoración|puntuación|valutazione|soddisfazione|voto|avaliação"
            "|beoordeling|tevredenheid|総合評価|総合満足度|満足度|評価|星"
        ),
        "recommend": _names("weiterempfehlung|empfehlung|recommandation|recomendación|raccomandazione|recomendação|aanbeveling|推奨度|おすすめ度"),
        "text": _names(
            "kommentar|kommentare|rückmeldung|anmerkung|anmerkungen|commentaire|commentaires|avis|remarque|comentario"
            "|comentarios|opinión|commento|commenti|recensione|comentário|opmerking|コメント|ご意見|ご感想|感想|レビュー|口コミ|自由記述"
        ),
        "service": _names("service bewertung|kundenservice|service client|atención al cliente|servizio|接客|接客満足度|サービス評価|サポート満足度"),
        "functional": _names("produktqualität|qualität|qualité|calidad|qualità|kwaliteit|品質|商品満足度|品質満足度"),
    },
    "contacts": {"date": _DATE, "note": _names("notiz|bemerkung|remarque|notas|備考|内容")},
    "subscriptions": {
        "subscription_id": _names("vertragsnummer|abonummer|abo nr|numéro de contrat|n° contrat|número de contrato|numero contratto|contractnummer|契約番号|契約id"),
        "plan": _PLAN,
        "price": _names("monatsbeitrag|monatspreis|monatliche gebühr|prix mensuel|mensualité|cuota mensual|precio mensual|canone mensile|mensalidade|maandbedrag|月額|月額料金"),
        "year_price": _names("jahresbeitrag|jahrespreis|prix annuel|cuota anual|canone annuale|anuidade|jaarbedrag|年額|年額料金"),
        "start": _names("vertragsbeginn") + _START,
        "end": _END,
        "status": _names("vertragsstatus|statut|estado|stato|ステータス|契約状況|状態"),
    },
}  # fmt: skip
