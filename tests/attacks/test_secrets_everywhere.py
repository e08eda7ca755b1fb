"""A70: a marked secret in every setting, and none of them in logs, pages, exports, numbers or the list of processes."""

import json
import re
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.engine import make_url

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.cli.main import rtpy
from rtpy.config.config import Config
from rtpy.config.options import OPTIONS
from rtpy.identity.directories.presets import PRESETS
from rtpy.identity.directories.saving import save_directory
from rtpy.identity.issuing import issue_token
from rtpy.identity.oidc.saving import save_provider
from rtpy.identity.scopes import Scope
from rtpy.mailboxes.saving import FIRST, save_mailbox
from rtpy.models import ChoreRun, MailboxState, OutgoingMail, User, WebhookDelivery
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.running import RunningSite, share_templates
from rtpy.testing.servers import free_port
from rtpy.webhooks.saving import save_webhook
from rtpy.work import Face

pytestmark = [
    pytest.mark.databases("postgresql"),  # only its address holds a password
    pytest.mark.slow,
]

BODY = "words-of-a-customer-4711"
PAGES = (
    "/admin",
    "/admin/mailboxes/1",
    "/admin/directories/1",
    "/admin/sign-on/1",
    "/admin/webhooks/1",
    "/admin/log",
    "/admin/mail/outgoing",
    "/account/tokens",
    "/ready",
    "/metrics",
    "/REST/2.0/user/root?fields=Password,AuthToken,password_hash",
    "/nothing-here",
)


def marked(name):
    return f"mArKeD-{name.replace('.', '-')}-53cr3t"


@pytest.fixture
def secrets():
    """All that must stand nowhere, by what it is; the test adds those that are drawn by lot."""
    names = [name for name, option in OPTIONS.items() if option.secret and name != "database.url"]
    more = ("database", "mailbox", "directory", "provider", "wrong password", "in an address")
    return {name: marked(name) for name in (*names, *more)}


