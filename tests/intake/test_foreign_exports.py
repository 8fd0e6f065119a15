"""Exports in other languages: titles, statuses, decimal commas, months as words, encodings."""

import datetime as dt

import pytest

from csm_xl.intake.dates import dates
from csm_xl.intake.reading import Asked, open_export, read_intake
from csm_xl.vocabulary.order_statuses import status_meaning

GERMAN = """Bestellnummer;Bestelldatum;Kundennummer;Kunde;E-Mail;Artikel;Menge;Gesamtbetrag;Status
R-1;05.03.2026;K1;Uwe Tal;uwe@tal.example;Seife;1;1.234,50 €;Bezahlt
R-2;06.03.2026;K2;Ina Moor;ina@moor.example;Öl;2;20,00 €;Storniert
R-3;07.03.2026;K2;Ina Moor;ina@moor.example;Öl;2;45,00 €;Abgeschlossen
R-4;08.03.2026;K3;Kai Furt;kai@furt.example;Öl;2;15,00 €;Erstattet
R-5;08.03.2026;K3;Kai Furt;kai@furt.example;Öl;2;18,00 €;Offen
Summe;;;;;;;1.332,50 €;
"""
FRENCH = """N° commande;Date de commande;Client;Courriel;Produit;Quantité;Total TTC;Statut
R-1;05/03/2026;Anne Roux;anne@x.example;Savon;1;1 234,50 €;Payée
R-2;16/03/2026;Marc Petit;marc@x.example;Huile;1;30,00 €;Annulée
R-3;17/03/2026;Marc Petit;marc@x.example;Huile;2;45,00 €;Expédiée
R-4;17/03/2026;Luc Bon;luc@x.example;Huile;2;60,00 €;Remboursée
R-5;17/03/2026;Luc Bon;luc@x.example;Huile;2;60,00 €;En attente de paiement
"""
SPANISH = """Número de pedido;Fecha;Cliente;Correo electrónico;Importe total;Estado
R-1;05/03/2026;Ana Ruiz;ana@x.example;1.234,50;Pagado
R-2;16/03/2026;Luis Gil;luis@x.example;30,00;Cancelado
R-3;17/03/2026;Luis Gil;luis@x.example;45,00;Pendiente de envío
R-4;17/03/2026;Eva Sol;eva@x.example;45,00;Reembolsado
R-5;17/03/2026;Eva Sol;eva@x.example;45,00;Pendiente de pago
"""
JAPANESE = """注文番号,注文日,顧客番号,氏名,メールアドレス,商品名,数量,合計金額,ステータス
R-1,2026/03/05,1001,山田太郎,yamada@x.example,石鹸,1,"￥1,234.5",支払済み
R-2,2026/03/06,1002,鈴木花子,suzuki@x.example,油,1,"￥3,000",キャンセル
R-3,2026年3月7日,1002,鈴木花子,suzuki@x.example,油,1,￥45,発送済み
R-4,2026年3月8日,1003,佐藤健,sato@x.example,油,1,￥500,返金済み
R-5,2026年3月8日,1003,佐藤健,sato@x.example,油,1,￥500,入金待ち
合計,,,,,,,"￥8,700",
"""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (FRENCH, "cp1252"), (SPANISH, "utf-8"), (JAPANESE, "cp932"), (JAPANESE, "utf-8")],
)  # fmt: skip
def test_orders_in_another_language_are_worth_what_was_kept(tmp_path, text, encoding):
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode(encoding))
    export = open_export(path, Asked())
    intake = read_intake(export, Asked(), {}, "en")
    worth = {o.order_id: round(o.amount - o.refund, 2) for o in intake.orders.kept}
    assert intake.table == "orders"
    assert worth == {"R-1": 1234.5, "R-3": 45, "R-4": 0}
    assert all(o.who.email and o.who.name for o in intake.orders.kept)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5. März 2026", "2026-03-05"), ("16. Okt. 2026", "2026-10-16"), ("5 de marzo de 2026", "2026-03-05"),
        ("1er août 2026", "2026-08-01"), ("12 févr. 2026", "2026-02-12"), ("Mar-04-26", "2026-03-04"),
        ("3 dicembre 2026", "2026-12-03"), ("05-Mar-26", "2026-03-05"), ("Thursday, March 5th, 2026", "2026-03-05"),
    ],
)  # fmt: skip
def test_the_month_as_a_word_is_read_in_any_of_the_languages(text, day):
    assert dates([text]) == [float((dt.date.fromisoformat(day) - dt.date(1899, 12, 30)).days)]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("Nicht bezahlt", "unpaid"), ("Teilweise erstattet", "part_refunded"), ("Zahlung ausstehend", "unpaid"),
        ("Versendet", "paid"), ("En cours de préparation", "paid"), ("Remboursement en cours", "refund_asked"),
        ("Non payée", "unpaid"), ("In attesa di pagamento", "unpaid"), ("Spedito", "paid"), ("Geannuleerd", "cancelled"),
        ("未払い", "unpaid"), ("一部返金", "part_refunded"), ("返金処理中", "refund_asked"), ("取消退款", "neutral"),
        ("配送取消", "cancelled"), ("支付失败", "unpaid"), ("Refused", "cancelled"),
    ],
)  # fmt: skip
def test_statuses_of_other_languages_leave_ours_alone(status, meaning):
    found = status_meaning(status)
    assert found == meaning or (status == "Refused" and found in ("cancelled", None))


def test_a_name_in_two_columns_is_joined_where_the_second_is_called_name(tmp_path):
    path = tmp_path / "Kunden.csv"
    path.write_text("Kundennummer;Vorname;Name;E-Mail\n7;Uwe;Tal;uwe@tal.example\n", "utf-8")
    intake = read_intake(open_export(path, Asked()), Asked("customers"), {}, "en")
    assert intake.records[0].values["name"] == "Uwe Tal"
