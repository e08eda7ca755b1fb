"""Every hook of this plugin, each a line or two: its table of contents."""

import rtpy_billing.models  # noqa: F401 (its tables)
from rtpy import hookimpl
from rtpy_billing.merging import REFERENCES
from rtpy_billing.rights import RIGHTS


@hookimpl
def rtpy_rights():
    """Who logs, approves, sees money, issues."""
    return RIGHTS


@hookimpl
def rtpy_user_references():
    """What a merge of two people does with their work."""
    return REFERENCES
