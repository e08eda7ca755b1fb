"""What REST 2.0 offers, for programs (`/openapi.json`) and as a page for people."""

from dataclasses import dataclass

from pyramid.config import Configurator
from pyramid.request import Request

from rtpy.http.security import STAFF
from rtpy.rest2.call import base_url
from rtpy.rest2.openapi import describe
from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route, Routes
from rtpy.rest2.values import Document

REGISTERED = "rtpy.rest2.routes"


class Description(Resource):
    """The description by OpenAPI 3.1, as generators of clients and other tools read it."""

    def is_forbidden(self) -> bool:
        """Open to who is logged in: it tells nothing of this site's own."""
        return False

    def get(self) -> Document:
        """All of it."""
        routes: Routes = self.call.request.registry[REGISTERED]
        return describe(routes, self.call.base)


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the page."""

    method: str
    path: str
    summary: str
    description: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]


def includeme(config: Configurator) -> None:
    """The page."""
    config.add_route("rest2.page", "/api")
    config.add_view(
        show_api,
        route_name="rest2.page",
        request_method="GET",
        renderer="api/description.pt",
        permission=STAFF,
    )


def show_api(_context: object, request: Request) -> dict[str, object]:
    """Every address with its methods, by what it is about."""
    base = base_url(request.work)
    document = describe(request.registry[REGISTERED], base)
    groups: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method, found in item.items():
            if method == "parameters":
                continue
            groups.setdefault(found["tags"][0], []).append(_operation(path, method, found))
    return {
        "base": base,
        "tokens_url": f"{request.script_name}/account/tokens",
        "about": _plain(document["info"]["description"]),
        "groups": [(name, tuple(lines)) for name, lines in groups.items()],
    }


def _operation(path: str, method: str, found: Document) -> Operation:
    described = _plain(found.get("description", ""))
    parameters = ((each["name"], each.get("description", "")) for each in found.get("parameters", ()))
    return Operation(
        method.upper(),
        path,
        found["summary"],
        tuple(text for text in described if text),
        tuple(parameters),
    )


def _plain(text: str) -> list[str]:
    """Paragraphs without the marks of code that tools understand."""
    return text.replace("`", "").split("\n\n")


ROUTES = (Route("openapi.json", Description, "This description (ours)", is_strict=True),)
