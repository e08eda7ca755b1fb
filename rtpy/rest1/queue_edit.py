"""Making and changing queues."""

from dataclasses import replace

from rtpy.changes.allowed import may_in_queue
from rtpy.changes.queues import QueueValues, change_queue, create_queue, typed_values
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_text
from rtpy.rest1.frame import BAD_REQUEST, SYNTAX_ERROR
from rtpy.rest1.objects import Spec
from rtpy.rest1.queues import COLUMNS, find_queues, missing
from rtpy.rest1.result import Result
from rtpy.rest1.things import read_switch, unknown_fields, write_custom_fields
from rtpy.rights.names import Right

_COLUMN_OF = {
    **{name.lower(): column for name, column in COLUMNS.items()},
    "initialpriority": "initial_priority",
    "finalpriority": "final_priority",
    "defaultduein": "due_default",
}
"""The last three are of old RTs; python-rt sends them."""
KNOWN = frozenset({*_COLUMN_OF, "id", "disabled", "sladisabled"})


def create(call: Call, spec: Spec, form: Form) -> Result:
    """Needs AdminQueue on the system. The new queue is nobody's until rights are granted."""
    failed = "Could not create queue."
    if unknown := unknown_fields(form, KNOWN):
        return Result((failed, *(f"{name}: Unknown field" for name in unknown)), SYNTAX_ERROR, form)
    try:
        with call.work.db.begin_nested():
            queue = create_queue(call.work, _values(form, QueueValues(name="")))
            write_custom_fields(call, Lookup.QUEUE, queue.id, form)
    except Invalid as invalid:
        return Result((failed, *(problem.message for problem in invalid.problems)), BAD_REQUEST)
    except RtpyError as problem:
        return Result((failed, str(problem)), BAD_REQUEST)
    return Result((f"Queue {queue.id} created.",))


def edit(call: Call, spec: Spec, form: Form) -> Result:
    """The answer repeats the queue as it was addressed. All of it or nothing."""
    queue = find_queues(call, [spec.id]).get(spec.id.lower())
    if queue is None:
        return Result((missing(spec).comments[0].removeprefix("# "),), BAD_REQUEST)
    if unknown := unknown_fields(form, KNOWN):
        return Result(tuple(f"{name.lower()}: Unknown field." for name in unknown), SYNTAX_ERROR, form)
    if not may_in_queue(call.work, queue, Right.ADMIN_QUEUE):
        return Result((f"You are not allowed to modify queue {spec.id}.",), BAD_REQUEST)
    before = typed_values(queue)
    try:
        with call.work.db.begin_nested():
            after = _values(form, before)
            if after != before:
                change_queue(call.work, queue, after)
            written = write_custom_fields(call, Lookup.QUEUE, queue.id, form)
    except Invalid as invalid:
        lines = tuple(f"{problem.field.replace('_', '')}: {problem.message}" for problem in invalid.problems)
        return Result(lines, SYNTAX_ERROR, form)
    return Result((f"Queue {spec.id} updated.",)) if after != before or written else Result()


def _values(form: Form, values: QueueValues) -> QueueValues:
    given: dict[str, str | bool] = {
        _COLUMN_OF[name.lower()]: as_text(value) for name, value in form.fields if name.lower() in _COLUMN_OF
    }
    if (disabled := form.get("Disabled")) is not None:
        given["disabled"] = read_switch(as_text(disabled), "Disabled")
    if (sla := form.get("SLADisabled")) is not None and not read_switch(as_text(sla), "SLADisabled"):
        raise Invalid(Problem("sladisabled", "Service levels are not set here."))
    return replace(values, **given)  # type: ignore[arg-type]
