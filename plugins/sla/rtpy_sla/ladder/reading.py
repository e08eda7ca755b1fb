"""Ladders as plain values, as they are stored and as set-up files have them: reading with sentences, and writing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from rtpy.errors import Invalid, Problem
from rtpy_sla.clocks.words import Target
from rtpy_sla.ladder.step import (
    DEEDS_LIMIT,
    PERCENT_LIMIT,
    SECONDS_LIMIT,
    STEPS_LIMIT,
    Conditions,
    Deed,
    DeedKind,
    Quiet,
    Step,
)

TEXT_LIMIT = 4_000
NAME_LIMIT = 200
PRIORITY_LIMIT = 2**31 - 1
BARE = frozenset({DeedKind.NOTIFY_OWNER, DeedKind.WEBHOOK})
NUMBERS = {
    DeedKind.NOTIFY_LEVEL: (1, 9),
    DeedKind.RAISE_TO: (0, PRIORITY_LIMIT),
    DeedKind.RAISE_BY: (1, 10_000),
}
NEEDS = {
    DeedKind.NOTIFY_PERSON: "Say whom to notify: the name or the address of a person.",
    DeedKind.NOTIFY_GROUP: "Say which group to notify.",
    DeedKind.NOTIFY_ROLE: "Say which role to notify, such as AdminCc.",
    DeedKind.NOTIFY_LEVEL: "Say which level to notify: a number from 1 to 9.",
    DeedKind.RAISE_TO: "Say to which priority: a number such as 80.",
    DeedKind.RAISE_BY: "Say by how much the priority rises: a number such as 10.",
    DeedKind.ASSIGN: "Say to whom the ticket is given: the name or the address of a person.",
    DeedKind.SET_STATUS: "Say which status it gets.",
    DeedKind.ADD_CC: "Say who becomes Cc: a person or a group.",
    DeedKind.ADD_ADMIN_CC: "Say who becomes AdminCc: a person or a group.",
    DeedKind.COMMENT: "Write the comment.",
}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_steps(plain: Any) -> tuple[Step, ...]:
    """Steps of plain values. Raises Invalid with a problem for each thing that is wrong; fields are `steps.0.when` …"""
    if not isinstance(plain, list):
        raise Invalid(Problem("steps", "Steps are a list."))
    if len(plain) > STEPS_LIMIT:
        raise Invalid(Problem("steps", f"A ladder has at most {STEPS_LIMIT} steps."))
    problems: list[Problem] = []
    steps = tuple(_step(each, f"steps.{place}", problems) for place, each in enumerate(plain))
    keys = [step.key for step in steps]
    if len(set(keys)) < len(keys):
        problems.append(Problem("steps", "Two steps have the same key: each needs its own."))
    if problems:
        raise Invalid(*problems)
    return steps


def known_steps(plain: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps as they were stored; what a later version does not know any more is left out."""
    found = []
    for each in plain:
        problems: list[Problem] = []
        step = _step(each, "", problems)
        if not problems:
            found.append(step)
    return tuple(found)


