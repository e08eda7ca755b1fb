"""How runs and their lines are called on pages."""

from collections.abc import Mapping

STATES: Mapping[str, tuple[str, str]] = {
    "asked": ("begins soon", "info"),
    "reading": ("reads the directory", "info"),
    "planned": ("a plan, nothing done", "warn"),
    "waiting": ("waits for you", "bad"),
    "applying": ("going on", "info"),
    "done": ("done", "ok"),
    "failed": ("failed", "bad"),
    "dropped": ("dropped", ""),
}
"""A word for the state of a run, and its tone."""

LINE_STATES: Mapping[str, tuple[str, str]] = {
    "planned": ("to be done", "warn"),
    "done": ("done", "ok"),
    "failed": ("failed", "bad"),
    "skipped": ("skipped", "warn"),
    "remark": ("left as it is", ""),
}

ORIGINS: Mapping[str, str] = {
    "clock": "by the clock",
    "page": "by hand",
    "command": "on the command line",
    "look": "look at who is logged in",
}


def counted(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """`create 3, change 12`; a dash for nothing."""
    return ", ".join(f"{labels.get(deed, deed)} {many:,}" for deed, many in counts.items()) or "–"
