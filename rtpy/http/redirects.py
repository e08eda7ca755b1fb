"""Where a page may send its reader: to paths of this site only."""

import re

from pyramid.request import Request

LONGEST = 2000


def safe_path(request: Request, wanted: str | None, default: str = "/") -> str:
    """`wanted` if it is a path of this site (A38), else `default` below the site's root."""
    return wanted if wanted and is_safe_path(wanted) else request.script_name + default


def is_safe_path(wanted: str) -> bool:
    """A plain absolute path, with a query perhaps: no host, no scheme, nothing that a browser reads as one."""
    if not wanted.startswith("/") or len(wanted) > LONGEST:
        return False
    if any(ord(letter) <= 0x20 or ord(letter) == 0x7F or letter == "\\" for letter in wanted):
        return False
    path = re.split(r"[?#]", wanted, maxsplit=1)[0]
    return "//" not in path and "@" not in path
