"""The steps of a price in words. Steps are data; here alone they become sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtpy_billing.money import shown
from rtpy_billing.pricing.line import Step, StepKind
from rtpy_billing.pricing.words import Cover, Operation, Outcome, Rung
from rtpy_billing.web.days import day

RUNGS = {
    Rung.ENTRY.value: "This entry",
    Rung.TICKET.value: "Its ticket",
    Rung.LINE.value: "Agreement line",
    Rung.CUSTOMER.value: "Customer",
    Rung.BOOK.value: "Price book",
}
BY = {
    "entry": "chosen for it",
    "both": "role and work type",
    "work_type": "work type",
    "role": "role",
    "all": "any role and work type",
}
OUTCOMES = {
    Outcome.CHARGED: ("charged", "info"),
    Outcome.COVERED: ("covered", "ok"),
    Outcome.NO_CHARGE: ("no charge", ""),
    Outcome.HIDDEN: ("hidden", ""),
    Outcome.UNDECIDED: ("undecided", "warn"),
    Outcome.WRITTEN_OFF: ("written off", ""),
    Outcome.CAPPED: ("over the cap", ""),
    Outcome.HELD: ("held", "warn"),
    Outcome.BLOCKED: ("blocked", "bad"),
}
TITLES = {
    StepKind.ROLE: "Role",
    StepKind.AGREEMENT_LINE: "Agreement",
    StepKind.HOURS: "Hours",
    StepKind.CHARGE_MODE: "Charge",
    StepKind.ROUNDING: "Rounding",
    StepKind.SHARE: "Its share",
    StepKind.RATE: "Rate",
    StepKind.SURCHARGE: "Surcharge",
    StepKind.FEE: "Fee",
    StepKind.COVER: "Cover",
    StepKind.OVERFLOW: "Overflow rate",
    StepKind.CAP: "Cap",
    StepKind.WRITE_OFF: "Written off",
    StepKind.CORRECTED: "Correction",
}
SOURCES = {
    "entry": "chosen for this entry",
    "agreement": "as the agreement says",
    "ticket": "as decided for the ticket",
    "person": "the usual one of the person",
    "own": "it is our own organisation",
    "work_type": "as the work type says",
    "default": "as usual",
    "conditions": "by its conditions",
    "clock": "by the clock",
    "day": "by the day: there are no clock times",
    "always": "no calendar is agreed",
}
GROUPINGS = {
    "ticket_day": "all work on the ticket that day",
    "ticket": "all work on the ticket",
    "person_day": "all work of the person that day",
    "invoice": "all work of the billing period",
    "entry": "the entry alone",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One step: a heading and a sentence."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RungShown:
    """One rung of the ladder: what it says, or nothing."""

    name: str
    by: str
    rate: str
    won: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in steps are called."""

    currency: str
    roles: Mapping[int, str] = field(default_factory=dict)


def hours(seconds: int) -> str:
    """`1:30`, with seconds where there are any."""
    size, sign = abs(seconds), "−" if seconds < 0 else ""
    tail = f":{size % 60:02}" if size % 60 else ""
    return f"{sign}{size // 3600}:{size // 60 % 60:02}{tail}"


def ladder(steps: tuple[Step, ...], currency: str) -> list[RungShown]:
    """All five rungs with what each says."""
    said: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.kind is StepKind.RATE:
            rungs: Any = step.facts["ladder"]
            said = {each["rung"]: each for each in rungs}
    found = []
    for rung, name in RUNGS.items():
        each = said.get(rung)
        if each is None:
            found.append(RungShown(name, "", "–", False))
        else:
            found.append(
                RungShown(name, BY.get(each["by"], ""), shown(each["rate"], currency), bool(each["won"]))
            )
    return found


def tell(step: Step, names: Names) -> Told:
    """A step in words."""
    return Told(TITLES[step.kind], _TEXTS[step.kind](step.facts, names))


def _money(amount: Any, names: Names) -> str:
    return "no rate" if amount is None else shown(int(amount), names.currency)


def _role(facts: Mapping[str, Any], names: Names) -> str:
    if facts["role_id"] is None:
        return "None is known."
    name = names.roles.get(facts["role_id"], "A former role")
    return f"{name}, {SOURCES.get(facts['source'], facts['source'])}."


def _agreement(facts: Mapping[str, Any], names: Names) -> str:
    if facts["line_id"] is None:
        return "None covers it: time and materials."
    return f"{facts['name']}, {SOURCES.get(facts['source'], facts['source'])}."


