"""`rtpy sla recount` and `rtpy sla imported`, on a site of their own."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from rtpy.models import ConfigChange
from rtpy.testing.people import Factory
from rtpy_sla.commands.recount import sla
from rtpy_sla.models import ClockRow, Policy, PolicyVersion

LONG_AGO = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.databases("sqlite")  # about the commands; reading and writing are tested on both
def test_what_differs_is_listed_and_written_only_on_demand(committed_app, tmp_path):
    app = committed_app
    with app.work() as work:
        policy = Policy(name="Gold", position=1)
        work.db.add(policy)
        work.db.flush()
        term = {"amount": 4 * 3600, "unit": "wall", "pauses": []}
        work.db.add(
            PolicyVersion(
                policy_id=policy.id,
                number=1,
                conditions={},
                bands=[{"from_priority": 0, "calendar_id": None, "terms": {"first_response": term}}],
                reopening="continue",
                confirm_seconds=0,
                on_priority="creation",
                created=work.now,
                creator_id=work.actor.user_id,
            )
        )
        work.db.flush()
        ticket_id = Factory(app, work.db).ticket().id
        work.db.execute(update(ClockRow).where(ClockRow.target == "first_response").values(amount=60))
    file = tmp_path / "rtpy.toml"
    url = app.engine.url.render_as_string(hide_password=False)
    file.write_text(f'plugins = ["sla"]\nhome = "{tmp_path}"\n[database]\nurl = "{url}"\n')

    def said(*words):
        outcome = CliRunner().invoke(sla, [*words, "--config", str(file)])
        assert outcome.exit_code in (0, 1), outcome.output
        return outcome.output

    looked = said("recount")
    assert f"#{ticket_id}  first response 1 (changed): " in looked, looked
    assert "amount 60 → 14400" in looked
    assert "1 tickets worked out, 1 clocks of 1 tickets would change; --apply writes it." in looked
    assert "were changed" in said("recount", "--closed", "--since", "2026-01-01", "--apply")
    assert "0 clocks of 0 tickets" in said("recount", "--query", "Status = 'new'")
    assert "Error: " in said("recount", "--query", "Nonsense = 1")
    assert "1 tickets were marked." in said("imported", f"id = {ticket_id}")
    with app.work(reading=True) as work:
        kinds = list(
            work.db.scalars(
                select(ConfigChange.kind).where(ConfigChange.kind == "sla_recount").order_by(ConfigChange.id)
            )
        )
        row = work.db.scalars(select(ClockRow).where(ClockRow.target == "first_response")).one()
        assert (kinds, row.amount, row.started > LONG_AGO) == (["sla_recount"], 4 * 3600, True)
