"""The language of templates: RT's form, values, limits."""

import time

import pytest

from rtpy.errors import Invalid
from rtpy.mail.template import check_template, render_template

VALUES = {
    "name": "Ann <b>",
    "message": {"text": "line one\n\nline two", "files": ["a.pdf", "b.pdf"]},
    "rt": {"TicketId": 7},
}


@pytest.mark.parametrize(
    ("content", "headers", "body"),
    [
        ("", {}, ""),
        ("Hello {{ name }}", {}, "Hello Ann <b>"),
        ("\nSubject: not a header\n\nx", {}, "Subject: not a header\n\nx"),
        ("Dear Ann: hello", {}, "Dear Ann: hello"),
        ("Note: one line only", {}, "Note: one line only"),
        ("Subject: Hi {{ name }}\n\nText", {"subject": "Hi Ann <b>"}, "Text"),
        ("Subject: Hi\r\nX-A: b\r\n  c\r\n\r\nText", {"subject": "Hi", "x-a": "b c"}, "Text"),
        ("Subject: {{ message.text }}\n\nText", {"subject": "line one line two"}, "Text"),
        ("#{$TicketId} {$Unknown} { code }", {}, "#7 {$Unknown} { code }"),
        ('{{ message.files | join: ", " }}', {}, "a.pdf, b.pdf"),
        ("{{ nothing.at.all }}|{{ name.__class__ }}|{{ message.keys }}", {}, "||"),
    ],
)
def test_templates_have_rts_form(content, headers, body):
    rendered = render_template(content, VALUES)
    assert (rendered.headers, rendered.body) == (headers, body)


def test_a_text_can_have_an_html_twin():
    rendered = render_template(
        "Content-Type: multipart/alternative\n\n{{ name }}: {{ message.text }}", VALUES
    )
    assert rendered.body == "Ann <b>: line one\n\nline two"
    assert rendered.html == "<p>Ann &lt;b&gt;: line one</p>\n<p>line two</p>"


def test_html_is_escaped_and_has_a_text_twin():
    rendered = render_template("Content-Type: text/html\n\n<p>Dear {{ name }}</p>", VALUES)
    assert rendered.html == "<p>Dear Ann &lt;b&gt;</p>"
    assert rendered.body.strip() == "Dear Ann <b>"


_LONG = "a" * 48


@pytest.mark.parametrize(
    "evil",
    [
        "{{ (1..99999999) | join }}",
        "{% assign x = 99999999 %}{{ (1..x) | join }}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}",
        "{% assign x = 'aaaaaaaa' %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}",
        "{% assign x = 9 %}{% for i in (1..100) %}{% assign x = x | times: x %}{% endfor %}",
        f"{{{{ '{_LONG}'" + f" | replace: '', '{_LONG}'" * 6 + " }}",
        "{% assign s = 'x' %}{% for i in (1..17) %}{% assign s = s | append: s %}{% endfor %}"
        "{% assign l = s | split: 'zz' %}{% for i in (1..13) %}{% assign l = l | concat: l %}{% endfor %}"
        "{{ l | join }}",
        "{{ 'now' | date: '%999999999d' }}",
        "{{ name | safe }}",
        "{% include 'other' %}",
        "{% render 'other' %}",
        "{{ name | ",
        "{% if %}",
        "{% for %}x{% endfor %}",
        "Subject: x\nno header\n\nText",
    ],
)
def test_a49_what_breaks_the_rules_is_refused_quickly(evil):
    began = time.process_time()
    with pytest.raises(Invalid):
        render_template(evil, VALUES)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "perl", ["{$Ticket->Subject}", "{ my $x = 1; $x }", "{loc('x')}", "{$Transaction->Content}"]
)
def test_perl_is_refused_with_a_reason(perl):
    with pytest.raises(Invalid, match="Perl"):
        check_template(f"Hello {perl}")


@pytest.mark.parametrize("content", ["Hello {{ name }}", "{$TicketSubject}", "CSS { color: red }"])
def test_good_templates_pass_the_check(content):
    check_template(content)


def test_a49_numbers_do_not_grow_without_end():
    assert render_template("{{ 123456789 | times: 987654321 }}", {}).body == "121932631112635269"
    powers = "{{ 9 " + f"| times: {'9' * 90} " * 200 + "| modulo: 7 }}"
    with pytest.raises(Invalid, match="a number with more than"):
        render_template(powers, {})
