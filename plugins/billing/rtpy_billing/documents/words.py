"""The words, dates and numbers of printed documents in the languages that we have: English and German."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.money import Rounding, plain, rounded

ENGLISH: Mapping[str, str] = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "preview": "Preview – not an invoice",
    "preview_credit": "Preview – not a credit note",
    "number": "Number",
    "issued_on": "Date",
    "due_on": "Due on",
    "period": "Period",
    "customer_number": "Customer no.",
    "your_vat_id": "Your VAT no.",
    "buyer_reference": "Your reference",
    "purchase_order": "Purchase order",
    "agreement": "Agreement",
    "preceding": "Takes back",
    "preceding_of": "invoice {number} of {date}",
    "reason": "Reason",
    "position": "No.",
    "description": "Description",
    "quantity": "Quantity",
    "unit_price": "Price",
    "per": "per {count}",
    "tax_rate": "Tax",
    "amount": "Amount",
    "discount": "Discount",
    "no_charge": "no charge",
    "request": "Request",
    "requests": "Requests",
    "order": "Order",
    "work_behind": "{time} of work",
    "brought": "Brought forward",
    "carried": "Carried forward",
    "lines": "Sum of the lines",
    "net": "Net amount",
    "tax": "VAT",
    "tax_of": "{name} {rate} on {base}",
    "untaxed_of": "{name} 0 % on {base}",
    "gross": "Total",
    "rounding": "Rounding",
    "payable": "Amount due",
    "credited": "Amount credited",
    "terms": "Payment",
    "pay_by": "Please pay by {date}, quoting {reference}.",
    "pay_by_plain": "Please pay by {date}.",
    "bank": "Bank details",
    "bank_name": "Bank",
    "account_holder": "Account holder",
    "account": "Account",
    "iban": "IBAN",
    "bic": "BIC",
    "routing": "Routing no.",
    "reference": "Payment reference",
    "scan": "Scan to pay with your banking app",
    "vat_id": "VAT no.",
    "tax_number": "Tax no.",
    "page": "Page {page} of {pages}",
    "annex": "Work in detail",
    "day": "Date",
    "who": "By",
    "time": "Time",
    "sum": "Sum",
    "logo": "Logo of {name}",
    "statement_of": "Statement of {customer}",
    "remaining": "{amount} left",
    "over": "{amount} over",
    "used_percent": "{percent} used",
    "opening": "Opening balance",
    "closing": "Closing balance",
    "empty_on": "At the present pace it lasts until {date}.",
    "expiring": "{amount} expire on {date}.",
    "purchase": "Bought",
    "grant": "Added for the period",
    "top-up": "Topped up",
    "use": "Used",
    "rollover in": "Carried over from before",
    "rollover out": "Carried over to the next period",
    "expiry": "Expired",
    "transfer": "Transferred",
    "correction": "Corrected",
    "refund": "Refunded",
    "by_request": "Work by request",
    "subject": "Subject",
    "without_request": "Work without a request",
    "covered": "Covered",
    "charged": "Charged {currency}",
    "invoices": "Invoices and credit notes",
    "nothing_done": "No work was done in these days.",
    "from_to": "{start} to {end}",
    "question_about": "Question about {line}",
    "work_of_day": "the work of {day}",
    "this_is_about": "This is about:",
    "ask_what": "Write in a few words what you want to know.",
    "asked_enough": "We have so many of your questions that we answer these first. Please mail us anything more.",
    "ask": "Ask about this",
    "ask_title": "What do you want to know?",
    "ask_hint": "We open a request with your question and answer to {address}.",
    "ask_send": "Send the question",
    "ask_back": "Back to the statement",
    "asked": "Asked: request #{number}",
    "asked_thanks": "Thank you. Your question is request #{number}; we answer to {address}.",
    "download": "Download as PDF",
    "document": "Document",
    "as_pdf": "PDF",
    "as_file": "Electronic invoice",
    "as_of": "As it stands today; the statement that came with the mail is what was known then.",
    "link_until": "This page needs no login: who has its address opens it, until {date}.",
    "link_gone": "This link opens nothing any more",
    "link_gone_text": "It is too old, or it was withdrawn. The newest mail with a statement has one that works.",
    "statement_mail": "Statement {start} to {end}",
    "statement_attached": "The statement is attached.",
    "statement_read": "Read it here, and ask about single lines; no login is needed. The link opens until {date}:",
}

GERMAN: Mapping[str, str] = {
    "invoice": "Rechnung",
    "credit_note": "Gutschrift",
    "preview": "Vorschau – keine Rechnung",
    "preview_credit": "Vorschau – keine Gutschrift",
    "number": "Nummer",
    "issued_on": "Datum",
    "due_on": "Fällig am",
    "period": "Leistungszeitraum",
    "customer_number": "Kundennummer",
    "your_vat_id": "Ihre USt-IdNr.",
    "buyer_reference": "Ihr Zeichen",
    "purchase_order": "Bestellung",
    "agreement": "Vertrag",
    "preceding": "Storniert",
    "preceding_of": "Rechnung {number} vom {date}",
    "reason": "Grund",
    "position": "Pos.",
    "description": "Leistung",
    "quantity": "Menge",
    "unit_price": "Preis",
    "per": "je {count}",
    "tax_rate": "USt",
    "amount": "Betrag",
    "discount": "Rabatt",
    "no_charge": "ohne Berechnung",
    "request": "Anfrage",
    "requests": "Anfragen",
    "order": "Bestellung",
    "work_behind": "{time} Arbeit",
    "brought": "Übertrag",
    "carried": "Übertrag",
    "lines": "Summe der Positionen",
    "net": "Nettobetrag",
    "tax": "USt",
    "tax_of": "{name} {rate} auf {base}",
    "untaxed_of": "{name} 0 % auf {base}",
    "gross": "Gesamtbetrag",
    "rounding": "Rundung",
    "payable": "Zu zahlen",
    "credited": "Gutgeschrieben",
    "terms": "Zahlung",
    "pay_by": "Bitte zahlen Sie bis zum {date} unter Angabe von {reference}.",
    "pay_by_plain": "Bitte zahlen Sie bis zum {date}.",
    "bank": "Bankverbindung",
    "bank_name": "Bank",
    "account_holder": "Kontoinhaber",
    "account": "Konto",
    "iban": "IBAN",
    "bic": "BIC",
    "routing": "Bankleitzahl",
    "reference": "Verwendungszweck",
    "scan": "Mit der Banking-App scannen und zahlen",
    "vat_id": "USt-IdNr.",
    "tax_number": "Steuernummer",
    "page": "Seite {page} von {pages}",
    "annex": "Die Arbeiten im Einzelnen",
    "day": "Datum",
    "who": "Durch",
    "time": "Zeit",
    "sum": "Summe",
    "logo": "Logo von {name}",
    "statement_of": "Übersicht für {customer}",
    "remaining": "noch {amount}",
    "over": "{amount} darüber",
    "used_percent": "{percent} verbraucht",
    "opening": "Anfangsbestand",
    "closing": "Endbestand",
    "empty_on": "Beim jetzigen Verbrauch reicht es bis zum {date}.",
    "expiring": "{amount} verfallen am {date}.",
    "purchase": "Gekauft",
    "grant": "Für den Zeitraum hinzugekommen",
    "top-up": "Aufgestockt",
    "use": "Verbraucht",
    "rollover in": "Übernommen von vorher",
    "rollover out": "In den nächsten Zeitraum übernommen",
    "expiry": "Verfallen",
    "transfer": "Übertragen",
    "correction": "Berichtigt",
    "refund": "Erstattet",
    "by_request": "Arbeit nach Anfragen",
    "subject": "Betreff",
    "without_request": "Arbeit ohne Anfrage",
    "covered": "Gedeckt",
    "charged": "Berechnet {currency}",
    "invoices": "Rechnungen und Gutschriften",
    "nothing_done": "In diesen Tagen wurde nicht gearbeitet.",
    "from_to": "{start} bis {end}",
    "question_about": "Frage zu {line}",
    "work_of_day": "den Arbeiten vom {day}",
    "this_is_about": "Es geht um:",
    "ask_what": "Schreiben Sie in wenigen Worten, was Sie wissen möchten.",
    "asked_enough": "Wir haben viele Fragen von Ihnen und beantworten erst diese. Alles Weitere bitte per E-Mail.",
    "ask": "Dazu fragen",
    "ask_title": "Was möchten Sie wissen?",
    "ask_hint": "Wir legen eine Anfrage mit Ihrer Frage an und antworten an {address}.",
    "ask_send": "Frage senden",
    "ask_back": "Zurück zur Übersicht",
    "asked": "Gefragt: Anfrage #{number}",
    "asked_thanks": "Vielen Dank. Ihre Frage ist Anfrage #{number}; wir antworten an {address}.",
    "download": "Als PDF herunterladen",
    "document": "Dokument",
    "as_pdf": "PDF",
    "as_file": "E-Rechnung",
    "as_of": "Stand von heute; die Übersicht in der E-Mail zeigt, was damals bekannt war.",
    "link_until": "Diese Seite braucht keine Anmeldung: wer ihre Adresse hat, öffnet sie, bis zum {date}.",
    "link_gone": "Dieser Link öffnet nichts mehr",
    "link_gone_text": "Er ist zu alt oder zurückgenommen. In unserer neuesten E-Mail mit einer Übersicht steht einer.",
    "statement_mail": "Übersicht {start} bis {end}",
    "statement_attached": "Die Übersicht liegt bei.",
    "statement_read": "Hier können Sie sie lesen und zu Zeilen fragen, ohne Anmeldung. Der Link gilt bis zum {date}:",
}

UNITS = {
    "en": {"HUR": "h", "C62": "", "DAY": "days", "MON": "months", "ANN": "years", "KMT": "km", "SMI": "mi", "LS": ""},
    "de": {"HUR": "h", "C62": "", "DAY": "Tage", "MON": "Monate", "ANN": "Jahre", "KMT": "km", "SMI": "mi", "LS": ""},
}  # fmt: skip
SINGULAR = {
    "en": {"DAY": "day", "MON": "month", "ANN": "year"},
    "de": {"DAY": "Tag", "MON": "Monat", "ANN": "Jahr"},
}
MONTHS = "January February March April May June July August September October November December".split()
NARROW = "\u202f"  # keeps a number and its unit together


class Language:
    """How one language says things; English for all that we have no words of."""

    def __init__(self, code: str) -> None:
        self.code = "de" if code[:2].lower() == "de" else "en"
        self._words = GERMAN if self.code == "de" else ENGLISH
        self._group, self._point = (".", ",") if self.code == "de" else (",", ".")

    def word(self, name: str, /, **given: str) -> str:
        """The word or sentence of that name; what is put into it is put in as it is, braces and all."""
        return self._words[name].format_map(given) if given else self._words[name]

    def day(self, day: date) -> str:
        """22 November 2026; 22.11.2026: never an order that could be read in two ways."""
        if self.code == "de":
            return f"{day.day:02}.{day.month:02}.{day.year}"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def money(self, amount: int, currency: str) -> str:
        """The amount with all decimals of its currency, without the currency's code."""
        digits = plain(abs(amount), currency)
        whole, _, decimals = digits.partition(".")
        grouped = f"{int(whole):,}".replace(",", self._group)
        return ("\u2212" if amount < 0 else "") + grouped + (self._point + decimals if decimals else "")

    def total(self, amount: int, currency: str) -> str:
        """The amount with its currency, on the side where the language has it."""
        if self.code == "de":
            return f"{self.money(amount, currency)}\u00a0{currency}"
        return f"{currency}\u00a0{self.money(amount, currency)}"

    def number(self, value: Fraction, decimals: int) -> str:
        """A number with so many decimals, thousands apart."""
        digits = rounded(abs(value) * 10**decimals, Rounding.HALF_UP)
        text = str(digits).rjust(decimals + 1, "0")
        whole, part = (text[:-decimals], text[-decimals:]) if decimals else (text, "")
        grouped = f"{int(whole):,}".replace(",", self._group)
        return ("\u2212" if value < 0 and digits else "") + grouped + (self._point + part if part else "")

    def rate(self, basis_points: int) -> str:
        """19 %; 8.25 %."""
        decimals = 0 if basis_points % 100 == 0 else 1 if basis_points % 10 == 0 else 2
        return f"{self.number(Fraction(basis_points, 100), decimals)}{NARROW}%"

    def quantity(self, value: Fraction, unit: Unit) -> str:
        """A quantity with its unit; hours always with two decimals, other things with as few as they need."""
        decimals = (
            2 if unit is Unit.HOUR else next((n for n in range(3) if (value * 10**n).denominator == 1), 3)
        )
        names = UNITS[self.code]
        if abs(value) == 1:
            names = {**names, **SINGULAR[self.code]}
        name = names[unit]
        return self.number(value, decimals) + (NARROW + name if name else "")


def clock(seconds: int) -> str:
    """Seconds as h:mm, and with seconds only where some are left: 4:10, 0:00:30."""
    sign, rest = ("\u2212" if seconds < 0 else ""), abs(seconds)
    shown = f"{sign}{rest // 3600}:{rest // 60 % 60:02}"
    return f"{shown}:{rest % 60:02}" if rest % 60 else shown
