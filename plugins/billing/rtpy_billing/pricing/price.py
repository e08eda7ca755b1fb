"""The one function that prices work: the invoice, the preview, the simulation, the portal's “why” and the tests ask it.

It reads no database and no clock and changes nothing. The stages, in this order: role, kind of work and agreement lines
(`resolving`, `coverage`); in and out of hours (`stretches`); rounding groups with minimum, increment and maximum
(`grouping`, `rounding`); rate by the five rungs, then surcharges (`ladder`); who pays (`covering`).
"""

from collections import defaultdict

from rtpy_billing.money import product
from rtpy_billing.pricing.correcting import given_back, step_of, take_back
from rtpy_billing.pricing.covering import Covering
from rtpy_billing.pricing.grouping import groups, round_group
from rtpy_billing.pricing.ladder import Ladder, Place, with_surcharges
from rtpy_billing.pricing.line import Fact, PricedLine, Pricing, Step, StepKind
from rtpy_billing.pricing.parts import Left
from rtpy_billing.pricing.resolving import Resolver, line_step, mode_step, role_step
from rtpy_billing.pricing.segment import Segment, frozen
from rtpy_billing.pricing.stretches import stretches
from rtpy_billing.pricing.values import Entry, Inputs, RoundingRule, Surcharge
from rtpy_billing.pricing.words import ChargeMode, Fixed, Operation, Outcome


def price(inputs: Inputs) -> Pricing:
    """The priced lines of all entries that are not invoiced, with every step that led to them.

    The order of `inputs.entries` does not matter. Approved entries keep billed time, rate and value; what pays for them
    is found anew. Raises ValueError when an entry that is `fixed` has no lines.
    """
    return Run(inputs).price()


