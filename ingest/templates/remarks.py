"""What a person should look at in a form as a whole: units without a row, percentages that look like shares."""

from ingest.templates.figures import Figures
from ingest.templates.subjects import Subjects
from layers.spec import Text


def missing_units(figures: Figures, subjects: Subjects) -> list[Text]:
    """Units of the form that have no row in it."""
    given = {subject.code for subject in figures.units.values()}
    absent = [s.name for s in subjects.all() if s.code not in given] if given else []
    if not absent:
        return []
    listed = ", ".join(absent[:8]) + (" …" if len(absent) > 8 else "")
    return [Text(f"{len(absent)} đơn vị chưa có dòng nào: {listed}", f"{len(absent)} units have no row: {listed}")]


def percent_notes(figures: Figures) -> list[Text]:
    """Percentages that all lie between 0 and 1 may be shares: told, never multiplied."""
    notes = []
    for indicator, column in figures.columns.items():
        numbers = [abs(o.value) for o in figures.observed if o.indicator == indicator and o.value]
        if column.unit == "%" and len(numbers) >= 3 and max(numbers) <= 1:
            vi = f"cột ‘{column.title}’ tính bằng % mà mọi số không quá 1: có thể ô định dạng phần trăm, xem lại"
            notes.append(Text(vi, f"column {column.title!r} is in % and no number is above 1: shares? check it"))
    return notes
