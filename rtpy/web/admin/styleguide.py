"""The style guide page: invented values that show every component in every state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.rights.names import Right
from rtpy.web.admin.styleguide_charts import CHART
from rtpy.web.admin.styleguide_fields import FIELDS, OWN_FIELDS
from rtpy.web.forms import Option
from rtpy.web.html import Html, show_avatar, show_priority, show_status
from rtpy.web.panels import show_panels
from rtpy.web.shown import (
    Block,
    Column,
    Composer,
    Deed,
    Entry,
    FileLink,
    Link,
    MailState,
    Pages,
    Person,
    Recipient,
    Statuses,
    TicketRow,
    Who,
)
from rtpy.web.times import bind_when

TOKENS = (
    "canvas surface sunken ink soft faint line edge accent accent-tint note-tint note-fill good warn bad info"
).split()
ICONS = (
    "mark home inbox list queue ticket search plus reply lock comment clock user users building clip file "
    "check check-circle x down left right sort-up sort-down sun moon contrast logout settings alert info mail "
    "link copy calendar flag history more menu keyboard download eye refresh hand trash pencil pause tag coffee"
).split()


@view_config(
    route_name="admin.styleguide",
    request_method="GET",
    renderer="admin/styleguide.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def show_styleguide(request: Request) -> dict[str, object]:
    """The view of `/admin/styleguide`, for the template `admin/styleguide.pt`."""

    def panels(place: str, subject: Any = None) -> tuple[Html, ...]:
        """None of those that stand on a ticket: there is none behind these values."""
        return () if place.startswith("ticket.") else show_panels(request, place, subject)

    return {**specimens(datetime.now(UTC)), "panels": panels}


def specimens(now: datetime) -> dict[str, object]:
    """All values of `admin/styleguide.pt`, as they would be at `now`."""
    return {
        "crumbs": (Link("Home", "#"), Link("Administration", "#"), Link("Style guide", "#")),
        "tokens": TOKENS,
        "icons": ICONS,
        "themes": ("light", "dark"),
        "statuses": [show_status(name, category) for name, category in STATUSES],
        "priorities": [show_priority(label, level) for label, level in PRIORITIES],
        "people": PEOPLE,
        "fields": FIELDS,
        "field_inputs": OWN_FIELDS,
        "sample_problems": [
            ("field-email", "The address needs an @."),
            (None, "The queue takes no new tickets."),
        ],
        "sample_flashes": FLASHES,
        "tab_links": TABS,
        "columns": COLUMNS,
        "rows": sample_rows(now),
        "pages": PAGES,
        "chart": CHART,
        "entries": sample_entries(now),
        "c": sample_composer(),
        "deeds": DEEDS,
        "files": (FileLink("switch-log.txt", "14 KB", "#"), FileLink("photo of the rack.jpg", "2.1 MB", "#")),
    }


STATUSES = (
    ("new", "initial"),
    ("open", "active"),
    ("stalled", "active"),
    ("resolved", "inactive"),
    ("rejected", "inactive"),
    ("deleted", "inactive"),
    ("waiting for parts", "active"),
)
PRIORITIES = (("Low", "low"), ("Medium", "medium"), ("High", "high"), ("Urgent", "urgent"))
NAMES = (
    "Ann Miller",
    "Jonas Weber",
    "Priya Raman",
    "Luca Conti",
    "Marta Nowak",
    "Sam Okafor",
    "Ines Duarte",
    "Tom Hale",
)
PEOPLE = tuple(Person(name, show_avatar(name), url="#") for name in NAMES)
FLASHES = (
    ("ok", "Your reply is on its way to Ann Miller."),
    ("info", "Jonas Weber took this ticket a minute ago."),
    ("warn", "Nobody gets a mail: the requestor has no address."),
    ("bad", "The status could not be changed to resolved: ticket 118 must be resolved first."),
)
TABS = (
    Link("Open", "#", current=True, count=18),
    Link("New", "#", count=4),
    Link("Stalled", "#", count=7),
    Link("Resolved", "#"),
    Link("All", "#"),
)
COLUMNS = (
    Column("#", "#"),
    Column("Subject", "#"),
    Column("Status", "#"),
    Column("Priority", "#"),
    Column("Owner", "#"),
    Column("Queue", "#"),
    Column("Updated", "#", "descending"),
    Column("Due", "#"),
)
PAGES = Pages(
    51,
    100,
    1284,
    (Link("1", "#"), Link("2", "#", current=True), Link("3", "#"), None, Link("26", "#")),
    previous_url="#",
    next_url="#",
)
DEEDS = (
    Deed("Take", "#", "action", "take", icon="hand"),
    Deed("Resolve", "#", "status", "resolved", icon="check"),
)
SUBJECTS = (
    ("VPN drops every 20 minutes since the update", "Ann Miller · Fennel Foods"),
    ("New starter on Monday: laptop, mail, badge", "Claire Dubois · Atelier Dubois"),
    ("Invoice printer on floor 2 prints blank pages", "Peter Holm · Holm & Sons Shipping"),
    ("Re: Backup report: 1 job failed on srv-file-02", "monitoring@brightwater.example · Brightwater Clinic"),
    ("Shared calendar shows old appointments", "Hana Sato · Kestrel Architects"),
    ("Certificate of the web shop expires in 9 days", "Oskar Lind · Lindgren Optik"),
    ("Phishing mail or real? Please check the attachment before anybody opens it", "Ruth Adler · Adler Law"),
    ("Wi-Fi in the warehouse too slow for scanners", "Ann Miller · Fennel Foods"),
)


def sample_rows(now: datetime, count: int = 8) -> list[TicketRow]:
    """`count` lines of a ticket list, repeating the same few subjects."""
    when = bind_when(now)
    rows = []
    for index in range(count):
        subject, sub = SUBJECTS[index % len(SUBJECTS)]
        owner = NAMES[index % 5 + 1] if index % 4 else "nobody"
        due = now + timedelta(hours=26 * (index - 1)) if index % 3 != 2 else None
        rows.append(
            TicketRow(
                1284 - index * 7,
                "#",
                subject,
                sub,
                show_status(*STATUSES[index % 4]),
                show_priority(*PRIORITIES[(3 - index) % 4]),
                owner,
                show_avatar("" if owner == "nobody" else owner),
                ("General", "Network", "Workplace")[index % 3],
                when(now - timedelta(minutes=7 * 4**index) if index < 6 else now - timedelta(days=index)),
                when(due),
                "bad" if due and due < now else "",
            )
        )
    return rows


def sample_entries(now: datetime) -> list[Entry]:
    """A short conversation with every kind of entry in it."""
    when = bind_when(now)
    ann, jonas, priya = (show_avatar(name, large=False) for name in NAMES[:3])
    return [
        Entry(
            811,
            "customer",
            when(now - timedelta(hours=27)),
            "Ann Miller",
            ann,
            "by mail to support@example.com",
            body=(
                Block(Html(CUSTOMER_TEXT)),
                Block(Html("<p>Ann Miller<br />Head of Operations, Fennel Foods</p>"), "Signature"),
            ),
            files=(
                FileLink("vpn-client.log", "38 KB", "#"),
                FileLink("screenshot 2026-02-11.png", "412 KB", "#"),
            ),
            raw_url="#",
            quote_url="#",
        ),
        Entry(
            812,
            "event",
            when(now - timedelta(hours=26, minutes=40)),
            what=Html("<b>Jonas Weber</b> took this ticket"),
            icon="user",
        ),
        Entry(
            813,
            "event",
            when(now - timedelta(hours=26, minutes=40)),
            what=Html("<b>Jonas Weber</b> changed the status from new to open"),
            icon="refresh",
        ),
        Entry(
            814,
            "comment",
            when(now - timedelta(hours=25)),
            "Jonas Weber",
            jonas,
            body=(Block(Html(COMMENT_TEXT)),),
            worked="20 min",
        ),
        Entry(
            815,
            "reply",
            when(now - timedelta(hours=24)),
            "Jonas Weber",
            jonas,
            "to Ann Miller, copy to Priya Raman",
            body=(
                Block(Html(REPLY_TEXT)),
                Block(Html("<p>Good morning, since the update on Tuesday the VPN …</p>"), "Quoted text"),
            ),
            worked="1 h 15 min",
            mails=(MailState("delivered to 2", "ok", "#"),),
        ),
        Entry(
            816,
            "customer",
            when(now - timedelta(minutes=50)),
            "Ann Miller",
            ann,
            "by mail",
            body=(
                Block(
                    Html("<p>Works since this morning, thank you! Can you also look at Peter's laptop?</p>")
                ),
            ),
            raw_url="#",
            quote_url="#",
        ),
        Entry(
            817,
            "reply",
            when(now - timedelta(minutes=4)),
            "Priya Raman",
            priya,
            "to Ann Miller",
            body=(Block(Html("<p>Glad to hear it. Peter gets a call from me at two.</p>")),),
            mails=(MailState("waiting to be sent", "warn", "#"), MailState("refused by peter@", "bad", "#")),
        ),
    ]


def sample_composer() -> Composer:
    """A composer with three recipients, a draft in neither form."""
    return Composer(
        "#",
        "#",
        Who(
            "reply-who",
            (
                Recipient("ann.miller@fennel.example", "Ann Miller", "requestor"),
                Recipient("peter.holm@fennel.example", "Peter Holm", "copy"),
                Recipient("it@fennel.example", "Fennel IT", "copy"),
            ),
            boxes=True,
        ),
        Who("comment-who", (Recipient("priya@staff.example", "Priya Raman", "internal copy"),), boxes=True),
        statuses=Statuses(
            "open",
            (Option("stalled", "stalled"), Option("resolved", "resolved"), Option("rejected", "rejected")),
        ),
        draft_url="#",
    )


CUSTOMER_TEXT = """
<p>Good morning,</p>
<p>since the update on Tuesday the VPN of <strong>our three warehouse laptops</strong> drops every 20 minutes.
People have to type the code again each time, and the scanners lose their list.</p>
<ul><li>client version 5.2.1</li><li>only over Wi-Fi, not by cable</li></ul>
<p>Log and picture are attached. Can somebody look at it today?</p>
"""
COMMENT_TEXT = """
<p>Their access point re-keys every 1 200 s. Same thing as at Brightwater in ticket #1107; the fix there was
<code>rekey-interval 0</code> on the SSID. <strong>Don't mention the price for a new one yet.</strong></p>
"""
REPLY_TEXT = """
<p>Hello Ann,</p>
<p>I found the reason: the access point in the warehouse renews its key every 20 minutes and drops the
connection while it does. I have changed that setting; please try again tomorrow morning.</p>
<p>Kind regards<br />Jonas</p>
"""
