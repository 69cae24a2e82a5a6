"""Common causes within the period, and how many boats each of them clears."""

from layers.bulletins.fisheries.ask import BOATS, asking
from layers.bulletins.spec import Column, Section
from layers.spec import Text

_SQL = """
SELECT 'incident:' || i.id AS key, i.title_vi, i.title_en, i.began_at,
       CASE WHEN i.ended_at < :until THEN i.ended_at END AS ended_at, i.heard_of, i.silent,
       (SELECT count(DISTINCT b.vessel_id) FROM incident_boat AS b
        WHERE b.incident_id = i.id AND b.joined_at < :until) AS cleared,
       (SELECT count(DISTINCT b.vessel_id) FROM incident_boat AS b
        WHERE b.incident_id = i.id AND b.back_at < :until) AS back
FROM incident AS i
WHERE i.began_at < :until AND (i.ended_at IS NULL OR i.ended_at >= :since)
  AND (CAST(:known AS timestamptz) IS NULL OR i.opened_at <= :known)
ORDER BY i.began_at, i.id
"""
INCIDENTS = Section(
    name="incidents",
    title=Text("Sự cố truyền dẫn", "Common causes"),
    statement=asking(_SQL),
    columns=(
        Column("title", Text("Sự cố", "Incident"), "text"),
        Column("began_at", Text("Từ lúc", "Since"), "time"),
        Column("ended_at", Text("Đến lúc", "Until"), "time"),
        Column("heard_of", Text("Số tàu liên quan", "Boats concerned"), unit=BOATS),
        Column("silent", Text("Mất kết nối nhiều nhất", "Silent at most"), unit=BOATS),
        Column("cleared", Text("Không tính lỗi", "Cleared"), unit=BOATS),
        Column("back", Text("Đã có lại", "Heard again"), unit=BOATS),
    ),
    note=Text(
        "Thuyền trưởng không bị tính lỗi khi tàu mất kết nối do sự cố.",
        "Captains are cleared of a silence that a common cause explains.",
    ),
)
