"""How the scrip engine hangs on the hooks of the change pipeline: nothing but calls."""

from collections.abc import Mapping

from rtpy.hookspecs import hookimpl
from rtpy.scrips.kinds import ActionKind, ConditionKind


@hookimpl
def rtpy_conditions() -> Mapping[str, ConditionKind]:
    """The conditions that come with rtpy."""
    return {}


@hookimpl
def rtpy_actions() -> Mapping[str, ActionKind]:
    """The actions that come with rtpy."""
    return {}
