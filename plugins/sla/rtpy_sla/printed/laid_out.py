"""A service report as the plain texts that its pages show; all wording is made here, none in the template."""

from datetime import date
from typing import Any

from rtpy_sla.printed.figures import Figures
from rtpy_sla.printed.words import Language

Plain = dict[str, Any]  # Any: JSON for the template


def lay_out(figures: Figures) -> Plain:
    """Headings, facts and tables; a table is a dict of title, columns, numbers (how many of the last are), rows."""
    say = Language(figures.language)
    month = say.month(date.fromisoformat(figures.month))
    tables = (_targets(figures, say), _requests(figures, say), _promises(figures, say), _pauses(figures, say))
    more = [say.word("left_out", number=figures.left_out)] if figures.left_out else []
    return {
        "language": say.code,
        "sender": figures.sender,
        "title": say.word("title"),
        "about": say.word("for", customer=figures.customer, month=month),
        "made": say.word("made", moment=figures.made, zone=figures.zone),
        "facts": [
            [say.word("opened"), str(figures.opened)],
            [say.word("resolved"), str(figures.resolved)],
            *([say.target(each.target), say.rate(each.met, each.missed)] for each in figures.targets[:4]),
        ],
        "tables": [table for table in tables if table["rows"]],
        "more": more,
        "nothing": say.word("nothing") if figures.is_empty else "",
        "means_title": say.word("means"),
        "means": [say.word(f"mean_{each}") for each in ("met", "excused", "rate", "times", "resolved")],
        "page": [say.word("page"), say.word("of")],
    }


def _targets(figures: Figures, say: Language) -> Plain:
    names = ("target", "met", "missed", "excused", "rate", "median", "nine_of_ten")
    return {
        "title": say.word("targets"),
        "columns": [say.word(name) for name in names],
        "numbers": 6,
        "rows": [
            [
                f"{say.target(each.target)} ({say.word(each.unit)})",
                str(each.met),
                str(each.missed),
                str(each.excused),
                say.rate(each.met, each.missed),
                say.time(each.median),
                say.time(each.nine_of_ten),
            ]
            for each in figures.targets
        ],
    }


def _requests(figures: Figures, say: Language) -> Plain:
    has_queues = any(each.queue for each in figures.requests)
    names = ["request", "subject", *(["queue"] if has_queues else []), "opened_on"]
    return {
        "title": say.word("requests"),
        "columns": [*(say.word(name) for name in names), say.word("first"), say.word("resolution_time")],
        "numbers": 2,
        "rows": [
            [
                f"#{each.number}",
                each.subject,
                *([each.queue] if has_queues else []),
                each.opened,
                _result(each.first_response, each.first_verdict, say),
                _result(each.resolution, each.resolution_verdict, say),
            ]
            for each in figures.requests
        ],
    }


def _result(seconds: int | None, verdict: str, say: Language) -> str:
    said = say.word(f"verdict_{verdict}")
    return said if seconds is None else f"{say.time(seconds)}, {said}"


def _promises(figures: Figures, say: Language) -> Plain:
    return {
        "title": say.word("promises"),
        "columns": [say.word(name) for name in ("request", "promise", "due", "verdict")],
        "numbers": 1,
        "rows": [
            [f"#{each.number}", each.words, each.due, say.word(f"verdict_{each.verdict}")]
            for each in figures.promises
        ],
    }


def _pauses(figures: Figures, say: Language) -> Plain:
    if not figures.pauses:
        return {
            "title": say.word("pauses"),
            "columns": [say.word("waited_for"), say.word("time")],
            "numbers": 1,
            "rows": [[say.word(f"ball_{ball}"), say.time(seconds)] for ball, seconds in figures.paused],
        }
    return {
        "title": say.word("pauses"),
        "columns": [say.word(name) for name in ("request", "waited_for", "from", "until", "reason")],
        "numbers": 0,
        "rows": [
            [
                f"#{each.number}",
                say.word(f"ball_{each.ball}"),
                each.start,
                each.end or say.word("still"),
                each.reason,
            ]
            for each in figures.pauses
        ],
    }
