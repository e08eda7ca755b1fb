"""The document of a call that writes: its JSON body, with the parameters of the address over it."""

from rtpy.rest2.call import MULTIPART, Call, read_json
from rtpy.rest2.problem import Problem
from rtpy.rest2.values import Document

OWN_PARAMETERS = frozenset(
    {"fields", "orderby", "order", "page", "per_page", "query", "token", "find_disabled_rows", "category"}
)
"""Parameters that say how to answer: no fields of a document."""


def read_document(call: Call) -> Document:
    """The body as an object; a parameter of the address wins over a field of the same name, as in RT.

    Of multipart/form-data it is the part `JSON`. Raises Problem 400.
    """
    found = dict(_part(call) if call.content_type == MULTIPART else call.document(dict))
    for name, _ in call.params:
        if name in OWN_PARAMETERS or name.startswith("fields["):
            continue
        values = call.all(name)
        found[name] = values[0] if len(values) == 1 else values
    return found


def _part(call: Call) -> Document:
    given = call.request.POST.get("JSON")
    if not isinstance(given, str):
        raise Problem(400, "Json is a required field for multipart/form-data")
    found = read_json(given.encode())
    if not isinstance(found, dict):
        raise Problem(400, "JSON object must be a HASH")
    return found
