"""Terms of policies in words, for lists and pages of versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtpy_sla.clocks.words import Ball, Retarget, Target
from rtpy_sla.web.policies.bands import NAMES, fixed_pauses
from rtpy_sla.web.words import TARGETS, say_amount

REOPENINGS = {
    "continue": "continues within the time below, and begins anew after it",
    "restart": "always begins anew",
    "never": "stays as it ended",
}
ON_PRIORITY = {
    Retarget.FROM_CREATION.value: "counted anew from when each began",
    Retarget.FROM_NOW.value: "counted anew from then on",
    Retarget.KEEP.value: "keep their due moments",
}
SHORT = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.UPDATE, Target.RESOLUTION, Target.ACKNOWLEDGE)


def say_promises(bands: Sequence[Mapping[str, Any]]) -> str:
    """The main targets of the lowest band: `First response 4 h of open hours; Resolution 2 business days`."""
    if not bands:
        return ""
    lowest = min(bands, key=lambda band: int(band["from_priority"]))
    terms = {Target(name): term for name, term in lowest["terms"].items()}
    said = [f"{TARGETS[each]} {say_term(terms[each])}" for each in SHORT if each in terms]
    more = len(terms) - len(said)
    parts = [*said, *([f"{more} more"] if more > 0 else [])]
    others = len(bands) - 1
    stricter = f" (other terms from priority {_priorities(bands, lowest)})" if others else ""
    return f"{'; '.join(parts)}{stricter}"


def say_term(term: Mapping[str, Any]) -> str:
    """What one term grants."""
    return say_amount(int(term["amount"]), str(term["unit"]))


def say_pauses(target: Target, term: Mapping[str, Any]) -> str:
    """With whom the ball may be without the clock running."""
    if fixed := fixed_pauses(target):
        return fixed
    return ", ".join(NAMES[Ball(each)] for each in term["pauses"])


def say_rules(reopening: str, confirm_seconds: int, on_priority: str) -> str:
    """What becomes of clocks later on."""
    days = confirm_seconds // 86_400
    named = f"{days} day{'' if days == 1 else 's'}"
    again = {
        "continue": f"A ticket that is reopened within {named} goes on where it stood; later it begins anew.",
        "restart": "A ticket that is reopened begins anew.",
        "never": "A ticket that is reopened keeps the result of its resolution.",
    }[reopening]
    return f"{again} When the priority changes, clocks that run are {ON_PRIORITY[on_priority]}.".replace(
        "clocks that run are keep", "clocks that run keep"
    )


def _priorities(bands: Sequence[Mapping[str, Any]], lowest: Mapping[str, Any]) -> str:
    return ", ".join(str(band["from_priority"]) for band in bands if band is not lowest)
