"""`rtpy index` on a real site."""

from click.testing import CliRunner
from sqlalchemy import delete, select

from rtpy.cli.main import rtpy
from rtpy.models import SearchDocument, SearchPending, Ticket
from rtpy.search.text.matching import ticket_matches
from rtpy.testing.people import Factory


def test_what_waits_is_taken_in_and_everything_can_be_read_anew(committed_app, monkeypatch):
    app = committed_app
    monkeypatch.setenv("RTPY_DATABASE_URL", app.config.database.url)
    with app.work() as work:
        ticket = Factory(app, work.db).ticket("Printer", text="It burns").id

    def run(*arguments: str) -> str:
        answer = CliRunner().invoke(rtpy, ["index", "--home", str(app.config.home), *arguments])
        assert answer.exit_code == 0, answer.output
        return answer.output

    def find(text: str) -> list[int]:
        with app.work(reading=True) as work:
            return list(work.db.scalars(select(Ticket.id).where(ticket_matches(work, text))))

    assert "changes wait" in run("--status")
    assert find("burns") == []
    assert "Everything is in the index." in run()
    assert find("printer burns") == [ticket]

    with app.work() as work:
        before = set(work.db.scalars(select(SearchDocument.id)))
        work.db.execute(delete(SearchPending))
    run("--all")
    with app.work() as work:
        assert set(work.db.scalars(select(SearchDocument.id))) == before
    assert find("printer burns") == [ticket]
