"""Working lists of the books: one statement each, so that what is counted is what is listed.

Every statement gives `vessel_id, label, name, search, digits, origin, owner, official, sort` and the list's own
columns. `owner` is read only by those who may. A number of another province begins with other letters than ours
(`kinds.OURS`).
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause, text

from geo.text import digits, fold, registration_key
from layers.access.roles import OFFICERS, OWNERS, Readers, Role
from layers.books.kinds import OURS
from layers.books.risk import risk_sql
from layers.books.sides import fold_sql
from layers.spec import Text

_BOAT = "v.id AS vessel_id, v.code AS label, v.name, v.search, v.digits, s.origin, v.length_m, v.home_port, v.owner"
_BOAT += ", v.official"
_FROM = "vessel AS v JOIN source AS s ON s.id = v.source_id"
_RULE = "make_interval(secs => (SELECT threshold_s FROM rule WHERE conduct = '{0}' AND step = '{1}'"
_RULE += " AND superseded_at IS NULL"
_RULE += " AND valid_from <= :now AND (valid_to IS NULL OR valid_to > :now) ORDER BY valid_from DESC LIMIT 1))"
_DAY = "(:now AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_NEWEST = f"""
SELECT DISTINCT ON (coalesce('v' || n.vessel_id, c.reg_key)) c.*, n.vessel_id
FROM port_call AS c LEFT JOIN vessel_number AS n ON n.reg_key = c.reg_key
WHERE c.superseded_at IS NULL AND c.t <= :now AND c.t > :now - {_RULE.format("books", "look_back")}
ORDER BY coalesce('v' || n.vessel_id, c.reg_key), c.t DESC, c.row_id DESC
"""


@dataclass(frozen=True)
class Column:
    """One column of a list: `kind` is text, number, day, moment, age, days, kind, state, missing or reasons."""

    name: str
    title: Text
    kind: str = "text"
    read_by: Readers = OFFICERS


@dataclass(frozen=True)
class BookList:
    """One list; `what` says in a sentence who stands in it."""

    name: str
    title: Text
    what: Text
    sql: str
    columns: tuple[Column, ...] = field(default=())

    def shown(self, role: Role) -> tuple[Column, ...]:
        """The columns a role may see."""
        return tuple(column for column in self.columns if role in column.read_by)


LENGTH = Column("length_m", Text("Lmax (m)", "Lmax (m)"), "number")
PORT = Column("home_port", Text("Cảng đăng ký", "Home port"))
OWNER = Column("owner", Text("Chủ tàu", "Owner"), read_by=OWNERS)
OFFICIAL = Column("official", Text("Cán bộ phụ trách", "Official in charge"))
STATION = Column("station", Text("Trạm, cảng", "Station"))
CALLED = Column("called_at", Text("Lúc", "At"), "moment")
HEARD = Column("heard", Text("Tín hiệu cuối", "Last heard"), "age")


def _paper(column: str, number: str, when: str) -> str:
    return f"""
    SELECT {_BOAT}, {number} AS paper_no, v.{column} AS until, v.{column} - {_DAY} AS days_left,
           (v.{column} - {_DAY})::float8 AS sort
    FROM {_FROM} WHERE v.leads AND v.{column} {when}
    """


_OVER = f"< {_DAY}"
_DUE = f">= {_DAY} AND v.{{0}} <= {_DAY} + (extract(epoch FROM {_RULE.format('books', 'papers_due')}) / 86400)::int"
UNTIL = Column("until", Text("Hết hạn", "Valid to"), "day")
LEFT = Column("days_left", Text("Còn", "Left"), "days")
NUMBER = Column("paper_no", Text("Số", "No."))

_PAPER_COLUMNS = (LENGTH, PORT, OWNER, NUMBER, UNTIL, LEFT)
_INSPECTED = (LENGTH, PORT, OWNER, UNTIL, LEFT)

_DISAGREEMENTS = """
SELECT d.vessel_id, coalesce(v.code, d.one->'value'->>'reg_no', d.reg_key) AS label, v.name,
       lower(coalesce(v.search, '') || ' ' || d.reg_key) AS search, regexp_replace(d.reg_key, '\\D', '', 'g') AS digits,
       s.origin, v.owner, v.official, d.id AS disagreement, d.kind,
       d.since, d.state, extract(epoch FROM d.since)::float8 AS sort
FROM disagreement AS d LEFT JOIN vessel AS v ON v.id = d.vessel_id AND v.leads
LEFT JOIN source AS s ON s.id = (d.one->>'source')::int
WHERE d.gone_at IS NULL
"""
_SILENT = f"""
SELECT {_BOAT}, c.station, c.t AS called_at, c.crew AS crew, now.t AS heard,
       extract(epoch FROM coalesce(now.t, '-infinity'))::float8 AS sort
FROM ({_NEWEST}) AS c JOIN {_FROM} ON v.id = c.vessel_id AND v.leads
JOIN vessel_now AS now ON now.vessel_id = v.id
WHERE c.direction = 'out' AND c.t < :now - {_RULE.format("silence", "position_by_other_means")}
  AND EXISTS (SELECT FROM transmitter_on_vessel AS x WHERE x.vessel_id = v.id AND x.valid_to IS NULL)
  AND (now.t IS NULL OR now.t < :now - {_RULE.format("silence", "position_by_other_means")})
