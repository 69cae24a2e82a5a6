"""Citizens' reports: received, answered, in time, overdue, reopened, rated; whatever door they came by.

Reports with a place stand in the layer `citizen_report`; those told for a commune only stand in our own book.
"""

from layers.bulletins.fisheries.ask import known
from layers.counted.books import RATED, REPORTS
from layers.counted.spec import Count, asking

SATISFIED = 4
"""Of five: what counts as content is part of the indicator's definition."""
_TOLD = f"""
WITH told AS (
    SELECT 'citizen_report' AS kind, r.id::text AS record, r.code AS label, r.received_at, r.due_at, r.done_at,
           CASE WHEN r.state = 'rejected' THEN r.t END AS refused_at, r.cell_id, NULL AS unit, r.agency AS office,
           r.category AS field
    FROM citizen_report AS r WHERE {known("r")}
    UNION ALL
    SELECT 'report', c.number, c.number, c.received_at, c.due_at, CASE WHEN f.shown_as = 'done' THEN c.ended_at END,
           CASE WHEN f.shown_as = 'rejected' THEN c.ended_at END, NULL, c.unit, c.agency, c.category
    FROM report_case AS c JOIN report_flow AS f ON f.flow = 'report' AND f.part = 'state' AND f.state = c.state
        AND f.superseded_at IS NULL
    WHERE c.lon_e7 IS NULL
)
SELECT kind, record, label, cell_id, unit, office, field, """  # noqa: S608 - our own words only
_RECEIVED = f"{_TOLD} received_at AS at FROM told WHERE received_at >= :since AND received_at < :until"
_DONE = "FROM told WHERE done_at >= :since AND done_at < :until"
_HOURS = "(extract(epoch FROM done_at - received_at) / 3600)::numeric AS amount"
_OVERDUE = f"""{_TOLD} due_at AS at FROM told
WHERE received_at < :until AND due_at < :until AND (done_at IS NULL OR done_at >= :until)
  AND (refused_at IS NULL OR refused_at >= :until)"""
_ENTRIES = """
SELECT 'report' AS kind, c.number AS record, c.number AS label, max(e.at) AS at, c.unit, c.agency AS office,
       c.category AS field
FROM report_entry AS e JOIN report_case AS c ON c.id = e.report_id
WHERE e.action = '{0}' AND e.at >= :since AND e.at < :until {1}
GROUP BY c.number, c.unit, c.agency, c.category{2}
"""
_CONTENT = f"AND (e.body->>'rating')::int >= {SATISFIED}"

COUNTS = (
    Count("pa_tong", "during", REPORTS, asking(_RECEIVED)),
    Count("pa_xong", "during", REPORTS, asking(f"{_TOLD} done_at AS at {_DONE}")),
    Count("pa_xong_dunghan", "during", REPORTS, asking(f"{_TOLD} done_at AS at {_DONE} AND done_at <= due_at")),
    Count("pa_quahan", "end", REPORTS, asking(_OVERDUE)),
    Count("pa_gio", "during", REPORTS, asking(f"{_TOLD} done_at AS at, {_HOURS} {_DONE}")),
    Count("pa_mo_lai", "during", RATED, asking(_ENTRIES.format("reopen", "", ", e.id"))),
    Count("pa_danh_gia", "during", RATED, asking(_ENTRIES.format("rated", "", ""))),
    Count("pa_hailong_so", "during", RATED, asking(_ENTRIES.format("rated", _CONTENT, ""))),
)
