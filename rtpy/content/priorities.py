"""Priorities in words: the number counts, a queue says what it is called (RT: PriorityAsString)."""

from rtpy.errors import Invalid, Problem

Labels = tuple[tuple[int, str], ...]
"""From which number on each word is used, the lowest first; empty: only numbers."""

USUAL: Labels = ((0, "Low"), (50, "Medium"), (75, "High"), (100, "Urgent"))
NUMBERS = "numbers"
MOST = 20
LONGEST = 30
RANGE = (-1000, 1000)


def read_labels(text: str) -> Labels:
    """`Low=0, High=100` (or one on each line) as labels; empty text: the usual ones; `numbers`: none.

    Raises Invalid, field `priority_labels`.
    """
    text = text.strip()
    if not text:
        return USUAL
    if text.lower() == NUMBERS:
        return ()
    found: dict[int, str] = {}
    problems = []
    for piece in filter(None, (piece.strip() for piece in text.replace("\n", ",").split(","))):
        label, _, number = (part.strip() for part in piece.rpartition("="))
        if not label or len(label) > LONGEST or _number(number) is None:
            problems.append(f"“{piece[:60]}” is not WORD=NUMBER")
        elif int(number) in found or label.lower() in (each.lower() for each in found.values()):
            problems.append(f"“{piece[:60]}” is there twice")
        else:
            found[int(number)] = label
    if problems or not found or len(found) > MOST:
        said = "; ".join(problems) or f"1 to {MOST} words are possible"
        raise Invalid(Problem("priority_labels", f"{said}: write for example Low=0, Medium=50, High=100."))
    return tuple(sorted(found.items()))


def write_labels(labels: Labels) -> str:
    """The text that reads as these labels."""
    if labels == USUAL:
        return ""
    return ", ".join(f"{label}={number}" for number, label in labels) or NUMBERS


def label_of(labels: Labels, number: int) -> str:
    """The word of the highest label that is not above the number; the number itself where there is none."""
    return next((label for least, label in reversed(labels) if least <= number), str(number))


def read_priority(text: str, labels: Labels) -> int | None:
    """A number or one of the words as a number; None for what is neither."""
    text = text.strip()
    named = {label.lower(): number for number, label in labels}
    return named.get(text.lower(), _number(text))


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6:
        return None
    return int(text) if RANGE[0] <= int(text) <= RANGE[1] else None
