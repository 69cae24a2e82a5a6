"""Lessons as people wrote them, those in force at the end of the report's knowledge."""

from layers.bulletins.fisheries.ask import asking
from layers.bulletins.spec import Column, Section
from layers.pilot.lessons import CATEGORIES
from layers.spec import Text

_BY_THEN = "(CAST(:known AS timestamptz) IS NULL OR {0}.at <= :known)"
LESSONS = Section(
    name="lessons",
    title=Text("Bài học do người vận hành ghi", "Lessons written by those who run it"),
    statement=asking(f"""
SELECT 'lesson:' || l.id AS key, l.at, l.category, l.text, l.written_by FROM pilot_lesson AS l
WHERE NOT l.withdrawn AND {_BY_THEN.format("l")}
  AND NOT EXISTS (SELECT FROM pilot_lesson AS n WHERE n.replaces = l.id AND {_BY_THEN.format("n")})
ORDER BY l.at, l.id"""),  # noqa: S608
    columns=(
        Column("at", Text("Ghi lúc", "Written"), "time"),
        Column("category", Text("Loại", "Category"), "text", choices=CATEGORIES),
        Column("text", Text("Bài học", "Lesson"), "text"),
        Column("written_by", Text("Người ghi", "By"), "text"),
    ),
    note=Text(
        "Bài học sửa lại là một dòng mới; các dòng trước vẫn còn ở GET /api/pilot/lessons. Bảng: pilot_lesson.",
        "A lesson worded anew is a new row; the former ones stay at GET /api/pilot/lessons. Table: pilot_lesson.",
    ),
)
