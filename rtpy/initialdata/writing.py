"""Writing a shop's set-up out as TOML."""

from collections.abc import Sequence

import tomli_w

from rtpy.initialdata.section import Entry, Section
from rtpy.work import Work

HEAD = """\
# The set-up of this installation, written by `rtpy config export`; `rtpy load FILE` makes it true elsewhere.
# What has its usual value is left out. Passwords, tickets and customers are not in here.

"""


def export(work: Work, sections: Sequence[Section]) -> str:
    """Everything of these sections as TOML. Needs no right: whoever may run it may read the database."""
    return HEAD + tomli_w.dumps(as_data(work, sections), multiline_strings=True)


def as_data(work: Work, sections: Sequence[Section]) -> dict[str, list[Entry]]:
    """The same as plain values; sections with nothing in them are left out."""
    written = {section.name: [section.short(entry) for entry in section.dump(work)] for section in sections}
    return {name: entries for name, entries in written.items() if entries}
