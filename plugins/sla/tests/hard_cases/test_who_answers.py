"""Whose messages start and end targets."""

from plugins.sla.tests.hard_cases.told import ANN, BOB, GOLD, HOUR, Told, band, plan, t
from rtpy_sla.clocks.words import State, Target, Verdict

FIRST, NEXT, UPDATE, ACKNOWLEDGE = (
    Target.FIRST_RESPONSE,
    Target.NEXT_RESPONSE,
    Target.UPDATE,
    Target.ACKNOWLEDGE,
)


def test_of_several_messages_the_oldest_counts():
    told = Told("1 10:00").staff("1 11:00").customer("1 12:00").customer("1 14:00").customer("1 15:00")

    seen = told.seen("1 15:00")

    assert (seen.count(NEXT), seen.due(NEXT)) == (1, t("1 16:00"))


def test_each_answer_ends_a_cycle_and_each_new_message_begins_one():
    told = Told("1 10:00").staff("1 11:00")
    told.customer("1 12:00").staff("1 13:00").customer("1 14:00").staff("2 12:00").customer("2 13:00")

    seen = told.seen("2 13:00")

    assert [seen.verdict(NEXT, cycle) for cycle in (1, 2, 3)] == [Verdict.MET, Verdict.MISSED, Verdict.OPEN]
    assert seen.used(NEXT, 2) == 6 * HOUR


def test_messages_before_the_first_response_belong_to_it():
    told = Told("1 10:00").customer("1 10:30").customer("1 11:00").staff("1 11:30")

    seen = told.seen()

    assert seen.count(NEXT) == 0
    assert (seen.used(FIRST), seen.clock(FIRST).person_id) == (int(1.5 * HOUR), ANN)


def test_a_message_of_staff_as_requester_is_a_customers():
    """Who is staff in this ticket is decided where the history is read: their message arrives as a customer's."""
    told = Told("1 10:00").customer("1 10:10")

    assert told.seen("1 11:00").clock(FIRST).state is State.RUNNING


def test_a_reply_of_an_outsider_in_cc_does_not_answer():
    told = Told("1 10:00").staff("1 10:30").customer("1 11:00").customer("1 12:00")

    assert told.seen("1 12:00").clock(NEXT).state is State.RUNNING


def test_a_machine_answers_nobody_and_promises_no_update():
    told = Told("1 10:00").machine("1 10:01").staff("1 11:00").customer("1 12:00").machine("1 12:01")

    seen = told.seen("1 13:00")

    assert seen.clock(FIRST).ended == t("1 11:00")
    assert seen.clock(NEXT).state is State.RUNNING
    assert seen.count(UPDATE) == 1


def test_an_internal_note_acknowledges_and_answers_nobody():
    seen = Told("1 10:00").note("1 10:30").seen("1 11:00")

    assert seen.clock(ACKNOWLEDGE).ended == t("1 10:30")
    assert seen.clock(FIRST).state is State.RUNNING


def test_somebody_who_takes_it_acknowledges():
    seen = Told("1 10:00").owner("1 10:30").seen("1 11:00")

    assert (seen.clock(ACKNOWLEDGE).ended, seen.verdict(ACKNOWLEDGE)) == (t("1 10:30"), Verdict.MET)


def test_a_ticket_that_begins_with_an_owner_is_acknowledged():
    assert Told("1 10:00", owner=True).seen("1 10:00").used(ACKNOWLEDGE) == 0


def test_giving_it_back_acknowledges_nothing():
    assert Told("1 10:00").owner("1 10:30", somebody=False).seen("1 10:45").clock(ACKNOWLEDGE).ended is None


def test_a_ticket_that_was_opened_for_the_customer_still_owes_a_public_word():
    told = Told("1 10:00").note("1 10:00")  # somebody wrote down a call

    assert told.seen("1 11:00").clock(FIRST).state is State.RUNNING


def test_a_ticket_that_we_began_with_a_message_owes_no_first_response_but_answers():
    told = Told("1 10:00", by_us=True).customer("1 11:00").staff("1 12:00", BOB)

    seen = told.seen("1 12:00")

    assert seen.count(FIRST) == 0
    assert (seen.clock(NEXT).started, seen.clock(NEXT).person_id) == (t("1 11:00"), BOB)
    assert (seen.clock(UPDATE).started, seen.clock(UPDATE, 2).started) == (t("1 10:00"), t("1 12:00"))


def test_updates_wait_for_the_first_response_and_begin_again_with_each_message_of_ours():
    told = Told("1 10:00")
    assert told.seen("9 10:00").count(UPDATE) == 0

    told.staff("10 10:00").staff("10 12:00")
    seen = told.seen("10 12:00")

    assert seen.clock(UPDATE).ended == t("10 12:00")
    assert seen.due(UPDATE, 2) == t("12 12:00")


def test_a_reply_that_was_edited_or_deleted_answered_all_the_same():
    """History keeps the transaction, and with it the moment at which the customer had an answer."""
    told = Told("1 10:00").staff("1 11:00")
    before = told.seen().clock(FIRST)

    told.note("2 10:00")  # somebody deleted the words

    assert told.seen().clock(FIRST) == before


def test_targets_are_independent():
    held = plan(band(next_response=HOUR))
    told = Told("1 10:00", held).staff("1 11:00").customer("1 12:00")

    seen = told.seen("1 12:00")

    assert seen.due(NEXT) == t("1 13:00")
    assert seen.count(FIRST) == seen.count(Target.RESOLUTION) == 0


def test_excuses_and_causes_belong_to_one_cycle():
    told = Told("1 10:00", GOLD).staff("1 16:00")
    told.excuse("2 10:00", FIRST, 1, "Their line was dead").explain("2 10:00", FIRST, 1, "Nobody on duty")

    clock = told.seen().clock(FIRST)

    assert (told.seen().verdict(FIRST), clock.excuse, clock.excused_by) == (
        Verdict.EXCUSED,
        "Their line was dead",
        BOB,
    )
    assert clock.cause == "Nobody on duty"
    assert told.excuse("3 10:00", FIRST, 1, "").seen().verdict(FIRST) is Verdict.MISSED


def test_an_excuse_for_what_is_not_there_is_nothing():
    assert Told("1 10:00").excuse("1 11:00", NEXT, 7, "why not").seen().count(NEXT) == 0
