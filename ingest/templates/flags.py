"""What a checker should look at in a form: totals, former units, a former form, published figures, its own series."""

from collections.abc import Iterable

import psycopg

from ingest.outcome import Reject
from ingest.templates.totals import TotalCheck
from layers.indicators.flags import Flag, find_flags
from layers.indicators.store import Observed
from layers.spec import Text

MOST = 500
"""A file in which everything is odd is one wrong file: so many are told."""


def form_flags(
    connection: psycopg.Connection,
    found: tuple[list[Observed], list[Reject], list[TotalCheck]],
    said: tuple[Iterable[Text], Text | None],
) -> list[Flag]:
    """Everything to look at: (figures, refusals, totals) of a form.

    `said`: of a form of another time, and of names that districts of before had too.
    """
    observed, rejects, checks = found
    dated, alike = said
    flags = [Flag("old_form", note) for note in dated]
    flags += [Flag("unit", alike)] if alike is not None else []
    flags += [
        Flag("total", Text(f"{c.title}: {c.why.vi}", f"{c.title}: {c.why.en}"), c.row, c.indicator)
        for c in checks
        if not c.fits
    ]
    told = {(r.line_no, r.faults[0].en): r for r in rejects if r.reason == "unknown_unit" and r.faults}
    flags += [Flag("unit", Text(r.faults[0].vi, r.faults[0].en), r.line_no) for r in told.values()]
    return [*flags, *find_flags(connection, observed)][:MOST]
