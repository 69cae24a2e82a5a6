"""Reports in the words of Open311 GeoReport v2, as JSON or as XML."""

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import orjson
from starlette.responses import Response

from geo.clock import LOCAL
from web.citizen.views import ReportView

Record = dict[str, Any]


def service_record(row: Any) -> Record:
    """A category as a service; what is not accepted here is none."""
    return {
        "service_code": row.code,
        "service_name": row.title_vi,
        "description": f"{row.title_en}; {row.within_days} working days",
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": "Phản ánh, kiến nghị",
    }


def request_record(view: ReportView, base: str) -> Record:
    """A report as a service request; `status_notes` is the answer once there is one."""
    return {
        "service_request_id": view.number,
        "status": "closed" if view.ended_at else "open",
        "status_notes": view.answer or view.state_title.vi,
        "service_name": view.category.vi,
        "service_code": view.category_code,
        "description": view.text,
        "agency_responsible": view.agency,
        "service_notice": "SIMULATED · MÔ PHỎNG" if view.origin == "simulated" else None,
        "requested_datetime": told(view.received_at),
        "updated_datetime": told(view.changed_at),
        "expected_datetime": told(view.due_at),
        "address": view.unit,
        "address_id": None,
        "zipcode": None,
        "lat": view.lat,
        "long": view.lon,
        "media_url": f"{base}{view.photos[0]}" if view.photos else None,
    }


def told(moment: datetime) -> str:
    """W3C date and time with the offset of Việt Nam."""
    return moment.astimezone(LOCAL).isoformat(timespec="seconds")


def written(records: list[Record], form: str, root: str, item: str, status: int = 200) -> Response:
    """Records as the form of the address says."""
    headers = {"cache-control": "no-store"}
    if form == "json":
        return Response(orjson.dumps(records), status, headers, media_type="application/json")
    rows = "".join(f"<{item}>{''.join(_element(*pair) for pair in record.items())}</{item}>" for record in records)
    body = f'<?xml version="1.0" encoding="utf-8"?><{root}>{rows}</{root}>'
    return Response(body, status, headers, media_type="text/xml")


def _element(name: str, value: Any) -> str:
    if value is None:
        return f"<{name}/>"
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(plain)}</{name}>"
