"""What invoices say by themselves, in the customer's language. Customers read "request", never another word."""

from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one language."""

    language: str
    work: str
    no_charge: str
    covered: str
    labour_in: str
    request_is: str
    mail_subject: str
    mail_text: str
    credit_subject: str
    credit_text: str

    def day(self, day: date) -> str:
        """`3 March 2026`."""
        month = _MONTHS[self.language][day.month - 1]
        return f"{day.day}. {month} {day.year}" if self.language == "de" else f"{day.day} {month} {day.year}"

    def labour(self, start: date, end: date) -> str:
        """`Labour 1 June 2026 to 30 June 2026`; `end` is the day after the last."""
        return self.labour_in.format(start=self.day(start), last=self.day(end - timedelta(days=1)))

    def request(self, number: int, subject: str) -> str:
        """`Request #12: Printer on fire`."""
        return self.request_is.format(number=number, subject=" ".join(subject.split()))

    def covered_by(self, name: str) -> str:
        """`Covered by: Block of 10 hours`."""
        return f"{self.covered}: {name}" if name else self.covered


_ENGLISH = Words(
    language="en",
    work="Work",
    no_charge="No charge",
    covered="Covered by your agreement",
    labour_in="Labour {start} to {last}",
    request_is="Request #{number}: {subject}",
    mail_subject="Invoice {number}",
    mail_text="Dear Sir or Madam,\n\nplease find attached our invoice {number} over {total}, due on {due}.\n\n"
    "Kind regards\n{seller}",
    credit_subject="Credit note {number}",
    credit_text="Dear Sir or Madam,\n\nplease find attached our credit note {number} over {total}.\n\n"
    "Kind regards\n{seller}",
)
_GERMAN = Words(
    language="de",
    work="Arbeit",
    no_charge="Ohne Berechnung",
    covered="Durch Ihren Vertrag abgedeckt",
    labour_in="Arbeitszeit {start} bis {last}",
    request_is="Anfrage #{number}: {subject}",
    mail_subject="Rechnung {number}",
    mail_text="Guten Tag,\n\nanbei erhalten Sie unsere Rechnung {number} über {total}, fällig am {due}.\n\n"
    "Freundliche Grüße\n{seller}",
    credit_subject="Gutschrift {number}",
    credit_text="Guten Tag,\n\nanbei erhalten Sie unsere Gutschrift {number} über {total}.\n\n"
    "Freundliche Grüße\n{seller}",
)


def words_of(language: str) -> Words:
    """The words of that language; English where we have none."""
    return _GERMAN if language[:2].lower() == "de" else _ENGLISH
