"""High risk (nguy cơ cao): points a boat has, each reason told with how often, its weight, and the row that sets it.

Weights are rows of `rule` (conduct `risk`, one step a reason), `value` in points for each time, `threshold_s` the time
looked back. A reason without a row in force gives no points. No point is a finding: it says whom to look at first.
"""

from layers.books.kinds import OURS
from layers.books.penalty import OPEN

_DAY = "(:now AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_WEIGHTS = """
SELECT DISTINCT ON (step) id, step, value, :now - make_interval(secs => coalesce(threshold_s, 0)) AS since,
       threshold_s, text_vi, text_en, verified
FROM rule WHERE conduct = 'risk' AND kind = 'setting' AND superseded_at IS NULL AND value IS NOT NULL
  AND valid_from <= :now AND (valid_to IS NULL OR valid_to > :now)
ORDER BY step, valid_from DESC
"""
_EVENTS = """
SELECT boat, w.step, count(*) AS times FROM event AS e CROSS JOIN LATERAL unnest(e.vessels) AS boat
JOIN weight AS w ON w.step = CASE e.conduct WHEN 'boundary' THEN 'boundary'
    ELSE CASE e.step WHEN 'lost_10d' THEN 'silence_long' WHEN 'lost_6h' THEN 'silence' END END
WHERE e.superseded_at IS NULL AND e.what <> 'withdrawn' AND e.conduct IN ('silence', 'boundary')
  AND e.began_at > w.since AND e.began_at <= :now
GROUP BY boat, w.step
"""
_PENALTIES = f"""
SELECT n.vessel_id, w.step, count(*) FROM penalty AS p JOIN vessel_number AS n ON n.reg_key = p.reg_key
JOIN weight AS w ON w.step = 'penalty_open'
WHERE p.superseded_at IS NULL AND p.state IN ({_OPEN}) GROUP BY n.vessel_id, w.step
"""
_PAPERS = f"""
SELECT v.id, w.step, 1 FROM vessel AS v JOIN weight AS w ON w.step IN ('licence_expired', 'inspection_expired')
WHERE v.leads AND CASE w.step WHEN 'licence_expired' THEN v.licence_to ELSE v.inspected_to END < {_DAY}
"""
_DEVICES = """
SELECT x.vessel_id, w.step, count(*) FROM transmitter_on_vessel AS x
JOIN transmitter AS d ON d.id = x.transmitter_id AND d.kind = 'vms'
JOIN weight AS w ON w.step = 'device_replaced'
WHERE x.valid_from > w.since AND x.valid_from <= :now AND EXISTS (
    SELECT FROM transmitter_on_vessel AS o JOIN transmitter AS k ON k.id = o.transmitter_id AND k.kind = 'vms'
    WHERE o.vessel_id = x.vessel_id AND o.valid_from < x.valid_from)
GROUP BY x.vessel_id, w.step
"""
# A register that told another seal than before.
_SEALS = """
SELECT r.id, w.step, count(DISTINCT r.vms_seal) - 1 FROM vessel AS r JOIN weight AS w ON w.step = 'seal_changed'
WHERE r.vms_seal IS NOT NULL AND coalesce(r.superseded_at, 'infinity') > w.since
GROUP BY r.id, r.source_id, w.step HAVING count(DISTINCT r.vms_seal) > 1
"""
_DISAGREEMENTS = """
SELECT d.vessel_id, w.step, count(*) FROM disagreement AS d JOIN weight AS w ON w.step = 'disagreement'
WHERE d.gone_at IS NULL AND d.state <> 'settled' AND d.vessel_id IS NOT NULL GROUP BY d.vessel_id, w.step
"""
_HITS = " UNION ALL ".join((_EVENTS, _PENALTIES, _PAPERS, _DEVICES, _SEALS, _DISAGREEMENTS))
_REASONS = """
jsonb_agg(jsonb_build_object('step', w.step, 'times', h.times, 'weight', w.value, 'points', h.times * w.value,
    'rule', w.id, 'days', w.threshold_s / 86400, 'verified', w.verified, 'title',
    jsonb_build_object('vi', w.text_vi, 'en', w.text_en)) ORDER BY h.times * w.value DESC, w.step)
"""


def risk_sql(boat: str) -> str:
    """The boats from `risk/high` points on, with `boat`'s columns, their points and reasons, the most first."""
    return f"""
    WITH weight AS ({_WEIGHTS}), hit AS ({_HITS}), told AS (
        SELECT h.boat, sum(h.times * w.value)::float8 AS points, {_REASONS} AS reasons
        FROM hit AS h JOIN weight AS w ON w.step = h.step GROUP BY h.boat
    )
    SELECT {boat}, told.points, told.reasons, -told.points AS sort
    FROM told JOIN vessel AS v ON v.id = told.boat AND v.leads JOIN source AS s ON s.id = v.source_id
    WHERE v.reg_key ~ '{OURS}' AND told.points >= (SELECT value FROM weight WHERE step = 'high')
    """
