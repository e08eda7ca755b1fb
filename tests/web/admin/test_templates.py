"""The pages of templates: list, form, preview, versions, rights."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import ConfigChange, OutgoingMail, Template, TemplateVersion, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def form_of(page):
    return next(form for form in page.forms.values() if "content" in form.fields)


def named(db, name, lang=""):
    return db.scalars(select(Template).where(Template.name == name, Template.lang == lang)).one()


def write(browser, template, content, deed="save", **more):
    form = form_of(browser.get(f"/admin/templates/{template.id}"))
    form["content"] = content
    for name, value in more.items():
        form[name] = value
    return form.submit("deed", value=deed, expect_errors=True)


def test_the_list_shows_where_a_template_is_used(root):
    page = root.get("/admin/templates?q=Resolved")
    assert "Resolved in HTML" in page
    assert "1 scrip" in page


def test_each_text_is_kept_and_can_come_back(root, db):
    template = named(db, "Resolved")
    first = template.content
    write(root, template, "Second {{ ticket.id }}")
    write(root, template, "Third {{ ticket.id }}")
    db.expire_all()
    assert (template.content, template.version) == ("Third {{ ticket.id }}", 3)
    page = root.get(f"/admin/templates/{template.id}/versions")
    assert "the installation" in page
    assert "Second {{ ticket.id }}" in page
    forms = [form for form in page.forms.values() if form.action.endswith("/versions")]
    forms[-1].submit("number", value="1")
    db.expire_all()
    assert (template.content, template.version) == (first, 4)
    numbers = db.scalars(
        select(TemplateVersion.number)
        .where(TemplateVersion.template_id == template.id)
        .order_by(TemplateVersion.id)
    ).all()
    assert numbers == [1, 2, 3, 4]
    assert (
        len(
            db.scalars(
                select(ConfigChange).where(ConfigChange.kind == "template").order_by(ConfigChange.id)
            ).all()
        )
        == 3
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "Hi\n{{ ticket.subjct }}",
            "Line 2: there is no variable “ticket.subjct”. Did you mean ticket.subject?",
        ),
        ("{{ user.password_hash }}", "there is no variable “user.password_hash”"),
        ("{$TicketSubjct}", "Did you mean {$TicketSubject}?"),
        ("{{ ticket.subject | upcas }}", "there is no filter “upcas”. Did you mean upcase?"),
        ("{{ fields.Colour }}", "there is no custom field “Colour” of tickets."),
        ("===Create-Ticket: x\nSubject: {{ rtname | upcas }}\nENDOFCONTENT", "Line 2: there is no filter"),
        ("Subject: x\n\na\n{{ x | }}", "line 4"),
        ("a\n{ my $x = `id`; $x }", "is Perl, which rtpy does not run"),
        ("{% include 'etc/passwd' %}", "The template cannot be read"),
        ("{{ (1..99999999) | join }}", "the range (1..99999999) is not allowed"),
    ],
)
def test_a49_what_cannot_work_is_refused_at_saving_with_its_line(root, db, content, sentence):
    template = named(db, "Resolved")
    before = template.content
    answer = write(root, template, content)
    assert answer.status_int == 422
    assert sentence in answer
    db.expire_all()
    assert template.content == before


def test_all_that_is_wrong_is_told_at_once(root, db):
    page = write(root, named(db, "Resolved"), "{{ ticket.idd }}\n{{ rtname | upcas }}\n{$TicketIdd}")
    told = [each.text for each in page.html.select(".problems li")]
    assert [each.partition(":")[0] for each in told] == ["Line 1", "Line 2", "Line 3"]
    assert page.html.select_one("#field-content-error").text.strip() == " ".join(told)


def test_rts_own_calls_are_translated(root, db):
    template = named(db, "Resolved")
    write(root, template, "Done: {$Ticket->Subject} in {$Ticket->QueueObj->Name}, {$TicketId}\n")
    db.expire_all()
    assert template.content.strip() == "Done: {{ ticket.subject }} in {{ ticket.queue }}, {$TicketId}"


def test_a_preview_shows_the_mail_for_a_ticket_and_saves_nothing(root, db, make):
    ticket, template = make.ticket("Printer <b>on fire</b>"), named(db, "Resolved in HTML")
    before = template.content
    page = write(
        root, template, "Content-Type: text/html\nSubject: Re {{ ticket.id }}\n\n<p>Dear {{ ticket.subject }}</p>"
        "<script>alert(1)</script>", deed="preview", ticket=str(ticket.id),
    )  # fmt: skip
    assert f"Re {ticket.id}" in page
    assert "Printer &lt;b&gt;on fire&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert template.content == before
    assert "is no number" in write(root, template, "x", deed="preview", ticket="x")


def test_a_preview_names_the_files_that_the_mail_would_carry(root, db, make, monkeypatch):
    monkeypatch.setattr("rtpy.mail.carried.FILES_LIMIT", 3000)
    files = [("plan.pdf", 2048), ("log <b>.txt", 5000)]
    parts = [Part("application/pdf", b"x" * size, PartRole.FILE, filename=name) for name, size in files]
    ticket, plain, template = make.ticket("With files"), make.ticket("Without"), named(db, "Resolved")
    change_ticket(make.system, ticket, Correspond(plain_message("See these.", files=tuple(parts))))

    def preview(header, number):
        text = f"Subject: x\n{header}\n\nHello"
        return (
            write(root, template, text, deed="preview", ticket=str(number)).html.select_one("#preview").text
        )

    carried = preview("RT-Attach-Message: yes", ticket.id)
    assert "plan.pdf2.0 KB" in carried
    assert "Too large for a mail; it names them instead:log <b>.txt4.9 KB" in carried
    assert "None, though the message has 2" in preview("X-Other: yes", ticket.id)
    assert "nothing was attached" in preview("RT-Attach-Message: yes", plain.id)


def test_a_preview_takes_a_ticket_that_the_reader_may_see(another, enter, make, db):
    make.queue("Board", granted=False)
    hidden = make.ticket("Secret plan", queue="Board")
    ned = make.staff("ned")
    make.grant(ned, "ShowTemplate")
    browser = enter(another(), ned)
    page = write(
        browser, named(db, "Resolved"), "{{ ticket.subject }}", deed="preview", ticket=str(hidden.id)
    )
    assert "you can see: choose another one" in page
    assert "Secret plan" not in page


def test_a_template_in_use_cannot_be_deleted(root, db):
    used, free = named(db, "Resolved in HTML"), named(db, "Status Change")
    answer = form_of(root.get(f"/admin/templates/{used.id}")).submit("deed", value="delete").follow()
    assert "in use by “Tell requestors that their request is resolved”" in answer
    form_of(root.get(f"/admin/templates/{free.id}")).submit("deed", value="delete")
    assert db.scalar(select(Template.id).where(Template.name == "Status Change")) is None


def test_the_language_of_the_recipient_picks_the_text(root, db, make):
    form = form_of(root.get("/admin/templates/create?name=Autoreply+in+HTML"))
    form["lang"], form["content"] = "de", "Subject: Danke\n\nGuten Tag {{ ticket.tag }}"
    assert form.submit("deed", value="save").status_int == 303
    make.customer("hans@client.example").lang = "de-AT"
    db.flush()
    make.ticket(requestor="hans@client.example")
    make.ticket(requestor="ann@client.example")
    german, english = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert "Guten Tag" in german.body
    assert "thank you for writing" in english.body


def test_a_queues_own_template_goes_before_the_global_one(root, db, make):
    queue = make.queue("Billing")
    form = form_of(root.get(f"/admin/templates/create?name=Autoreply+in+HTML&queue={queue.id}"))
    form["content"] = "Billing says hello about {{ ticket.id }}"
    form.submit("deed", value="save")
    make.ticket(queue="Billing")
    assert "Billing says hello" in db.scalars(select(OutgoingMail)).one().body


def test_rights_decide_who_changes_what(another, enter, make, db, jo):
    queue, ned = make.queue("Billing"), make.staff("ned")
    make.grant(ned, "ModifyTemplate", "ShowTemplate", queue=queue)
    browser = enter(another(), ned)
    assert jo.get("/admin/templates", status=403)
    assert browser.get(f"/admin/templates/{named(db, 'Resolved').id}", status=404)
    form = form_of(browser.get("/admin/templates/create"))
    form["name"], form["content"] = "Mine", "x"
    assert "the right ModifyTemplate is needed" in form.submit("deed", value="save", status=422)
    form["queue"] = str(queue.id)
    assert form.submit("deed", value="save").status_int == 303


def test_the_version_knows_who_wrote_it(root, db):
    write(root, named(db, "Resolved"), "New {{ ticket.id }}")
    author = db.scalars(select(TemplateVersion.creator_id).order_by(TemplateVersion.id.desc())).first()
    assert author == db.scalar(select(User.id).where(User.name == "root"))


def test_a_stored_text_that_would_be_refused_today_goes_on_working(root, db, make):
    template = named(db, "Autoreply in HTML")
    template.content = "Subject: Thanks\n\nHello {{ ticket.colour }}{{ fields.Gone }}."
    db.flush()
    make.ticket(requestor="ann@client.example")
    assert db.scalars(select(OutgoingMail)).one().body.strip() == "Hello ."
    assert "there is no variable “ticket.colour”" in write(root, template, template.content)
