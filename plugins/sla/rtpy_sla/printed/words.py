"""The words of service reports in the languages that we have: English and German. Customers read "request"."""

from collections.abc import Mapping
from datetime import date

ENGLISH: Mapping[str, str] = {
    "title": "Service report",
    "for": "{customer}, {month}",
    "opened": "Requests opened",
    "resolved": "Requests resolved",
    "made": "Figures as of {moment} ({zone})",
    "targets": "What was promised",
    "target": "Target",
    "met": "Met",
    "missed": "Missed",
    "excused": "Agreed exceptions",
    "rate": "Met, %",
    "median": "Half within",
    "nine_of_ten": "90 % within",
    "requests": "Requests",
    "request": "Request",
    "subject": "Subject",
    "opened_on": "Opened",
    "queue": "Area",
    "first": "First response",
    "resolution_time": "Resolution",
    "promises": "Dates that we gave",
    "promise": "Promise",
    "due": "By",
    "verdict": "Result",
    "pauses": "Waiting times",
    "waited_for": "Waited for",
    "from": "From",
    "until": "Until",
    "reason": "Reason",
    "time": "Time",
    "left_out": "{number} more requests are not listed.",
    "nothing": "There was nothing to report in this month.",
    "means": "What the numbers mean",
    "page": "Page",
    "of": "of",
    "still": "still",
    "business": "business hours",
    "wall": "hours by the clock",
    "days": "business hours",
    "acknowledge": "Taking over",
    "first_response": "First response",
    "next_response": "Further answers",
    "update": "Regular updates",
    "resolution": "Resolution",
    "internal": "Hand-over between our teams",
    "supplier": "Suppliers",
    "promise_target": "Dates that we gave",
    "verdict_met": "met",
    "verdict_missed": "missed",
    "verdict_excused": "agreed exception",
    "verdict_open": "open",
    "verdict_": "–",
    "ball_customer": "you",
    "ball_third": "a third party",
    "ball_scheduled": "an agreed date",
    "mean_met": "Met: it happened before it was due. Missed: the due moment passed first.",
    "mean_excused": "Agreed exception: missed, but excused; it counts neither as met nor as missed.",
    "mean_rate": "Met in per cent: of what was met and missed together, in this month.",
    "mean_times": "Half within, 90 % within: so many of those that ended took no longer, in agreed hours. "
    "Waiting times do not count where that was agreed.",
    "mean_resolved": "A request counts as resolved in the month in which it was resolved last.",
    "mail": "The service report for {month} is attached.",
    "month_1": "January", "month_2": "February", "month_3": "March", "month_4": "April", "month_5": "May",
    "month_6": "June", "month_7": "July", "month_8": "August", "month_9": "September", "month_10": "October",
    "month_11": "November", "month_12": "December",
}  # fmt: skip
GERMAN: Mapping[str, str] = {
    "title": "Servicebericht",
    "for": "{customer}, {month}",
    "opened": "Eröffnete Anfragen",
    "resolved": "Gelöste Anfragen",
    "made": "Zahlen vom {moment} ({zone})",
    "targets": "Was zugesagt war",
    "target": "Ziel",
    "met": "Erfüllt",
    "missed": "Verfehlt",
    "excused": "Vereinbarte Ausnahmen",
    "rate": "Erfüllt, %",
    "median": "Die Hälfte in",
    "nine_of_ten": "90 % in",
    "requests": "Anfragen",
    "request": "Anfrage",
    "subject": "Betreff",
    "opened_on": "Eröffnet",
    "queue": "Bereich",
    "first": "Erste Antwort",
    "resolution_time": "Lösung",
    "promises": "Genannte Termine",
    "promise": "Zusage",
    "due": "Bis",
    "verdict": "Ergebnis",
    "pauses": "Wartezeiten",
    "waited_for": "Gewartet auf",
    "from": "Von",
    "until": "Bis",
    "reason": "Grund",
    "time": "Zeit",
    "left_out": "{number} weitere Anfragen sind nicht aufgeführt.",
    "nothing": "In diesem Monat gab es nichts zu berichten.",
    "means": "Was die Zahlen bedeuten",
    "page": "Seite",
    "of": "von",
    "still": "noch",
    "business": "Servicestunden",
    "wall": "Stunden nach der Uhr",
    "days": "Servicestunden",
    "acknowledge": "Annahme",
    "first_response": "Erste Antwort",
    "next_response": "Weitere Antworten",
    "update": "Regelmäßige Zwischenstände",
    "resolution": "Lösung",
    "internal": "Übergabe zwischen unseren Teams",
    "supplier": "Zulieferer",
    "promise_target": "Genannte Termine",
    "verdict_met": "erfüllt",
    "verdict_missed": "verfehlt",
    "verdict_excused": "vereinbarte Ausnahme",
    "verdict_open": "offen",
    "verdict_": "–",
    "ball_customer": "Sie",
    "ball_third": "Dritte",
    "ball_scheduled": "einen vereinbarten Termin",
    "mean_met": "Erfüllt: es geschah vor dem Termin. Verfehlt: der Termin verstrich vorher.",
    "mean_excused": "Vereinbarte Ausnahme: verfehlt, aber entschuldigt; zählt weder als erfüllt noch als verfehlt.",
    "mean_rate": "Erfüllt in Prozent: von dem, was in diesem Monat erfüllt und verfehlt wurde.",
    "mean_times": "Die Hälfte in, 90 % in: so viele der beendeten dauerten nicht länger, in den vereinbarten Stunden. "
    "Wartezeiten zählen nicht mit, wo das vereinbart ist.",
    "mean_resolved": "Eine Anfrage zählt in dem Monat als gelöst, in dem sie zuletzt gelöst wurde.",
    "mail": "Der Servicebericht für {month} ist angehängt.",
    "month_1": "Januar", "month_2": "Februar", "month_3": "März", "month_4": "April", "month_5": "Mai",
    "month_6": "Juni", "month_7": "Juli", "month_8": "August", "month_9": "September", "month_10": "Oktober",
    "month_11": "November", "month_12": "Dezember",
}  # fmt: skip
LANGUAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "en": ("English", ENGLISH),
    "de": ("Deutsch", GERMAN),
}


class Language:
    """Words, months, times and shares as they are written in one language; English where we lack it."""

    def __init__(self, code: str) -> None:
        self.code = code if code in LANGUAGES else "en"
        self._words = LANGUAGES[self.code][1]

    def word(self, key: str, **given: object) -> str:
        """The text of that key with what is given put in. Raises KeyError."""
        return self._words[key].format(**given)

    def month(self, first: date) -> str:
        """`March 2026`."""
        return f"{self.word(f'month_{first.month}')} {first.year}"

    def target(self, name: str) -> str:
        """What a target is called."""
        return self.word("promise_target" if name == "promise" else name)

    def rate(self, met: int, missed: int) -> str:
        """`97.5 %` with the language's mark, a dash of nothing."""
        if not met + missed:
            return "–"
        mille = (2000 * met + met + missed) // (2 * (met + missed))
        return f"{mille // 10}{',' if self.code == 'de' else '.'}{mille % 10} %"

    def time(self, seconds: int | None) -> str:
        """`12:05 h`; a dash while it has not happened."""
        return "–" if seconds is None else f"{seconds // 3600}:{seconds % 3600 // 60:02} h"
