"""Pieces of work as lines of an invoice, grouped as the customer wants them. Pure: no database."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.invoicing.gathering import Piece
from rtpy_billing.invoicing.words import Words
from rtpy_billing.pricing.words import Outcome

WHOLE = 10_000
MOST_NOTES = 20
HOUR = 3600


@dataclass(slots=True)
class LineDraft:
    """A line before it is stored; `pieces` are the priced lines of entries that it bills."""

    source: str
    text: str
    quantity: int
    quantity_base: int
    unit: Unit
    unit_price: int
    heading: str = ""
    seconds: int | None = None
    discount: int = 0
    discount_reason: str = ""
    tax_class: str = "standard"
    account: str = ""
    agreement_line_id: int | None = None
    bills: str = ""
    expense_id: int | None = None
    period_start: date | None = None
    period_end: date | None = None
    requests: list[int] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)


def work_lines(
    pieces: Iterable[Piece], grouping: str, words: Words, *, shows_names: bool, period: tuple[date, date]
) -> list[LineDraft]:
    """One line for each group and price: work that is charged, then what is free, then what is covered.

    `grouping` is `entry`, `ticket`, `person`, `work_type` or `period`. Amounts that are none of hours times a rate (a
    call-out fee, the rest of a retainer) get lines of their own.
    """
    groups: dict[Hashable, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(_key(piece, grouping, shows_names=shows_names), []).append(piece)
    lines = [_line(group, grouping, words, period, shows_names=shows_names) for group in groups.values()]
    order = {Outcome.CHARGED.value: 0, Outcome.NO_CHARGE.value: 1, Outcome.COVERED.value: 2}
    kinds = {id(line): order[group[0].outcome] for line, group in zip(lines, groups.values(), strict=True)}
    return sorted(lines, key=lambda line: kinds[id(line)])


def _key(piece: Piece, grouping: str, *, shows_names: bool) -> Hashable:
    by: Hashable = {
        "entry": piece.entry_id,
        "ticket": piece.ticket_id,
        "person": piece.person_id if shows_names else piece.role,
        "work_type": piece.work_type,
    }.get(grouping)
    line = piece.agreement_line
    tax = (line.tax_class, line.account) if line else ("standard", "")
    covered = line.id if line and piece.outcome == Outcome.COVERED.value else None
    price = piece.charged_rate if piece.outcome == Outcome.CHARGED.value else piece.rate
    if piece.outcome == Outcome.COVERED.value:
        price = None
    return by, piece.outcome, piece.is_lump, piece.fee, price, tax, covered


def _line(
    group: Sequence[Piece], grouping: str, words: Words, period: tuple[date, date], *, shows_names: bool
) -> LineDraft:
    first, seconds = group[0], sum(piece.seconds for piece in group)
    line = first.agreement_line
    days = [piece.day for piece in group]
    draft = LineDraft(
        "work",
        _text(group, grouping, words, period, shows_names=shows_names),
        seconds,
        HOUR,
        Unit.HOUR,
        (first.charged_rate if first.outcome == Outcome.CHARGED.value else first.rate) or 0,
        seconds=seconds,
        tax_class=line.tax_class if line else "standard",
        account=line.account if line else "",
        agreement_line_id=line.id if line else None,
        period_start=min(days),
        period_end=max(days) + timedelta(days=1),
        requests=sorted({piece.ticket_id for piece in group if piece.ticket_id}),
        pieces=[piece.line_id for piece in group],
    )
    if first.outcome == Outcome.CHARGED.value and (first.is_lump or first.charged_rate is None):
        draft.quantity, draft.quantity_base, draft.unit = 1, 1, Unit.LUMP_SUM
        draft.unit_price = sum(piece.amount for piece in group)
        draft.seconds = seconds or None
        if first.fee:
            draft.text = f"{first.fee}\n{draft.text}"
    elif first.outcome == Outcome.NO_CHARGE.value:
        draft.discount, draft.discount_reason = WHOLE, words.no_charge
    elif first.outcome == Outcome.COVERED.value:
        draft.unit_price = 0
        draft.heading = words.covered_by(line.name if line else "")
    return draft


def _text(
    group: Sequence[Piece], grouping: str, words: Words, period: tuple[date, date], *, shows_names: bool
) -> str:
    """The first line is the description; each further one is a detail."""
    first = group[0]
    notes = list(dict.fromkeys(piece.note for piece in group if piece.note))
    more = [" ".join(note.split()) for note in notes[:MOST_NOTES]]
    if grouping == "entry":
        head = more[0] if more else _named(first, words)
        return "\n".join([f"{words.day(first.day)}: {head}", *more[1:]])
    if grouping == "ticket" and first.ticket_id:
        return "\n".join([words.request(first.ticket_id, first.subject), *more])
    if grouping == "person":
        return first.person if shows_names else first.role or words.work
    if grouping == "work_type":
        return first.work_type or words.work
    if grouping == "period":
        return words.labour(*period)
    return "\n".join([first.work_type or words.work, *more])


def _named(piece: Piece, words: Words) -> str:
    if piece.ticket_id:
        return words.request(piece.ticket_id, piece.subject)
    return piece.work_type or words.work
