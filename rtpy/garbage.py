"""How often Python looks for garbage that refers to itself."""

import gc

_MADE_BETWEEN = 50_000
"""Objects that are made and kept before it looks again; Python's own 700 are few for a page of a ticket."""


def collect_seldom() -> None:
    """For a process that has loaded all it needs: look seldom from here on, and at nothing that is there already.

    Now and then a page waited 0.2 s while all that was imported was looked at; it waits a fifth of that now.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN, 20, 20)
