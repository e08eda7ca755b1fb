"""A shop's set-up goes out as a file and comes back the same; what is wrong in a file is told, and changes nothing."""

import pytest

from rtpy.errors import Invalid
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.reading import load, parse
from rtpy.initialdata.writing import export
from rtpy.work import Work

SHOP = """
[[users]]
name = "ann"
email_address = "ann@shop.example"

[[groups]]
name = "Network"
description = "Cables and above"
members = ["ann"]

[[groups]]
name = "Everybody technical"
members = ["group:Network", "root"]

[[calendars]]
name = "Shop hours"
description = "As the sign at the door says"
zone = "Europe/Berlin"
monday = "09:00-12:00, 13:00-18:00"
saturday = "09:00-12:00"
exceptions = ["2026-12-24 09:00-12:00", "2026-12-27 closed"]
yearly = ["12-31 09:00-14:00"]
country = "DE"
region = "BY"
file_name = "off.ics"
file_days = ["2026-07-06 10:00-12:00,13:00-14:00 The outing", "2026-07-07 00:00-24:00"]

[[calendars]]
name = "Fetched"
tuesday = "00:00-24:00"
feed_address = "https://calendar.example/off.ics"
disabled = true

[[lifecycles]]
name = "orders"
initial = ["asked"]
active = ["ordered"]
inactive = ["delivered"]
transitions = { "" = ["asked"], asked = ["ordered"], ordered = ["delivered"], delivered = [] }

[[lifecycle_maps]]
from = "orders"
to = "default"
statuses = { asked = "new", ordered = "open", delivered = "resolved" }

[[queues]]
name = "Orders"
lifecycle = "orders"
correspond_address = "orders@shop.example"
sort_order = 3

[[custom_roles]]
name = "Approver"
single = true
queues = ["Orders"]

[[classes]]
name = "How to"
takes_title = true
queues = ["Orders"]

[[topics]]
name = "Hardware"
class = "How to"

[[topics]]
name = "Laptops"
class = "How to"
parent = "Hardware"

[[lifecycles]]
name = "devices"
type = "asset"
initial = ["bought"]
active = ["in use"]
inactive = ["gone"]
transitions = { "" = ["bought"], bought = ["in use"], "in use" = ["gone"], gone = [] }

[[catalogs]]
name = "Laptops"
lifecycle = "devices"
Contact = ["group:Network"]

[[custom_roles]]
name = "Supplier"
lookup = "asset"
catalogs = ["Laptops"]

[[catalog_people]]
catalog = "Laptops"
role = "Supplier"
members = ["ann", "group:Network"]

[[schedules]]
name = "Nag about orders"
type = "ticket"
queue = "Orders"
untouched_hours = "48"
query = "Subject LIKE 'order'"
condition = "AnyTransaction"
action = "RecordComment"
action_argument = "Nobody looked at this for two days."
template = "Blank"
transaction = "last"
how = "minutes"
every_minutes = "60"
repeat = "changed"

[[searches]]
name = "Open orders"
for = "Network"
query = "Queue = 'Orders' AND Status = '__Active__'"
order = ["Due ASC", "CF.{Serial number} DESC"]
rows = 25
show_as = "chart"
group_by = ["Owner", "Created.Monthly"]

[[searches]]
name = "Everything"

[[searches]]
name = "Machines"
kind = "asset"
query = "Status = '__Active__'"

[[dashboards]]
name = "Orders"
for = "Network"
home_of = ["Network"]
panes = [
    { search = "Open orders", for = "Network", kind = "chart" },
    { kind = "portlet", portlet = "mine", width = "half" },
]

[[dashboards]]
name = "For all"
home_of = ["everybody"]
panes = [{ search = "Everything", rows = 5 }, { search = "Machines", of = "asset" }]

[[recurring]]
name = "Count the stock"
queue = "Orders"
subject = "Count what is on the shelf"
every = "month"
interval = "1"
start = "2026-03-31"
at = "09:30"
zone = "Europe/Berlin"
end = "never"
day = "31"

[[custom_fields]]
name = "Device"
type = "Select"
render_type = "Dropdown"
values = [{ name = "Laptop", category = "mobile" }, { name = "Server", description = "in the cellar" }]
applies_to = ["Orders"]
defaults = { Orders = ["Laptop"] }

[[custom_fields]]
name = "Cost centre"
lookup = "user"
pattern = "^[0-9]{4}$"
applies_to = ["everywhere"]

[[templates]]
name = "Ordered"
queue = "Orders"
description = "What the client hears"
content = '''
Subject: Ordered: {{ ticket.subject }}

It is on its way.
'''

[[scrips]]
description = "Tell the client that it is ordered"
condition = "On Status Change"
action = "Notify Requestors"
template = "Ordered"
queues = ["Orders"]
order = 40

[[queue_watchers]]
queue = "Orders"
role = "AdminCc"
members = ["group:Network"]

[[rights]]
holder = "group:Network"
on = "queue"
name = "Orders"
rights = ["ShowTicket", "SeeQueue"]

[[rights]]
holder = "role:Approver"
on = "queue"
name = "Orders"
rights = ["ShowTicket"]

[[rights]]
holder = "role:Supplier"
on = "catalog"
name = "Laptops"
rights = ["ShowAsset"]
"""


