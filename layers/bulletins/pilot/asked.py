"""What was asked of the pages and the API: how long answers took to begin, and which role used them, from counters."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.pilot.months import MISSING, MONTH, MONTHS, NOTE, OF_MONTHS, RECORDED, name_missing, note
from layers.bulletins.spec import Column, Section
from layers.pilot.usage import ROLES, ROUTES, STEPS, USES
from layers.spec import Text

_ALL = " + ".join(f"r.{name}" for name in STEPS)
_ANSWERS = Text("lượt", "answers")
_TIMES = (
    Column("answers", Text("Số lượt trả lời", "Answers"), unit=_ANSWERS),
    Column("failed", Text("Trong đó lỗi 5xx", "Of these failed (5xx)"), unit=_ANSWERS),
    Column("within_300ms", Text("Trong 0,3 giây", "Within 0.3 s"), unit=_ANSWERS),
    Column("within_1s", Text("Trong 1 giây", "Within 1 s"), unit=_ANSWERS),
    Column("later", Text("Quá 10 giây", "Later than 10 s"), unit=_ANSWERS),
    Column("share", Text("Trong 1 giây", "Within 1 s"), "share", Text("%", "%")),
)
_SUMS = f"""sum({_ALL}) AS answers, sum(r.failed) AS failed, sum(r.within_100ms + r.within_300ms) AS within_300ms,
sum(r.within_100ms + r.within_300ms + r.within_1s) AS within_1s, sum(r.later) AS later"""
_SHARE = "100.0 * within_1s / nullif(answers, 0) AS share"
_NOTE = Text(
    "Tính từ lúc nhận yêu cầu đến lúc bắt đầu trả lời. Tử số: số lượt trong 1 giây; mẫu số: số lượt trả lời. Bộ đếm"
    " theo nhóm đường dẫn và ngày, không ghi địa chỉ, không ghi người dùng. Bảng: request_day.",
    "From a request until its answer begins. Numerator: answers within 1 s; denominator: answers. Counters by class of"
    " route and day; no address and no person. Table: request_day.",
)
ANSWERS = Section(
    name="answers",
    title=Text("Thời gian trả lời của trang và API, từng tháng", "Answers of pages and API by month"),
    statement=asking(f"""
WITH {MONTHS}, counted AS (
    SELECT m.code AS key, m.month, {_SUMS} FROM months AS m
    LEFT JOIN request_day AS r ON r.day >= m.first_day AND r.day < m.next_day GROUP BY m.code, m.month
)
SELECT *, {_SHARE}, {note("answers IS NULL")} FROM counted ORDER BY key"""),  # noqa: S608
    columns=(MONTH, *_TIMES, NOTE),
    note=_NOTE,
    numbered=False,
)
ROUTE_ANSWERS = Section(
    name="route_answers",
    title=Text("Thời gian trả lời theo nhóm đường dẫn", "Answers by class of route"),
    statement=asking(f"""
WITH {MONTHS}, counted AS (
    SELECT r.route AS key, r.route, {_SUMS}, count(DISTINCT m.code) AS recorded,
           (SELECT count(*) FROM months) AS of_months, array_agg(DISTINCT m.code) AS told
    FROM months AS m JOIN request_day AS r ON r.day >= m.first_day AND r.day < m.next_day GROUP BY r.route
)
SELECT *, CASE WHEN recorded = of_months THEN 100.0 * within_1s / nullif(answers, 0) END AS share,
       (SELECT array_agg(code ORDER BY code) FROM months WHERE code <> ALL (told)) AS absent_months
FROM counted ORDER BY answers DESC, key"""),  # noqa: S608
    columns=(Column("route", Text("Nhóm", "Class"), "text", choices=ROUTES), *_TIMES, RECORDED, OF_MONTHS, MISSING),
    note=_NOTE,
    reckon=name_missing,
    numbered=False,
)
_USED = ", ".join(f"sum(r.times) FILTER (WHERE r.use = '{name}') AS {name}" for name in USES)
_TOLD = ", ".join(
    f"CASE WHEN m.code IN (SELECT code FROM used) THEN coalesce(b.{name}, 0) END AS {name}"  # noqa: S608 - our own
    for name in USES
)
USE = Section(
    name="use",
    title=Text("Sử dụng theo vai trò và tháng", "Use by role and month"),
    statement=asking(f"""
WITH {MONTHS}, used AS (
    SELECT m.code, r.role, {_USED} FROM months AS m JOIN role_month AS r ON r.month = m.first_day GROUP BY 1, 2
), opened AS (
    SELECT m.code, a.role, count(*) AS sessions FROM months AS m
    JOIN session AS s ON s.created_at >= m.since AND s.created_at < m.until AND NOT s.wall
    JOIN account AS a ON a.id = s.account_id GROUP BY 1, 2
), both_ AS (SELECT * FROM used FULL JOIN opened USING (code, role))
SELECT m.code || '/' || coalesce(b.role, '') AS key, m.month, coalesce(b.role, '') AS role,
       CASE WHEN m.code IN (SELECT code FROM opened) THEN coalesce(b.sessions, 0) END AS sessions,
       {_TOLD}, {note("b.code IS NULL")}
FROM months AS m LEFT JOIN both_ AS b USING (code) ORDER BY m.code, role"""),  # noqa: S608
    columns=(
        MONTH,
        Column("role", Text("Vai trò", "Role"), "text", choices={role.value: name for role, name in ROLES.items()}),
        Column("sessions", Text("Phiên đăng nhập", "Sessions"), unit=Text("phiên", "sessions")),
        *(Column(name, title, unit=Text("lượt", "times")) for name, title in USES.items()),
        NOTE,
    ),
    note=Text(
        "Bộ đếm theo vai trò và tháng, không bao giờ theo người; lượt gọi API gồm cả việc trang tự cập nhật. Phiên"
        " của màn hình lớn không tính. Bảng: role_month, session.",
        "Counters by role and month, never by person; API calls include pages that bring themselves up to date."
        " Sessions of the wall are not counted. Tables: role_month, session.",
    ),
    numbered=False,
)
