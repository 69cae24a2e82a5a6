"""The registry of forms: everything that may come in by stream, by post, by the drop folder or from a poll."""

from collections.abc import Mapping
from datetime import timedelta

from geo.errors import BadInput
from ingest.ais.load import describe_ais
from ingest.ais.pipeline import AisPipeline
from ingest.form import Form, LineForm
from ingest.layer_form import layer_forms
from ingest.templates.form import FORM as TEMPLATE_FORM
from ingest.vms.load import describe_vms, line_forms
from ingest.vms.pipeline import pipeline_of_lines
from ingest.vms.whole import message_forms

_ALL: tuple[Form, ...] = (
    LineForm("nmea", AisPipeline, describe_ais, timedelta(minutes=5)),
    LineForm("vms_lines", pipeline_of_lines, describe_vms),
    *line_forms(),
    *message_forms(),
    *layer_forms(),
    TEMPLATE_FORM,
)

FORMS: Mapping[str, Form] = {form.name: form for form in _ALL}


def position_forms() -> list[str]:
    """The names of the forms that bring positions and nothing else: AIS and VMS, lines and files."""
    return [name for name in FORMS if name == "nmea" or name.startswith("vms_")]


def form_named(name: str) -> Form:
    """The form of that name; BadInput names those that exist."""
    try:
        return FORMS[name]
    except KeyError:
        raise BadInput(f"form={name!r}: use one of {', '.join(FORMS)}", field="form") from None
