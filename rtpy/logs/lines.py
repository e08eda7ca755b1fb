"""How a line of the log looks: text for people, or one JSON object for programs that collect logs."""

import json
import logging
import re
import socket
from datetime import UTC, datetime

from rtpy.logs.facts import facts_of
from rtpy.logs.secrets import masked

_BREAKS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
"""What would make a second line of what somebody sent, or move the reader's cursor."""
OURS = ("rtpy",)


class TextLines(logging.Formatter):
    """`2026-03-02 09:00:00,123 INFO rtpy.web: … [user=12 ticket=7]`, and a traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, but for the traceback."""
        when = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        message = _BREAKS.sub(lambda found: repr(found[0])[1:-1], record.getMessage())
        facts = {name: value for name, value in _facts(record).items() if str(value) not in message.split()}
        about = " ".join(f"{name}={value}" for name, value in facts.items())
        head = f"{when},{record.msecs:03.0f}Z {record.levelname} {record.name}: {message}"
        return masked(
            "\n".join(filter(None, (f"{head} [{about}]" if about else head, *_trace(self, record))))
        )


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, node, process, message, what it is about, traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._node = socket.gethostname()

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "node": self._node,
            "process": record.process,
            "message": masked(record.getMessage()),
            **_facts(record),
        }
        if trace := _trace(self, record):
            line["traceback"] = masked("\n".join(trace))
        return json.dumps(line, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class OwnDetails(logging.Filter):
    """Lines of debugging from us and our plugins only: libraries tell whole mails and passwords there."""

    def __init__(self, plugins: tuple[str, ...]) -> None:
        super().__init__()
        self._ours = (*OURS, *plugins)

    def filter(self, record: logging.LogRecord) -> bool:
        """Is it ours, or no debugging?"""
        top = record.name.partition(".")[0]
        return record.levelno >= logging.INFO or top in self._ours or top.startswith("rtpy_")


def _facts(record: logging.LogRecord) -> dict[str, str | int]:
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return dict(facts_of(error))


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    found = [formatter.formatException(record.exc_info)] if record.exc_info else []
    return [*found, formatter.formatStack(record.stack_info)] if record.stack_info else found
