"""All plugins: what is installed and loaded, how long each takes, and what failed in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.hook_times import Count
from rtpy.http.resources import SystemResource
from rtpy.installed import Installed, all_installed, plugin_folders
from rtpy.jobs.plugin_times import count_of
from rtpy.migrations.run import is_line_current, revision_of
from rtpy.models import HookDay
from rtpy.plugins import deprecations_of, implementers
from rtpy.rights.names import Right
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.html import Html

DAYS = 7
"""How far back the times go, today included."""

Counts = Mapping[tuple[str, str], Count]


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One kind of call of a plugin with its times, ready to be read."""

    name: str
    calls: int
    usual: str
    slow: str
    slowest: str
    total: str
    failures: int


@dataclass(frozen=True, slots=True)
class ShownPlugin:
    """One plugin. `state` is in words, `tone` is the class of its badge."""

    name: str
    version: str
    source: str
    state: str
    tone: str
    notes: tuple[str, ...]
    settings_url: str | None
    calls: tuple[ShownCall, ...]
    total: str
    failures: int
    failed: Html | None
    failure: str


@view_config(
    route_name="admin.plugin.list",
    request_method="GET",
    renderer="admin/plugins/list.pt",
    permission=Right.SUPER_USER,
)
def list_plugins(resource: SystemResource, request: Request) -> dict[str, object]:
    """Those on the list in its order, then the others that are installed."""
    app = request.app
    installed = all_installed(plugin_folders(app.config.home))
    listed = app.config.plugins or app.config.set_aside
    counts = _counts(request)
    names = [*listed, *(name for name in installed if name not in listed)]
    return {
        "crumbs": admin_crumbs(request),
        "plugins": [_shown(request, name, installed.get(name), counts) for name in names],
        "days": DAYS,
        "home": app.config.home,
        "set_aside": app.config.set_aside,
    }


def _counts(request: Request) -> Counts:
    """What the database has of the last days, and what this process has not told it yet. One query."""
    since = request.app.clock.now().date() - timedelta(days=DAYS - 1)
    found = request.app.hook_times.seen()
    for row in request.db.scalars(select(HookDay).where(HookDay.day >= since)):
        found.setdefault((row.plugin, row.hook), Count()).add(count_of(row))
    return found


def _shown(request: Request, name: str, installed: Installed | None, counts: Counts) -> ShownPlugin:
    app = request.app
    own = {what: count for (plugin, what), count in counts.items() if plugin == name}
    state, tone, notes = _state(request, name, installed)
    last = max((count for count in own.values() if count.failed), key=_moment, default=None)
    has_settings = any(declared.plugin == name for declared in app.settings.values())
    calls = sorted(own.items(), key=lambda item: item[1].microseconds, reverse=True)
    return ShownPlugin(
        name,
        installed.version if installed else "",
        _source(installed),
        state,
        tone,
        notes,
        request.route_path("admin.plugin.settings", plugin=name) if has_settings else None,
        tuple(_shown_call(what, count) for what, count in calls),
        in_time(sum(count.microseconds for count in own.values())),
        sum(count.failures for count in own.values()),
        request.when(last.failed) if last else None,
        last.failure if last else "",
    )


def _source(installed: Installed | None) -> str:
    if installed is None:
        return ""
    return (
        f"{installed.package}, in {installed.folder}" if installed.folder else f"{installed.package}, by pip"
    )


def _moment(count: Count) -> float:
    return count.failed.timestamp() if count.failed else 0.0


def _state(request: Request, name: str, installed: Installed | None) -> tuple[str, str, tuple[str, ...]]:
    """How it stands: the words, their tone, and further sentences."""
    app = request.app
    if name in app.config.set_aside:
        return "not loaded: safe mode", "badge-warn", ()
    if name not in app.config.plugins:
        return "installed, not on the list", "", ()
    if installed is None:
        return "loaded, its package is gone since", "badge-bad", ()
    notes = [sentence for sentence in deprecations_of(app.plugins) if f" {name} " in sentence]
    hooks = [hook for hook, owners in implementers(app.plugins).items() if name in owners]
    notes.append(f"Hooks: {', '.join(hooks)}." if hooks else "It implements no hook.")
    for line in app.lines:
        if line.name == name:
            connection = request.db.connection()
            if not is_line_current(connection, line):
                return "its tables are of another version; run: rtpy migrate", "badge-bad", tuple(notes)
            notes.append(f"Its tables are at revision {revision_of(connection, line)}.")
    return "loaded", "badge-ok", tuple(notes)


def _shown_call(what: str, count: Count) -> ShownCall:
    return ShownCall(
        what,
        count.calls,
        in_time(count.within(0.5)),
        in_time(count.within(0.95)),
        in_time(count.slowest),
        in_time(count.microseconds),
        count.failures,
    )


def in_time(microseconds: int) -> str:
    """A duration as people read it: `12 µs`, `3.4 ms`, `1.2 s`, `15 min`."""
    for limit, divisor, unit in ((1_000, 1, "µs"), (1_000_000, 1_000, "ms"), (120_000_000, 1_000_000, "s")):
        if microseconds < limit:
            value = microseconds / divisor
            return f"{value:.0f} {unit}" if value >= 10 or divisor == 1 else f"{value:.1f} {unit}"
    return f"{microseconds / 60_000_000:.0f} min"
