"""What the shipped lifecycle allows, whom it asks, and how it says no."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.errors import NotFound, Refused
from rtpy.lifecycle import Action, Category, Lifecycle, Lifecycles, Update, load_lifecycles

SHIPPED = load_lifecycles(Path(__file__).parents[3] / "etc" / "lifecycles.toml")
DEFAULT = SHIPPED.get("default")
STATUSES = ("new", "open", "stalled", "resolved", "rejected", "deleted")
WITH_RIGHTS = Lifecycle(
    name="orders",
    type="ticket",
    initial=("Asked",),
    active=("Ordered",),
    inactive=("Delivered", "deleted"),
    moves={
        "": ("asked",),
        "asked": ("ordered", "delivered", "deleted"),
        "ordered": ("delivered", "asked", "deleted"),
        "delivered": ("ordered",),
    },
    rights={
        ("asked", "ordered"): "PlaceOrder",
        ("*", "delivered"): "Deliver",
        ("ordered", "*"): "ChangeOrder",
    },
    actions=(
        Action("*", "delivered", "Deliver"),
        Action("ordered", "delivered", "Hand over", Update.RESPOND),
        Action("*", "asked", "Ask again"),
    ),
)


@given(old=st.sampled_from(STATUSES), new=st.sampled_from(STATUSES))
def test_every_listed_move_is_accepted_and_every_other_refused_with_a_reason(old, new):
    listed = DEFAULT.moves[old]
    if new in listed:
        assert DEFAULT.move(old.upper(), new.title()).new == new
    else:
        with pytest.raises(Refused) as refused:
            DEFAULT.move(old, new)
        assert all(possible in str(refused.value) for possible in listed)


@given(st.text())
def test_a_status_that_is_not_there_is_refused_with_the_ones_that_are(status):
    if not DEFAULT.is_valid(status):
        with pytest.raises(Refused, match="it has: new, open, stalled, resolved, rejected, deleted"):
            DEFAULT.move("new", status)


def test_the_shipped_default_is_rts():
    assert (DEFAULT.initial, DEFAULT.active) == (("new",), ("open", "stalled"))
    assert DEFAULT.inactive == ("resolved", "rejected", "deleted")
    assert {status for status in STATUSES if DEFAULT.may_create(status)} == {"new", "open", "resolved"}
    assert all(set(DEFAULT.moves[old]) == set(STATUSES) - {old} for old in STATUSES)
    assert DEFAULT.right_names == {"ModifyTicket", "DeleteTicket"}


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        ("new", [("Open It", "Respond"), ("Resolve", "Comment"), ("Reject", "Respond"), ("Delete", None)]),
        ("open", [("Stall", "Comment"), ("Resolve", "Comment"), ("Reject", "Respond")]),
        ("stalled", [("Open It", None)]),
        ("resolved", [("Re-open", "Comment")]),
        ("rejected", [("Re-open", "Comment")]),
        ("deleted", [("Undelete", None)]),
    ],
)
def test_the_buttons_of_the_shipped_default_are_rts(status, buttons):
    assert [(action.label, action.update) for action in DEFAULT.actions_from(status)] == buttons


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("asked", "ordered", "PlaceOrder"),
        ("asked", "delivered", "Deliver"),
        ("ordered", "delivered", "Deliver"),
        ("ordered", "asked", "ChangeOrder"),
        ("ordered", "deleted", "ChangeOrder"),
        ("asked", "deleted", "DeleteTicket"),
        ("delivered", "ordered", "ModifyTicket"),
    ],
)
def test_the_right_of_a_move_is_the_first_that_fits(old, new, right):
    assert WITH_RIGHTS.move(old, new).right == right


def test_the_right_for_everything_is_the_last_that_fits():
    assert DEFAULT.move("open", "resolved").right == "ModifyTicket"
    assert DEFAULT.move("open", "deleted").right == "DeleteTicket"


def test_a_status_is_stored_in_lower_case_and_shown_as_spelled():
    assert WITH_RIGHTS.move("ASKED", "ORDERED").new == "ordered"
    assert WITH_RIGHTS.shown("ordered") == "Ordered"
    assert WITH_RIGHTS.on_create == "asked"


def test_a_button_for_one_status_hides_the_one_for_all():
    labels = {
        status: [action.label for action in WITH_RIGHTS.actions_from(status)]
        for status in WITH_RIGHTS.statuses
    }
    assert labels == {
        "Asked": ["Deliver"],
        "Ordered": ["Hand over", "Ask again"],
        "Delivered": [],
        "deleted": [],
    }


def test_a_status_that_leads_nowhere_says_so():
    with pytest.raises(Refused, match='from "deleted" the lifecycle "orders" leads nowhere'):
        WITH_RIGHTS.move("deleted", "asked")


@pytest.mark.parametrize(
    ("status", "category"),
    [("NEW", Category.INITIAL), ("stalled", Category.ACTIVE), ("rejected", Category.INACTIVE)],
)
def test_every_status_has_its_category(status, category):
    assert DEFAULT.category(status) is category


@pytest.mark.parametrize(
    ("status", "active", "inactive"),
    [
        ("new", "open", "resolved"),
        ("open", None, "resolved"),
        ("stalled", "open", "rejected"),
        ("resolved", "open", None),
        ("rejected", "open", "resolved"),
    ],
)
def test_where_work_begins_and_ends_from_a_status(status, active, inactive):
    assert (DEFAULT.first_active_from(status), DEFAULT.first_inactive_from(status)) == (active, inactive)


def test_nothing_starts_in_a_status_that_is_not_for_creation():
    assert DEFAULT.status_on_create() == "new"
    assert DEFAULT.status_on_create("Open") == "open"
    with pytest.raises(Refused, match="possible are: new, open, resolved"):
        DEFAULT.status_on_create("stalled")


def test_without_a_list_for_creation_all_but_deleted_may_be_created():
    free = Lifecycle("free", "ticket", ("new",), (), ("done", "deleted"), {"new": ("done", "deleted")})
    assert [status for status in free.statuses if free.may_create(status)] == ["new", "done"]


def test_a_default_that_is_not_set_falls_back_to_rts_if_there_is_such_a_status():
    assert DEFAULT.default("denied") == "rejected"
    assert WITH_RIGHTS.default("denied") is None
    assert WITH_RIGHTS.default("on_create") == "asked"


def test_an_asset_is_moved_by_the_right_on_assets():
    assets = Lifecycle("assets", "asset", ("new",), (), ("deleted",), {"new": ("deleted",)})
    assert assets.move("new", "deleted").right == "ModifyAsset"


def test_active_in_one_lifecycle_counts_as_active_in_all():
    both = Lifecycles({"default": DEFAULT, "orders": WITH_RIGHTS})
    assert both.active_statuses() == ("new", "open", "stalled", "asked", "ordered")
    assert both.inactive_statuses() == ("resolved", "rejected", "deleted", "delivered")


def test_a_status_changes_between_lifecycles_only_by_a_map():
    both = Lifecycles({"default": DEFAULT, "orders": WITH_RIGHTS}, {("default", "orders"): {"new": "asked"}})
    assert both.map_status("Default", "Orders", "New") == "asked"
    assert both.map_status("default", "orders", "open") is None
    assert both.map_status("orders", "default", "asked") is None
    assert both.map_status("default", "DEFAULT", "Open") == "open"


def test_a_lifecycle_that_is_not_there_is_named_with_the_ones_that_are():
    assert "Default" in SHIPPED
    with pytest.raises(NotFound, match="there are: default"):
        SHIPPED.get("defualt")
