"""What the books say of the period: departures and arrivals, penalties; as known at a moment (entries come late)."""

from layers.books.penalty import STATES
from layers.bulletins.fisheries.ask import BOATS, TIMES, asking, known
from layers.bulletins.spec import Column, Section
from layers.spec import PEOPLE, Text

PORTS = Section(
    name="ports",
    title=Text("Xuất, nhập bến và rời, cập cảng", "Departures and arrivals"),
    statement=asking(f"""
SELECT c.keeper || '/' || c.direction AS key, count(*) AS calls, count(DISTINCT c.reg_key) AS boats,
       coalesce(sum(c.crew), 0) AS crew
FROM port_call AS c WHERE c.t >= :since AND c.t < :until AND {known("c")} GROUP BY 1"""),  # noqa: S608
    columns=(
        Column("calls", Text("Số lượt", "Times"), unit=TIMES, adds=True),
        Column("boats", Text("Số tàu", "Boats"), unit=BOATS),
        Column("crew", Text("Lao động", "Crew"), unit=PEOPLE, adds=True),
    ),
    rows={
        "border/out": Text("Xuất bến (Biên phòng)", "Departures (border guard)"),
        "border/in": Text("Nhập bến (Biên phòng)", "Arrivals (border guard)"),
        "port/out": Text("Rời cảng (eCDT)", "Departures (ports, eCDT)"),
        "port/in": Text("Cập cảng (eCDT)", "Arrivals (ports, eCDT)"),
    },
    row_title=Text("Sổ", "Book"),
    note=Text("Hai sổ, không cộng với nhau.", "Two books, not to be added up."),
)
PENALTIES = Section(
    name="penalties",
    title=Text("Xử phạt vi phạm hành chính (theo ngày quyết định)", "Penalties (by day of decision)"),
    statement=asking(f"""
SELECT p.state AS key, count(*) AS decisions, coalesce(sum(p.amount_vnd), 0) AS amount
FROM penalty AS p WHERE p.t >= :since AND p.t < :until AND {known("p")} GROUP BY 1"""),  # noqa: S608
    columns=(
        Column("decisions", Text("Quyết định", "Decisions"), unit=Text("quyết định", "decisions"), adds=True),
        Column("amount", Text("Số tiền", "Amount"), "money", Text("đồng", "VND"), adds=True),
    ),
    rows={choice.value: choice.title for choice in STATES},
    row_title=Text("Thi hành", "State"),
    total=Text("Tổng", "Total"),
)
