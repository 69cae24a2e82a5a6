"""The fisheries report (báo cáo tàu cá): what is in it, in the order it is read."""

from layers.bulletins.fisheries.books import PENALTIES, PORTS
from layers.bulletins.fisheries.cases import CASES, CONTACTS, DISTRESS, OUTCOMES
from layers.bulletins.fisheries.events import BEYOND, CONDUCTS, SILENCES, SILENT_10_DAYS, WRONG_BELT
from layers.bulletins.fisheries.fleet import FLEET, coverage
from layers.bulletins.fisheries.incidents import INCIDENTS
from layers.bulletins.fisheries.sources import SOURCES
from layers.bulletins.spec import Report
from layers.spec import Text

FISHERIES = Report(
    name="fisheries",
    title=Text("Báo cáo giám sát tàu cá", "Fishing fleet report"),
    coverage=coverage,
    sections=(
        FLEET,
        SILENCES,
        SILENT_10_DAYS,
        CONDUCTS,
        BEYOND,
        WRONG_BELT,
        DISTRESS,
        INCIDENTS,
        PORTS,
        CASES,
        OUTCOMES,
        CONTACTS,
        PENALTIES,
        SOURCES,
    ),
)
