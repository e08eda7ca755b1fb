"""The document of a call that writes: its JSON body, with the parameters of the address over it; and its files."""

from typing import Any

from rtpy.rest.files import NO_UPLOADS, Uploads, read_uploads
from rtpy.rest2.call import MULTIPART, Call, read_json
from rtpy.rest2.problem import Problem
from rtpy.rest2.values import Document

OWN_PARAMETERS = frozenset(
    {"fields", "orderby", "order", "page", "per_page", "query", "token", "find_disabled_rows", "category"}
)
"""Parameters that say how to answer: no fields of a document."""


class Read(dict[str, Any]):
    """A document; `by_address` names the fields that only the address gave."""

    by_address: frozenset[str] = frozenset()


def read_document(call: Call) -> Document:
    """The body as an object; a parameter of the address wins over a field of the same name, as in RT.

    Of multipart/form-data it is the part `JSON`. Raises Problem 400, and Invalid for what is no form.
    """
    found = Read(_part(call) if call.content_type == MULTIPART else call.document(dict))
    written = frozenset(found)
    for name in dict.fromkeys(each for each, _ in call.params):
        if name not in OWN_PARAMETERS and not name.startswith("fields["):
            values = call.all(name)
            found[name] = values[0] if len(values) == 1 else values
    found.by_address = frozenset(found) - written
    return found


def uploads_of(call: Call) -> Uploads:
    """The parts of a form; none when the body is no form. Raises Invalid."""
    if call.content_type != MULTIPART:
        return NO_UPLOADS
    if "uploads" not in call.cache:
        call.cache["uploads"] = read_uploads(call.request)
    found: Uploads = call.cache["uploads"]
    return found


def _part(call: Call) -> Document:
    text = uploads_of(call).texts.get("JSON")
    if text is None:
        raise Problem(400, "Json is a required field for multipart/form-data")
    found = read_json(text.encode("utf-8", "replace"))
    if not isinstance(found, dict):
        raise Problem(400, "JSON object must be a HASH")
    return found
