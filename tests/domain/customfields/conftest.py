"""Fields for tests, made as rows: how administrators make them is tested by itself."""

import pytest

from rtpy.models import CustomField, CustomFieldDefault, CustomFieldPlace, CustomFieldValue


@pytest.fixture
def field(db):
    """Makes a field: `field("Serial", "Freeform", queue=queue, choices=("a", "b"), default=("x",))`."""

    def make(
        name,
        kind="Freeform",
        *,
        queue=None,
        lookup="ticket",
        most=1,
        choices=(),
        default=(),
        places=True,
        **more,
    ):
        row = CustomField(name=name, type=kind, lookup=lookup, max_values=most, **more)
        db.add(row)
        db.flush()
        place = queue.id if queue else 0
        if places:
            db.add(CustomFieldPlace(custom_field_id=row.id, object_id=place))
        if default:
            db.add(CustomFieldDefault(custom_field_id=row.id, object_id=0, values=list(default)))
        for order, choice in enumerate(choices):
            given, category = choice if isinstance(choice, tuple) else (choice, "")
            db.add(CustomFieldValue(custom_field_id=row.id, name=given, category=category, sort_order=order))
        db.flush()
        return row.id

    return make
