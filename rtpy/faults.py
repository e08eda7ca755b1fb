"""Named points at which a test may kill the process, to prove that nothing is lost there.

`RTPY_CRASH_AT=before-commit` kills at the first passage of that point, `before-commit:3` at the third. Without the
variable a point costs one comparison.
"""

import os
import signal
import threading

_point = ""
_left = 0
_lock = threading.Lock()


def arm(setting: str) -> None:
    """Let the process die at a point, named as in the variable; nowhere with ""."""
    global _point, _left
    _point, _, number = setting.partition(":")
    _left = int(number or 1)


def reach(point: str) -> None:
    """The process has come to `point`; when it is the armed one, it dies here as by `kill -9`."""
    if point != _point:
        return
    global _left
    with _lock:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("RTPY_CRASH_AT", ""))
