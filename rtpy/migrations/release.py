"""`python -m rtpy.migrations.release 0.1.0`: notes at which revisions a release stands, before it is made.

Written into `released.toml` beside the revisions of the core and of the plugins in this tree; the rules of
`rtpy.migrations.rules` hold from there on. A release that is noted already is not changed.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rtpy.errors import Conflict, Invalid, Problem
from rtpy.migrations.lines import CORE, Line
from rtpy.migrations.released import file_of, releases_of
from rtpy.migrations.revisions import called, head_of
from rtpy.migrations.rules import broken_rules
from rtpy.paths import checkout

HEAD = """\
# Releases, and the newest revision that each shipped with. Written by python -m rtpy.migrations.release:
# what stands here has been applied to databases of others, and stays as it is.
"""


def lines_of_tree(top: Path) -> Iterator[Line]:
    """The core and the plugins whose source lies in that tree."""
    yield CORE
    for versions in sorted(top.glob("plugins/*/rtpy_*/migrations/versions")):
        yield Line(versions.parents[1].name.removeprefix("rtpy_"), versions)


def freeze(release: str, lines: Iterable[Line]) -> Sequence[str]:
    """Note where these lines stand; returns a sentence for each.

    Raises Invalid for what is no release, Conflict when one of the lines has it already or breaks a rule: then nothing
    is written.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", release):
        raise Invalid(Problem("release", f"{release} is no release: write it like 0.1.0."))
    chosen = [(line, head_of(line)) for line in lines]
    for line, _ in chosen:
        if release in releases_of(line):
            raise Conflict(f"{called(line)} has the release {release} already.")
        if wrong := next(broken_rules(line), None):
            raise Conflict(f"Not released: {wrong}")
    for line, head in chosen:
        file = file_of(line)
        text = file.read_text("utf-8") if file.exists() else HEAD
        file.write_text(f'{text}"{release}" = "{head}"\n', "utf-8")
    return [f"{called(line)} stands at {head} in {release}." for line, head in chosen]


def main(arguments: Sequence[str]) -> int:
    """Returns 0, or 1 with a sentence on standard error."""
    top = checkout()
    if len(arguments) != 1 or top is None:
        print("In a checkout of rtpy: python -m rtpy.migrations.release 0.1.0", file=sys.stderr)
        return 1
    try:
        print("\n".join(freeze(arguments[0], lines_of_tree(top))))
    except (Invalid, Conflict) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
