"""Making and changing people."""

from rtpy.changes.accounts import change_person, create_account, is_privileged, may_administer, set_privileged
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused, RtpyError
from rtpy.identity.accounts import set_disabled, set_password
from rtpy.models import Principal, User
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, as_text
from rtpy.rest1.frame import BAD_REQUEST, SYNTAX_ERROR
from rtpy.rest1.objects import Spec
from rtpy.rest1.result import Result
from rtpy.rest1.things import read_switch, unknown_fields, write_custom_fields
from rtpy.rest1.users import COLUMNS, find_users, missing_user
from rtpy.rights.names import Right

_COLUMN_OF = {**{name.lower(): column for name, column in COLUMNS.items()}, "timezone": "timezone"}
TOLERATED = frozenset(
    "contactinfo emailencoding webencoding externalcontactinfoid contactinfosystem externalauthid authsystem".split()
)
"""Fields of old RTs without a place here: a new person is made without them, an update takes only empty values."""
KNOWN = frozenset({*_COLUMN_OF, *TOLERATED, "id", "password", "privileged", "disabled"})


def create(call: Call, spec: Spec, form: Form) -> Result:
    """Needs AdminUsers."""
    failed = "Could not create user."
    if unknown := unknown_fields(form, KNOWN):
        return Result((failed, *(f"{name}: Unknown field" for name in unknown)), SYNTAX_ERROR, form)
    try:
        privileged = read_switch(form.text("Privileged"), "Privileged")
        with call.work.db.begin_nested():
            user = create_account(call.work, privileged=privileged, **_values(form))
            _write_rest(call, user, form)
    except Invalid as invalid:
        return Result((failed, *(problem.message for problem in invalid.problems)), BAD_REQUEST)
    except RtpyError as problem:
        return Result((failed, str(problem)), BAD_REQUEST)
    return Result((f"User {user.id} created.", *(f"{name} is not kept here." for name in _not_kept(form))))


def edit(call: Call, spec: Spec, form: Form) -> Result:
    """All of it or nothing; a password of stars is left as it is."""
    found = find_users(call, [spec.id]).get(spec.id.lower())
    if found is None or not (call.is_staff or found.user.id == call.work.actor.user_id):
        sentence = missing_user(spec).comments[0].removeprefix("# ")
        return Result((sentence,), BAD_REQUEST)
    if unknown := unknown_fields(form, KNOWN):
        return Result(tuple(f"{name.lower()}: Unknown field." for name in unknown), SYNTAX_ERROR, form)
    user = found.user
    if user.id != call.work.actor.user_id and not call.work.rights.system(Right.ADMIN_USERS):
        return Result((f"You are not allowed to modify user {user.id}.",), BAD_REQUEST)
    try:
        _refuse_tolerated(form)
        with call.work.db.begin_nested():
            values = _values(form)
            is_changed = any((getattr(user, column) or "") != value for column, value in values.items())
            change_person(call.work, user, **values)
            is_changed |= _write_rest(call, user, form)
    except Invalid as invalid:
        lines = tuple(f"{_name(problem.field)}: {problem.message}" for problem in invalid.problems)
        return Result(lines, SYNTAX_ERROR, form)
    except Refused as refused:
        return Result((str(refused),), BAD_REQUEST)
    return Result((f"User {user.id} updated.",)) if is_changed else Result()


def _values(form: Form) -> dict[str, str]:
    return {
        _COLUMN_OF[name.lower()]: as_text(value) for name, value in form.fields if name.lower() in _COLUMN_OF
    }


def _write_rest(call: Call, user: User, form: Form) -> bool:
    """Password, staff or customer, switched off or on, custom fields; did anything change?"""
    work = call.work
    password = form.text("Password").strip()
    wants_password = bool(password.strip("*"))
    privileged, disabled = form.get("Privileged"), form.get("Disabled")
    is_staff = is_privileged(work, user.id)
    is_off = work.db.get_one(Principal, user.id).disabled
    turns_staff = privileged is not None and read_switch(as_text(privileged), "Privileged") is not is_staff
    turns_off = disabled is not None and read_switch(as_text(disabled), "Disabled") is not is_off
    if (wants_password or turns_staff or turns_off) and not may_administer(work, user):
        raise Refused(f"You are not allowed to modify user {user.id}.")
    if wants_password:
        set_password(work, user, password)
    if turns_staff:
        set_privileged(work, user, privileged=not is_staff)
    if turns_off:
        if user.id == work.actor.user_id:
            raise Refused("You cannot switch yourself off.")
        set_disabled(work, user, disabled=not is_off)
    written = write_custom_fields(call, Lookup.USER, user.id, form)
    return wants_password or turns_staff or turns_off or bool(written)


def _not_kept(form: Form) -> list[str]:
    return [name for name, value in form.fields if name.lower() in TOLERATED and as_text(value).strip()]


def _refuse_tolerated(form: Form) -> None:
    for name in _not_kept(form):
        raise Invalid(Problem(name.lower(), f"{name} is not kept here."))


def _name(column: str) -> str:
    return next((name for name, each in _COLUMN_OF.items() if each == column), column)
