"""What administrators set about service levels."""

import re
from collections.abc import Mapping

from rtpy.config.setting import Setting, SettingKind

WHO = "Who has the next step"
COUNTING = "What counts"
CHANGING = "When another service level fits"
HOLDERS = ("us", "customer", "third", "scheduled")
"""Who can have the ball: the values of `rtpy_sla.clocks.words.Ball`."""
_LINE = re.compile(r"\s*(.{1,64}?)\s*=\s*(\w{1,20})\s*")


def balls_in(text: str) -> Mapping[str, str]:
    """Who has the ball by status in lower case, from lines like `stalled = customer`. Raises ValueError."""
    found: dict[str, str] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None or match[2].lower() not in HOLDERS:
            named = ", ".join(HOLDERS)
            raise ValueError(f"“{line[:40]}”: write lines like “stalled = customer”, with one of {named}.")
        found[match[1].lower()] = match[2].lower()
    return found


def words_in(text: str) -> tuple[str, ...]:
    """What is listed in lines or between commas, without empty ones and doubles."""
    return tuple(dict.fromkeys(filter(None, (" ".join(each.split()) for each in re.split(r"[,\n]", text)))))


def lines_in(text: str) -> tuple[str, ...]:
    """What is listed one a line, without empty ones and doubles."""
    return tuple(dict.fromkeys(filter(None, (" ".join(each.split()) for each in text.splitlines()))))


def _check_balls(text: str) -> str:
    try:
        balls_in(text)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _check_causes(text: str) -> str:
    return "Causes have at most 200 characters." if any(len(each) > 200 for each in lines_in(text)) else ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "sla.balls",
        SettingKind.LONG_TEXT,
        "stalled = customer",
        "By status",
        "Lines like “stalled = customer”: us, customer, third or scheduled. In all other statuses it is us. A change "
        "holds for statuses that tickets take on from then on; what was before stays counted as it was set then.",
        section=WHO,
        check=_check_balls,
    ),
    Setting(
        "sla.void",
        SettingKind.TEXT,
        "rejected, deleted",
        "Statuses in which nothing is owed",
        "Of the inactive ones, between commas; in all other inactive statuses a ticket is resolved.",
        section=COUNTING,
    ),
    Setting(
        "sla.machines",
        SettingKind.LONG_TEXT,
        "",
        "Accounts that are machines",
        "Names of accounts, one a line: what they write answers nobody and wakes nothing.",
        section=COUNTING,
    ),
    Setting(
        "sla.staff_created",
        SettingKind.CHOICE,
        "owed",
        "A ticket that staff open for a customer",
        "With a text, such as what was said in a call.",
        choices=(("owed", "Owes the first response"), ("answered", "Is answered already")),
        section=COUNTING,
    ),
    Setting(
        "sla.causes",
        SettingKind.LONG_TEXT,
        "Not enough people\nWaited for a third party\nWrong queue at first\nMore difficult than expected\nOverlooked",
        "Causes of a missed target",
        "One a line; people choose one of them, and reports count by it.",
        section=COUNTING,
        check=_check_causes,
    ),
    Setting(
        "sla.when_moved",
        SettingKind.CHOICE,
        "ask",
        "For a ticket that has a service level",
        "When its customer, queue, priority or a field changes so that another one fits. Clocks that have ended, and "
        "what was missed, stay in any case.",
        choices=(
            ("ask", "Offer it on the ticket"),
            ("keep", "Pin it; clocks that run keep their terms"),
            ("now", "Pin it; clocks that run begin anew"),
            ("creation", "Pin it; clocks that run are counted again from their start"),
        ),
        section=CHANGING,
    ),
)
