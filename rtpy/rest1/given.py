"""What came with a request, from the query string and the body alike: texts in UTF-8, and files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyramid.request import Request

from rtpy.content.filenames import safe_filename
from rtpy.content.part import Part, PartRole
from rtpy.rest1.frame import Stopped

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
"""A name is one line: it stands in headers of mails."""


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters; of files the bytes, under the name of their field."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Part] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def text(self, name: str, default: str = "") -> str:
        """The last text of that name."""
        return self.texts[name][-1] if name in self.texts else default

    def all(self, name: str) -> tuple[str, ...]:
        """Every text of that name, in order."""
        return self.texts.get(name, ())


def read_given(request: Request) -> Given:
    """The parameters of a request. Raises Stopped for a body that is no form, or not UTF-8."""
    try:
        pairs: list[tuple[str, Any]] = [*request.GET.items(), *_posted(request)]  # Any: texts and uploads
        texts: dict[str, list[str]] = defaultdict(list)
        files: dict[str, Part] = {}
        for name, value in pairs:
            if isinstance(value, str):
                texts[name].append(value.replace("\x00", ""))
            elif getattr(value, "filename", None) and not name == "content":
                files[name] = _file(value)
            elif hasattr(value, "file"):
                texts[name].append(value.file.read().decode().replace("\x00", ""))
    except (ValueError, LookupError, TypeError, OSError) as broken:
        raise Stopped("The body is no form in UTF-8.") from broken
    return Given({name: tuple(values) for name, values in texts.items()}, files)


def _posted(request: Request) -> Iterable[tuple[str, Any]]:
    return request.POST.items() if request.method == "POST" else ()


def _file(upload: Any) -> Part:
    kind = (upload.type or "").partition(";")[0].strip().lower()
    fits = "/" in kind and len(kind) < 128 and kind.isascii() and kind.isprintable()
    name = _CONTROL.sub(" ", upload.filename.replace("\x00", "")).replace("\\", "/").rpartition("/")[2][:255]
    return Part(
        kind if fits else "application/octet-stream",
        upload.file.read(),
        PartRole.FILE,
        filename=name or safe_filename(upload.filename),
    )
