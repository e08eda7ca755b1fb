"""Every address of the portal with every number that exists, and every link that a page holds."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from plugins.portal.tests.attacks.who import NEEDLE, SECRET, secret
from rtpy_portal.web.parts import ADDRESSES

LINK = re.compile(r'(?:href|src|action|formaction)="([^"#]+)')
OURS = re.compile(
    r"/(portal|knowledge|known-issues|ratings|admin/portal)(/|$|\?)|/ticket/\d+/(knowledge|customers|keys)"
)
ALIKE = re.compile(r"/portal/(lost|login)\?|/portal/ask\?|/SelfService/")
"""Forms that carry no more than what their own addresses say; the table has one of each."""
NO_TOKEN = "A" * 43
MOST = 700


def views(wsgi, method):
    """Names of routes of the portal that have a view for this method."""
    found = set()
    names = {each.name for each in ADDRESSES}
    for each in wsgi.registry.introspector.get_category("views"):
        view = each["introspectable"]
        methods = view["request_methods"] or ("GET", "POST")
        methods = (methods,) if isinstance(methods, str) else methods
        if view["route_name"] in names and method in methods:
            found.add(view["route_name"])
    return found


def paths(world, name, pattern):
    """All addresses of a route, with the numbers of everything that exists, own and foreign."""
    tickets = [each.id for each in world.tickets.values()]
    pages, issues = [each.id for each in world.pages], [each.id for each in world.issues]
    people = [each.id for each in world.accounts.values()]
    about = "/".join(pattern.split("/")[1:3])
    ids = {
        "portal/request": tickets,
        "portal/knowledge": [*pages, *(each.id for each in world.questions)],
        "portal/issues": issues,
        "portal/ask": world.topics,
        "portal/organization": [world.acme.id, world.bell.id],
        "knowledge/page": pages,
        "knowledge/book": [1, 2],
        "knowledge/questions": [each.id for each in world.questions],
    }.get(about)
    if ids is None:
        ids = {"known-issues": issues, "ticket": tickets}.get(pattern.split("/")[1], [1])
    if pattern.startswith("/known-issues/ticket"):
        ids = tickets
    if pattern.startswith("/admin/portal/topics"):
        ids = world.topics
    for number in dict.fromkeys(ids) if "{id" in pattern else (0,):
        made = re.sub(r"\{id[^}]*\}+", str(number), pattern, count=1) if "{id" in pattern else pattern
        yield from _rest(world, made, people)


def _rest(world, pattern, people):
    if "{attachment_id" in pattern or "{txn" in pattern:
        # Each by its own request, and all by one that many may see.
        shared = f"/{world.tickets['shared'].id}/"
        here = [each for each in world.files if shared in pattern or f"/{each.object_id}/" in pattern]
        for each in here:
            yield _fill(pattern, attachment_id=each.id, filename="x", txn=each.transaction_id, cid="x")
    elif "{user_id" in pattern:
        yield from (_fill(pattern, user_id=each) for each in people)
    elif "{key" in pattern:
        keys = [f"{what}.{each.id}" for what in ("money", "names") for each in (world.acme, world.bell)]
        yield from (_fill(pattern, key=each) for each in keys)
    elif "{book" in pattern:
        yield from (
            _fill(pattern, book=each) for each in ("first-steps", f"shelf-{NEEDLE}-{secret('shelf')}")
        )
    else:
        yield _fill(pattern, token=NO_TOKEN, page="Display.html", slug="x")


def _fill(pattern, **values):
    for name, value in values.items():
        pattern = re.sub(rf"\{{{name}(:(\{{[^}}]*\}}|[^{{}}])*)?\}}", str(value), pattern)
    assert "{" not in pattern, pattern
    return pattern


def searches():
    """Addresses that look for the word that stands beside each secret, and for secrets themselves."""
    yield from (
        f"/portal/knowledge?q={NEEDLE}",
        "/portal/knowledge?q=cnry",
        f"/portal/ask/suggestions?q={NEEDLE}+please",
        f"/portal/requests?text={NEEDLE}",
        f"/portal/requests?text={NEEDLE}&show=closed",
        "/portal/requests?show=closed",
        "/portal/requests?whose=mine",
        *(f"/portal/requests?organization={number}" for number in (1, 2)),
        *(f"/portal/issues?show={show}" for show in ("done", "ideas")),
        f"/knowledge?q={NEEDLE}",
        f"/known-issues?q={NEEDLE}",
    )


def seeds(world, wsgi):
    """The table: (name of the route, address) of all that can be fetched."""
    shown = views(wsgi, "GET")
    for address in ADDRESSES:
        if address.name in shown:
            yield from ((address.name, path) for path in paths(world, address.name, address.path))


def read(answer):
    """Everything that an answer tells, in one text."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return unescape(unquote(headers + "\n" + answer.body.decode("utf-8", "replace")))


def secrets_in(text):
    """Names of the secrets in it."""
    return {found.lower() for found in SECRET.findall(text)}


def crawl(browser, first):
    """Fetch these addresses and all links of ours that they hold: (path, answer) of each."""
    waiting, seen = list(first), set()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        assert len(seen) < MOST, "links that never end"
        answer = browser.get(path, expect_errors=True)
        yield path, answer
        found = [answer.headers.get("Location", "")]
        if answer.content_type in ("text/html", "application/atom+xml"):
            found += LINK.findall(answer.text)
        for link in found:
            target = urlsplit(urljoin(f"http://localhost{path}", unescape(link)))
            where = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc in ("localhost", "") and OURS.match(where) and not ALIKE.match(where):
                waiting.append(where)
