"""The evaluation of the pilot (đánh giá thử nghiệm): twelve months, told by the system from its own records.

Every section is a list: a value that is not there is missing, never 0, and nothing is averaged over a missing month.
"""

from layers.access.roles import Role
from layers.bulletins.pilot.asked import ANSWERS, ROUTE_ANSWERS, USE
from layers.bulletins.pilot.coverage import COVERAGE
from layers.bulletins.pilot.figures import INDICATORS
from layers.bulletins.pilot.findings import FINDINGS
from layers.bulletins.pilot.fresh import ARRIVALS, DELIVERIES
from layers.bulletins.pilot.learnt import LESSONS
from layers.bulletins.pilot.people import CASES, REPORTS
from layers.bulletins.pilot.uptime import UPTIME, UPTIME_MONTHS
from layers.bulletins.spec import Report
from layers.spec import Text

READERS = frozenset({Role.LEADER, Role.OPERATOR, Role.ADMIN})
PILOT = Report(
    name="pilot",
    title=Text("Báo cáo đánh giá thử nghiệm Trung tâm điều hành", "Evaluation of the centre's pilot"),
    kinds=("twelve",),
    readers=READERS,
    even_empty=True,
    sections=(
        COVERAGE,
        FINDINGS,
        LESSONS,
        UPTIME,
        UPTIME_MONTHS,
        DELIVERIES,
        ARRIVALS,
        CASES,
        REPORTS,
        ANSWERS,
        ROUTE_ANSWERS,
        USE,
        INDICATORS,
    ),
)
