"""The description of REST 2.0 by OpenAPI 3.1, made from the routes, the resources and their sentences."""

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from rtpy import __version__
from rtpy.rest2.call import FORM, JSON
from rtpy.rest2.collection import MOST_PER_PAGE, PER_PAGE, Collection
from rtpy.rest2.kind import KINDS, Kind
from rtpy.rest2.record import Record
from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route, Routes
from rtpy.rest2.values import Document

VERSION = "3.1.0"
SCHEMAS = "#/components/schemas/"

ABOUT = """\
What speaks to RT's REST 2.0 works here unchanged; addresses marked (ours) are rtpy's own.

An update by PUT answers 200 with a list of sentences, one for each change that was tried: one that was refused is in
the list too. Numbers of records are numbers in `id` of a record that is asked for by itself, and texts elsewhere.
Values that are not set are left out; a moment that is not set is 1970-01-01T00:00:00Z."""


def describe(routes: Routes, base: str) -> Document:
    """The whole document; `base` is the address of the face."""
    return {
        "openapi": VERSION,
        "info": {"title": "rtpy REST 2.0", "version": __version__, "description": ABOUT},
        "servers": [{"url": base}],
        "security": [{"token": []}, {"basic": []}, {"session": []}],
        "tags": [
            {"name": name} for name in dict.fromkeys(_tag(route) for route in routes.all if route.about)
        ],
        "paths": _paths(routes.all),
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": {**_SCHEMAS, **{_schema_name(kind): _schema_of(kind) for kind in KINDS.values()}},
        },
    }


def _paths(routes: Iterable[Route]) -> Document:
    """Without those that only refuse: they say nothing of what they are about."""
    found: dict[str, Document] = {}
    for route in routes:
        if not route.about:
            continue
        path = "/" + re.sub(r"\{(\w+)\*?\}", r"{\1}", route.pattern)
        item = found.setdefault(path, {"parameters": list(_arguments(route))})
        for method in route.resource.methods:
            if not _only_refuses(route, method):
                item.setdefault(method.lower(), _operation(route, method))
    return found


def _only_refuses(route: Route, method: str) -> bool:
    """POST on one record is a 409 and nothing else: making is POST on the word alone."""
    return method == "POST" and issubclass(route.resource, Record) and route.pattern.endswith("}")


def _arguments(route: Route) -> Iterator[Document]:
    for name, star in re.findall(r"\{(\w+)(\*?)\}", route.pattern):
        schema: Document = {"type": "string"} if star else {"type": "integer", "minimum": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _operation(route: Route, method: str) -> Document:
    resource = route.resource
    found: Document = {
        "operationId": f"{method.lower()} {route.pattern}".replace("*", ""),
        "summary": route.about,
        "tags": [_tag(route)],
        "responses": _responses(resource, method),
    }
    if words := _words(resource, method):
        found["description"] = words
    parameters = list(_parameters(resource, method))
    if parameters:
        found["parameters"] = parameters
    if method in ("POST", "PUT"):
        found["requestBody"] = _body(resource, method)
    return found


def _tag(route: Route) -> str:
    word = route.pattern.partition("/")[0]
    return next((kind for kind in KINDS if word in (kind, f"{kind}s", f"{kind}es")), word)


def _words(resource: type[Resource], method: str) -> str:
    """What the class says of itself, and what the method says where it is the class's own."""
    own = getattr(resource, method.lower(), None)
    texts = [resource.__doc__, getattr(own, "__doc__", None)]
    return "\n\n".join(dict.fromkeys(inspect.cleandoc(text) for text in texts if text))


def _parameters(resource: type[Resource], method: str) -> Iterator[Document]:
    if issubclass(resource, Collection):
        yield _query(
            "fields", "Names of fields to show of each item, between commas; `fields[X]` shows fields of X."
        )
        yield _query("orderby", "A field to sort by.")
        yield _query("order", "ASC or DESC.", enum=["ASC", "DESC"])
        yield _query("page", "Which page, from 1.", type="integer", minimum=1)
        yield _query(
            "per_page",
            f"Items of a page: {PER_PAGE} when nobody says, {MOST_PER_PAGE} at most.",
            type="integer",
            minimum=1,
            maximum=MOST_PER_PAGE,
        )
        yield _query("find_disabled_rows", "1: what is disabled too.", enum=["0", "1"])
        if method == "GET":
            yield _query(
                "query", "A search: a JSON list of conditions, or the query language where there is one."
            )
    elif method == "GET" and issubclass(resource, Record):
        yield _query(
            "fields[X]", "Fields to show of the thing that X refers to; X is any field that is a reference."
        )
    if method == "POST" and not resource.searches:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key with the same request: done once, answered alike for a day (ours).",
            "schema": {"type": "string", "maxLength": 255},
        }
    if resource.has_conditions:
        names = (
            ("If-None-Match", "If-Modified-Since") if method == "GET" else ("If-Match", "If-Unmodified-Since")
        )
        for name in names:
            yield {"name": name, "in": "header", "schema": {"type": "string"}}


