"""A site as separate processes, for tests that start, kill and watch real ones."""

import contextlib
import mailbox
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.migrations.run import upgrade
from rtpy.paths import checkout
from rtpy.setup import initialise
from rtpy.testing.nursery import Started
from rtpy.testing.servers import free_port

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class RunningSite:
    """One site in a home of its own: web server and worker are started and ended one by one.

    `crash_at` arms one point of `rtpy.faults` in the process that is started with it. Without `database_url` it uses
    the file in its home.
    """

    def __init__(
        self,
        home: Path,
        *,
        password: str,
        database_url: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.port = free_port()
        self.password = password
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RTPY_")},
            "RTPY_HOME": str(home),
            "RTPY_ROOT_PASSWORD": password,
            "RTPY_WEB_PORT": str(self.port),
            "RTPY_WEB_HOST": "127.0.0.1",
            "RTPY_CONFIG": str(_empty_file(home.parent / "rtpy.toml")),  # etc/rtpy.toml lists plugins
        }
        if database_url:
            self._environment["RTPY_DATABASE_URL"] = database_url
        self._environment.update(settings or {})
        self._processes: dict[str, Started] = {}

    @property
    def url(self) -> str:
        """The address of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `rtpy ARGUMENTS` for this site to its end."""
        return subprocess.run(
            [sys.executable, "-m", "rtpy.cli.main", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, name: str, *, crash_at: str = "") -> None:
        """Start `serve` or `worker`; for `serve` wait until it answers."""
        if self.is_running(name):
            self.kill(name)
        environment = {**self._environment, **({"RTPY_CRASH_AT": crash_at} if crash_at else {})}
        self._processes[name] = Started([name], environment, self.home.parent / f"{name}.log")
        if name == "serve":
            self._wait_until_it_answers()

    def kill(self, name: str) -> None:
        """End a process at once, as a power cut would."""
        self._end(name, signal.SIGKILL)

    def stop(self, name: str) -> int:
        """Ask a process to end, wait, and say how it ended."""
        return self._end(name, signal.SIGTERM)

    def pid(self, name: str) -> int:
        """The process id of a started process."""
        return self._processes[name].pid

    def is_running(self, name: str) -> bool:
        """Is that process alive?"""
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def wait_for_end(self, name: str, seconds: float = 30) -> int:
        """Wait until a process ends by itself."""
        return self._processes[name].wait(seconds)

    def send(self, raw: bytes, *, queue: str = "General", action: str = "correspond") -> int:
        """Hand a mail to `rtpy-mailgate` as a mail server does; returns its exit code."""
        top = checkout()
        if top is None:
            raise FileNotFoundError("sbin/rtpy-mailgate is in the checkout only")
        command = [sys.executable, str(top / "sbin" / "rtpy-mailgate"), "--url", self.url, "--queue", queue]
        done = subprocess.run(
            [*command, "--action", action, "--timeout", "60"],
            input=raw,
            env=self._environment,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return done.returncode

    def sent_mails(self) -> list[Message]:
        """What the transport `file` has delivered."""
        folder = self.home / "mail"
        if not folder.is_dir():
            return []
        box = mailbox.Maildir(folder, create=False)
        try:
            return [box[key] for key in box.keys()]
        finally:
            box.close()

    def close(self) -> None:
        """End whatever still runs."""
        for name in list(self._processes):
            self.kill(name)

    def _end(self, name: str, how: signal.Signals) -> int:
        process = self._processes[name]
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(how)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 150  # a busy machine takes half a minute
        while time.monotonic() < deadline:
            if not self.is_running("serve"):
                raise RuntimeError((self.home.parent / "serve.log").read_text()[-2000:])
            try:
                with _OPENER.open(f"{self.url}/health", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise TimeoutError("the web server never answered")


@contextmanager
def running_site(
    folder: Path,
    *,
    password: str,
    templates: Path | None = None,
    database_url: str = "",
    settings: Mapping[str, str] | None = None,
    plugins: Sequence[str] = (),
) -> Iterator[RunningSite]:
    """A site under `folder`, initialised and not started; everything ends with the block.

    `templates`: where compiled templates lie already, or are kept for other sites. `database_url`: not SQLite's.
    `settings`: further variables of the environment, such as RTPY_MAIL_TRANSPORT. `plugins`: those it lists.
    """
    if plugins:
        settings = {**(settings or {}), "RTPY_PLUGINS": ",".join(plugins)}
    site = RunningSite(folder / "home", password=password, database_url=database_url, settings=settings)
    site.home.mkdir(parents=True)
    if templates:
        share_templates(site.home, templates)
    given: dict[str, Any] = {"plugins": list(plugins)}
    if database_url:
        given["database__url"] = database_url
    app = App(Config.for_tests(site.home, **given), blobs=DatabaseStore())
    upgrade(app.engine, app.lines)
    initialise(app, password)
    app.engine.dispose()
    try:
        yield site
    finally:
        site.close()


def share_templates(home: Path, compiled: Path) -> None:
    """Let a site keep its compiled templates in a folder that others use too: compiling them all takes 20 s."""
    (home / "cache").mkdir(parents=True, exist_ok=True)
    (home / "cache" / "templates").symlink_to(compiled)


def _empty_file(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    return place