"""
# A register that never tells licences says nothing about a boat without one.
_NONE = f"""
WITH tells AS (
    SELECT source_id, bool_or(licence_no IS NOT NULL OR licence_to IS NOT NULL) AS licence,
           bool_or(inspected_to IS NOT NULL) AS inspection FROM vessel WHERE superseded_at IS NULL GROUP BY source_id
), boat AS (
    SELECT r.id, bool_or(t.licence) AND bool_and(r.licence_no IS NULL AND r.licence_to IS NULL) AS no_licence,
           bool_or(t.inspection) AND bool_and(r.inspected_to IS NULL) AS no_inspection
    FROM vessel AS r JOIN tells AS t ON t.source_id = r.source_id WHERE r.superseded_at IS NULL GROUP BY r.id)
SELECT {_BOAT}, concat_ws(',', CASE WHEN b.no_inspection THEN 'inspection' END,
       CASE WHEN b.no_licence THEN 'licence' END) AS missing,
       -(b.no_inspection::int + b.no_licence::int)::float8 AS sort
FROM boat AS b JOIN {_FROM} ON v.id = b.id AND v.leads WHERE b.no_licence OR b.no_inspection
UNION ALL
SELECT NULL, c.vessel_no, NULL, lower(c.reg_key), regexp_replace(c.reg_key, '\\D', '', 'g'), s.origin, NULL, c.station,
       NULL, NULL, 'registration', -3
FROM ({_NEWEST}) AS c JOIN source AS s ON s.id = c.source_id WHERE c.vessel_id IS NULL AND c.reg_key ~ '{OURS}'
"""
_LONG = f"""
SELECT {_BOAT}, v.vms_provider AS provider, v.vms_device_id AS device, now.t AS heard,
       extract(epoch FROM coalesce(now.t, '-infinity'))::float8 AS sort
FROM {_FROM} JOIN vessel_now AS now ON now.vessel_id = v.id
WHERE v.leads AND EXISTS (SELECT FROM transmitter_on_vessel AS x WHERE x.vessel_id = v.id AND x.valid_to IS NULL)
  AND (now.t IS NULL OR now.t < :now - {_RULE.format("books", "silent_long")})
"""
_STRANGERS = f"""
SELECT c.vessel_id, c.vessel_no AS label, v.name, lower(c.reg_key) AS search,
       regexp_replace(c.reg_key, '\\D', '', 'g') AS digits, s.origin, v.owner, v.official,
       c.station, c.t AS called_at, c.crew AS crew,
       -extract(epoch FROM c.t)::float8 AS sort