def _query(name: str, words: str, **schema: Any) -> Document:
    return {"name": name, "in": "query", "description": words, "schema": {"type": "string", **schema}}


def _body(resource: type[Resource], method: str) -> Document:
    if resource.searches:
        conditions = {"type": "array", "items": {"$ref": SCHEMAS + "Condition"}}
        form = {"type": "object", "properties": {"query": {"type": "string"}}}
        return {"content": {JSON: {"schema": conditions}, FORM: {"schema": form}}}
    schema: Document = {"type": "array" if resource.document is list else "object"}
    names = sorted(resource.fields_written())
    if names and schema["type"] == "object":
        schema["properties"] = {name: {} for name in names}
    return {
        "required": method == "POST",
        "content": {kind: {"schema": schema if kind == JSON else {}} for kind in resource.accepts},
    }


def _responses(resource: type[Resource], method: str) -> Document:
    found: Document = {}
    if method == "DELETE":
        found["204"] = {"description": "Done"}
    elif method == "PUT":
        found["200"] = _json("What was changed, and what was not", {"$ref": SCHEMAS + "Sentences"})
    elif method == "POST" and not resource.searches:
        found["201"] = _json("Made", {})
    else:
        found["200"] = _json("Found", _found(resource))
    if resource.has_conditions:
        found["412"] = _problem("It has changed since")
        if method == "GET":
            found["304"] = {"description": "It is as it was"}
    for status, words in _PROBLEMS.items():
        found[status] = _problem(words)
    return found


def _found(resource: type[Resource]) -> Document:
    kind = getattr(resource, "kind", None)
    if issubclass(resource, Collection):
        return {"$ref": SCHEMAS + "Page"}
    return {"$ref": SCHEMAS + _schema_name(kind)} if isinstance(kind, Kind) else {}


def _schema_name(kind: Kind) -> str:
    return kind.name.capitalize()


def _schema_of(kind: Kind) -> Document:
    names = dict.fromkeys((*getattr(kind, "fields", ()), *kind.searchable))
    properties: Document = {name: {} for name in names if name != "id"}
    return {"type": "object", "properties": {"id": {}, **properties}}


def _json(words: str, schema: Document) -> Document:
    return {"description": words, "content": {JSON: {"schema": schema}}}


def _problem(words: str) -> Document:
    return _json(words, {"$ref": SCHEMAS + "Problem"})


_PROBLEMS = {
    "400": "The request makes no sense; the message says why",
    "401": "No login, or a wrong one",
    "403": "Not allowed",
    "404": "No such thing",
    "406": "Only JSON is offered",
    "409": "Somebody else was quicker, or it is there already",
    "415": "A body of another type",
    "422": "The Idempotency-Key came with another request",
}
_SECURITY: Document = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`token ` and a personal token",
    },
    "basic": {"type": "http", "scheme": "basic"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "rtpy_session",
        "description": "The login of the pages; who writes sends X-CSRF-Token, or comes from a page of ours",
    },
}
_SCHEMAS: Document = {
    "Problem": {
        "type": "object",
        "required": ["message"],
        "properties": {"message": {"type": "string"}},
    },
    "Sentences": {"type": "array", "items": {"type": ["string", "number", "array", "null"]}},
    "Stub": {
        "type": "object",
        "required": ["type", "_url"],
        "properties": {
            "type": {"type": "string"},
            "id": {"type": ["string", "number"]},
            "_url": {"type": "string"},
        },
    },
    "Condition": {
        "type": "object",
        "required": ["field", "value"],
        "properties": {
            "field": {"type": "string"},
            "operator": {"type": "string"},
            "value": {},
            "case_sensitive": {},
            "entry_aggregator": {"enum": ["AND", "OR"]},
        },
    },
    "Page": {
        "type": "object",
        "required": ["count", "items"],
        "properties": {
            "count": {"type": "integer"},
            "total": {"type": ["integer", "null"]},
            "page": {"type": "integer"},
            "pages": {"type": ["number", "null"]},
            "per_page": {"type": "integer"},
            "items": {"type": "array", "items": {"$ref": SCHEMAS + "Stub"}},
            "next_page": {"type": "string"},
            "prev_page": {"type": "string"},
        },
    },
}
