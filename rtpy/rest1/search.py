"""Searching tickets by a query, and queues, people and groups by one condition."""

from collections.abc import Callable, Iterator, Sequence

from rtpy.rest1 import search_others, search_tickets
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_text, write_forms
from rtpy.rest1.frame import SERVER_ERROR, Answer, Stopped
from rtpy.rest1.listing import Listing

NOTHING = "No matching results."
FORMATS = ("i", "s", "l")

SEARCHES: dict[str, Callable[[Call, str, str], Listing]] = {
    "ticket": search_tickets.search,
    "queue": search_others.search_queues,
    "user": search_others.search_users,
    "group": search_others.search_groups,
}


def search_objects(call: Call, type: str = "") -> Answer:
    """Parameters `query`, `orderby`, `format` (`i`, `s`, `l`) and `fields`. All rows at once."""
    given = call.given
    kind = type.lower().removesuffix("s") if type.lower() not in SEARCHES else type.lower()
    if kind not in SEARCHES:
        raise Stopped("Unsupported object type.", SERVER_ERROR)
    if "query" not in given:
        raise Stopped("No query specified.")
    wanted = given.text("format") or ("l" if call.fields else "s")
    if wanted not in FORMATS:
        raise Stopped(f"Unknown listing format: {wanted[:40]}. (Use i, s, or l.)")
    found = SEARCHES[kind](call, given.text("query"), given.text("orderby").strip())
    if wanted == "i":
        return Answer("".join(f"{kind}/{number}\n" for number in found.ids), always=True)
    if not found.ids:
        return Answer(NOTHING)
    if wanted == "l":
        forms = found.read(call.fields)
        if call.fields:
            forms = [form.only(call.fields) for form in forms]
        return Answer(write_forms(forms))
    if call.fields:
        return Answer("".join(_table(found.read(call.fields), call.fields)))
    forms = found.read([found.title])
    return Answer("".join(f"{_number(form)}: {_cell(form, found.title)}\n" for form in forms))


def _table(forms: Sequence[Form], fields: Sequence[str]) -> Iterator[str]:
    """A line of names, then one for each object, with tabs between."""
    shown = [form.only(fields) for form in forms]
    spelled = {name.lower(): name for form in shown for name, _ in form.fields}
    names = [spelled.get(name.lower(), name) for name in fields if name.lower() != "id"]
    yield "\t".join(["id", *names]) + "\n"
    for form in shown:
        yield "\t".join([_number(form), *(_cell(form.only([name]), name) for name in names)]) + "\n"


def _number(form: Form) -> str:
    return form.text("id").rpartition("/")[2]


def _cell(form: Form, name: str) -> str:
    """A field on one line; names of custom fields in either spelling."""
    found = form.get(name)
    if found is None and len(form.fields) > 1:
        found = form.fields[-1][1]
    return " ".join(as_text(found or "").split())
