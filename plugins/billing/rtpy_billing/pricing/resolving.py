"""The first question about an entry: in what role, what kind of work, under which agreement lines, at whose cost."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from rtpy.calendars.calendar import Calendar
from rtpy_billing.pricing.coverage import Facts, by_priority, covers, covers_hours, in_effect
from rtpy_billing.pricing.line import Step, StepKind
from rtpy_billing.pricing.values import Entry, Inputs, Line, RoundingRule
from rtpy_billing.pricing.words import ChargeMode, Hours

EVERYTHING_AS_IT_IS = RoundingRule(id=0)


class Resolver:
    """Answers from one set of inputs; keeps answers, since thousands of entries ask the same."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._lines = by_priority(inputs.lines)
        self._by_id = {line.id: line for line in self._lines}
        self._defaults = [line for line in self._lines if line.default_role_id is not None]
        self._kept: dict[Facts, tuple[Line, ...]] = {}
        self._kept_at: dict[tuple[int, date, bool], tuple[Line, ...]] = {}
        self._rules: dict[tuple[int | None, int | None], RoundingRule] = {}

    def facts(self, entry: Entry, role_id: int | None) -> Facts:
        """What conditions of coverage look at in this entry."""
        ticket = self._inputs.tickets.get(entry.ticket_id) if entry.ticket_id is not None else None
        site_id = entry.site_id
        if ticket is None:
            return Facts(
                work_type_id=entry.work_type_id, role_id=role_id, person_id=entry.person_id, site_id=site_id
            )
        return Facts(
            work_type_id=entry.work_type_id,
            role_id=role_id,
            person_id=entry.person_id,
            queue_id=ticket.queue_id,
            ticket_type=ticket.type,
            site_id=ticket.site_id if site_id is None else site_id,
            asset_ids=ticket.asset_ids,
        )

    def role(self, entry: Entry) -> tuple[int | None, str]:
        """The role and who said so: the entry, the agreement, the ticket, the person, or none."""
        if entry.role_id is not None:
            return entry.role_id, "entry"
        if self._defaults:
            facts = self.facts(entry, None)
            for line in self._defaults:
                chosen = entry.line_id == line.id
                if chosen or (
                    in_effect(line, entry.worked_on)
                    and covers(line, replace(facts, role_id=line.default_role_id))
                ):
                    return line.default_role_id, "agreement"
        ticket = self._inputs.tickets.get(entry.ticket_id) if entry.ticket_id is not None else None
        if ticket is not None and ticket.role_id is not None:
            return ticket.role_id, "ticket"
        return entry.person_role_id, "none" if entry.person_role_id is None else "person"

    def lines(self, entry: Entry, facts: Facts) -> tuple[Line, ...]:
        """The lines that cover the entry at some time, by priority; only the chosen one, if somebody chose."""
        chosen = self._by_id.get(entry.line_id) if entry.line_id is not None else None
        if chosen is not None:
            return (chosen,)
        kept = self._kept.get(facts)
        if kept is None:
            kept = self._kept[facts] = tuple(line for line in self._lines if covers(line, facts))
        return kept

    def lines_at(
        self, entry: Entry, lines: tuple[Line, ...], on: date, *, in_hours: bool
    ) -> tuple[Line, ...]:
        """Those of an entry's lines that hold on the customer's date, in or out of hours."""
        if not lines or entry.line_id == lines[0].id:
            return lines
        key = (id(lines), on, in_hours)  # by identity: `_kept` holds on to these tuples
        if key not in self._kept_at:
            self._kept_at[key] = tuple(
                line for line in lines if in_effect(line, on) and covers_hours(line, in_hours=in_hours)
            )
        return self._kept_at[key]

    def calendar(self, entry: Entry, lines: tuple[Line, ...]) -> Calendar | None:
        """The hours agreed in the first line that holds on the worked date, else the customer's, as of that date."""
        held = (line for line in lines if entry.line_id == line.id or in_effect(line, entry.worked_on))
        line = next(held, None)
        hours = (line.calendar if line is not None else None) or self._inputs.customer.calendar
        return hours.calendar_on(entry.worked_on) if hours is not None else None

    def hours(self, work_type_id: int | None) -> Hours:
        """How the work type looks at clocks."""
        kind = self._inputs.work_types.get(work_type_id) if work_type_id is not None else None
        return kind.hours if kind else Hours.ANY

    def mode(self, entry: Entry, line: Line | None) -> tuple[ChargeMode, str]:
        """The charge mode and who said so; work for one's own organization is hidden unless somebody says otherwise."""
        if entry.charge_mode is not None:
            return entry.charge_mode, "entry"
        ticket = self._inputs.tickets.get(entry.ticket_id) if entry.ticket_id is not None else None
        if ticket is not None and ticket.charge_mode is not None:
            return ticket.charge_mode, "ticket"
        if line is not None and line.charge_mode is not None:
            return line.charge_mode, "agreement"
        if self._inputs.customer.own:
            return ChargeMode.HIDDEN, "own"
        kind = self._inputs.work_types.get(entry.work_type_id) if entry.work_type_id is not None else None
        if kind is not None and kind.charge_mode is not None:
            return kind.charge_mode, "work_type"
        return ChargeMode.BILLABLE, "default"

    def rule(self, line_id: int | None, work_type_id: int | None) -> RoundingRule:
        """The closest rounding rule; where there is none, billed time is worked time."""
        key = (line_id, work_type_id)
        if key not in self._rules:
            fitting = [
                rule
                for rule in self._inputs.rounding_rules
                if rule.line_id in (None, line_id) and rule.work_type_id in (None, work_type_id)
            ]
            self._rules[key] = max(fitting, key=closeness, default=EVERYTHING_AS_IT_IS)
        return self._rules[key]


def closeness(rule: RoundingRule) -> tuple[bool, bool, bool, int]:
    """The greater, the closer: an agreement line's, the customer's, that of all; a work type's own first."""
    return rule.line_id is not None, rule.of_customer, rule.work_type_id is not None, -rule.id


@lru_cache(4096)
def role_step(role_id: int | None, source: str) -> Step:
    """What is told of the role."""
    return Step(StepKind.ROLE, {"role_id": role_id, "source": source})


def line_step(entry: Entry, line: Line | None) -> Step:
    """What is told of the agreement line."""
    if line is None:
        return line_of(None, None, "none")
    return line_of(line.id, line.name, "entry" if entry.line_id == line.id else "conditions")


@lru_cache(4096)
def line_of(line_id: int | None, name: str | None, source: str) -> Step:
    """The same value for the same line: thousands of entries share it."""
    return Step(StepKind.AGREEMENT_LINE, {"line_id": line_id, "name": name, "source": source})


@lru_cache(4096)
def mode_step(mode: ChargeMode, source: str) -> Step:
    """What is told of the charge mode."""
    return Step(StepKind.CHARGE_MODE, {"mode": mode.value, "source": source})
