"""${message}

Rules: no model imports; small locks; data apart from schema; reversible, or say why not: docs/extending/migrations.md
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
kind = "expand"  # or "contract", with last_used = "the release whose code last used what is taken away"


# A batch_alter_table of tickets, transactions, attachments, articles or assets, or of a table with an index over an
# expression, stands in a `with keep_triggers(TABLE)` of rtpy.migrations.triggers: SQLite would lose them.


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