class Run:
    """One call of `price()`: what its stages hand on to each other."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.entries = {entry.id: entry for entry in inputs.entries}
        self.resolver = Resolver(inputs)
        self.ladder = Ladder(inputs.rates, inputs.surcharges)
        self.surcharges: dict[tuple[int, int], list[Surcharge]] = {}
        self.fee_count: dict[int, int] = defaultdict(int)

    def price(self) -> Pricing:
        """All stages."""
        segments = [segment for entry in self.entries.values() for segment in self.segments(entry)]
        segments.sort(key=lambda one: (one.entry.worked_on, one.began, one.entry.id, one.number))
        told = []
        grouped = groups(((one, self.rule(one)) for one in segments), self.entries)
        for group in grouped.values():
            step = round_group(group)
            if step is not None:
                told.append(step)
        of_entry: dict[int, list[Segment]] = defaultdict(list)
        for segment in segments:
            of_entry[segment.entry.id].append(segment)
            if not segment.is_fixed:
                self.value(segment)
        for group in grouped.values():
            of_group = self.fees(group.segments)
            segments += of_group
            for segment in of_group:
                of_entry[segment.entry.id].append(segment)
        take_back(segments, of_entry)
        return Pricing(lines=self.cover(segments, of_entry), steps=tuple(told))

    def segments(self, entry: Entry) -> list[Segment]:
        """The entry's stretches, cut anew or as they froze, each with the lines that cover it."""
        found = self.cut(entry) if entry.fixed is Fixed.NOTHING else self.as_frozen(entry)
        original = self.entries.get(entry.corrects) if entry.corrects is not None else None
        reason = entry.write_off_reason or (original.write_off_reason if original else "")
        for one in found:
            one.write_off_reason = reason
        return found

    def as_frozen(self, entry: Entry) -> list[Segment]:
        """The stretches of an entry whose value stands."""
        if not entry.lines:
            raise ValueError(f"entry {entry.id} is fixed and has no lines")
        found = frozen(entry)
        lines = self.resolver.lines(entry, self.resolver.facts(entry, found[0].role_id))
        for one in found:
            one.lines = self.resolver.lines_at(entry, lines, one.customer_on, in_hours=one.in_hours)
        return found

    def cut(self, entry: Entry) -> list[Segment]:
        """The stretches of an entry that nobody approved yet."""
        role_id, source = self.resolver.role(entry)
        lines = self.resolver.lines(entry, self.resolver.facts(entry, role_id))
        calendar = self.resolver.calendar(entry, lines)
        hours = self.resolver.hours(entry.work_type_id)
        role = role_step(role_id, source)
        found = []
        cut = stretches(entry, calendar, self.inputs.customer.zone, hours)
        for number, one in enumerate(cut, start=1):
            covering = self.resolver.lines_at(entry, lines, one.customer_on, in_hours=one.in_hours)
            own = covering[0] if covering else None
            mode, said_by = self.resolver.mode(self.deciding(entry), own)
            found.append(
                Segment(
                    entry=entry,
                    number=number,
                    worked_on=one.worked_on,
                    customer_on=one.customer_on,
                    day=one.day,
                    in_hours=one.in_hours,
                    exception=one.exception,
                    started_at=one.started_at,
                    ended_at=one.ended_at,
                    worked=one.seconds,
                    role_id=role_id,
                    work_type_id=entry.work_type_id,
                    lines=covering,
                    mode=mode,
                    steps=[role, line_step(entry, own), one.step, mode_step(mode, said_by)],
                )
            )
        return found

    def deciding(self, entry: Entry) -> Entry:
        """The entry whose charge mode counts: for a correction without its own, that of what it corrects."""
        if entry.charge_mode is None and entry.corrects is not None:
            return self.entries.get(entry.corrects, entry)
        return entry

    def rule(self, segment: Segment) -> RoundingRule:
        """The rounding rule of a stretch."""
        return self.resolver.rule(segment.line_id, segment.work_type_id)

    def value(self, segment: Segment) -> None:
        """Rate, surcharges and value of a stretch whose billed time is known; hidden work has none."""
        if segment.mode is ChargeMode.HIDDEN:
            return
        original = self.entries.get(segment.entry.corrects) if segment.entry.corrects is not None else None
        if original is not None and original.lines and segment.entry.rate is None:
            first = original.lines[0]
            segment.rung, segment.rate_id, segment.rate = first.rung, first.rate_id, first.rate
            segment.steps.extend(
                step for step in first.steps if step.kind in (StepKind.RATE, StepKind.SURCHARGE)
            )
        else:
            self.rate(segment)
        if segment.rate is not None:
            segment.value = product(segment.billed, segment.rate, 3600, self.inputs.rounding)

    def rate(self, segment: Segment) -> None:
        """The rate by the ladder and what surcharges make of it; the entry's own rate is not raised."""
        place = Place(
            ticket_id=segment.entry.ticket_id,
            line_id=segment.line_id,
            customer_id=self.inputs.customer.id,
            role_id=segment.role_id,
            work_type_id=segment.work_type_id,
            on=segment.worked_on,
        )
        found = self.ladder.find(place, segment.entry.rate)
        segment.rung, segment.rate_id, segment.rate = found.rung, found.rate_id, found.rate
        segment.steps.append(found.step)
        those = self.ladder.surcharges(
            place, segment.day, in_hours=segment.in_hours, exception=segment.exception
        )
        if those:
            self.surcharges[segment.entry.id, segment.number] = those
            if found.rate is not None and segment.entry.rate is None:
                segment.rate, steps = with_surcharges(found.rate, those, self.inputs.rounding)
                segment.steps.extend(steps)

    def fees(self, group: list[Segment]) -> list[Segment]:
        """A segment for each flat fee that is due once for the group and was not taken before."""
        ids = {segment.entry.id for segment in group}
        known = {
            line.fee_id
            for entry_id in ids
            if self.entries[entry_id].fixed is not Fixed.NOTHING
            for line in self.entries[entry_id].lines
        }
        found: list[Segment] = []
        for segment in group:
            for one in self.surcharges.get((segment.entry.id, segment.number), ()):
                if one.operation is Operation.FEE and one.id not in known and segment.worked > 0:
                    known.add(one.id)
                    self.fee_count[segment.entry.id] += 1
                    found.append(fee(segment, one, self.fee_count[segment.entry.id]))
        return found

    def cover(self, segments: list[Segment], of_entry: dict[int, list[Segment]]) -> tuple[PricedLine, ...]:
        """Who pays, in the order in which balances are drawn from; the lines in the order of work."""
        covering = Covering(self.inputs)
        lines: dict[tuple[int, int], list[PricedLine]] = {}
        segments.sort(key=lambda one: (one.customer_on, one.began, one.entry.id, one.number))
        still: list[Segment] = []
        for segment in segments:
            if segment.entry.fixed is Fixed.ALL:
                those = [line for line in segment.entry.lines if line.segment == segment.number]
                covering.remember(those, segment)
            else:
                still.append(segment)
        for segment in still:
            original = (
                self.entries.get(segment.entry.corrects) if segment.entry.corrects is not None else None
            )
            if original is not None and original.fixed is Fixed.ALL and segment.billed < 0:
                lines[segment.entry.id, segment.number] = self.reverse(segment, original)
            else:
                lines[segment.entry.id, segment.number] = covering.cover(segment)
        still.sort(
            key=lambda one: (one.entry.worked_on, of_entry[one.entry.id][0].began, one.entry.id, one.number)
        )
        return tuple(line for one in still for line in lines[one.entry.id, one.number])

    def reverse(self, segment: Segment, original: Entry) -> list[PricedLine]:
        """The lines of a correction of invoiced work: each part as the original was paid for, below nought."""
        left = Left(
            segment,
            self.inputs.customer.currency,
            self.inputs.rounding,
            worked=segment.worked,
            billed=segment.billed,
            value=segment.value,
            lump=False,
        )
        by_id = {line.id: line for line in self.inputs.lines}
        for line, billed, share in given_back(segment, original):
            rate = line.charged_rate if line.outcome is Outcome.CHARGED else None
            amount = product(billed, rate, 3600, self.inputs.rounding) if rate is not None else 0
            left.take(
                by_id.get(line.line_id) if line.line_id is not None else None,
                line.outcome,
                worked=segment.worked * billed // segment.billed,
                billed=billed,
                value=segment.value * billed // segment.billed,
                steps=(step_of(original, billed),),
                paid=(share,) if share else (),
                rate=rate,
                amount=amount,
            )
        if left.billed or not left.parts:
            left.take_all(None, Outcome.NO_CHARGE, (step_of(original, left.billed),))
        return left.parts


def fee(segment: Segment, one: Surcharge, count: int) -> Segment:
    """A flat fee as a segment of its own, after all others of the entry; it has no time."""
    facts: dict[str, Fact] = {
        "surcharge_id": one.id,
        "name": one.name,
        "rung": one.rung.value,
        "amount": one.value,
    }
    return Segment(
        entry=segment.entry,
        number=1000 + count,
        worked_on=segment.worked_on,
        customer_on=segment.customer_on,
        day=segment.day,
        in_hours=segment.in_hours,
        exception=segment.exception,
        started_at=segment.started_at,
        ended_at=segment.ended_at,
        worked=0,
        billed=0,
        role_id=segment.role_id,
        work_type_id=segment.work_type_id,
        lines=segment.lines,
        mode=segment.mode,
        rung=one.rung,
        fee_id=one.id,
        value=one.value,
        write_off_reason=segment.write_off_reason,
        steps=[segment.steps[1], Step(StepKind.FEE, facts)],
    )
