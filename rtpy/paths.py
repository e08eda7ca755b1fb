"""Where the files live that are not Python: `share/` and `etc/`, and the home that a site writes to."""

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def share() -> Path:
    """The folder with templates, static files and translations."""
    return _find("share")


def etc() -> Path:
    """The folder with the configuration files as shipped; an administrator may edit them there."""
    return _find("etc")


def default_home() -> Path:
    """`var/` in the checkout, or in the current folder when rtpy was installed without one."""
    return (checkout() or Path.cwd()) / "var"


def checkout() -> Path | None:
    """The source tree this package is run from, or None when it was installed from a wheel."""
    top = Path(__file__).resolve().parent.parent
    return top if (top / "setup.py").is_file() and (top / "share").is_dir() else None


def _find(name: str) -> Path:
    tried = list(_places(name))
    for place in tried:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"rtpy cannot find its folder {name}/; tried: {', '.join(map(str, tried))}.")


def _places(name: str) -> Iterator[Path]:
    # The setting comes first. A checkout comes before the prefix, since an editable installation may leave
    # an older copy of the data files in the prefix.
    setting = os.environ.get(f"RTPY_{name.upper()}")
    if setting:
        yield Path(setting)
    top = checkout()
    if top is not None:
        yield top / name
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        yield Path(sysconfig.get_path("data", scheme)) / "share" / "rtpy" / name
