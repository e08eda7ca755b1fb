"""What rtpy runs on: Python and the libraries, in the versions that it needs."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from rtpy import __version__
from rtpy.checkup.finding import Finding, fine, wrong

OLDEST_PYTHON = (3, 11)


def look_at_versions() -> Iterator[Finding]:
    """rtpy, Python and libraries. Libraries of extras are looked at where they are needed."""
    about = f"rtpy {__version__} on Python {platform.python_version()}"
    if sys.version_info < OLDEST_PYTHON:
        yield wrong(about, "this Python is too old", "install Python 3.11 or newer")
        return
    bad = list(unfit_libraries())
    if bad:
        yield wrong("libraries", "; ".join(bad), "run: ./sbin/rtpy --version, or pip install --upgrade rtpy")
    else:
        yield fine(about, "with the libraries that it needs")


def unfit_libraries() -> Iterator[str]:
    """Libraries that are missing or of a version with which rtpy was not made, in words."""
    try:
        wanted = [Requirement(line) for line in requires("rtpy") or ()]
    except PackageNotFoundError:  # run from a checkout that was never installed
        return
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            present = version(requirement.name)
        except PackageNotFoundError:
            yield f"{requirement} is not installed"
            continue
        if not requirement.specifier.contains(present, prereleases=True):
            yield f"{requirement} is needed and {present} is installed"
