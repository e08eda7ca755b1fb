"""Tests of a plugin in its own folder, whether pip has installed it or not."""

import os
import sys
from pathlib import Path


def use_package(top: Path) -> None:
    """Let rtpy find the plugin in `top`, the folder of its pyproject.toml, and let its tests import it.

    Processes that a test starts find it too.
    """
    known = [each for each in os.environ.get("RTPY_PLUGIN_PATH", "").split(os.pathsep) if each]
    if str(top.parent) not in known:
        os.environ["RTPY_PLUGIN_PATH"] = os.pathsep.join([*known, str(top.parent)])
    if str(top) not in sys.path:
        sys.path.append(str(top))
