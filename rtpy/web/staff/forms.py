"""What a posted form holds: its texts, its files, and the tokens that make it safe to send."""

from collections.abc import Mapping

from pyramid.request import Request

from rtpy.content.filenames import safe_filename
from rtpy.content.part import Part, PartRole
from rtpy.errors import Invalid, Problem

MOST_FILES = 50


def texts_of(request: Request) -> dict[str, str]:
    """Every field that is a text; of a field given twice the last. NUL, which no database keeps, is left out."""
    return {name: value.replace("\0", "") for name, value in request.POST.items() if isinstance(value, str)}


def texts_named(request: Request, name: str) -> tuple[str, ...]:
    """All texts of one field, such as ticked boxes."""
    return tuple(value.replace("\0", "") for value in request.POST.getall(name) if isinstance(value, str))


def number_in(text: str) -> int | None:
    """The number of a thing that a field or an address gives; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers_named(request: Request, name: str) -> frozenset[int]:
    """All numbers that a field of that name gives, without what is none."""
    found = (number_in(each) for each in texts_named(request, name))
    return frozenset(each for each in found if each is not None)


def files_of(request: Request, name: str = "files") -> tuple[Part, ...]:
    """The files that were chosen, byte for byte. Raises Invalid for too many."""
    chosen = [each for each in request.POST.getall(name) if getattr(each, "filename", "")]
    if len(chosen) > MOST_FILES:
        raise Invalid(
            Problem(name, f"These are more than {MOST_FILES} files: send them in several messages.")
        )
    return tuple(
        Part(
            _content_type(each.type),
            each.file.read(),
            PartRole.FILE,
            filename=_plain_name(each.filename),
        )
        for each in chosen
    )


def has_files(request: Request, name: str = "files") -> bool:
    """Were files chosen?"""
    return any(getattr(each, "filename", "") for each in request.POST.getall(name))


def problems_of(invalid: Invalid) -> Mapping[str, str]:
    """What is wrong, by field; the first problem of each."""
    found: dict[str, str] = {}
    for problem in invalid.problems:
        found.setdefault(problem.field, problem.message)
    return found


def _plain_name(name: str) -> str:
    """The file's own name without the folders that old browsers send."""
    return name.replace("\x00", "").replace("\\", "/").rpartition("/")[2][:255] or safe_filename(name)


def _content_type(given: str) -> str:
    kind = (given or "").partition(";")[0].strip().lower()
    return kind if "/" in kind and len(kind) < 128 and kind.isascii() else "application/octet-stream"
