"""The page renderer: Chameleon templates by bare name from a search path, and what every page is given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from chameleon.loader import ModuleLoader, TemplateLoader
from chameleon.zpt.template import PageTemplateFile
from pyramid.config import Configurator
from pyramid.csrf import LegacySessionCSRFStoragePolicy, get_csrf_token
from pyramid.events import BeforeRender
from pyramid.interfaces import ICSRFStoragePolicy, ISessionFactory
from pyramid.request import Request

from rtpy import paths
from rtpy.web.html import Html, show_avatar, show_priority, show_size, show_status
from rtpy.web.static_files import StaticFiles
from rtpy.web.theme import chosen_theme
from rtpy.web.times import bind_when, show_minutes

BOOLEAN_ATTRIBUTES = frozenset(
    "async autofocus checked default defer disabled hidden inert ismap loop multiple novalidate open "
    "readonly required reversed selected".split()
)
FROM_REQUEST = (
    "actor",
    "actor_links",
    "nav",
    "search_url",
    "new_ticket_url",
    "minutes_today",
    "shortcuts",
    "lang",
    "when",
    "seeing_as",
    "safe_mode",
    "panels",
)
"""Attributes of the request (properties or plain) that, where they exist, become values of every page."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the main menu; `icon` is a name of the sprite, `count` a number shown at its end."""

    label: str
    url: str
    icon: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Menu lines under one heading; no heading for the first group."""

    entries: tuple[NavEntry, ...]
    label: str = ""


class Templates:
    """Every template of an installation, by bare name (`staff/home.pt`).

    `search_path` is tried in order: local changes first, then plugins, then what ships. `load:` inside a
    template searches the same way, so a local `layout.pt` is used by all pages. `cache` is a writable
    directory that keeps compiled templates between starts; `reload` looks for changed files at each use.
    """

    def __init__(
        self, search_path: Sequence[Path], *, reload: bool = False, cache: Path | None = None
    ) -> None:
        options: dict[str, Any] = {  # Any: Chameleon's own options have many types
            "auto_reload": reload,
            "boolean_attributes": BOOLEAN_ATTRIBUTES,
            "value_repr": lambda value: type(value).__name__,  # an error in the log must not quote mails
            "prepend_relative_search_path": False,
            "loader_class": lambda **_: self._loader,  # one shared loader: each template is compiled once
        }
        if cache is not None:
            cache.mkdir(parents=True, exist_ok=True)
            options["loader"] = ModuleLoader(str(cache))
        self._loader: TemplateLoader = TemplateLoader([str(place) for place in search_path], **options)
        self._load: Callable[[str], _Page] = self._loader.bind(_Page)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The page `name` filled with `values`; raises ValueError if no directory has such a template."""
        page: Any = self._load(name)  # Any: Chameleon types two of the keywords, values have every type
        return str(page.render(**values))

    def check(self, name: str) -> None:
        """Compile a page without filling it. Raises chameleon.TemplateError with the place of the mistake."""
        page: Any = self._load(name)
        page.cook_check()

    def names(self) -> list[str]:
        """Every template that can be rendered, each once, sorted."""
        places = [Path(place) for place in self._loader.search_path]
        return sorted(
            {path.relative_to(place).as_posix() for place in places for path in place.rglob("*.pt")}
        )


class _Page(PageTemplateFile):
    def digest(self, body: str, names: Iterable[str]) -> str:
        """Key of the compiled form; Chameleon's own lists every installed package, which takes 0.2 s."""
        parts = (version("Chameleon"), str(self.filename), body, *names)
        return sha256("\0".join(parts).encode()).hexdigest()[:32]


class Icons:
    """Icons of the sprite as HTML, `icon('lock')`; built once for each name."""

    def __init__(self, sprite_url: str) -> None:
        self._sprite = sprite_url
        self._made: dict[str, Html] = {}

    def __call__(self, name: str) -> Html:
        """The icon `name`, hidden from screen readers: a label or a visually hidden text goes beside it."""
        made = self._made.get(name)
        if made is None:
            use = f'<use href="{self._sprite}#{name}"/>'
            made = self._made[name] = Html(f'<svg class="icon" aria-hidden="true">{use}</svg>')
        return made


