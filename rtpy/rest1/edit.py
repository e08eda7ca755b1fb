"""Writing objects: forms that each name theirs, or one form for the object of the address."""

from collections.abc import Callable

from rtpy.errors import RtpyError
from rtpy.rest1 import answers, group_edit, links, queue_edit, take, ticket_edit, ticket_new, user_edit
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, parse_forms, write_form
from rtpy.rest1.frame import BAD_REQUEST, FORBIDDEN, OK, SYNTAX_ERROR, Answer, Stopped, remark
from rtpy.rest1.objects import BadSpec, Spec, read_specs
from rtpy.rest1.result import Result

Writer = Callable[[Call, Spec, Form], Result]

WRITES: dict[tuple[str, str], Writer] = {
    ("ticket", ""): ticket_edit.edit,
    ("ticket", "links"): links.write_links,
    ("ticket", "comment"): answers.answer_ticket,
    ("ticket", "correspond"): answers.answer_ticket,
    ("ticket", "take"): take.take_ticket,
    ("user", ""): user_edit.edit,
    ("queue", ""): queue_edit.edit,
    ("group", ""): group_edit.edit,
}
"""What each kind of object and each attribute of it is written by."""
NEW: dict[str, Writer] = {
    "ticket": ticket_new.create,
    "user": user_edit.create,
    "queue": queue_edit.create,
    "group": group_edit.create,
}
SETUP = frozenset({"user", "queue", "group"})
"""A token needs the scope admin for these."""
MOST = 200
"""Forms in one request."""
RESUBMIT = "Please resubmit with errors corrected."


def edit_objects(call: Call, type: str = "") -> Answer:
    """Every form of `content`, each with its own `id`; one that fails stops no other."""
    forms = _forms(call)
    results = [result for form in forms for result in _edit_named(call, form, type)]
    return _put_together(results)


def edit_object(call: Call, path: str) -> Answer:
    """The one form of `content`, for the object of the address; an `id` in it does not count."""
    try:
        specs = read_specs(path)
    except BadSpec as bad:
        raise Stopped(f"# {bad}\n\nid: {path[:200]}\n") from None
    forms = _forms(call)
    if len(forms) > 1:
        raise Stopped(f"One form is expected here, not {len(forms)}.")
    return _put_together([_write(call, spec, forms[0]) for spec in specs])


def _forms(call: Call) -> list[Form]:
    forms = [form for form in parse_forms(call.given.text("content")) if form.fields or form.error]
    if not forms:
        raise Stopped("There is no form in the content: a line is NAME: VALUE.")
    if len(forms) > MOST:
        raise Stopped(f"At most {MOST} forms at once.")
    return forms


def _edit_named(call: Call, form: Form, default_type: str) -> list[Result]:
    name = form.text("id").strip()
    if form.error:
        return [Result((RESUBMIT, "Syntax error."), SYNTAX_ERROR, form)]
    if not name:
        return [Result((RESUBMIT, "No object ID specified."), SYNTAX_ERROR, form)]
    try:
        specs = read_specs(name, default_type)
    except BadSpec as bad:
        return [Result((RESUBMIT, str(bad)), SYNTAX_ERROR, form)]
    return [_write(call, spec, form) for spec in specs]


def _write(call: Call, spec: Spec, form: Form) -> Result:
    """One form, in a savepoint of its own."""
    if form.error:
        return Result((RESUBMIT, "Syntax error."), SYNTAX_ERROR, form)
    if spec.type in SETUP and not call.login.scope.allows(writing=True, is_setup=True):
        return Result((call.login.scope.refusal(is_setup=True),), FORBIDDEN)
    known = WRITES.get((spec.type, spec.attribute)) or WRITES.get((spec.type, ""))
    writer = NEW.get(spec.type) if spec.is_new else known
    if writer is None:
        return Result((f"Objects of type {spec.type} cannot be changed.",), BAD_REQUEST)
    try:
        with call.work.db.begin_nested():
            return writer(call, spec, form)
    except Stopped as stopped:
        lines = stopped.answer.body.splitlines()
        return Result(tuple(line.removeprefix("# ") for line in lines if line), stopped.answer.status)
    except RtpyError as problem:
        return Result((str(problem),), BAD_REQUEST)


def _put_together(results: list[Result]) -> Answer:
    """All sentences, then the forms that must be corrected; the worst status."""
    statuses = [result.status for result in results if result.status != OK]
    status = SYNTAX_ERROR if SYNTAX_ERROR in statuses else (statuses or [OK])[0]
    lines = list(dict.fromkeys(line for result in results for line in result.lines))
    forms = [Form(fields=result.form.fields, error=result.form.error) for result in results if result.form]
    body = remark(*lines)
    if forms:
        body += "\n" + "\n--\n\n".join(map(write_form, forms))
    return Answer(body, status)