@pytest.fixture
def site(new_database, tmp_path, secrets, compiled_templates):
    with new_database(tmp_path) as url:
        address = make_url(url).set(password=secrets["database"]).render_as_string(hide_password=False)
        options = {_variable(name): _value(name, secrets[name]) for name in secrets if name in OPTIONS}
        settings = {
            **options,
            "RTPY_LOG_LEVEL": "debug",
            "RTPY_LOG_FORMAT": "json",
            "RTPY_MAIL_TRANSPORT": "smtp",
            "RTPY_MAIL_SMTP_HOST": "127.0.0.1",
            "RTPY_MAIL_SMTP_PORT": str(free_port()),
            "RTPY_MAIL_SMTP_USER": "us",
            "RTPY_WEBHOOKS_ALLOW": "127.0.0.1",
            "RTPY_TELEMETRY_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        }
        made = RunningSite(tmp_path / "home", password=ROOT_PASSWORD, database_url=address, settings=settings)
        made.home.mkdir()
        share_templates(made.home, compiled_templates)
        yield made
        made.close()


def _variable(name):
    return f"RTPY_{name.upper().replace('.', '_')}"


def _value(name, secret):
    """The secret itself; where the option has a form of its own, in that form. Nobody answers at the addresses."""
    if name == "telemetry.headers":
        return f"Authorization={secret}"
    return f"postgresql+psycopg://us:{secret}@127.0.0.1:{free_port()}/x" if name.endswith("url") else secret


@contextmanager
def opened(site):
    config = Config.for_tests(
        site.home,
        database__url=site._environment["RTPY_DATABASE_URL"],
        webhooks__allow=("127.0.0.1",),
        sign_on__allow=("127.0.0.1",),
    )
    app = App(config, blobs=DatabaseStore())
    try:
        yield app
    finally:
        app.engine.dispose()


def fill(app, secrets):
    """Everything that has a secret of its own, at places where nobody answers."""
    nobody = free_port()
    with app.sessions() as db:
        work = app.work_in(db, app.actor_named(db, "root", Face.WEB))
        mailbox = {
            **FIRST,
            "name": "Support",
            "host": "127.0.0.1",
            "port": str(nobody),
            "tls": "none",
            "login": "us",
        }
        save_mailbox(work, None, {**mailbox, "password": secrets["mailbox"]})
        directory = {
            **PRESETS["openldap"],
            "name": "Ours",
            "urls": f"ldap://127.0.0.1:{nobody}",
            "tls": "none",
            "bind_dn": "cn=rtpy,dc=example",
            "bind_password": secrets["directory"],
            "base_dn": "dc=example",
            "sync_people": "1",
        }
        save_directory(work, None, directory)
        provider = {"name": "Provider", "issuer": f"https://127.0.0.1:{nobody}", "client_id": "rtpy"}
        save_provider(work, None, {**provider, "client_secret": secrets["provider"]})
        hook = {"name": "Hook", "url": f"http://127.0.0.1:{nobody}/", "events": "any", "user": "root"}
        secrets["webhook"] = save_webhook(work, None, hook).secret
        root = db.scalars(select(User).where(User.name == "root")).one()
        secrets["token"], _ = issue_token(work, root, "programs", Scope(), 30)
        db.commit()
    secrets["root's password"] = ROOT_PASSWORD
    secrets["key of the site"] = app.config.secret_key()


def walk(site, secrets):
    """What somebody does in a browser, and a program over REST: all answers."""
    told, person = {}, requests.Session()
    person.trust_env = False

    def ask(method, path, **more):
        answer = person.request(method, site.url + path, timeout=60, **more)
        told[f"{method} {path.partition('?')[0]} {answer.status_code}"] = answer.text
        return answer

    form = {
        "username": "root",
        "csrf_token": _csrf(ask("GET", f"/login?password={secrets['in an address']}")),
    }
    ask("POST", "/login", data={**form, "password": secrets["wrong password"]})
    form["csrf_token"] = _csrf(ask("GET", "/login"))
    ask("POST", "/login", data={"username": "root", "password": ROOT_PASSWORD})
    ask("POST", "/login", data={**form, "password": ROOT_PASSWORD})
    secrets["session"] = person.cookies["rtpy_session"]
    assert "POST /login 200" in told or "POST /login 403" in told
    for path in PAGES:
        ask("GET", path)
    assert told["GET /admin 200"]
    ask("GET", "/REST/2.0/tickets?query=id>0&token=" + secrets["token"])
    ask("GET", "/REST/1.0/ticket/1/show?user=root&pass=" + secrets["wrong password"])
    ask("GET", "/REST/2.0/queues/all", auth=("root", secrets["wrong password"]), cookies={"rtpy_session": ""})
    ticket = {"Queue": "General", "Subject": "Paper", "Requestor": "ann@client.example", "Content": BODY}
    programs = {"Authorization": f"token {secrets['token']}"}
    made = requests.post(f"{site.url}/REST/2.0/ticket", json=ticket, headers=programs, timeout=60)
    assert made.status_code == 201, made.text
    return told


def _csrf(answer):
    return re.findall(r'name="csrf_token" value="([^"]+)"', answer.text)[0]


def wait_for_failures(app):
    """Until the worker has tried in vain: a mailbox, a webhook, the mail server."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with app.reading_sessions() as db:
            problem = db.scalar(select(MailboxState.problem))
            tried = db.scalar(
                select(WebhookDelivery.tried).where(WebhookDelivery.tried.is_not(None)).limit(1)
            )
            unsent = db.scalar(select(OutgoingMail.last_answer).order_by(OutgoingMail.id).limit(1))
            beats = db.scalar(select(ChoreRun.name).limit(1))
        if problem and tried and unsent and beats:
            return
        time.sleep(0.2)
    raise AssertionError(f"the worker did not try everything: {(problem, tried, unsent, beats)}")


def test_a70_no_secret_is_anywhere(site, secrets):
    with opened(site) as app:
        fill(app, secrets)
        site.start("serve")
        site._environment["RTPY_LOG_FORMAT"] = "text"
        site.start("worker")
        told = walk(site, secrets)
        wait_for_failures(app)
    for name in ("serve", "worker"):
        line = Path(f"/proc/{site.pid(name)}/cmdline").read_bytes()
        told[f"command line of {name}"] = line.decode().replace("\0", " ")
        site.kill(name)
        told[f"log of {name}"] = (site.home.parent / f"{name}.log").read_text()
    for command in (["check", "--net"], ["config", "export"]):
        told[" ".join(command)] = CliRunner().invoke(rtpy, command, env=site._environment).output
    assert {
        place: name for place, text in told.items() for name, value in secrets.items() if value in text
    } == {}
    assert "wrong" in told["check --net"]
    assert "[[rights]]" in told["config export"]
    logs = told["log of serve"] + told["log of worker"]
    assert BODY not in logs
    lines = [json.loads(line) for line in told["log of serve"].splitlines() if line.startswith("{")]
    assert {"rtpy.web", "rtpy.login"} & {line["logger"] for line in lines}
    assert any("/REST/2.0/ticket 201" in line["message"] and line.get("ticket") for line in lines)
    assert "[chore=mailboxes mailbox=1]" in told["log of worker"]
    assert "the mail server cannot be reached" in told["log of worker"]
    assert [name for name in told if name.startswith("GET /admin") and not name.endswith("200")] == []