def _load(work: Work, text: str) -> list[str]:
    steps = load(work, parse(text, SECTIONS), SECTIONS)
    return [f"{step.deed} {step.section} {step.name}" for step in steps]


def test_what_is_loaded_comes_out_again(work: Work) -> None:
    assert all(step.startswith("make ") for step in _load(work, SHOP))

    written = parse(export(work, SECTIONS), SECTIONS)

    for name, entries in parse(SHOP, SECTIONS).items():
        section = next(each for each in SECTIONS if each.name == name)
        out = {section.key_of(entry): section.whole(entry) for entry in written[name]}
        for entry in entries:
            assert out[section.key_of(entry)] == section.whole(entry)


def test_an_export_loaded_again_changes_nothing_and_a_second_export_is_equal(work: Work) -> None:
    _load(work, SHOP)
    first = export(work, SECTIONS)

    assert {step.split()[0] for step in _load(work, first)} == {"keep"}
    assert export(work, SECTIONS) == first


def test_rights_of_features_that_are_not_there_are_left_out_with_a_remark(work: Work) -> None:
    text = '[[rights]]\nholder = "group:Privileged"\nrights = ["AdminTimesheets", "SeeGroup"]\n'
    (step,) = load(work, parse(text, SECTIONS), SECTIONS)
    assert step.remarks == ("AdminTimesheets is left out: there are no timesheets",)
    assert '"SeeGroup"' in export(work, SECTIONS)


def test_keys_that_are_left_out_keep_their_value(work: Work) -> None:
    _load(work, SHOP)
    assert _load(work, '[[queues]]\nname = "orders"\ndescription = "What clients order"\n') == [
        "change queues orders"
    ]
    assert 'correspond_address = "orders@shop.example"' in export(work, SECTIONS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("queues = 3", "queues must be a list of tables"),
        ("[[queue]]\nname = 'x'", "There is no section queue; did you mean queues?"),
        (
            "[[queues]]\nname = 'x'\nlifecicle = 'default'",
            "there is no key lifecicle; did you mean lifecycle?",
        ),
        ("[[queues]]\ndescription = 'x'", "the key name is missing"),
        ("[[queues]]\nname = 'x'\nheld = 'yes'", "held must be true or false"),
        ("[[queues]]\nname = 'x'\nsort_order = 'first'", "sort_order must be a whole number"),
        ("[[queues", "This is not TOML"),
        ("[[calendars]]\nname = 'x'", "Give at least one day of the week hours"),
        (
            "[[calendars]]\nname = 'x'\nmonday = '8-17'\nfile_days = ['soon']",
            "“soon” in file_days is not like",
        ),
        (
            "[[custom_roles]]\nname = 'x'\nlookup = 'asset'\nqueues = ['General']",
            "one of assets in catalogs",
        ),
        ("[[queues]]\nname = 'x'\nlifecycle = 'missing'", "queues: x, lifecycle: "),
        ("[[groups]]\nname = 'x'\nmembers = ['nobody.here']", "There is no user nobody.here"),
        (
            "[[groups]]\nname = 'a'\n[[groups]]\nname = 'b'\nmembers = ['group:a']\n"
            "[[groups]]\nname = 'a'\nmembers = ['group:b']",
            "groups: a",
        ),
        ("[[rights]]\nholder = 'root'\nrights = ['FlyToTheMoon']", "FlyToTheMoon"),
        (
            "[[templates]]\nname = 'x'\ncontent = 'Hi {{ ticket.subjetc }}'",
            "templates: x, content: Line 1: there is no variable “ticket.subjetc”. Did you mean ticket.subject?",
        ),
        (
            "[[templates]]\nname = 'x'\ncontent = 'Hi {{ rtname | upcas }}'",
            "there is no filter “upcas”. Did you mean upcase?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(work: Work, text: str, told: str) -> None:
    before = export(work, SECTIONS)
    with pytest.raises(Invalid) as caught, work.db.begin_nested():
        _load(work, text)
    assert told in str(caught.value)
    assert export(work, SECTIONS) == before
