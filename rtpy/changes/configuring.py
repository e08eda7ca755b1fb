"""The log of configuration, written by everything that changes the set-up."""

from collections.abc import Mapping

from rtpy.models import ConfigChange
from rtpy.work import Work

SECRET = frozenset({"password", "secret", "token", "bind_password"})
MASK = "********"


def note_configuration(
    work: Work,
    kind: str,
    object_id: int | None,
    name: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    """Write down what becomes of one thing of the set-up, in the transaction of the change.

    `before` is None for what is made, `after` for what is deleted; of a change only the values that differ are kept,
    and nothing when none does. Values are plain (text, numbers, lists, mappings); secrets are masked.
    """
    old, new = dict(before or {}), dict(after or {})
    if before is not None and after is not None:
        differing = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if not differing:
            return
        old = {key: old.get(key) for key in differing}
        new = {key: new.get(key) for key in differing}
    action = "create" if before is None else "delete" if after is None else "change"
    work.db.add(
        ConfigChange(
            created=work.now,
            creator_id=work.actor.user_id,
            face=work.actor.face.value,
            kind=kind,
            object_id=object_id,
            name=name[:255],
            action=action,
            before=_masked(old),
            after=_masked(new),
        )
    )


def _masked(values: Mapping[str, object]) -> dict[str, object]:
    return {key: MASK if key in SECRET and value else value for key, value in values.items()}
