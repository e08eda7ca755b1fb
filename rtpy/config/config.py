"""The settled configuration of one site, as a frozen value; where it was read from is not kept here."""

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtpy.config.options import (
    Attachments,
    CalendarFiles,
    Database,
    Log,
    Login,
    Mail,
    Rest,
    Search,
    SignOn,
    Telemetry,
    Web,
    Webhooks,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One value somebody gave, and where: `etc/rtpy.toml, line 3`."""

    name: str
    value: Any  # as TOML or the environment has it, not yet checked
    where: str


@dataclass(frozen=True, slots=True)
class Config:
    """Every option with its final value: defaults filled in, home absolute, database address complete."""

    rtname: str
    organization: str
    home: Path
    etc: str
    share: str
    plugins: tuple[str, ...]
    """Those that are loaded."""
    web: Web
    login: Login
    database: Database
    attachments: Attachments
    mail: Mail
    search: Search
    webhooks: Webhooks
    rest: Rest
    calendar_files: CalendarFiles
    sign_on: SignOn
    log: Log
    telemetry: Telemetry
    plugin_settings: tuple[Setting, ...] = ()
    """What stands in the sections of listed plugins; see `read_plugin_options`."""
    trace_hooks: bool = False
    set_aside: tuple[str, ...] = ()
    """Plugins that are listed and not loaded, because `no_plugins` says so: safe mode."""

    @staticmethod
    def for_tests(home: Path, **overrides: Any) -> "Config":
        """A configuration without files or environment: `for_tests(tmp_path, mail__hold=True)`.

        `__` stands for the dot of an option's name. Raises BadConfig like a file with the same values.
        """
        from rtpy.config.load import settle  # load needs Config

        named = {name.replace("__", "."): value for name, value in overrides.items()}
        return settle({**named, "home": str(home)})

    @property
    def base_url(self) -> str:
        """The address people type, without a slash at the end."""
        return self.web.base_url.rstrip("/") or self.local_url

    @property
    def local_url(self) -> str:
        """The address under which this machine reaches its own web server, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(self.web.host, self.web.host)
        return f"http://[{host}]:{self.web.port}" if ":" in host else f"http://{host}:{self.web.port}"

    def url(self, path: str) -> str:
        """The full address of `path`, which begins with a slash; for mails and feeds."""
        return self.base_url + path

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies go over HTTPS only."""
        if self.web.secure_cookies == "auto":
            return self.base_url.startswith("https:")
        return self.web.secure_cookies == "yes"

    @property
    def mail_directory(self) -> Path:
        """Where the `file` transport puts outgoing mail, and where people may read it."""
        return self.home / "mail"

    def secret_key(self) -> str:
        """The site's secret for signatures, 64 hex digits; made on first use, for the owner's eyes only."""
        file = self.home / "secret_key"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            _write_once(file, secrets.token_hex(32))
        return file.read_text(encoding="ascii").strip()


def _write_once(file: Path, text: str) -> None:
    """Write `file` whole or not at all; of two writers at once, the first wins."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
