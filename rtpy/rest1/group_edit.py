"""Making and changing groups."""

from rtpy.changes.groups import change_group, make_group, may_on_group, set_group_disabled
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, RtpyError
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_text
from rtpy.rest1.frame import BAD_REQUEST, SYNTAX_ERROR
from rtpy.rest1.groups import find_groups, missing
from rtpy.rest1.objects import Spec
from rtpy.rest1.result import Result
from rtpy.rest1.things import read_switch, unknown_fields, write_custom_fields
from rtpy.rights.names import Right

KNOWN = frozenset({"id", "name", "description", "disabled"})


def create(call: Call, spec: Spec, form: Form) -> Result:
    """Needs AdminGroup on the system."""
    failed = "Could not create group."
    if unknown := unknown_fields(form, KNOWN):
        return Result((failed, *(f"{name}: Unknown field" for name in unknown)), SYNTAX_ERROR, form)
    try:
        with call.work.db.begin_nested():
            group = make_group(call.work, name=form.text("Name"), description=form.text("Description"))
            if read_switch(form.text("Disabled"), "Disabled"):
                set_group_disabled(call.work, group, disabled=True)
            write_custom_fields(call, Lookup.GROUP, group.id, form)
    except Invalid as invalid:
        return Result((failed, *(problem.message for problem in invalid.problems)), BAD_REQUEST)
    except RtpyError as problem:
        return Result((failed, str(problem)), BAD_REQUEST)
    return Result((f"Group {group.id} created.",))


def edit(call: Call, spec: Spec, form: Form) -> Result:
    """All of it or nothing."""
    entry = find_groups(call, [spec.id]).get(spec.id.lower())
    if entry is None:
        return Result((missing(spec).comments[0].removeprefix("# "),), BAD_REQUEST)
    if unknown := unknown_fields(form, KNOWN):
        return Result(tuple(f"{name.lower()}: Unknown field." for name in unknown), SYNTAX_ERROR, form)
    group, is_off = entry
    if not may_on_group(call.work, group, Right.ADMIN_GROUP):
        return Result((f"You are not allowed to modify group {spec.id}.",), BAD_REQUEST)
    name, description = (
        as_text(given) if (given := form.get(field)) is not None else held
        for field, held in (("Name", group.name), ("Description", group.description))
    )
    try:
        with call.work.db.begin_nested():
            is_changed = (name.strip(), description.strip()) != (group.name, group.description)
            if is_changed:
                change_group(call.work, group, name=name, description=description)
            disabled = form.get("Disabled")
            if disabled is not None and read_switch(as_text(disabled), "Disabled") is not is_off:
                set_group_disabled(call.work, group, disabled=not is_off)
                is_changed = True
            is_changed |= bool(write_custom_fields(call, Lookup.GROUP, group.id, form))
    except Invalid as invalid:
        lines = tuple(f"{problem.field}: {problem.message}" for problem in invalid.problems)
        return Result(lines, SYNTAX_ERROR, form)
    return Result((f"Group {spec.id} updated.",)) if is_changed else Result()
