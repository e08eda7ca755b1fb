"""Commands that die at a point of theirs, as by `kill -9`."""

import os
import subprocess
import sys


def killed_at(point, site, *words):
    """Run `rtpy WORDS` on a site's configuration, armed to die at `point`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RTPY_")}
    environment |= {"RTPY_CONFIG": str(site.config.home / "rtpy.toml"), "RTPY_CRASH_AT": point}
    return subprocess.run(
        [sys.executable, "-m", "rtpy.cli.main", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
