"""Where the files live that are not Python: `share/` and `etc/`, and the home that a site writes to."""

import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Folders(Protocol):
    """The part of the configuration that moves folders; an empty text means: where they usually are."""

    @property
    def etc(self) -> str: ...

    @property
    def share(self) -> str: ...


def find_share(config: Folders | None = None) -> Path:
    """The folder with templates, static files and translations. Raises FileNotFoundError."""
    return _find("share", config.share if config else "")


def find_etc(config: Folders | None = None) -> Path:
    """The folder with the configuration files, which an administrator may edit. Raises FileNotFoundError."""
    return _find("etc", config.etc if config else "")


def default_home() -> Path:
    """`var/` in the checkout, or in the current folder when rtpy was installed without one."""
    return (checkout() or Path.cwd()) / "var"


def checkout() -> Path | None:
    """The source tree this package is run from, or None when it was installed from a wheel."""
    top = Path(__file__).resolve().parent.parent
    return top if (top / "setup.py").is_file() and (top / "etc").is_dir() else None


def _find(name: str, setting: str) -> Path:
    tried = [Path(setting).expanduser()] if setting else list(_places(name))
    for place in tried:
        if place.is_dir():
            return place.absolute()
    raise FileNotFoundError(f"rtpy cannot find its folder {name}; tried: {', '.join(map(str, tried))}.")


def _places(name: str) -> Iterator[Path]:
    # A checkout comes before the prefix: an editable installation may leave an older copy of the files in the prefix.
    top = checkout()
    if top is not None:
        yield top / name
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        yield Path(sysconfig.get_path("data", scheme)) / "share" / "rtpy" / name
