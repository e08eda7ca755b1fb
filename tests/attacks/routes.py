"""All addresses of the site as Pyramid's own router knows them, filled in with numbers of real things."""

from pyramid.interfaces import IRoutesMapper

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def all_routes(wsgi):
    """Every route of the application, those of plugins and of static files too."""
    return [
        route
        for route in wsgi.registry.getUtility(IRoutesMapper).get_routes(include_static=True)
        if not route.name.startswith("extra")
    ]


def path_of(route, numbers):
    """The address of a route about the things in `numbers`: `numbers[first word, or two, of its name]` is its id."""
    words = route.name.replace("admin.mail.", "").split(".")
    about = ".".join(words[:2]) if ".".join(words[:2]) in numbers else words[0]
    values = {
        "id": numbers.get(about, 1),
        "txn": numbers["txn"],
        "attachment_id": numbers["attachment"],
        "filename": "x",
        "cid": "x",
        "mail": numbers["outgoing"],
        "page": "Display",
        "row": 1,
        "lookup": "user",
        "key": "x",
        "delivery": 1,
        "number": 1,
        "kind": "ics" if route.name == "search.feed" else "csv",
        "subpath": ("css", "rtpy.css"),
        "plugin": "budget",
        "path": f"ticket/{numbers['ticket']}" if words[0] == "rest1" else ("ticket", str(numbers["ticket"])),
    }
    path = route.generate(values)
    return f"{path}?id={numbers['ticket']}" if route.name == "rt.ticket" else path
