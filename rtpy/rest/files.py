"""Files that programs send along: as base64 in JSON, or as parts of a form."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyramid.request import Request

from rtpy.content.filenames import safe_filename
from rtpy.content.part import Part, PartRole
from rtpy.errors import Invalid, Problem

ON_CREATE = "Field {} is required for each attachment in Attachments"
ON_MESSAGE = "{} is a required field for each attachment in Attachments"
ON_FIELD = "{} is a required field for Image/Binary ObjectCustomFieldValue"
"""RT's sentences for a part of a file that is missing."""
KEYS = ("FileName", "FileType", "FileContent")
MOST_FILES = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Uploads:
    """What a form of type multipart/form-data brings: texts and files by name, in order.

    `attachments` are the files of parts named `Attachments`; `files` the others, by name.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Part, ...] = ()
    files: Mapping[str, Part] = field(default_factory=dict)


NO_UPLOADS = Uploads()


def read_uploads(request: Request, name: str = "Attachments") -> Uploads:
    """All parts of the form; the last of two texts or files of one name counts. Raises Invalid for what is no form."""
    texts: dict[str, str] = {}
    files: dict[str, Part] = {}
    attachments: list[Part] = []
    try:
        for key, value in request.POST.items():
            if isinstance(value, str):
                texts[key] = value
            elif getattr(value, "filename", None) and key == name:
                attachments.append(_upload(value))
            elif getattr(value, "filename", None):
                files[key] = _upload(value)
            else:
                texts[key] = value.file.read().decode()
    except (ValueError, LookupError, TypeError, OSError, AttributeError):
        raise Invalid(Problem("body", "The body is no form of type multipart/form-data")) from None
    return Uploads(texts, _few(attachments), files)


def read_attachments(value: Any, missing: str = ON_CREATE) -> tuple[Part, ...]:
    """The files in a document's `Attachments`. Raises Invalid in RT's words; `missing` is one of the three above."""
    if value is None or value == "":
        return ()
    if not isinstance(value, list):
        raise Invalid(Problem("Attachments", "Attachments must be an array"))
    if not all(isinstance(each, dict) for each in value):
        raise Invalid(Problem("Attachments", "Each element of Attachments must be a hash"))
    return _few([read_file(each, missing) for each in value])


def read_file(document: Mapping[str, Any], missing: str = ON_CREATE) -> Part:
    """One file: `FileName`, `FileType` and `FileContent` in base64. Raises Invalid in RT's words."""
    for key in KEYS:
        value = document.get(key)
        if not isinstance(value, str) or not (value or key == "FileContent"):
            raise Invalid(Problem(key, missing.format(key)))
    text = "".join(document["FileContent"].split())
    try:
        data = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        name = document["FileName"][:60]
        raise Invalid(Problem("FileContent", f"FileContent of {name} is not base64")) from None
    return _part(document["FileName"], document["FileType"], data)


def _upload(upload: Any) -> Part:
    return _part(upload.filename, upload.type or "", upload.file.read())


def _part(name: str, kind: str, data: bytes) -> Part:
    kind = kind.partition(";")[0].strip().lower()
    fits = "/" in kind and len(kind) < 128 and kind.isascii() and kind.isprintable()
    plain = name.encode("utf-8", "replace").decode().replace("\x00", "")
    plain = _CONTROL.sub(" ", plain)  # a name is one line: it stands in headers of mails
    plain = plain.replace("\\", "/").rpartition("/")[2][:255]
    return Part(
        kind if fits else "application/octet-stream",
        data,
        PartRole.FILE,
        filename=plain or safe_filename(name),
    )


def _few(parts: Sequence[Part]) -> tuple[Part, ...]:
    if len(parts) > MOST_FILES:
        raise Invalid(Problem("Attachments", f"At most {MOST_FILES} files can come with one message"))
    return tuple(parts)
