"""The fields of searches, brought by the same hook by which plugins bring theirs."""

from rtpy.hookspecs import hookimpl
from rtpy.search.fields.field import SearchField
from rtpy.search.fields.tickets import own_fields


@hookimpl
def rtpy_search_fields() -> dict[str, SearchField]:
    """The core's own."""
    return own_fields()
