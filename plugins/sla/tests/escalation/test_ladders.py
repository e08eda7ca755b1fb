"""Setting ladders up: what is refused, what is logged, and that running clocks follow at once."""

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange
from rtpy_sla.escalation.ladders import LadderValues, plain_ladder, save_ladder
from rtpy_sla.models import Ladder, Policy

# What may be saved does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")


def ladder_of(shop) -> Ladder:
    return shop.db.scalars(select(Ladder)).one()


def test_a_ladder_is_saved_and_logged(shop, work):
    made = save_ladder(work, None, LadderValues(" Usual ", steps=[step("a", "notify_owner")]))
    save_ladder(
        work,
        made,
        LadderValues("Usual", steps=[step("a", "raise_by 5")], quiet={"from": "22:00", "to": "7:00"}),
    )

    noted = shop.db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "sla_ladder").order_by(ConfigChange.id)
    ).all()
    assert [each.name for each in noted] == ["Usual", "Usual"]
    assert plain_ladder(made)["quiet"] == {"from": "22:00", "to": "07:00"}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "gold LADDER"}, ["name"]),
        ({"steps": [step("a")]}, ["steps.0.do"]),
        ({"steps": [step("a", "notify_group Nowhere", "assign zoe", "notify_role Boss")]},
         ["steps.0.do.0", "steps.0.do.1", "steps.0.do.2"]),
        ({"steps": [step("a", "set_status lunch", "add_cc zoe")]}, ["steps.0.do.0", "steps.0.do.1"]),
        ({"steps": [{**step("a", "webhook"), "percent": None, "seconds": "soon"}]}, ["steps.0.when"]),
        ({"quiet": {"from": "22:00"}}, ["quiet.to"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_all_at_once(shop, work, values, fields):
    shop.policy([])
    with pytest.raises(Invalid) as refused:
        save_ladder(work, None, LadderValues(**{"name": "New", **values}))
    assert [problem.field for problem in refused.value.problems] == fields


def test_only_who_sets_up_service_levels_may(shop, work_of):
    with pytest.raises(Refused, match="AdminServiceLevels"):
        save_ladder(work_of("tess"), None, LadderValues("Mine"))


def test_running_clocks_follow_a_changed_ladder_at_once(shop, work):
    ticket = shop.ticket(shop.policy([step("due", "raise_to 70")]))
    shop.clock.advance(30 * MINUTE)
    work = shop.app.work_in(shop.db, work.actor)

    save_ladder(work, ladder_of(shop), LadderValues("Usual", steps=[step("due", "raise_to 70", percent=50)]))

    assert shop.clock_of(ticket).next_step == ticket.created + HOUR
    shop.after(30 * MINUTE)
    assert ticket.priority == 70


def test_a_step_that_is_thought_of_later_wakes_nobody_for_what_is_past(shop, work):
    ticket = shop.ticket(shop.policy([step("due", "raise_to 70")]))
    shop.clock.advance(90 * MINUTE)
    work = shop.app.work_in(shop.db, work.actor)

    steps = [step("half", "raise_to 50", percent=50), step("due", "raise_to 70")]
    save_ladder(work, ladder_of(shop), LadderValues("Usual", steps=steps))
    shop.round()

    assert (shop.taken(), ticket.priority) == ([], 0)
    shop.after(HOUR)
    assert shop.taken() == ["due"]


def test_a_ladder_that_is_switched_off_takes_no_steps(shop, work):
    ticket = shop.ticket(shop.policy([step("due", "raise_to 70")]))
    save_ladder(
        work, ladder_of(shop), LadderValues("Usual", steps=[step("due", "raise_to 70")], disabled=True)
    )
    assert shop.clock_of(ticket).next_step is None
    shop.after(3 * HOUR)
    assert shop.taken() == []
    assert shop.db.scalars(select(Policy.ladder_id)).all() != [None]
