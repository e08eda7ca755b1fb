"""What a mail with `Time: 25m remote` at its top says about the kind of work."""

import re

from rtpy.content.part import Message
from rtpy.work import Work
from rtpy_billing.capture.kinds import work_type_in


def work_type_said(work: Work, message: Message) -> int | None:
    """The work type that stands behind the time; None when the words there are none.

    The core takes the commands out of a mail and keeps them in the remark beside it; of a mail without any other words
    they are the message.
    """
    first = message.parts[0] if message.parts else None
    if first is None:
        return None
    text = first.remark or (first.text() if first.content_type == "text/plain" else "")
    found = _TIME.search(text)
    return work_type_in(work, found["words"]) if found else None


_TIME = re.compile(
    r"(?:^|[\s;:])time(?:\s?worked)?\s*:\s*(?:\d[\d.,:]*\s*(?:minutes?|mins?|m|hours?|hrs?|h|days?|d)?\s*)+[,;–-]?\s*(?P<words>[^;\n]*)",
    re.I,
)
