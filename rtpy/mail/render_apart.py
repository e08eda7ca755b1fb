"""Fills in a template in a process of its own, which is killed when it takes too long: for previews while editing.

`python -m rtpy.mail.render_apart` is that process: JSON comes in on standard input, the result goes out as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtpy.errors import Invalid, Problem
from rtpy.mail.template import Rendered, render_template

SECONDS = 5.0
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space that the process may have."""
LONGEST_ANSWER = 8_000_000


def render_apart(content: str, values: Mapping[str, Any], *, seconds: float = SECONDS) -> Rendered:
    """The same as `render_template`, but never longer than `seconds`. Raises Invalid."""
    given = json.dumps({"content": content, "values": values, "seconds": seconds}).encode()
    top = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": top, "PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rtpy.mail.render_apart"],
            input=given,
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _wrong(f"The template takes longer than {seconds:g} seconds: make it simpler.") from None
    if done.returncode or len(done.stdout) > LONGEST_ANSWER:
        raise _wrong("The template takes too much memory: make it simpler.")
    answer = json.loads(done.stdout)
    if "problem" in answer:
        raise _wrong(answer["problem"])
    return Rendered(answer["headers"], answer["body"], answer["html"])


def main() -> None:
    """The process itself."""
    given = json.load(sys.stdin)
    _limit(float(given["seconds"]))
    try:
        rendered = render_template(given["content"], given["values"])
    except Invalid as invalid:
        json.dump({"problem": str(invalid)}, sys.stdout)
        return
    json.dump({"headers": rendered.headers, "body": rendered.body, "html": rendered.html}, sys.stdout)


def _limit(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # not on this system: the clock of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _wrong(sentence: str) -> Invalid:
    return Invalid(Problem("content", sentence))


if __name__ == "__main__":
    main()
