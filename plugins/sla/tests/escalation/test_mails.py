"""The mails of escalation: quiet hours, who may see what, the last word only, roles and levels."""

from datetime import timedelta

import pytest

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import plain_message
from rtpy.models import User
from rtpy_sla.following.recount import recount
from rtpy_sla.models import WaitingMail


@pytest.fixture
def tess(shop):
    return shop.db.query(User).filter(User.name == "tess").one()


def quiet_now(shop, hours: int = 6) -> dict[str, object]:
    """Quiet hours that begin now and last so long."""
    begin = shop.clock.now() + 2 * HOUR
    return {"from": f"{begin - MINUTE:%H:%M}", "to": f"{begin + hours * HOUR:%H:%M}", "from_priority": 80}


def test_mails_wait_for_the_end_of_the_quiet_hours_and_come_as_one(shop):
    version = shop.policy([step("due", "notify_person tess")], quiet=quiet_now(shop))
    shop.ticket(version, "First")
    shop.clock.advance(HOUR)
    shop.ticket(version, "Second")

    shop.after(HOUR)
    shop.after(HOUR)
    assert (len(shop.taken()), shop.mails()) == (2, [])
    assert "waits for the end of the quiet hours" in shop.said()[0]

    shop.after(5 * HOUR + MINUTE)
    (mail,) = shop.mails()
    assert "First" in mail.body
    assert "Second" in mail.body


def test_the_urgent_does_not_wait(shop):
    ticket = shop.ticket(shop.policy([step("due", "notify_person tess")], quiet=quiet_now(shop)))
    change_ticket(shop.work, ticket, SetPriority(80))
    recount(shop.work, ticket)

    shop.after(2 * HOUR + MINUTE)

    assert len(shop.mails()) == 1


def test_what_was_done_while_the_mail_waited_is_left_out(shop, work):
    ticket = shop.ticket(shop.policy([step("due", "notify_person tess")], quiet=quiet_now(shop)))
    shop.after(2 * HOUR + MINUTE)
    change_ticket(shop.app.work_in(shop.db, work.actor), ticket, Correspond(plain_message("Done.")))
    recount(shop.work, ticket)

    shop.after(timedelta(days=1))

    assert shop.mails() == []
    assert shop.db.query(WaitingMail).count() == 0


def test_who_may_not_see_the_ticket_gets_no_mail(shop, make):
    make.staff("newbie")
    make.queue("General", granted=False).name = "Open"
    make.queue("General", open_to_all=False, granted=False)
    shop.ticket(shop.policy([step("due", "notify_person newbie", "notify_person tess")]))

    shop.after(2 * HOUR)

    (mail,) = shop.mails()
    assert [each.address for each in mail.recipients] == ["tess@staff.example"]


@pytest.mark.parametrize("whom", ["ann@client.example", "nobody-here"])
def test_customers_and_strangers_are_not_notified(shop, whom):
    shop.ticket(shop.policy([step("due", f"notify_person {whom}", "notify_role Requestor")]))
    shop.after(2 * HOUR)
    assert shop.mails() == []
    assert all(
        "no enabled member" in said or "no person" in said or "Nobody of staff" in said
        for said in shop.said()
    )


def test_levels_and_roles_reach_who_is_in_them(shop, work, make, tess):
    boss = make.staff("boss")
    make.grant(boss, "ShowTicket")
    group = create_group(work, "Managers")
    add_member(work, group, boss.id)
    save_settings(work, "sla", {"sla.escalation_levels": "Dispatch\nManagers"})
    ticket = shop.ticket(
        shop.policy(
            [step("due", "notify_level 2", "notify_level 1", "notify_level 3", "notify_role AdminCc")]
        )
    )
    change_ticket(work, ticket, AddWatcher("AdminCc", tess.id))

    shop.after(2 * HOUR)

    assert sorted(mail.recipients[0].address for mail in shop.mails()) == [
        "boss@staff.example",
        "tess@staff.example",
    ]
    said = shop.said()
    assert "no group “Dispatch”" in said[1]
    assert "name no group for level 3" in said[2]


def test_a_mail_says_what_is_due_when_in_the_zone_of_its_reader(shop, tess):
    tess.timezone = "Asia/Tokyo"
    version = shop.policy([step("half", "notify_person tess", percent=50)])
    ticket = shop.ticket(version, "Printer on fire")

    shop.after(HOUR)

    (mail,) = shop.mails()
    assert (
        mail.subject == f"[{shop.app.config.rtname}] #{ticket.id} Printer on fire: first response is due soon"
    )
    assert "First response: due" in mail.body
    assert "in 1 h" in mail.body
    assert "Asia/Tokyo" in mail.body
