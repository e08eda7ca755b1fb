"""Steps: each is one thing that a sync is to do, said so that a person can judge it and that it can be done later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Deed(StrEnum):
    """What a step does; in this order they are done, so that what a later one needs is there."""

    LINK = "link"
    """An account of ours turns out to be theirs."""
    CREATE = "create"
    CHANGE = "change"
    JOIN = "join"
    """Somebody of a client's directory becomes a member of the client."""
    LINK_GROUP = "link_group"
    CREATE_GROUP = "create_group"
    RENAME_GROUP = "rename_group"
    REMOVE_MEMBER = "remove_member"
    ADD_MEMBER = "add_member"
    MANAGER = "manager"
    PHOTO = "photo"
    """`photo` in `after` is the SHA-256 of the one in the directory; empty: it has none any more."""
    ENABLE = "enable"
    DISABLE = "disable"
    REMARK = "remark"
    """Nothing is done, and why."""


LABELS: Mapping[str, str] = {
    Deed.LINK: "link to an account",
    Deed.CREATE: "create",
    Deed.CHANGE: "change",
    Deed.JOIN: "member of the organisation",
    Deed.LINK_GROUP: "take over the group",
    Deed.CREATE_GROUP: "create the group",
    Deed.RENAME_GROUP: "rename the group",
    Deed.REMOVE_MEMBER: "take out of the group",
    Deed.ADD_MEMBER: "put into the group",
    Deed.MANAGER: "manager",
    Deed.PHOTO: "photo",
    Deed.ENABLE: "enable",
    Deed.DISABLE: "disable",
    Deed.REMARK: "left as it is",
}
"""Deeds in words."""

ORDER = tuple(Deed)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `before` and `after` are what the person who judges it reads, by the names of fields.

    Who or what it is about is found again by `unique_id`, the one in the directory: a person for most deeds, a group
    for those of groups. Members of groups are `member` in `after`, by unique id, and `member_kind`.
    """

    deed: Deed
    name: str
    unique_id: str
    user_id: int | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def said(deed: str, name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """A step as one line of text."""
    line = f"{LABELS.get(deed, deed)}: {name}"
    what = shown_values(before, after)
    return f"{line} ({what})" if what else line


def shown_values(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changes, as text: `email_address: old@x → new@x`; of what is new only the value."""
    hidden = ("dn", "member", "member_kind", "privileged")
    parts = []
    if "photo" in after:
        return "take over" if after["photo"] else "take away"
    for key in dict.fromkeys([*before, *after]):
        if key in hidden:
            continue
        old, new = before.get(key, ""), after.get(key, "")
        word = key.replace("_", " ")
        parts.append(
            f"{word}: {old or '(empty)'} → {new or '(empty)'}" if key in before else f"{word}: {new}"
        )
    return ", ".join(parts)


def read_words(people: int, groups: int) -> str:
    """`12 people and 1 group read`."""
    first = "1 person" if people == 1 else f"{people:,} people"
    second = "1 group" if groups == 1 else f"{groups:,} groups"
    return f"{first} and {second} read"
