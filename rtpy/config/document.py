"""Writes etc/rtpy.toml, the file that shows every option: `python -m rtpy.config.document > etc/rtpy.toml`."""

import json
import textwrap
from collections.abc import Iterator

from rtpy.config.options import OPTIONS, SECTIONS, Kind, Option

_HEAD = """\
# Configuration of rtpy. Every option is listed here with its default; remove the "#" of a line to change it.
# The plugins that ship are on the list of plugins: take off what you do not want.
# The same file may lie in the home (var/rtpy.toml), which wins over this one. Environment variables win over both:
# RTPY_MAIL_TRANSPORT is mail.transport, RTPY_HOME is home. `rtpy check` says what is wrong with it.
"""

SHIPPED = {"plugins": ["billing", "sla", "portal"]}
"""What the file sets itself: the plugins that ship are on the list."""


def document() -> str:
    """The file with all options commented out, in the order of the table."""
    return "\n".join([_HEAD, *_lines()]).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    for section, cls in SECTIONS.items():
        if section:
            yield f"# {cls.__doc__}"
            yield f"[{section}]"
        for option in OPTIONS.values():
            if option.name.rpartition(".")[0] == section:
                yield from textwrap.wrap(
                    _told(option), 110, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
                )
                yield _line(option)
                yield ""


def _line(option: Option) -> str:
    if option.name in SHIPPED:
        return f"{option.name} = {json.dumps(SHIPPED[option.name])}"
    return f"#{option.name.rpartition('.')[2]} = {_written(option)}"


def _told(option: Option) -> str:
    untold = [word for word in option.choices if word not in option.help]
    return f"{option.help} One of: {', '.join(option.choices)}." if untold else option.help


def _written(option: Option) -> str:
    if option.kind is Kind.SIZE and option.default % 1024**2 == 0:
        return f'"{option.default // 1024**2} MB"'
    return json.dumps(option.default, ensure_ascii=False)


if __name__ == "__main__":
    print(document(), end="")
