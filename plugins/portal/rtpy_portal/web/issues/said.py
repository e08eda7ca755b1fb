"""Sentences that several pages of known issues say."""

from rtpy_portal.issues.affected import Counts
from rtpy_portal.words import Say


def say_counts(say: Say, counts: Counts | None, *, is_idea: bool) -> str:
    """`5 people of 2 organisations are affected`; empty when nobody is. Of ideas: who would like it."""
    if counts is None or not counts.people:
        return ""
    people = say("1 person") if counts.people == 1 else say("${number} people", number=counts.people)
    if counts.organizations > 1:
        people = say("${people} of ${number} organisations", people=people, number=counts.organizations)
    if is_idea:
        return say("Would like it: ${people}", people=people)
    return say("Affected: ${people}", people=people)
