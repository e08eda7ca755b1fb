"""What a template names is there: variables, their parts, custom fields, filters, calls of RT."""

import pytest

from rtpy.errors import Invalid
from rtpy.mail.rt_templates import translate
from rtpy.mail.variables import check_names

FIELDS = {"Site", "Cost centre"}


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (
            "Hi\n{{ ticket.subjetc }}",
            ["2 variable “ticket.subjetc”. Did you mean ticket.subject?"],
        ),
        ("{{ ticket['subjetc'] }}", ["1 variable “ticket.subjetc”. Did you mean ticket.subject?"]),
        ("{{ tickt.subject }}", ["1 variable “tickt.subject”. Did you mean ticket.subject?"]),
        ("{{ nonsense }}", ["1 variable “nonsense”."]),
        ("{{ ticket.subject.text }}", ["1 variable “ticket.subject.text”. Did you mean ticket.subject?"]),
        ("{{ rtname.x }}", ["1 variable “rtname.x”. Did you mean rtname?"]),
        ("{% assign n = 'id' %}{{ ticket[n] }}", ["1 variable “ticket[…]”: write its part as it is."]),
        ("{% if ticket.stats == 'new' %}x{% endif %}", ["1 variable “ticket.stats”. Did you mean ticket.status?"]),
        ("{% for i in (1..2) %}{% endfor %}{{ i }}", ["1 variable “i”."]),
        ("{{ ticket.subject\n | upcas }}", ["2 filter “upcas”. Did you mean upcase?"]),
        ("{% assign x = 'a' | blub %}", ["1 filter “blub”."]),
        ("Subject: {{ ticket.id }}\nX-A: {{ ticket.idd }}\n\nhi", ["2 variable “ticket.idd”. Did you mean ticket.id?"]),
        ("{{ fields.Sit }}", ["1 custom field “Sit” of tickets. Did you mean Site?"]),
        ('{{ fields["Cost center"] }}', ["1 custom field “Cost center” of tickets. Did you mean Cost centre?"]),
        ("{$TicketSubjct}", ["1 variable {$TicketSubjct}. Did you mean {$TicketSubject}?"]),
        (
            "{{ ticket.idd | joni }}\n{$Nothing}",
            [
                "1 variable “ticket.idd”. Did you mean ticket.id?",
                "1 filter “joni”. Did you mean join?",
                "2 variable {$Nothing}.",
            ],
        ),
    ],
)  # fmt: skip
def test_each_unknown_name_is_told_with_its_line_and_names_like_it(content, sentences):
    with pytest.raises(Invalid) as refused:
        check_names(content, FIELDS)
    told = [problem.message for problem in refused.value.problems]
    assert told == [f"Line {each[0]}: there is no {each[2:]}" for each in sentences]


@pytest.mark.parametrize(
    "content",
    [
        "{% assign a = ticket.subject | downcase %}{{ a }}",
        "{% capture c %}x{% endcapture %}{{ c | default: rtname }}",
        "{% for r in ticket.requestors %}{{ forloop.index }} {{ r }}{% endfor %}{{ ticket.requestors[0] }}",
        "{% for f in message.files %}{{ f }}{% else %}none{% endfor %}{{ message.files.size }}",
        "{% tablerow i in ticket.requestors %}{{ i }}{{ tablerowloop.col }}{% endtablerow %}",
        "{% increment n %}{{ n }}",
        "{% comment %}{{ a.b | c }}{% endcomment %}",
        "{% for pair in fields %}{{ pair[0] }}: {{ pair[1] }}{% endfor %}",
        "{{ fields.Site }} {{ fields['Cost centre'] }} {{ fields.size }}",
        "{$TicketSubject} {{ rt.TicketId }}",
    ],
)
def test_what_a_template_makes_itself_may_be_named(content):
    check_names(content, FIELDS)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("{$Ticket->Subjct}", "Did you mean {$Ticket->Subject}"),
        ("{$Ticket->QueueObj->Nam()}", "Did you mean {$Ticket->QueueObj->Name}"),
        ("{$Ticket->DoSomething}", "is Perl, which rtpy does not run."),
    ],
)
def test_a_call_of_rt_that_is_not_known_is_told_with_calls_like_it(code, sentence):
    with pytest.raises(Invalid, match="Line 2") as refused:
        translate(f"a\n{code}")
    assert sentence in str(refused.value)
