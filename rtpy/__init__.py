"""rtpy: a ticketing server in the manner of Request Tracker; what plugin authors import first lives here."""

from importlib.metadata import PackageNotFoundError, version

from pluggy import HookimplMarker

hookimpl = HookimplMarker("rtpy")

try:
    __version__ = version("rtpy")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.1.0"

__all__ = ["__version__", "hookimpl"]
