"""A report as it arrives, by a form or as JSON, made into what the layers take in."""

from asyncio import to_thread
from typing import Annotated, Any

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import FormData, UploadFile

from geo.errors import BadInput
from layers.citizens.history import Actor
from layers.citizens.intake import Desk, Filed, Told, take_in
from layers.citizens.join import support
from layers.citizens.photos import MOST_BYTES, Photo, redraw
from layers.citizens.secret import read_key
from layers.database import write_async
from web.state import State, state_of

MOST_PHOTOS = 3
MOST_BODY = MOST_PHOTOS * MOST_BYTES + 100_000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
FIELDS = {
    "text": "Hãy viết nội dung phản ánh (từ 5 đến 2000 chữ cái)",
    "category": "Hãy chọn lĩnh vực",
    "lon": "Vị trí không đúng",
    "lat": "Vị trí không đúng",
}


class ReportIn(BaseModel):
    """What a citizen tells. Place: `lon` and `lat` (EPSG:4326), or `unit`, a commune's code; photos come in a form.

    `same_as` joins the report of that number nearby instead of making a new one; `sure` answers our question.
    """

    model_config = ConfigDict(extra="ignore")
    category: Line = Field(min_length=1)
    text: Text
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    unit: Line | None = None
    address: Line | None = None
    name: Line | None = None
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20, pattern=r"^[0-9+ ().-]*$")] | None = (
        None
    )
    same_as: Line | None = None
    sure: bool = False

    def told(self) -> Told:
        """As the layers take it in; one half of a point is no point."""
        contact = {name: value for name in ("name", "phone") if (value := getattr(self, name))}
        whole = self.lon is not None and self.lat is not None
        point = (self.lon, self.lat) if whole else (None, None)
        return Told(self.category, self.text, *point, self.unit, self.address, contact, self.sure)


async def read_report(request: Request) -> tuple[ReportIn, list[Photo]]:
    """The report of a request and its photos drawn anew. BadInput names what is wrong in words for citizens."""
    values, photos = await read_form(request)
    return make_report(values), photos


async def read_form(request: Request) -> tuple[dict[str, Any], list[Photo]]:
    """The filled-in fields of a form, or of a JSON object, and the photos."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return _object(await request.body()), []
    async with request.form(max_files=MOST_PHOTOS + 1, max_fields=30) as form:
        values = {name: value for name, value in form.items() if isinstance(value, str) and value.strip()}
        return values, await _photos(form)


def make_report(values: dict[str, Any]) -> ReportIn:
    """The values checked."""
    try:
        return ReportIn.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "body"
        raise BadInput(f"{name}: {first['msg']}", field=name, title=FIELDS.get(name)) from None


async def file_report(request: Request, told: ReportIn, photos: list[Photo], channel: str = "web") -> Filed:
    """Store it; counted against the address's minute before anything is done."""
    state = state_of(request)
    desk = Desk(channel, origin_of(state), contact_key(state))
    async with write_async(state.engine) as connection:
        return await connection.run_sync(take_in, told.told(), photos, desk, state.clock())


async def join_report(request: Request, told: ReportIn) -> Any:
    """Count the citizen as one more who says what `same_as` says; that report."""
    state = state_of(request)
    if told.lon is None or told.lat is None or told.same_as is None:
        title = "Cần vị trí để ghép với phản ánh ở gần"
        raise BadInput("lon, lat: give the point to join a report near it", field="lon", title=title)
    async with write_async(state.engine) as connection:
        return await connection.run_sync(support, told.same_as, told.lon, told.lat, Actor(state.clock()))


def origin_of(state: State) -> str:
    """What is told to a demonstration is simulated, whoever tells it."""
    return "simulated" if state.settings.demo else "real"


def contact_key(state: State) -> str:
    """The key of contacts: from the settings, else of the data folder."""
    return read_key(state.settings.resolved_data_dir(), state.settings.report_key.get_secret_value())


async def _photos(form: FormData) -> list[Photo]:
    files = [part for name in ("photo", "photos", "media") for part in form.getlist(name)]
    sent = [part for part in files if isinstance(part, UploadFile) and part.size]
    if len(sent) > MOST_PHOTOS:
        title = f"Chỉ gửi được {MOST_PHOTOS} ảnh"
        raise BadInput(f"photo: send at most {MOST_PHOTOS}", field="photo", title=title)
    return [await to_thread(redraw, await part.read(MOST_BYTES + 1)) for part in sent]


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadInput("body: not readable as JSON", field="body") from None
    if not isinstance(told, dict):
        raise BadInput("body: send one object", field="body")
    return told
