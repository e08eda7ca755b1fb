"""The columns of DATEV's batch of bookings (format 700, version 13); it reads them by their places, not their names."""


def _numbered(what: str, last: int) -> list[str]:
    return [f"{what} – {part} {number}" for number in range(1, last + 1) for part in ("Art", "Inhalt")]


BOOKING = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basisumsatz;WKZ Basisumsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext"
).split(";")
ABOUT = (
    "Postensperre;Diverse Adressnummer;Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink".split(";")
    + _numbered("Beleginfo", 8)
    + "KOST1 – Kostenstelle;KOST2 – Kostenstelle;Kost Menge;EU-Land u. USt-IdNr.;EU-Steuersatz".split(";")
    + "Abw. Versteuerungsart;Sachverhalt L+L;Funktionsergänzung L+L;BU 49 Hauptfunktionstyp".split(";")
    + "BU 49 Hauptfunktionsnummer;BU 49 Funktionsergänzung".split(";")
)
REST = _numbered("Zusatzinformation", 20) + (
    "Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;Auftragsnummer;"
    "Buchungstyp;USt-Schlüssel (Anzahlungen);EU-Mitgliedstaat (Anzahlungen);Sachverhalt L+L (Anzahlungen);"
    "EU-Steuersatz (Anzahlungen);Erlöskonto (Anzahlungen);Herkunft-Kz;Leerfeld;KOST-Datum;SEPA-Mandatsreferenz;"
    "Skontosperre;Gesellschaftername;Beteiligtennummer;Identifikationsnummer;Zeichnernummer;Postensperre bis;"
    "Bezeichnung;Kennzeichen;Festschreibung;Leistungsdatum;Datum Zuord.;Fälligkeit;Generalumkehr;Steuersatz;Land;"
    "Abrechnungsreferent;BVV-Position;EU-Mitgliedstaat u. UStID (Ursprung);EU-Steuersatz (Ursprung);"
    "Abw. Skontokonto"
).split(";")
COLUMNS = [*BOOKING, *ABOUT, *REST]

AMOUNT, SIDE, CURRENCY, ACCOUNT, AGAINST, TAX_KEY = 0, 1, 2, 6, 7, 8
DAY, NUMBER, DUE, TEXT = 9, 10, 11, 13
VAT_ID = COLUMNS.index("EU-Land u. USt-IdNr.")
