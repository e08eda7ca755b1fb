"""RT's own levels: when a ticket starts and is due, by cases worked out by hand on a calendar of 9 to 17."""

from datetime import UTC, datetime

import pytest

from rtpy.calendars.calendar import Calendar, Span
from rtpy.calendars.open_hours import OpenHours
from rtpy.errors import Invalid
from rtpy_sla.levels.due import Act, Life, Move, due_of, last_effective_act, starts_of
from rtpy_sla.levels.terms import LevelTerms, Time, read_terms, write_terms

DAY = (Span(9 * 60, 17 * 60),)
OFFICE = OpenHours([(None, 1, Calendar(1, "Office", "UTC", (DAY,) * 5 + ((),) * 2))])
IGNORES = Time(business=240, ignored=frozenset({"stalled"}))
EXCLUDES = Time(business=240, ignored=frozenset({"stalled"}), excludes_ignored=True)


def t(text: str) -> datetime:
    """`12 10:00` is in November 2026; the 12th is a Thursday, the 14th and 15th a weekend."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{int(day):02}T{clock}").replace(tzinfo=UTC)


def life(*acts: str, status: str = "open", moves: tuple[tuple[str, str, str], ...] = ()) -> Life:
    """A ticket by its messages: `12 10:00 out` or `in`; the first one created it."""
    told = tuple(Act(t(act.rpartition(" ")[0]), act.endswith("out")) for act in acts)
    return Life(told[0].at, status, told, tuple(Move(t(at), old, new) for at, old, new in moves))


NEW = "12 10:00 out"
REPLY = LevelTerms(response=Time(business=120))


@pytest.mark.parametrize(
    ("terms", "told", "due"),
    [
        pytest.param(REPLY, life(NEW), "12 12:00", id="response from creation"),
        pytest.param(REPLY, life("12 16:00 out"), "13 10:00", id="over night"),
        pytest.param(REPLY, life("13 16:00 out"), "16 10:00", id="over a weekend"),
        pytest.param(REPLY, life("14 12:00 out"), "16 11:00", id="begun on a Saturday"),
        pytest.param(REPLY, life(NEW, "12 11:00 in"), None, id="answered, and nothing keeps it in the loop"),
        pytest.param(REPLY, life(NEW, "12 11:00 in", "12 14:00 out"), "12 16:00", id="asked again"),
        pytest.param(
            REPLY, life(NEW, "12 11:00 out", "12 11:30 out"), "12 12:00", id="from the oldest of several"
        ),
        pytest.param(REPLY, life("12 10:00 in"), None, id="opened by ourselves"),
        pytest.param(
            REPLY, life("12 10:00 in", "12 14:00 out"), "12 16:00", id="and then the customer writes"
        ),
        pytest.param(
            LevelTerms(keep_in_loop=Time(business=480)),
            life(NEW, "12 11:00 in"),
            "13 11:00",
            id="in the loop",
        ),
        pytest.param(LevelTerms(keep_in_loop=Time(business=480)), life(NEW), None, id="not before we wrote"),
        pytest.param(
            LevelTerms(resolve=Time(business=960)),
            life(NEW, "12 11:00 in"),
            "16 10:00",
            id="resolve from creation",
        ),
        pytest.param(
            LevelTerms(response=Time(business=120), resolve=Time(business=60)),
            life(NEW),
            "12 11:00",
            id="the earlier one",
        ),
        pytest.param(
            LevelTerms(response=Time(real=120)), life("13 16:30 out"), "13 18:30", id="real minutes"
        ),
        pytest.param(
            LevelTerms(response=Time(business=60, real=60)),
            life("13 16:30 out"),
            "16 10:30",
            id="business first, then real",
        ),
        pytest.param(
            LevelTerms(response=Time(business=0, real=60)),
            life("14 12:00 out"),
            "16 10:00",
            id="none but from the first open minute",
        ),
        pytest.param(
            LevelTerms(response=Time(business=60), out_of_hours=Time(business=30)),
            life("14 12:00 out"),
            "16 10:30",
            id="more out of hours",
        ),
        pytest.param(
            LevelTerms(response=Time(business=60), out_of_hours=Time(business=30)),
            life(NEW),
            "12 11:00",
            id="but not within",
        ),
        pytest.param(
            LevelTerms(response=Time(real=60), out_of_hours=Time(business=30)),
            life("14 12:00 out"),
            "16 10:30",
            id="business minutes are added to real ones",
        ),
        pytest.param(
            LevelTerms(response=Time(real=60), out_of_hours=Time(real=30)),
            life("14 12:00 out"),
            "14 13:30",
            id="real ones out of hours",
        ),
        pytest.param(
            LevelTerms(response=IGNORES), life(NEW, status="stalled"), None, id="ignored in this status"
        ),
        pytest.param(
            LevelTerms(response=IGNORES, resolve=Time(business=480)),
            life(NEW, status="Stalled"),
            "13 10:00",
            id="by each term for itself",
        ),
        pytest.param(
            LevelTerms(response=IGNORES),
            life(NEW, moves=(("12 11:00", "open", "stalled"), ("12 13:00", "stalled", "open"))),
            "12 14:00",
            id="ignored, but counted",
        ),
        pytest.param(
            LevelTerms(response=EXCLUDES),
            life(NEW, moves=(("12 11:00", "open", "stalled"), ("12 13:00", "stalled", "open"))),
            "12 16:00",
            id="not counted",
        ),
        pytest.param(
            LevelTerms(response=EXCLUDES),
            life(NEW, moves=(("12 12:00", "open", "stalled"), ("13 10:00", "stalled", "open"))),
            "13 12:00",
            id="only open hours of a night",
        ),
        pytest.param(
            LevelTerms(response=Time(real=240, ignored=frozenset({"stalled"}), excludes_ignored=True)),
            life(NEW, moves=(("12 12:00", "open", "stalled"), ("13 10:00", "stalled", "open"))),
            "13 12:00",
            id="all hours of a night for real minutes",
        ),
        pytest.param(
            LevelTerms(response=EXCLUDES),
            life(
                "12 10:00 out",
                "12 11:00 in",
                "12 14:00 out",
                moves=(("12 11:30", "open", "stalled"), ("12 13:30", "stalled", "open")),
            ),
            "13 10:00",
            id="what was before the question does not matter",
        ),
        pytest.param(
            LevelTerms(response=EXCLUDES),
            life(NEW, moves=(("12 11:00", "stalled", "open"),)),
            "12 15:00",
            id="created in an ignored status",
        ),
        pytest.param(REPLY, life(NEW, status="resolved"), "12 12:00", id="closing clears nothing"),
        pytest.param(LevelTerms(), life(NEW), None, id="a level that promises nothing"),
    ],
)
def test_a_ticket_is_due_as_in_rt(terms, told, due):
    assert due_of(terms, told, OFFICE) == (t(due) if due else None)


@pytest.mark.parametrize(
    ("terms", "told", "starts"),
    [
        pytest.param(LevelTerms(), life(NEW), "12 10:00", id="at once within hours"),
        pytest.param(LevelTerms(), life("14 12:00 out"), "16 09:00", id="the first business minute"),
        pytest.param(LevelTerms(starts=Time(real=0)), life("14 12:00 out"), "14 12:00", id="immediately"),
        pytest.param(
            LevelTerms(starts=Time(business=60)), life("14 12:00 out"), "16 10:00", id="an hour later"
        ),
        pytest.param(LevelTerms(starts=None), life(NEW), None, id="not at all"),
    ],
)
def test_a_ticket_starts_as_in_rt(terms, told, starts):
    assert starts_of(terms, told, OFFICE) == (t(starts) if starts else None)


def test_there_is_no_last_act_without_any():
    assert last_effective_act(()) is None


def test_terms_there_and_back():
    plain = {
        "starts": {"immediately": True},
        "response": {"business": 120, "ignore": ["stalled"], "exclude": True},
        "resolve": {"business": 0, "real": 60},
        "out_of_hours": {"business": 30},
    }
    assert write_terms(read_terms(plain)) == plain
    assert read_terms({"response": 120}).response == Time(business=120)
    assert write_terms(LevelTerms()) == {}


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({"response": "soon"}, "response"),
        ({"response": {}}, "response"),
        ({"response": {"business": -1}}, "response"),
        ({"resolve": {"real": True}}, "resolve"),
        ({"resolve": {"business": 1, "ignore": "stalled"}}, "resolve"),
        ({"lunch": 60}, "terms"),
        ("fast", "terms"),
    ],
)
def test_terms_that_are_none_are_refused(plain, field):
    with pytest.raises(Invalid) as refused:
        read_terms(plain)
    assert [problem.field for problem in refused.value.problems] == [field]