def write_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The same as plain values: what is usual is left out."""
    return [_plain(step) for step in steps]


def read_quiet(plain: Any) -> Quiet | None:
    """Quiet hours of plain values: from, to, from_priority. Raises Invalid."""
    if not plain:
        return None
    if not isinstance(plain, Mapping):
        raise Invalid(Problem("quiet", "Quiet hours have a beginning and an end."))
    problems: list[Problem] = []
    start = _time(plain.get("from"), "quiet.from", problems)
    end = _time(plain.get("to"), "quiet.to", problems)
    priority = _number(
        plain.get("from_priority"), "quiet.from_priority", problems, -PRIORITY_LIMIT, PRIORITY_LIMIT
    )
    if not problems and start == end:
        problems.append(Problem("quiet.to", "Quiet hours end at another time than they begin."))
    if problems:
        raise Invalid(*problems)
    return Quiet(start, end, priority)


def write_quiet(quiet: Quiet | None) -> dict[str, Any]:
    """The same as plain values; empty for none."""
    if quiet is None:
        return {}
    plain: dict[str, Any] = {"from": f"{quiet.start:%H:%M}", "to": f"{quiet.end:%H:%M}"}
    return plain if quiet.from_priority is None else {**plain, "from_priority": quiet.from_priority}


def _step(plain: Any, at: str, problems: list[Problem]) -> Step:
    if not isinstance(plain, Mapping):
        problems.append(Problem(at, "A step has a time and actions."))
        return Step("")
    key = str(plain.get("key") or "")
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", key):
        problems.append(Problem(f"{at}.key", "A step's key is 1 to 40 letters, digits, dots, dashes."))
    percent = _number(plain.get("percent"), f"{at}.when", problems, 0, PERCENT_LIMIT)
    seconds = _seconds(plain.get("seconds"), f"{at}.when", problems, -SECONDS_LIMIT, SECONDS_LIMIT)
    if (percent is None) == (seconds is None) and not any(each.field == f"{at}.when" for each in problems):
        problems.append(
            Problem(f"{at}.when", "Say when: a percentage, or a time before or after the due moment.")
        )
    deeds = plain.get("do")
    if not isinstance(deeds, list) or not deeds:
        problems.append(Problem(f"{at}.do", "Say what the step does."))
        deeds = []
    if len(deeds) > DEEDS_LIMIT:
        problems.append(Problem(f"{at}.do", f"A step has at most {DEEDS_LIMIT} actions."))
        deeds = []
    return Step(
        key=key,
        percent=percent,
        seconds=seconds or 0,
        targets=_targets(plain.get("targets"), f"{at}.targets", problems),
        conditions=_conditions(plain.get("if"), at, problems),
        added=_moment(plain.get("added"), f"{at}.key", problems),
        deeds=tuple(
            deed
            for place, each in enumerate(deeds)
            if (deed := _deed(each, f"{at}.do.{place}", problems)) is not None
        ),
    )


def _targets(plain: Any, at: str, problems: list[Problem]) -> frozenset[Target]:
    try:
        return frozenset(Target(each) for each in plain or ())
    except (ValueError, TypeError):
        problems.append(Problem(at, f"Targets are some of: {', '.join(Target)}."))
        return frozenset()


def _conditions(plain: Any, at: str, problems: list[Problem]) -> Conditions:
    given = plain if isinstance(plain, Mapping) else {}
    if plain is not None and not isinstance(plain, Mapping):
        problems.append(Problem(f"{at}.if", "Conditions are unowned, first_status, unanswered and priority."))
    return Conditions(
        is_unowned=bool(given.get("unowned")),
        is_in_first_status=bool(given.get("first_status")),
        is_unanswered=bool(given.get("unanswered")),
        from_priority=_number(
            given.get("priority"), f"{at}.priority", problems, -PRIORITY_LIMIT, PRIORITY_LIMIT
        ),
    )


def _deed(plain: Any, at: str, problems: list[Problem]) -> Deed | None:
    given = plain if isinstance(plain, Mapping) else {"kind": plain}
    try:
        kind = DeedKind(str(given.get("kind")))
    except ValueError:
        problems.append(Problem(at, f"There is no action “{given.get('kind')}”: {', '.join(DeedKind)}."))
        return None
    value = str(given.get("value") or "").strip()
    if kind in BARE:
        return Deed(kind)
    if kind in NUMBERS:
        least, most = NUMBERS[kind]
        if not re.fullmatch(r"\d{1,10}", value) or not value.isascii() or not least <= int(value) <= most:
            problems.append(Problem(at, NEEDS[kind]))
            return None
        return Deed(kind, str(int(value)))
    limit = TEXT_LIMIT if kind is DeedKind.COMMENT else NAME_LIMIT
    if not value or "\x00" in value:
        problems.append(Problem(at, NEEDS[kind]))
        return None
    if len(value) > limit:
        problems.append(Problem(at, f"This takes at most {limit} characters."))
        return None
    return Deed(kind, value)


def _number(plain: Any, at: str, problems: list[Problem], least: int, most: int) -> int | None:
    if plain is None or plain == "":
        return None
    if isinstance(plain, str) and re.fullmatch(r"[+-]?[0-9]{1,10}", plain.strip()):
        plain = int(plain)
    if isinstance(plain, bool) or not isinstance(plain, int) or not least <= plain <= most:
        problems.append(Problem(at, f"This is a whole number from {least} to {most}."))
        return None
    return plain


def _seconds(plain: Any, at: str, problems: list[Problem], least: int, most: int) -> int | None:
    if isinstance(plain, str) and not re.fullmatch(r"[+-]?[0-9]{1,10}", plain.strip()):
        problems.append(Problem(at, f"“{plain[:40]}” is no length of time: write 30m, 2h or 1h30."))
        return None
    return _number(plain, at, problems, least, most)


def _moment(plain: Any, at: str, problems: list[Problem]) -> datetime | None:
    if not plain:
        return None
    try:
        found = datetime.fromisoformat(str(plain))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        problems.append(Problem(at, "Since when a step is there is a moment with its zone."))
        return None
    return found


def _time(plain: Any, at: str, problems: list[Problem]) -> time:
    found = _CLOCK.fullmatch(str(plain or "").strip())
    if found is None:
        problems.append(Problem(at, "Write a time of the day such as 22:00."))
        return time()
    return time(int(found[1]), int(found[2]))


def _plain(step: Step) -> dict[str, Any]:
    plain: dict[str, Any] = {"key": step.key}
    if step.percent is not None:
        plain["percent"] = step.percent
    else:
        plain["seconds"] = step.seconds
    if step.targets:
        plain["targets"] = [target.value for target in Target if target in step.targets]
    conditions = step.conditions
    asked: dict[str, Any] = {}
    if conditions.is_unowned:
        asked["unowned"] = True
    if conditions.is_in_first_status:
        asked["first_status"] = True
    if conditions.is_unanswered:
        asked["unanswered"] = True
    if conditions.from_priority is not None:
        asked["priority"] = conditions.from_priority
    if asked:
        plain["if"] = asked
    plain["do"] = [
        {"kind": deed.kind.value, "value": deed.value} if deed.value else {"kind": deed.kind.value}
        for deed in step.deeds
    ]
    if step.added is not None:
        plain["added"] = step.added.isoformat(timespec="seconds")
    return plain
