"""Imports go down only."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_imports_keep_the_contracts():
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_floor():
    rooms = {path.name for path in (TOP / "rtpy").iterdir() if (path / "__init__.py").is_file()}
    rooms |= {path.stem for path in (TOP / "rtpy").glob("*.py")} - {"__init__"}
    contract = (TOP / "setup.cfg").read_text()
    assert {room for room in rooms if f"(rtpy.{room})" not in contract} == set()
