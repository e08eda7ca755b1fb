"""The app: configuration, hooks, database and ports, put together once for a process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session, sessionmaker

from rtpy.brought import check_names, check_references, settings_of
from rtpy.clock import Clock
from rtpy.config import Config, read_plugin_options
from rtpy.db.replica import Replica
from rtpy.db.server_time import clock_for, follow_server_time
from rtpy.db.session import make_engine, make_sessions, read_only
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.hook_times import HookTimes, watch_hooks
from rtpy.installed import plugin_folders
from rtpy.lifecycle.lifecycle import Lifecycles
from rtpy.lifecycle.load import load_lifecycles
from rtpy.lifecycle.present import read_lifecycles
from rtpy.logs.secrets import keep_out, secrets_among
from rtpy.migrations.lines import Line, lines_of
from rtpy.models import LifecycleMap, Principal, StoredLifecycle, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.paths import find_etc
from rtpy.plugins import load_plugins, merge_named, options_of
from rtpy.ports import AttachmentStore
from rtpy.remembered import remembered, watch
from rtpy.rights.names import LATER, RIGHTS, RightHelp, status_rights
from rtpy.telemetry.statements import watch_statements
from rtpy.work import Actor, Face, Work

watch(StoredLifecycle, LifecycleMap)


class App:
    """One running rtpy. Nothing of it is global: tests build as many as they like."""

    def __init__(
        self,
        config: Config,
        *,
        blobs: AttachmentStore,
        clock: Clock | None = None,
        bind: Connection | None = None,
        lifecycles: Lifecycles | None = None,
    ) -> None:
        """`bind`: a connection with an open transaction, for tests; everything then happens inside it.

        Raises Invalid when a plugin does not fit, and BadConfig when one's section of the configuration is wrong.
        """
        self.config = config
        if config.database.replica_url and config.database.url.startswith("sqlite"):
            raise Invalid(
                Problem(
                    "database.replica_url",
                    "database.replica_url names a replica of PostgreSQL, and database.url is SQLite: leave it out.",
                )
            )
        self.clock = clock or clock_for(config.database.url)
        self.blobs = blobs
        self.first_lifecycles = lifecycles or load_lifecycles(find_etc(config) / "lifecycles.toml")
        """Those of the file: with them a database begins that has none yet."""
        self.lifecycles = self.first_lifecycles
        """Those of the database, as the last piece of work found them when it began; a value, never changed."""
        self.plugins = load_plugins(config.plugins, folders=plugin_folders(config.home))
        self.hook_times = HookTimes(self.clock)
        """What the listed plugins of this process took."""
        watch_hooks(self.plugins, self.hook_times, config.plugins, trace=config.trace_hooks)
        self.options: Mapping[str, Any] = read_plugin_options(config, options_of(self.plugins))
        """The options that plugins bring, by dotted name: `app.options["billing.currency"]`."""
        keep_out(secrets_among(options_of(self.plugins), self.options))
        for hook in (
            "rtpy_conditions",
            "rtpy_actions",
            "rtpy_columns",
            "rtpy_portlets",
            "rtpy_canonicalizers",
            "rtpy_search_fields",
            "rtpy_user_references",
            "rtpy_webhook_events",
            "rtpy_transaction_texts",
            "rtpy_mail_commands",
            "rtpy_custom_field_kinds",
            "rtpy_rights",
        ):
            merge_named(self.plugins, hook)  # a name that two plugins bring stops the start
        _check_rights(merge_named(self.plugins, "rtpy_rights"))
        check_names(self.plugins, "rtpy_webhook_events", longest=40)
        check_names(self.plugins, "rtpy_transaction_texts", longest=40)
        check_names(self.plugins, "rtpy_custom_field_kinds", longest=80)
        check_references(self.plugins, self.lines)
        self.settings = settings_of(self.plugins)
        """The settings that plugins declare, by dotted name; `rtpy.plugin_settings.setting` has their values."""
        self._bind = bind
        self._ids: dict[str, int] = {}
        self.caches: dict[str, Any] = {}
        """Values that rooms keep for the life of the process, each under its own name."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The revisions of the tables that plugins bring, for `rtpy.migrations.run`. Raises Invalid."""
        return lines_of(self.plugins)

    @property
    def hooks(self) -> Any:
        """The hooks, to be called with keyword arguments."""
        return self.plugins.hook

    @cached_property
    def engine(self) -> Engine:
        """The engine of the configured database."""
        if self._bind is not None:
            return self._bind.engine
        engine = make_engine(self.config.database.url, synchronous=self.config.database.synchronous)
        follow_server_time(engine, self.clock)
        if self.config.telemetry.endpoint:
            watch_statements(engine)
        return engine

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Makes sessions that may write."""
        return make_sessions(self._bind if self._bind is not None else self.engine)

    @cached_property
    def reading_sessions(self) -> sessionmaker[Session]:
        """Makes sessions in which the database refuses writes."""
        return make_sessions(self._bind if self._bind is not None else read_only(self.engine))

    @cached_property
    def replica(self) -> Replica | None:
        """The replica that may answer instead of the database, None: there is none."""
        options = self.config.database
        if not options.replica_url or self._bind is not None:
            return None
        replica = Replica(self.engine, options.replica_url, options.replica_lag)
        if self.config.telemetry.endpoint:
            watch_statements(replica.engine)
        return replica

    def named(self, hook: str) -> dict[str, Any]:
        """All that plugins bring under a register hook which returns mappings, such as `rtpy_actions`."""
        key = f"named:{hook}"
        if key not in self.caches:
            self.caches[key] = merge_named(self.plugins, hook)
        found: dict[str, Any] = self.caches[key]
        return found

    def further_rights(self) -> dict[str, RightHelp]:
        """The rights that lifecycles ask for and those that plugins bring."""
        return {**self.named("rtpy_rights"), **status_rights(self.lifecycles.right_names())}

    @contextmanager
    def work(
        self, actor: Actor | None = None, *, reading: bool = False, reports: bool = False
    ) -> Iterator[Work]:
        """One piece of work in one transaction: committed at the end, undone on an exception.

        Without `actor` the system acts. With `reading` nothing can be written, and with `reports` too the replica
        answers, if there is one that shows all that was written before.
        """
        sessions = self.reading_sessions if reading else self.sessions
        if reading and reports and self.replica and self.replica.is_ready():
            sessions = self.replica.sessions
        with sessions() as db:
            yield self.work_in(db, actor)
            db.commit()

    def work_in(self, db: Session, actor: Actor | None = None) -> Work:
        """Work in a session that somebody else commits."""
        who = actor or Actor(self.system_user_id(db), SYSTEM_USER, Face.SYSTEM)
        self.refresh_lifecycles(db)
        return Work(self, db, who, self.clock.now())

    def refresh_lifecycles(self, db: Session) -> Lifecycles:
        """Read the lifecycles anew if somebody has written them since; no query as a rule."""
        self.lifecycles = remembered(self, db, "lifecycles", read_lifecycles) or self.first_lifecycles
        return self.lifecycles

    def system_user_id(self, db: Session) -> int:
        """Id of RT_System."""
        return self._user_id(db, SYSTEM_USER)

    def nobody_id(self, db: Session) -> int:
        """Id of Nobody, who owns what nobody owns."""
        return self._user_id(db, NOBODY)

    def actor_named(self, db: Session, name: str, face: Face) -> Actor:
        """The enabled user of that name, as actor. Raises NotFound."""
        row = db.execute(
            select(User.id, User.name)
            .join(Principal, Principal.id == User.id)
            .where(User.name == name, Principal.disabled.is_(False))
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no enabled user named {name}.")
        return Actor(row.id, row.name, face)

    def _user_id(self, db: Session, name: str) -> int:
        if name not in self._ids:
            found = db.scalar(select(User.id).where(User.name == name))
            if found is None:
                raise NotFound("The database is empty: run `rtpy init` first.")
            self._ids[name] = found
        return self._ids[name]


def _check_rights(brought: Mapping[str, RightHelp]) -> None:
    known = sorted(name for name in brought if name in RIGHTS or name in LATER)
    if known:
        raise Invalid(Problem("plugins", f"A plugin brings the right {known[0]}, which rtpy knows already."))
