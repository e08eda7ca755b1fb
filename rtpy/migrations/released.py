"""Where each release stood in a line of revisions: a file `released.toml` beside its folder `versions`."""

import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from rtpy.migrations.lines import Line
from rtpy.migrations.revisions import Revision, revisions_of

FILE = "released.toml"


def file_of(line: Line) -> Path:
    """The file that lists the releases of that line; it is missing before the first."""
    return line.versions.parent / FILE


def releases_of(line: Line) -> Mapping[str, str]:
    """Release to the newest revision that it shipped with, in the order of releases."""
    file = file_of(line)
    if not file.is_file():
        return {}
    return {str(release): str(head) for release, head in tomllib.loads(file.read_text("utf-8")).items()}


def groups(line: Line) -> Sequence[Sequence[Revision]]:
    """The revisions that rules are for, those of each release together; the unreleased are the last group."""
    stands = list(releases_of(line).values())
    if not stands:
        return ()
    names = [revision.name for revision in revisions_of(line)]
    cuts = [*(names.index(stand) + 1 for stand in stands), len(names)]
    return tuple(revisions_of(line)[start:end] for start, end in pairwise(cuts))
