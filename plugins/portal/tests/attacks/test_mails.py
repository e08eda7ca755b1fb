"""A21 and A22 in mails: what leaves for customers holds what is for them, in its text, its headers and its files."""

from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from plugins.portal.tests.attacks.crawling import secrets_in
from plugins.portal.tests.attacks.who import WHO
from rtpy.mail.outbox import raw_mail
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy_portal.issues.mailing import write_slice
from rtpy_portal.knowledge.questions import Asker, ask_question
from rtpy_portal.knowledge.telling import tell_answer, tell_declined
from rtpy_portal.models import Answer, MemberRow

pytestmark = pytest.mark.databases("sqlite")  # what is written into a mail no database changes


def words_of(mail):
    """Everything in it, files with their names too."""
    found = [str(value) for part in mail.walk() for value in part.values()]
    for part in mail.walk():
        if not part.is_multipart():
            found.append((part.get_payload(decode=True) or b"").decode("utf-8", "replace"))
    return "\n".join(found)


def test_a21_and_a22_no_mail_tells_a_customer_what_is_not_for_them(world, app, db, work):
    rounds = 0
    while write_slice(work) and rounds < 20:
        rounds += 1
    db.commit()
    kinds = {user.email_address: kind for kind, user in world.accounts.items()}
    wrong, read = [], set()
    for number in db.scalars(select(OutgoingMail.id).where(OutgoingMail.internal.is_(False))):
        text = words_of(message_from_bytes(raw_mail(app, db, number), policy=policy.SMTP))
        to = db.scalars(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == number))
        for address in to:
            kind = kinds.get(address)
            if kind is None or kind == "staff":
                continue
            read.add(kind)
            # Who takes part in a hidden request got mails of it until staff hid it.
            own = {"hidden"} if kind == "own" else set()
            wrong += [(kind, name) for name in secrets_in(text) - own if kind not in WHO[name]]
    assert wrong == []
    assert {"own", "copies", "stranger"} <= read


@pytest.mark.parametrize("is_off", [False, True])
def test_a23_who_reads_a_page_no_more_is_told_nothing_of_it(world, db, work, is_off):
    site = world.accounts["site"]
    page = next(each for each in world.pages if "acmepage" in each.title)
    question = ask_question(work, page.id, Asker(site.id), content="Why?", shown_name="", wants_mail=True)
    row = db.scalars(select(MemberRow).where(MemberRow.user_id == site.id)).one()
    row.is_off = is_off
    db.flush()
    answer = Answer(question_id=question.id, state="shown", content="So.", user_id=1, written=work.now)
    before = db.scalars(select(OutgoingMail.id)).all()
    tell_answer(work, question, answer)
    tell_declined(work, question, "No.")
    db.flush()
    written = len(db.scalars(select(OutgoingMail.id)).all()) - len(before)
    assert written == (0 if is_off else 2)
