"""Compiles every template into a folder, so that the processes of a test run do not do it each for itself."""

import sys
from pathlib import Path

from rtpy.paths import checkout, find_share
from rtpy.web.templating import Templates


def main() -> None:
    """`python -m rtpy.testing.compiling FOLDER`: what ships, and the templates of the plugins beside it."""
    top = checkout()
    of_plugins = sorted(top.glob("plugins/*/rtpy_*/templates")) if top else []
    templates = Templates([find_share() / "templates", *of_plugins], cache=Path(sys.argv[1]))
    for name in templates.names():
        templates.check(name)


if __name__ == "__main__":
    main()
