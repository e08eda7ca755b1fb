"""A custom field as what a page is about."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request

from rtpy.models import CustomField
from rtpy.rights.names import Right
from rtpy.work import Work

ADMINISTERS = (Right.ADMIN_CUSTOM_FIELD, Right.ADMIN_CUSTOM_FIELD_VALUES, Right.ASSIGN_CUSTOM_FIELDS)
"""Who holds one of these on the field, on a queue or on the system may know that it exists."""


@dataclass(frozen=True, slots=True)
class CustomFieldResource:
    """One custom field that the reader has something to say about."""

    work: Work
    field: CustomField

    @property
    def what(self) -> str:
        """In words."""
        return f"the custom field {self.field.name}"

    def allows(self, right: str) -> bool:
        """Held on the field? AdminCustomField counts for its values and places too."""
        held = self.work.rights.of(right)
        if held.on("custom_field", self.field.id) or (
            right == Right.ASSIGN_CUSTOM_FIELDS and bool(held.queues)
        ):
            return True
        return right in ADMINISTERS and self.work.rights.of(Right.ADMIN_CUSTOM_FIELD).on(
            "custom_field", self.field.id
        )


def custom_field_resource(request: Request) -> CustomFieldResource:
    """The custom field `id` of the route, for who may change something about it."""
    if request.login is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.work
    row = work.db.get(CustomField, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    resource = CustomFieldResource(work, row)
    if not any(resource.allows(right) for right in ADMINISTERS):
        raise HTTPNotFound()
    return resource
