"""What a template (mẫu biểu) says: which column of a department's form is which indicator, whose, for which period.

Templates are data: JSON files (docs/contracts/templates) and rows of a table, never code.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geo.errors import BadInput

Status = Literal["estimate", "preliminary", "official"]
Kind = Literal["unit", "agency", "facility", "province", "investor", "board", "group"]
Place = Literal["cell", "title", "name", "ask"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
Title = Annotated[str, Field(min_length=1, max_length=300)]
TOTALS = ("Tổng số", "Tổng cộng", "Toàn tỉnh", "Cả tỉnh", "Cộng")


class Strict(BaseModel):
    """Nothing is said that nobody understands."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(Strict):
    """The same words in Vietnamese and English."""

    vi: Title
    en: Title


class FormColumn(Strict):
    """A column of the form (or, where indicators stand in rows, a row): its title and the indicator it gives.

    `indicator` null: known, and not taken. `sums`: the values of all subjects add up to the total row. `span`
    year_to_date: from the first of January. `whole`: whole numbers only, so `1.234` is no question.
    """

    title: Title
    indicator: Name | None = None
    unit: Annotated[str, Field(max_length=60)] = ""
    aliases: tuple[Title, ...] = ()
    status: Status | None = None
    span: Literal["period", "year_to_date"] = "period"
    whole: bool = False
    sums: bool = False
    low: float | None = None
    high: float | None = None
    optional: bool = False


class FormSubject(Strict):
    """About whom the figures are. `column` names them; without one they are all about `code`.

    `level` is that of units; `layer` the layer of facilities; `names` gives the code of a name the form uses.
    """

    kind: Kind = "unit"
    column: Title | None = None
    level: Literal["former_district", "district", "commune"] | None = None
    layer: str | None = None
    code: str | None = None
    names: dict[str, str] = Field(default_factory=dict)


class FormPeriod(Strict):
    """How long a period is, in months, and where the file says which one it is, first to last."""

    every: Literal[1, 3, 6, 12] = 1
    told_by: tuple[Place, ...] = ("cell", "title", "name", "ask")
    cell: Annotated[str, Field(pattern=r"^[A-Z]{1,2}[0-9]{1,4}$")] | None = None
    column: Title | None = None


class TemplateBody(Strict):
    """One form of one department, valid for periods that begin in [valid_from, valid_to).

    `shape` wide: a row a subject, a column an indicator; long: a row a subject and an indicator; months: a row an
    indicator, a column a month.
    """

    name: Name
    source: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
    title: Said
    valid_from: date
    valid_to: date | None = None
    shape: Literal["wide", "long", "months"] = "wide"
    sheet: str | None = None
    subject: FormSubject = FormSubject()
    period: FormPeriod = FormPeriod()
    status: Status = "preliminary"
    columns: Annotated[tuple[FormColumn, ...], Field(min_length=1, max_length=400)]
    indicator_column: Title | None = None
    value_column: Title | None = None
    totals: tuple[Title, ...] = TOTALS
    skip: tuple[Title, ...] = ()
    verified: bool = False
    note: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "TemplateBody":
        """What the shape needs must be said."""
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to: must be after valid_from")
        if self.shape == "wide" and self.subject.column is None:
            raise ValueError("subject.column: a wide form needs the title of the column that names whose row it is")
        if self.shape != "wide" and self.indicator_column is None:
            raise ValueError("indicator_column: a long or months form needs the column that names the indicator")
        if self.shape == "long" and self.value_column is None:
            raise ValueError("value_column: a long form needs the column of values")
        if self.subject.column is None and self.subject.code is None:
            raise ValueError("subject: give its column, or the code of the one it is about")
        if self.subject.kind == "unit" and self.subject.column is not None and self.subject.level is None:
            raise ValueError("subject.level: units need their level: commune, former_district or district")
        if self.subject.kind == "facility" and self.subject.layer is None and not self.subject.names:
            raise ValueError("subject.layer: facilities need the layer they stand in, or names")
        return self

    def titles(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """The columns a file must or may have: (title, other titles for it, whether it must be there)."""
        own = [t for t in (self.subject.column, self.indicator_column, self.value_column, self.period.column) if t]
        found: list[tuple[str, tuple[str, ...], bool]] = [(title, (), True) for title in own]
        if self.shape == "wide":
            found += [(c.title, c.aliases, not c.optional and c.indicator is not None) for c in self.columns]
        return found


def read_template(told: Any) -> TemplateBody:
    """The template that this JSON is. BadInput names the first place that is wrong."""
    try:
        return TemplateBody.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "template"
        raise BadInput(f"{where}: {first['msg']}", field=where) from None