FROM ({_NEWEST}) AS c JOIN source AS s ON s.id = c.source_id LEFT JOIN vessel AS v ON v.id = c.vessel_id AND v.leads
WHERE c.direction = 'in' AND c.reg_key !~ '{OURS}'
"""
_ALL = f"""
SELECT {_BOAT}, v.gear, v.licence_to, v.inspected_to, row_number() OVER (ORDER BY v.digits, v.code)::float8 AS sort
FROM {_FROM} WHERE v.leads
"""
CREW = Column("crew", Text("Thuyền viên", "Crew"), "number")
WHAT_PAPER = Text("Theo sổ đăng ký được tin trước", "By the register believed first")

LISTS: tuple[BookList, ...] = (
    BookList("disagreements", Text("Sổ sách chưa khớp", "Disagreements"),
             Text("Các sổ nói khác nhau, cho đến khi khớp lại", "Books that do not say the same, until they do"),
             _DISAGREEMENTS,
             (Column("kind", Text("Điều chưa khớp", "What differs"), "kind"), Column("since", Text("Từ", "Since"),
              "moment"), Column("state", Text("Tình trạng", "State"), "state"))),
    BookList("high_risk", Text("Nguy cơ cao", "High risk"),
             Text("Theo điểm trung tâm tự đặt, chưa phải kết luận; mỗi tàu kèm lý do",
                  "By the centre's own points, no finding; each boat with its reasons"), risk_sql(_BOAT),
             (LENGTH, OFFICIAL, Column("points", Text("Điểm", "Points"), "number"),
              Column("reasons", Text("Lý do", "Reasons"), "reasons"))),
    BookList("licence_expired", Text("Giấy phép hết hạn", "Licence expired"), WHAT_PAPER,
             _paper("licence_to", "v.licence_no", _OVER), _PAPER_COLUMNS),
    BookList("licence_due", Text("Giấy phép còn ≤ 30 ngày", "Licence due in 30 days"), WHAT_PAPER,
             _paper("licence_to", "v.licence_no", _DUE.format("licence_to")), _PAPER_COLUMNS),
    BookList("inspection_expired", Text("Đăng kiểm hết hạn", "Inspection expired"), WHAT_PAPER,
             _paper("inspected_to", "NULL", _OVER), _INSPECTED),
    BookList("inspection_due", Text("Đăng kiểm còn ≤ 30 ngày", "Inspection due in 30 days"), WHAT_PAPER,
             _paper("inspected_to", "NULL", _DUE.format("inspected_to")), _INSPECTED),
    BookList("silent_at_sea", Text("Trên biển theo sổ, không có tín hiệu", "At sea by the books, silent"),
             Text("Sổ ghi đã đi; thiết bị mất kết nối trên 6 giờ", "Left by the books; device silent for over 6 hours"),
             _SILENT, (LENGTH, STATION, CALLED, CREW, HEARD)),
    BookList("three_none", Text("“3 không”", "“Three without”"),
             Text("Không đăng ký, không đăng kiểm hoặc không giấy phép",
                  "Without registration, inspection or licence"), _NONE,
             (LENGTH, PORT, OWNER, Column("missing", Text("Thiếu", "Lacks"), "missing"))),
    BookList("silent_long", Text("Không có tín hiệu quá 6 tháng", "Silent for over 6 months"),
             Text("Có thiết bị, chưa từng hoặc quá 6 tháng không nghe", "Has a device nobody has heard for 6 months"),
             _LONG, (LENGTH, PORT, OWNER, Column("provider", Text("Nhà cung cấp", "Provider")),
                     Column("device", Text("Thiết bị", "Device")), HEARD)),
    BookList("strangers", Text("Tàu tỉnh ngoài đang ở bến", "Other provinces' boats in port"),
             Text("Lượt cuối trong sổ là nhập bến", "Their last entry is an arrival"), _STRANGERS,
             (STATION, CALLED, CREW)),
    BookList("all", Text("Tất cả tàu đăng ký", "All registered boats"),
             Text("Mỗi tàu một dòng, theo sổ được tin trước", "Each boat once, by the register believed first"), _ALL,
             (LENGTH, PORT, OWNER, Column("gear", Text("Nghề", "Gear")),
              OFFICIAL, Column("licence_to", Text("Giấy phép", "Licence to"), "day"),
              Column("inspected_to", Text("Đăng kiểm", "Inspected to"), "day"))),
)  # fmt: skip
BY_NAME = {each.name: each for each in LISTS}

_BARE = "regexp_replace(l.search, '[^a-z0-9]', '', 'g')"
_FILTER = f"""
(:text = '' OR l.search LIKE :like OR (:number <> '' AND l.digits LIKE :digits)
 OR (:key <> '' AND {_BARE} LIKE :key_like) OR (:people AND {fold_sql("l.owner")} LIKE :like))
AND (:official = '' OR l.official = :official)
AND (cast(:boats AS text[]) IS NULL OR 'v' || l.vessel_id = ANY(cast(:boats AS text[])))
"""
_EXACT = """
CASE WHEN lower(l.label) = :exact OR (:number <> '' AND ltrim(l.digits, '0') = ltrim(:number, '0'))
          OR (:key <> '' AND regexp_replace(lower(l.label), '[^a-z0-9]', '', 'g') = :key) THEN 0
     WHEN lower(l.name) = :exact THEN 1 ELSE 2 END
"""


@dataclass(frozen=True)
class Narrow:
    """What is left of a list: what was typed, one official's boats, some boats (`v12`) only; None: all of them."""

    q: str = ""
    official: str = ""
    boats: tuple[str, ...] | None = None


def asked(narrow: Narrow, role: Role = Role.GUEST) -> dict[str, Any]:
    """The parameters of a list: words without dấu, a number with or without its signs, or its digits alone.

    An owner's name finds a boat only for those who may read it; a captain's finds none.
    """
    words, number, key = fold(narrow.q), digits(narrow.q), registration_key(narrow.q).lower()
    only = number if number == words.replace(" ", "") else ""
    safe = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    mixed = key if number and only == "" else ""
    typed = {
        "text": words,
        "like": f"%{safe}%",
        "number": only,
        "digits": f"%{only}%",
        "exact": narrow.q.strip().lower(),
    }
    boats = None if narrow.boats is None else list(narrow.boats)
    return typed | {
        "key": mixed,
        "key_like": f"%{mixed}%",
        "people": role in OWNERS and bool(words),
        "official": narrow.official,
        "boats": boats,
    }


def rows_statement(wanted: BookList, role: Role) -> TextClause:
    """The rows that meet `asked`: an exact number first, then an exact name with its dấu, then the list's own order."""
    columns = "".join(f", l.{column.name}" for column in wanted.shown(role))
    return text(
        f"SELECT l.vessel_id, l.label, l.name, l.origin{columns}"
        f"{', l.disagreement' if wanted.name == 'disagreements' else ''} FROM ({wanted.sql}) AS l WHERE {_FILTER}"
        f" ORDER BY {_EXACT}, l.sort, l.label LIMIT :limit OFFSET :offset"
    )


def count_statement(wanted: BookList) -> TextClause:
    """How many rows meet `asked`."""
    return text(f"SELECT count(*) FROM ({wanted.sql}) AS l WHERE {_FILTER}")
