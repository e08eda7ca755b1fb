"""What rtpy asks of every plugin, as tests: a subclass of `Conformance` with the plugin's name runs them all."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import Connection, Engine, inspect

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.db.session import make_engine
from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import CORE, Line, tables_of
from rtpy.migrations.rules import broken_rules
from rtpy.migrations.run import drop, is_current, upgrade, upgrade_connection
from rtpy.plugincare.imports import imports_of
from rtpy.plugins import deprecations_of, folder_of
from rtpy.web.templating import Templates
from rtpy.wsgi import make_wsgi

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*\battributes=)|<style\b|\sstyle=|\son[a-z]+=|href=[\"']javascript:"
)
"""What the content security policy forbids."""
RIGHT = re.compile(r"([A-Z][a-z0-9]+)+")


class Conformance:
    """Subclass it in a test module: `class TestConformance(Conformance): plugin = "stock"`.

    `public_routes` are names of routes that are open to people who are not logged in, such as a page behind a link
    by mail: they are the exception, so they are named. So are `tokenless_routes`, which take a form without our token
    because the mail program that sends it has none (RFC 8058).
    """

    plugin: ClassVar[str]
    public_routes: ClassVar[frozenset[str]] = frozenset()
    tokenless_routes: ClassVar[frozenset[str]] = frozenset()

    @pytest.fixture(scope="class")
    @classmethod
    def alone(
        cls,
        tmp_path_factory: pytest.TempPathFactory,
        plugin_options: Mapping[str, Any],
    ) -> App:
        """An app with this plugin alone; no database is asked."""
        config = Config.for_tests(tmp_path_factory.mktemp("alone"), plugins=[cls.plugin], **plugin_options)
        return App(config, blobs=DatabaseStore())

    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, alone: App, compiled_templates: Path) -> Any:
        """Its WSGI application."""
        return make_wsgi(alone, **{"rtpy.template_cache": compiled_templates})

    @pytest.fixture(scope="class")
    @classmethod
    def package(cls, alone: App) -> Path:
        """The folder of its module."""
        found = folder_of(alone.plugins, cls.plugin, ".")
        assert found is not None, "The plugin's module must be a file."
        return found.resolve()

    @pytest.fixture
    def bare(
        self,
        new_database: Callable[[Path], AbstractContextManager[str]],
        tmp_path: Path,
        alone: App,
    ) -> Iterator[Engine]:
        """A database of its own that has the plugin's tables."""
        with new_database(tmp_path) as url:
            engine = make_engine(url)
            upgrade(engine, alone.lines)
            yield engine
            engine.dispose()

    def test_it_starts_alone_and_its_hooks_are_current(self, alone: App) -> None:
        """No other plugin is needed, and nothing that it implements will go."""
        assert alone.config.plugins == (self.plugin,)
        assert deprecations_of(alone.plugins) == []

    def test_it_imports_public_names_only(self, package: Path) -> None:
        """What rtpy.promised names, and nothing else."""
        private = [
            f"{each.file.relative_to(package)}, line {each.line}: {each.module}.{each.name}"
            for each in imports_of(package)
            if not each.is_promised
        ]
        assert private == [], "docs/extending/public-names.md lists what may be imported"

    def test_its_tables_begin_with_its_name(self, alone: App, package: Path) -> None:
        """Also when models are imported later than the plugin's module."""
        names = tables_of(package.name)
        assert [name for name in names if not name.startswith(f"{self.plugin}_")] == []
        assert not names or alone.lines, "It has models, and no folder migrations/versions."

    def test_its_migrations_make_what_the_models_say(self, bare: Engine, alone: App) -> None:
        """And leave the tables of the core as they are."""
        with bare.connect() as connection:
            for line in (CORE, *alone.lines):
                assert differences(connection, line) == []

    def test_its_revisions_let_older_code_work_on(self, alone: App) -> None:
        """Since its first release, which `released.toml` beside its revisions names."""
        assert [wrong for line in alone.lines for wrong in broken_rules(line)] == []

    def test_its_migrations_can_be_undone_and_done_again(self, bare: Engine, alone: App) -> None:
        """Nothing is left in between."""
        with bare.connect() as connection:
            for line in alone.lines:
                made = _tables(connection, line)
                drop(connection, line)
                connection.commit()
                assert _tables(connection, line) == set()
                upgrade_connection(connection, line=line)
                connection.commit()
                assert _tables(connection, line) == made

    def test_a_core_without_it_is_current_and_keeps_its_tables(self, bare: Engine, alone: App) -> None:
        """Taking it off the list holds up nobody."""
        with bare.connect() as connection:
            assert is_current(connection)
            held = [_tables(connection, line) for line in alone.lines]
        upgrade(bare)
        with bare.connect() as connection:
            assert [_tables(connection, line) for line in alone.lines] == held

    def test_every_view_names_a_permission_and_keeps_the_token(self, site: Any, package: Path) -> None:
        """A page that anybody may open is named in `public_routes`; a form is never taken without its token."""
        for view in _views(site, package.name):
            told = view["introspectable"]
            route = told["route_name"]
            where = f"{told['callable'].__module__}.{getattr(told['callable'], '__name__', '')} ({route})"
            permissions = [each["value"] for each in view["related"] if each.category_name == "permissions"]
            assert permissions, f"{where} names no permission"
            is_open = NO_PERMISSION_REQUIRED in permissions
            assert not is_open or route in self.public_routes, f"{where} is open to everybody"
            needs_token = told.get("require_csrf") is not False
            assert needs_token or route in self.tokenless_routes, f"{where} takes forms without a token"

    def test_its_routes_chores_and_commands_carry_its_name(
        self, alone: App, site: Any, package: Path
    ) -> None:
        """So that two plugins do not meet."""
        routes = {view["introspectable"]["route_name"] for view in _views(site, package.name)}
        assert [name for name in routes if name and not name.startswith(f"{self.plugin}.")] == []
        chores = [chore.name for chores in _own(alone, self.plugin, "rtpy_chores") for chore in chores]
        assert [name for name in chores if not re.match(rf"{self.plugin}[ .]", name)] == []
        group = click.Group()
        for implementation in _implementations(alone, self.plugin, "rtpy_commands"):
            implementation.function(cli=group)
        assert [name for name, command in group.commands.items() if not command.help] == []

    def test_its_templates_compile_and_keep_to_the_security_policy(
        self, alone: App, package: Path, site: Any
    ) -> None:
        """No script, style or event in a page; others are loaded by bare name."""
        folder = package / "templates"
        templates: Templates = site.registry["rtpy.templates"]
        for file in sorted(folder.rglob("*.pt")):
            name = file.relative_to(folder).as_posix()
            assert name.startswith(f"{self.plugin}/"), (
                f"templates/{name} must lie in templates/{self.plugin}/"
            )
            text = re.sub(r"<!--.*?-->", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert INLINE.findall(text) == [], name
            loaded = re.findall(r"load:\s*([^\s;\"'<>]+)", text)
            assert [each for each in loaded if each.startswith((".", "/"))] == [], name
            templates.check(name)

    def test_its_options_settings_and_rights_are_explained(self, alone: App, package: Path) -> None:
        """In the declaration, and by name in the README."""
        options = list(_flat(alone, self.plugin, "rtpy_options"))
        settings = list(_flat(alone, self.plugin, "rtpy_settings"))
        rights: dict[str, Any] = {}
        for each in _own(alone, self.plugin, "rtpy_rights"):
            rights |= each
        assert [each.name for each in options if len(each.help) < 10] == []
        assert [each.name for each in settings if len(each.label) < 3] == []
        assert [
            name for name, right in rights.items() if len(right.help) < 10 or not RIGHT.fullmatch(name)
        ] == []
        named = [each.name for each in (*options, *settings)] + list(rights)
        readme = _readme(package)
        assert [name for name in named if name not in readme] == [], "README.md names them all"


def _tables(connection: Connection, line: Line) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if line.owns(name)}


def _views(site: Any, package: str) -> list[dict[str, Any]]:
    """The views that the package brings, as Pyramid's introspector tells them."""
    found = site.registry.introspector.get_category("views") or []
    return [
        view
        for view in found
        if getattr(view["introspectable"]["callable"], "__module__", "").partition(".")[0] == package
    ]


def _implementations(app: App, plugin: str, hook: str) -> list[Any]:
    found = getattr(app.hooks, hook).get_hookimpls()
    return [each for each in found if each.plugin_name == plugin]


def _own(app: App, plugin: str, hook: str) -> Iterator[Any]:
    """What the plugin returns from a register hook."""
    for implementation in _implementations(app, plugin, hook):
        yield implementation.function()


def _flat(app: App, plugin: str, hook: str) -> Iterator[Any]:
    for things in _own(app, plugin, hook):
        yield from things


def _readme(package: Path) -> str:
    """The README of the distribution: beside the package, or above its folder `src`."""
    for folder in (package.parent, package.parent.parent):
        if (folder / "README.md").is_file():
            return (folder / "README.md").read_text(encoding="utf-8")
    pytest.fail("The plugin has no README.md beside its package.")
