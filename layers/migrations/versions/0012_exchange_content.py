"""What a message of the axis says, by a name of its content."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012_exchange_content"
down_revision: str | None = "0011_exchange"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("exchange_message", sa.Column("content", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("exchange_message", "content")
