"""Corrections: what a negative entry takes over from what it corrects, and what it takes back before the invoice."""

from collections.abc import Mapping, Sequence

from rtpy_billing.pricing.line import PricedLine, Step, StepKind
from rtpy_billing.pricing.segment import Segment
from rtpy_billing.pricing.values import Entry, Share
from rtpy_billing.pricing.words import Cover, Fate, Fixed, Outcome


def take_back(segments: Sequence[Segment], of_entry: Mapping[int, Sequence[Segment]]) -> None:
    """Note on each correction, and on what it corrects, the billed time that need not be drawn or charged at all.

    Only while neither is invoiced; what an original has in several stretches is taken back from its end.
    """
    for correction in segments:
        original_id = correction.entry.corrects
        if correction.billed >= 0 or original_id is None or correction.entry.fixed is Fixed.ALL:
            continue
        if not prepaid(correction):
            continue
        rest = -correction.billed
        for segment in reversed(of_entry.get(original_id, ())):
            if segment.entry.fixed is Fixed.ALL or segment.fee_id is not None or not prepaid(segment):
                continue
            part = max(min(rest, segment.billed - segment.returned), 0)
            segment.returned += part
            correction.returned -= part
            rest -= part


def prepaid(segment: Segment) -> bool:
    """Whether something else than an invoice for this work would pay; only then it matters what is drawn."""
    return bool(segment.lines) and segment.lines[0].cover is not Cover.NONE


def given_back(correction: Segment, original: Entry) -> list[tuple[PricedLine, int, Share | None]]:
    """What a correction of invoiced work reverses: the original's lines, how many seconds (below nought), and the share
    of a balance that gets something back. What was charged goes first, then what was covered."""
    rest = -correction.billed
    found: list[tuple[PricedLine, int, Share | None]] = []
    for line in sorted(
        original.lines, key=lambda line: (line.outcome is Outcome.COVERED, -line.segment, -line.part)
    ):
        part = min(rest, line.billed_seconds)
        if part <= 0 or line.fee_id is not None:
            continue
        share = None
        if line.taken:
            source = line.sources[-1][0] if line.sources else None
            share = Share(Fate.COVERED, -part, -(line.taken * part // line.billed_seconds), source)
        found.append((line, -part, share))
        rest -= part
    return found


def step_of(original: Entry, billed: int) -> Step:
    """What is told of a correction."""
    return Step(StepKind.CORRECTED, {"original_id": original.id, "billed": billed})
