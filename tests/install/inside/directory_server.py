"""The directory of a walk, run inside with rtpy's Python: slapd with people in it, and how to ask it in a file.

It ends when it is killed.
"""

import json
import time
from dataclasses import asdict
from pathlib import Path

from rtpy.testing.directory import throwaway_directory

with throwaway_directory(Path("/run/walk/slapd")) as server:
    told = Path("/run/walk/directory.json")
    told.with_suffix(".part").write_text(json.dumps(asdict(server)))
    told.with_suffix(".part").rename(told)
    while True:
        time.sleep(3600)
