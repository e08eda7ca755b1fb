"""The files of a form: the field Attachment lists their names, the parts `attachment_1`, `attachment_2` … hold them."""

import re
from dataclasses import replace
from operator import itemgetter

from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Invalid, Problem
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_items

MOST = 50
_PART = re.compile(r"attachment_(\d{1,4})", re.ASCII)


def files_for(call: Call, form: Form) -> tuple[Part, ...]:
    """The files that the form lists, in order. Raises Invalid for one that did not come along.

    A field is one name, comma and all, where there are as many files as fields.
    """
    value = form.get("Attachment") or ""
    whole = [text for text in ((value,) if isinstance(value, str) else value) if text.strip()]
    parts = [part for _, part in sorted(_numbered(call), key=itemgetter(0))]
    names = whole if len(whole) == len(parts) else as_items(value)
    if len(names) > MOST:
        raise Invalid(Problem("attachment", f"At most {MOST} files at once."))
    if len(parts) < len(names):
        raise Invalid(Problem("attachment", f"No attachment for {names[len(parts)][:200]}"))
    return tuple(parts[: len(names)])


def message_of(form: Form, files: tuple[Part, ...], subject: str = "") -> Message:
    """What the form says: its Text as plain text or HTML by its Content-Type, and the files."""
    text = form.text("Text").rstrip()
    kind = form.text("Content-Type").partition(";")[0].strip().lower() or "text/plain"
    if kind not in ("text/plain", "text/html"):
        raise Invalid(Problem("content-type", "Content-Type is text/plain or text/html."))
    is_html = kind == "text/html"
    role = PartRole.HTML if is_html else PartRole.BODY
    body = (Part(kind, text.encode(), role, charset="utf-8"),) if text else ()
    return Message(parts=(*body, *(replace(file, role=PartRole.FILE) for file in files)), subject=subject)


def _numbered(call: Call) -> list[tuple[int, Part]]:
    return [
        (int(found[1]), part) for name, part in call.given.files.items() if (found := _PART.fullmatch(name))
    ]
