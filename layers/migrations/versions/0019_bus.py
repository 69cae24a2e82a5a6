"""How often a place was tried in vain."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019_bus"
down_revision: str | None = "0013_spool"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("spool_place", sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("spool_place", "tries")
