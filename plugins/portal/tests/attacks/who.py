"""Secret words such as `cnrycommentzz`, one for each kind of thing that a portal holds, and who may read each.

A kind of visitor that `WHO` does not name must never receive the word, whatever is fetched.
"""

import re

from rtpy_portal.access.grades import Grade

SECRET = re.compile(r"cnry([a-z]+?)zz", re.IGNORECASE)
NEEDLE = "needlework"
MARKUP = "<i id=xss>&lt;i id=xss&gt;\"'><i id=xss>"
"""In all texts that people write, names too: no page may hold it as it stands."""

ACME_NAME = f"Acme {MARKUP}"
GRADES = {
    "own": Grade.OWN,
    "copies": Grade.COPIES,
    "site": Grade.SITE,
    "most": Grade.NOT_PRIVATE,
    "all": Grade.ALL,
    "manager": Grade.NOT_PRIVATE,
}
ACME = frozenset(GRADES)
"""Accounts of the organisation Acme, each with another grade."""
KEYS = frozenset({"key of requestor", "key of copy"})
KINDS = ACME | KEYS | {"nobody", "stranger", "staff"}
SEE_SHARED = ACME | KEYS | {"staff"}
SEE_SOUTH = frozenset({"own", "most", "all", "manager", "staff"})
NOBODY: frozenset[str] = frozenset()
STAFF = frozenset({"staff"})

WHO = {
    # Of requests. Staff have the rights of staff on all queues but one.
    "shared": SEE_SHARED,
    "reply": SEE_SHARED,
    "file": SEE_SHARED,
    "south": SEE_SOUTH,
    "private": frozenset({"all", "staff"}),
    "hidden": STAFF,
    "bell": frozenset({"stranger", "staff"}),
    "merged": STAFF,
    "board": NOBODY,
    # Staff who write known issues read whom these affect, though they may not see the tickets.
    "chair": STAFF,
    # Around requests. Staff read comments on pages of their own, which are none of the portal.
    "comment": NOBODY,
    "commentfile": NOBODY,
    "field": STAFF,
    "bcc": NOBODY,
    "squelched": NOBODY,
    "queue": STAFF,
    "engineer": frozenset({"all", "staff"}),
    "rating": frozenset({"copies", "key of copy", "staff"}),
    "money": frozenset({"all"}),
    "names": frozenset({"all"}),
    # Of knowledge.
    "page": KINDS,
    "oldpage": STAFF,
    "draftpage": STAFF,
    "acmepage": ACME | STAFF,
    "bellpage": frozenset({"stranger", "staff"}),
    "staffpage": STAFF,
    "newpage": STAFF,
    "shelf": STAFF,
    "vote": STAFF,
    "question": STAFF,
    "declined": STAFF,
    "unconfirmed": NOBODY,
    "asker": STAFF,
    "shown": KINDS,
    "answer": STAFF,
    # Of known issues.
    "issue": KINDS,
    "update": KINDS,
    "oldissue": STAFF,
    "acmeissue": ACME | STAFF,
    "bellissue": frozenset({"stranger", "staff"}),
    "staffissue": STAFF,
    "impact": STAFF,
    "affected": NOBODY,
    # Of topics.
    "topic": KINDS,
    "acmetopic": ACME | STAFF,
    "offtopic": STAFF,
    # Of people.
    "ann": SEE_SHARED,
    # A colleague, for who has to do with colleagues.
    "dan": frozenset({"site", "most", "all", "manager", "staff"}),
    "eve": frozenset({"stranger", "staff"}),
}
"""Who may read which secret."""


def secret(name):
    """The word with its needle."""
    assert name in WHO, name
    return f"cnry{name}zz"


def words(name):
    """A text with the secret in it."""
    return f"{NEEDLE} {secret(name)} {MARKUP}"
