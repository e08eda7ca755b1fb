"""The statuses of tickets and the moves between them: values, and the reading of `etc/lifecycles.toml`."""

from rtpy.lifecycle.lifecycle import Action, Category, Lifecycle, Lifecycles, Move, Update
from rtpy.lifecycle.load import LifecycleErrors, load_lifecycles
from rtpy.lifecycle.reading import LifecycleProblem

__all__ = [
    "Action",
    "Category",
    "Lifecycle",
    "LifecycleErrors",
    "LifecycleProblem",
    "Lifecycles",
    "Move",
    "Update",
    "load_lifecycles",
]
