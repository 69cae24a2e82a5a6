"""Alembic's door: one lock, short lock timeouts, geoalchemy2's helpers, our registry's tables."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine, text

from layers import bunches, sums, versions
from layers.access import audit
from layers.access import models as access_models
from layers.base import Base
from layers.books import disagreement, slips
from layers.books.registry import load_books
from layers.bulletins import kept as bulletins_kept
from layers.citizens import models as citizen_models
from layers.counted import models as counted_models
from layers.database import MIGRATION_LOCK
from layers.desk import groups as boat_groups
from layers.desk import own_zone
from layers.disclosure import models as disclosure_models
from layers.health import models as health_models
from layers.indicators import approval_models, belief, catalogue, current, groups
from layers.indicators import models as indicator_models
from layers.pilot import lessons as pilot_lessons
from layers.pilot import life, usage
from layers.registry import load_layers
from layers.reminders import models as reminder_models
from layers.scores import models as score_models
from layers.seals import models as seal_models
from layers.sources import department_files, exchange, expected, papers, pulse, raw, repeats, templates, ways
from layers.sources import models as source_models
from layers.storm import models as storm_models
from layers.storm import pace
from layers.surveys import models as survey_models
from layers.tasks import models as task_models
from layers.topics import models as topic_models
from layers.tourism import models as tourism_models
from layers.units import outlines
from layers.vessels import identities, retention, sharing
from layers.vessels import models as vessel_models
from layers.wall import models as wall_models
from layers.watch import event_rows, policy, references, rules
from layers.watch.cases import boat_contacts, flow, institutions, notices
from layers.watch.cases import models as case_models
from layers.watch.live import models as live_models
from layers.watch.shift import models as shift_models

TABLES = (
    bunches,
    sums,
    versions,
    access_models,
    exchange,
    papers,
    pulse,
    raw,
    repeats,
    ways,
    health_models,
    templates,
    department_files,
    expected,
    indicator_models,
    approval_models,
    disclosure_models,
    catalogue,
    groups,
    current,
    counted_models,
    belief,
    source_models,
    vessel_models,
    retention,
    identities,
    sharing,
    outlines,
    wall_models,
    references,
    rules,
    event_rows,
    case_models,
    policy,
    live_models,
    boat_contacts,
    flow,
    institutions,
    notices,
    seal_models,
    storm_models,
    pace,
    topic_models,
    tourism_models,
    shift_models,
    bulletins_kept,
    boat_groups,
    own_zone,
    citizen_models,
    survey_models,
    reminder_models,
    score_models,
    task_models,
    life,
    usage,
    pilot_lessons,
    audit,
    disagreement,
    slips,
    load_books(),
    load_layers(),
)


def include_object(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave views, PostGIS's own tables, the daily partitions and the worker's queue alone."""
    if kind == "table" and (obj.info.get("is_view") or (name or "").startswith(("position_", "procrastinate_"))):
        return False
    kept = alembic_helpers.include_object(obj, name, kind, reflected, compare_to)  # type: ignore[no-untyped-call]
    return bool(kept)


def run(connection: Connection) -> None:
    """Run the revisions on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Connect, take the lock, migrate."""
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        run(connection)
    engine.dispose()


main()
