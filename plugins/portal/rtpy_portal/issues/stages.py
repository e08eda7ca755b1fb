"""Stages and planned days in the words that customers read."""

from collections.abc import Mapping
from datetime import date

from rtpy_portal.models import Issue, IssueKind, Stage
from rtpy_portal.words import Say, say_day

STAFF_WORDS: Mapping[Stage, str] = {
    Stage.HEARD: "Heard",
    Stage.LOOKING: "Looking into it",
    Stage.CAUSE_FOUND: "Cause found",
    Stage.PLANNED: "Planned",
    Stage.UNDER_WAY: "Under way",
    Stage.DONE: "Done",
    Stage.CHECKED: "Checked by those affected",
    Stage.DECLINED: "Declined",
}
"""As staff choose them."""
OF_KINDS: Mapping[IssueKind, tuple[Stage, ...]] = {
    IssueKind.KNOWN: tuple(stage for stage in Stage if stage is not Stage.DECLINED),
    IssueKind.IDEA: tuple(stage for stage in Stage if stage is not Stage.CAUSE_FOUND),
}
"""The stages that each kind knows."""


def stage_words(say: Say, stage: str) -> str:
    """Such as `We are looking into it`."""
    return {
        Stage.HEARD: say("We have heard of it"),
        Stage.LOOKING: say("We are looking into it"),
        Stage.CAUSE_FOUND: say("We have found the cause"),
        Stage.PLANNED: say("It is planned"),
        Stage.UNDER_WAY: say("We are working on it"),
        Stage.DONE: say("Done"),
        Stage.CHECKED: say("Done, and checked by those it affected"),
        Stage.DECLINED: say("We have decided against it"),
    }[Stage(stage)]


def days_words(say: Say, lang: str, first: date | None, last: date | None) -> str:
    """`23 Nov 2026`, `23 Nov 2026 to 25 Nov 2026`, `by 25 Nov 2026`; empty without a day."""

    if first is None and last is None:
        return ""
    if first is None and last is not None:
        return say("by ${day}", day=say_day(last, lang))
    if last is None or last == first:
        return say_day(first or date.min, lang)
    return say("${first} to ${last}", first=say_day(first or date.min, lang), last=say_day(last, lang))


def tone_of(issue: Issue) -> str:
    """The colour of its stage: ok, warn or note."""
    if issue.closed is not None:
        return "ok" if issue.stage != Stage.DECLINED.value else "note"
    return "warn" if issue.kind == IssueKind.KNOWN.value else "note"
