"""What happened at sea and what the fisheries' books say: events, distress, departures, landings, penalties."""

from layers.bulletins.fisheries.ask import known
from layers.bulletins.fisheries.events import REACHED
from layers.counted.books import BELTS, BORDER_CALLS, CASES, CROSSINGS, EVENTS, LANDINGS, PENALTIES
from layers.counted.spec import Count, asking

_CELL = "(SELECT v.cell_id FROM vessel AS v WHERE v.id = {0} AND v.leads)"
_BOAT = "(SELECT n.vessel_id FROM vessel_number AS n WHERE n.reg_key = b.reg_key)"
_EVENTS = """
SELECT 'event' AS kind, f.key AS record, f.reached_at AS at, f.vessel_id, f.step AS field, {cell} AS cell_id
FROM (
    SELECT e.key, e.step, e.vessels[1] AS vessel_id, e.ended_at, {reached} AS reached_at FROM event AS e
    WHERE {which} AND e.what <> 'withdrawn' AND e.began_at < :until AND {known}
) AS f
WHERE f.reached_at >= :since AND f.reached_at < :until AND (f.ended_at IS NULL OR f.ended_at >= f.reached_at)
"""
# Each entry of a book leads to the boat it names, if we know that boat.
_OF_BOOK = """
SELECT {kind} AS kind, b.row_id::text AS record, b.code AS label, b.t AS at, b.vessel_id, {cell} AS cell_id, {more}
FROM (SELECT b.*, {boat} AS vessel_id FROM {table} AS b WHERE b.t >= :since AND b.t < :until AND {known}) AS b
WHERE {which}
"""
_DISTRESS = f"""
SELECT 'case' AS kind, c.number AS record, c.number AS label, c.opened_at AS at, c.vessel_id, c.kind AS field,
       {_CELL.format("c.vessel_id")} AS cell_id
FROM watch_case AS c WHERE c.kind = 'distress' AND c.opened_at >= :since AND c.opened_at < :until
"""  # noqa: S608 - our own words only


def _events(conduct: str, step: str) -> str:
    which = f"e.conduct = '{conduct}' AND e.step = '{step}'"
    return _EVENTS.format(cell=_CELL.format("f.vessel_id"), reached=REACHED, which=which, known=known("e"))


def _of_book(table: str, more: str, which: str = "true") -> str:
    told = {"kind": f"'{table}'", "table": table, "boat": _BOAT, "known": known("b")}
    return _OF_BOOK.format(**told, cell=_CELL.format("b.vessel_id"), more=more, which=which)


_PORT = "(SELECT p.code FROM fishing_port AS p WHERE p.superseded_at IS NULL AND p.name = b.port LIMIT 1)"
_FINE = "(b.amount_vnd / 1e6)::numeric"

COUNTS = (
    Count("vuot_ranh_gioi", "during", CROSSINGS, asking(_events("boundary", "beyond"))),
    Count("sai_vung", "during", BELTS, asking(_events("zone", "wrong_belt"))),
    Count("vu_mat_kn_6h", "during", EVENTS, asking(_events("silence", "lost_6h"))),
    Count("vu_mat_kn_10ng", "during", EVENTS, asking(_events("silence", "lost_10d"))),
    Count("cuu_nan", "during", CASES, asking(_DISTRESS)),
    *(
        Count(code, "during", BORDER_CALLS,
              asking(_of_book("port_call", "b.station AS field", f"b.keeper = 'border' AND b.direction = '{way}'")))
        for code, way in (("xuat_ben", "out"), ("nhap_ben", "in"))
    ),
    Count("sl_boc_do", "during", LANDINGS,
          asking(_of_book("landing", f"b.species AS field, {_PORT} AS office, (b.kg / 1000)::numeric AS amount"))),
    Count("vu_xu_phat", "during", PENALTIES, asking(_of_book("penalty", "b.conduct AS field", "b.state <> 'lifted'"))),
    Count("tien_phat", "during", PENALTIES,
          asking(_of_book("penalty", f"b.conduct AS field, {_FINE} AS amount", "b.state <> 'lifted'"))),
)  # fmt: skip
