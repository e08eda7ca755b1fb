"""How often Python looks for garbage that refers to itself."""

import gc

_MADE_BETWEEN = 50_000
"""Objects that are made and kept before it looks again; Python's own 700 are few for a page of a ticket."""


def collect_seldom() -> None:
    """For a process that has loaded all it needs: look seldom from here on, and at nothing that is there already.

    A tenth of the time of a page went into looking, and now and then a page waited 0.2 s while all was looked at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN, 20, 20)