def page_values(static: StaticFiles, root: str = "", now: datetime | None = None) -> dict[str, object]:
    """What every page can use without a request; `root` is the path the site is mounted at.

    Beside functions (`static`, `icon`, `avatar`, `status_badge`, `priority_badge`, `minutes`, `file_size`,
    `when`) these are the values of the frame, all empty: `actor`, `nav`, `flashes`, `csrf_token`, `theme`.
    """
    url = partial(static.url, root=root)
    return {
        "root": root,
        "static": url,
        "icon": Icons(url("icons/sprite.svg")),
        "avatar": show_avatar,
        "status_badge": show_status,
        "priority_badge": show_priority,
        "minutes": show_minutes,
        "file_size": show_size,
        "when": bind_when(now or datetime.now(UTC)),
        "lang": "en",
        "theme": "auto",
        "shortcuts": True,
        "actor": None,
        "actor_links": (),
        "nav": (),
        "search_url": None,
        "new_ticket_url": None,
        "flashes": (),
        "seeing_as": None,
        "safe_mode": (),
        "panels": lambda place, subject=None: (),
        "panel_subject": None,
        "csrf_token": "",
        "here": root + "/",
        "query": "",
        "minutes_today": None,
    }


def includeme(config: Configurator) -> None:
    """The `.pt` renderer, static files, the theme switch, and the values of every page.

    Settings: `rtpy.template_path` and `rtpy.static_path` (directories, first one wins),
    `rtpy.template_reload`, `rtpy.template_cache`; without them what ships is used.
    """
    settings = config.registry.settings
    cache = settings.get("rtpy.template_cache")
    templates = Templates(
        [Path(place) for place in settings.get("rtpy.template_path") or [paths.find_share() / "templates"]],
        reload=bool(settings.get("rtpy.template_reload")),
        cache=Path(cache) if cache else None,
    )
    config.registry["rtpy.templates"] = templates
    config.include("rtpy.web.static_files")
    config.include("rtpy.web.theme")
    config.add_request_method(_plugins_set_aside, "safe_mode", property=True)
    config.add_renderer(".pt", lambda info: partial(_render, templates, info.name))
    config.add_subscriber(_add_page_values, BeforeRender)


def _plugins_set_aside(request: Request) -> tuple[str, ...]:
    """On pages of the administration: the listed plugins that are not loaded because of safe mode."""
    route = getattr(request, "matched_route", None)
    set_aside: tuple[str, ...] = request.app.config.set_aside
    return set_aside if route is not None and route.name.startswith("admin") else ()


def _render(
    templates: Templates, name: str, value: Mapping[str, object], system: Mapping[str, object]
) -> str:
    return templates.render(name, {**system, **value, **_translating(system.get("request"))})


def _translating(request: object) -> dict[str, object]:
    """What `i18n:` in templates of plugins uses; nothing where a request has none."""
    translate = getattr(request, "translate", None)
    return {"translate": translate} if translate is not None else {}


def draw_piece(request: Request, name: str, values: Mapping[str, object]) -> Html:
    """A piece of a page, such as a panel of a plugin: it has the functions of pages, not the frame's values."""
    given = page_values(request.registry["rtpy.static_files"], request.script_name)
    own = {
        "request": request,
        "csrf_token": get_csrf_token(request),
        "when": request.when,
        "here": request.path_qs,
    }
    templates: Templates = request.registry["rtpy.templates"]
    return Html(templates.render(name, {**given, **own, **values, **_translating(request)}))


def _add_page_values(event: BeforeRender) -> None:
    request = event.get("request")
    if request is None or not str(event.get("renderer_name", "")).endswith(".pt"):
        return
    values = page_values(request.registry["rtpy.static_files"], request.script_name)
    values.update(_values_of(request))
    for name, value in values.items():
        event.setdefault(name, value)


def _values_of(request: Request) -> dict[str, object]:
    """The frame's values for this reader; `request.nav`, `request.minutes_today` and others are optional."""
    found: dict[str, object] = {
        "theme": chosen_theme(request),
        "here": request.path_qs,
        "query": request.params.get("q", ""),
    }
    registry = request.registry
    has_session = registry.queryUtility(ISessionFactory) is not None
    csrf = registry.queryUtility(ICSRFStoragePolicy)
    if has_session or not isinstance(csrf, LegacySessionCSRFStoragePolicy):
        found["csrf_token"] = get_csrf_token(request)
    if has_session:
        found["flashes"] = [_flash(message) for message in request.session.pop_flash()]
    for name in FROM_REQUEST:
        if hasattr(request, name):
            found[name] = getattr(request, name)
    return found


def _flash(message: object) -> tuple[str, str]:
    """A queued message as (tone, text); tones are ok, info, warn and bad, a bare text is ok."""
    if isinstance(message, tuple | list) and len(message) == 2:
        return str(message[0]), str(message[1])
    return "ok", str(message)
