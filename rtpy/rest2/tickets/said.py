"""What is said with a new ticket, a comment or a reply: text and files of a document as a message."""

from collections.abc import Mapping
from typing import Any

from rtpy.content.part import Message, Part, PartRole
from rtpy.rest.files import Uploads, read_attachments
from rtpy.rest2.problem import Problem

HTML = "text/html"
PLAIN = "text/plain"


def read_message(
    document: Mapping[str, Any],
    uploads: Uploads,
    *,
    subject: str,
    missing: str,  # Any: JSON
) -> Message:
    """`Content` of `ContentType`, and `Attachments` of the document and of the form. Raises Problem 400, and Invalid.

    `missing` is RT's sentence for a part of a file that is not there.
    """
    files = (*read_attachments(document.get("Attachments"), missing), *uploads.attachments)
    content = document.get("Content")
    if content is None or content == "":
        return Message(files, subject=subject)
    if isinstance(content, bool) or not isinstance(content, str | int | float):
        raise Problem(400, "Content must be a text")
    kind = str(document.get("ContentType") or PLAIN).partition(";")[0].strip().lower()
    return Message((body_part(str(content).encode(), kind), *files), subject=subject)


def body_part(data: bytes, kind: str, charset: str = "utf-8") -> Part:
    """The readable part. Raises Problem 400 for a type that is no text, and for bytes that are not of the charset."""
    if kind not in (PLAIN, HTML) and not kind.startswith("text/"):
        raise Problem(400, f"ContentType must be text/plain or text/html, not {kind[:60]}")
    try:
        text = data.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError):
        raise Problem(400, f"The content is not text in {charset[:40]}") from None
    role = PartRole.HTML if kind == HTML else PartRole.BODY
    return Part(HTML if kind == HTML else PLAIN, text.replace("\x00", "").encode(), role, charset="utf-8")