def _hours(facts: Mapping[str, Any], names: Names) -> str:
    of = f" of “{facts['calendar']}”" if facts["calendar"] else ""
    special = ", a date with hours of its own" if facts["exception"] else ""
    on = day(date.fromisoformat(facts["day"]))
    said = "In" if facts["in_hours"] else "Out of"
    return f"{said} the agreed hours{of} on {on}{special}, {SOURCES.get(facts['source'], facts['source'])}."


def _mode(facts: Mapping[str, Any], names: Names) -> str:
    mode = str(facts["mode"]).replace("_", " ").capitalize()
    return f"{mode}, {SOURCES.get(facts['source'], facts['source'])}."


def _rounding(facts: Mapping[str, Any], names: Names) -> str:
    together = GROUPINGS.get(facts["grouping"], facts["grouping"])
    if facts["billed"] == facts["worked"]:
        rule = f"“{facts['name']}” changes nothing" if facts["name"] else "No rule"
        return f"{rule}: {hours(facts['worked'])} is billed as it was worked."
    stages = [
        f"{word} {hours(facts[stage])}"
        for stage, word in (("minimum", "at least"), ("increment", "in steps"), ("maximum", "at most"))
        if stage in facts
    ]
    number = facts["entries"]
    entries = f"{number} {'entry' if number == 1 else 'entries'}"
    return (
        f"“{facts['name']}” for {together}: {entries}, {hours(facts['worked'])} worked, "
        f"{', '.join(stages) or hours(facts['billed'])}."
    )


def _share(facts: Mapping[str, Any], names: Names) -> str:
    return f"{hours(facts['worked'])} worked, {hours(facts['billed'])} billed."


def _rate(facts: Mapping[str, Any], names: Names) -> str:
    if facts["rate"] is None:
        return "None is set up for it."
    return f"{_money(facts['rate'], names)} an hour. {RUNGS[facts['rung']]} is the closest that has one."


def _surcharge(facts: Mapping[str, Any], names: Names) -> str:
    multiplied = facts["operation"] == Operation.MULTIPLY.value
    by = f"× {facts['value'] / 1000:g}" if multiplied else _money(facts["value"], names)
    before, after = _money(facts["before"], names), _money(facts["after"], names)
    return f"{facts['name']} ({by}): {before} becomes {after}."


def _fee(facts: Mapping[str, Any], names: Names) -> str:
    return f"{facts['name']}: {_money(facts['amount'], names)}, once."


def _cover(facts: Mapping[str, Any], names: Names) -> str:
    def quantity(number: int) -> str:
        if facts["cover"] == Cover.MONEY.value:
            return _money(number, names)
        if facts["cover"] == Cover.INCIDENTS.value:
            return "the incident" if number else "nothing"
        return hours(number)

    asked, covered = facts["asked"], facts["covered"]
    if facts["cover"] == Cover.FLAT.value:
        return f"“{facts['name']}” pays for all of it."
    taken = f" It takes {quantity(facts['taken'])}." if facts["taken"] not in (0, covered) else ""
    late = " The period is closed, so it draws from the first open one." if facts["late"] else ""
    if covered == asked:
        return f"“{facts['name']}” covers all of it.{taken}{late}"
    some = f"covers {quantity(covered)} of {quantity(asked)}" if covered else "has nothing left for it"
    return f"“{facts['name']}” {some}.{taken}{late}"


def _overflow(facts: Mapping[str, Any], names: Names) -> str:
    return f"{_money(facts['after'], names)} an hour for what is not covered."


def _cap(facts: Mapping[str, Any], names: Names) -> str:
    cap, charged = _money(facts["cap"], names), _money(facts["charged"], names)
    return f"At most {cap} in a billing period; {charged} were charged before."


def _write_off(facts: Mapping[str, Any], names: Names) -> str:
    return str(facts["reason"])


def _corrected(facts: Mapping[str, Any], names: Names) -> str:
    return f"{hours(abs(facts['billed']))} is taken back."


_TEXTS = {
    StepKind.ROLE: _role,
    StepKind.AGREEMENT_LINE: _agreement,
    StepKind.HOURS: _hours,
    StepKind.CHARGE_MODE: _mode,
    StepKind.ROUNDING: _rounding,
    StepKind.SHARE: _share,
    StepKind.RATE: _rate,
    StepKind.SURCHARGE: _surcharge,
    StepKind.FEE: _fee,
    StepKind.COVER: _cover,
    StepKind.OVERFLOW: _overflow,
    StepKind.CAP: _cap,
    StepKind.WRITE_OFF: _write_off,
    StepKind.CORRECTED: _corrected,
}
