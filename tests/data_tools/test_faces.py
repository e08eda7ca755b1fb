"""The tools as people hold them: commands that show before they do, and the page of a person."""

import io
import stat
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from rtpy.cli.main import rtpy
from rtpy.models import Ticket, User
from rtpy.shredding import shred
from rtpy.testing.browsers import another, browser, enter, login, root, token, wsgi
from rtpy.testing.people import Factory

__all__ = ["another", "browser", "enter", "login", "root", "token", "wsgi"]

pytestmark = pytest.mark.databases("sqlite")  # what they call is asked on both

ADDRESS = "ann@client.example"


@pytest.fixture
def command(committed_app, tmp_path, monkeypatch):
    """Runs `rtpy …` on a site with three tickets of Ann's: `command("shredder", "ticket", "1")`."""
    file = tmp_path / "site.toml"
    file.write_text(
        f'plugins = ["billing", "sla", "portal"]\n[database]\nurl = "{committed_app.config.database.url}"\n'
    )
    monkeypatch.setenv("RTPY_CONFIG", str(file))
    monkeypatch.setenv("RTPY_HOME", str(committed_app.config.home))
    with committed_app.sessions() as db:
        make = Factory(committed_app, db)
        for at in range(3):
            make.ticket(f"Printer {at}", requestor=ADDRESS)
        db.commit()
    committed_app.engine.dispose()
    return lambda *words, **more: CliRunner().invoke(rtpy, words, **more)


def tickets(app):
    with app.reading_sessions() as db:
        return list(db.scalars(select(Ticket.id).order_by(Ticket.id)))


def test_the_commands_show_first_and_say_what_they_did(committed_app, command, tmp_path, monkeypatch):
    """One site for all of them: making one takes longer than all of it."""
    shown = command("shredder", "ticket", "1")
    assert (shown.exit_code, tickets(committed_app)) == (0, [1, 2, 3])
    assert "1 rows of tickets" in shown.output
    assert "say --yes" in shown.output
    done = command("shredder", "ticket", "--query", "Subject LIKE 'Printer 0'", "--yes")
    assert (done.exit_code, tickets(committed_app)) == (0, [2, 3]), done.output
    dump = done.output.split("undo ")[-1].strip()
    assert command("shredder", "undo", dump).exit_code == 0
    assert tickets(committed_app) == [1, 2, 3]
    assert "no ticket 99" in str(command("shredder", "ticket", "99").exception)
    assert "no size" in command("shredder", "attachments", "--larger-than", "big", "--older-than", "1").output

    class Deadlock(Exception):
        sqlstate = "40P01"

    def meet_others(*_):
        raise OperationalError("DELETE", {}, Deadlock())

    with monkeypatch.context() as patch:
        patch.setattr(shred, "shred", meet_others)
        met = command("shredder", "ticket", "1", "--yes")
    assert (met.exit_code, tickets(committed_app)) == (1, [1, 2, 3])
    assert "Others were changing the same things. Nothing was changed: try again." in met.output

    sound = command("validator")
    assert (sound.exit_code, "Everything fits together" in sound.output) == (0, True), sound.output
    assert '"can_be_repaired": true' in command("validator", "--json").output

    target = tmp_path / "ann.zip"
    assert command("person", "export", ADDRESS, "--to", str(target)).exit_code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "requests.json" in zipfile.ZipFile(target).namelist()
    assert "cannot be written" in command("person", "export", ADDRESS, "--to", str(target)).output
    half = target.with_name("half.zip")
    with pytest.MonkeyPatch.context() as full:
        full.setattr("rtpy.personal.export._requests", lambda *given: 1 / 0)
        assert command("person", "export", ADDRESS, "--to", str(half)).exit_code == 1
    assert not half.exists(), "half of it looks like all of it"

    assert "Nothing was changed" in command("person", "anonymise", ADDRESS).output
    wrong = command("person", "anonymise", ADDRESS, "--yes", input="bob@client.example\n")
    assert "Type ann@client.example" in str(wrong.exception)
    right = command("person", "anonymise", ADDRESS, "--yes", input=f"{ADDRESS}\n")
    assert right.exit_code == 0, right.output
    with committed_app.reading_sessions() as db:
        assert db.scalar(select(User.id).where(User.email_address == ADDRESS)) is None


def test_the_page_gives_out_and_asks_for_the_address_before_it_is_for_good(root, db, make, shop):
    ann = make.customer(ADDRESS)
    place = f"/admin/users/{ann.id}/privacy"
    page = root.get(place)
    given = next(form for form in page.forms.values() if form.action.endswith("/export"))
    answer = given.submit("deed", value="export")
    assert answer.content_type == "application/zip"
    assert "person.json" in zipfile.ZipFile(io.BytesIO(answer.body)).namelist()
    assert root.get(f"/admin/users/{ann.id}/export", expect_errors=True).status_int in (404, 405)

    look = next(form for form in page.forms.values() if form.action.endswith("/privacy"))
    shown = look.submit("deed", value="look").follow()
    shown.mustcontain("cannot be taken back", ADDRESS, "tax law")
    sure = next(form for form in shown.forms.values() if "typed" in form.fields)
    sure["typed"] = "somebody@else.example"
    again = sure.submit("deed", value="anonymise", status=422)
    again.mustcontain(f"Type {ADDRESS} to say")
    assert db.get(User, ann.id).email_address == ADDRESS
    sure = next(form for form in again.forms.values() if "typed" in form.fields)
    sure["typed"] = ADDRESS
    sure.submit("deed", value="anonymise", status=303)
    db.expire_all()
    assert db.get(User, ann.id).email_address is None
    root.get(place).mustcontain("is a former person already")


def test_who_is_no_super_user_may_give_out_and_not_take_away(another, enter, db, make, shop):
    clerk, ann = make.staff("clerk"), make.customer(ADDRESS)
    make.grant(clerk, "AdminUsers")
    page = enter(another(), clerk).get(f"/admin/users/{ann.id}/privacy")
    page.mustcontain("Only a super-user")
    assert [form.action[-7:] for form in page.forms.values() if "/admin/users/" in form.action] == ["/export"]
