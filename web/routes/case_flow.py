"""How cases go, readable and changeable; and the offices to call. A flow with a fault never comes into force."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection, select

from geo.errors import BadInput
from layers.access.audit import note_act
from layers.access.roles import OFFICERS, Role
from layers.database import read, write_async
from layers.sources.freshness import Origin
from layers.watch.cases.flow import ACTIONS, flow_statement
from layers.watch.cases.flow_edit import replace_flow
from layers.watch.cases.flow_graph import Flow, make_flow, make_flows
from layers.watch.cases.flow_problems import find_problems
from layers.watch.cases.institutions import KINDS as OFFICES
from layers.watch.cases.institutions import Institution, institutions_statement, put_institution
from layers.watch.cases.models import KINDS
from web.access import require
from web.case_people import office_view
from web.case_views import OfficeView
from web.routes.cases import REFUSED
from web.routes.edits import EDITORS, Reasoned, editing
from web.state import state_of
from web.views import Problem, Words

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,80}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
READERS = OFFICERS | {Role.LEADER}
router = APIRouter(prefix="/api", responses={401: {"model": Problem}, 403: {"model": Problem}})


class StateIn(BaseModel):
    """A state: how long it may take (null: no clock) and what is due then."""

    code: Word
    title_vi: Line
    title_en: Line
    within_s: Annotated[int, Field(gt=0, le=10**8)] | None = None
    due_vi: Line | None = None
    due_en: Line | None = None
    source: Line
    verified: bool = False


class StepIn(BaseModel):
    """A step from a state (`*`: every open one); `to` null: the case stays where it is."""

    state: Annotated[str, StringConstraints(pattern=r"^([a-z0-9_]{1,40}|\*)$")]
    action: Word
    to: Word | None = None
    title_vi: Line
    title_en: Line
    roles: list[Word]
    needs: Annotated[list[Word], Field(default_factory=list)]
    key: Key | None = None
    source: Line
    verified: bool = False


class FlowIn(Reasoned):
    """A flow whole, as it shall be from now on."""

    kinds: list[Word]
    states: list[StateIn]
    steps: list[StepIn]


class FlowProblemView(BaseModel):
    """One thing that is wrong with a flow."""

    code: str
    where: str
    text: Words


class FlowView(BaseModel):
    """A flow; `verified` only when every row of it is. `changed_at` is when its newest row was stored, and by whom."""

    code: str
    kinds: list[str]
    verified: bool
    states: list[StateIn]
    steps: list[StepIn]
    problems: list[FlowProblemView]
    changed_at: datetime
    changed_by: str | None


class FlowList(BaseModel):
    """Every flow in force, the words of actions and kinds, and whether this role may change them."""

    flows: list[FlowView]
    actions: dict[str, Words]
    kinds: dict[str, Words]
    can_edit: bool


class OfficeIn(Reasoned):
    """An office as it shall stand; `place`: a commune's code, a provider's letter, a post's name; null: for all."""

    kind: Word
    place: Line | None = None
    office: Line
    duty: Line | None = None
    phone: Line | None = None
    origin: Origin = "real"
    source: Line
    verified: bool = False


@router.get("/case-flow")
async def get_flow(request: Request) -> FlowList:
    """How cases go, and what is wrong with it."""
    role = await require(request, READERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        rows = (await connection.execute(flow_statement())).all()
    flows = make_flows(rows, state.clock())
    return FlowList(
        flows=[flow_view(flow, list(flows.values()), rows) for flow in flows.values()],
        actions={name: Words.of(text) for name, text in ACTIONS.items()},
        kinds={name: Words.of(text) for name, text in KINDS.items()},
        can_edit=role in EDITORS,
    )


@router.post("/case-flow/{code}", responses=REFUSED)
async def post_flow(request: Request, code: Word, change: FlowIn) -> FlowView:
    """Change a flow whole. 400 says what is wrong with it, or in which state open cases would be left behind."""
    said = await editing(request, change)
    values = [*(_state_row(state) for state in change.states), *(_step_row(step) for step in change.steps)]
    async with write_async(state_of(request).engine) as connection:
        await connection.run_sync(replace_flow, code, change.kinds, values, said.columns)
        await connection.execute(note_act(said.who, "case_flow.change", code, said.reason, said.at))
        rows = (await connection.execute(flow_statement())).all()
    flows = make_flows(rows, said.at)
    return flow_view(flows[code], list(flows.values()), rows)


@router.get("/institutions")
async def get_institutions(request: Request) -> list[OfficeView]:
    """The offices to call; a telephone that is null was never given (chưa có số)."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        return [office_view(row) for row in (await connection.execute(institutions_statement())).all()]


@router.post("/institutions/{code}", responses=REFUSED)
async def post_institution(request: Request, code: Code, change: OfficeIn) -> OfficeView:
    """Store an office, or the correction of one; what stood there before stays in the table."""
    said = await editing(request, change)
    if change.kind not in OFFICES:
        raise BadInput(f"kind={change.kind!r}: use one of {', '.join(OFFICES)}", field="kind")
    values = change.model_dump(exclude={"reason"})
    async with write_async(state_of(request).engine) as connection:
        await connection.run_sync(put_institution, code, values, said.columns)
        await connection.execute(note_act(said.who, "institution.change", code, said.reason, said.at))
        return office_view(await connection.run_sync(_office, code))


def _office(connection: Connection, code: str) -> Any:
    current = (Institution.code == code) & Institution.superseded_at.is_(None)
    return connection.execute(select(Institution.__table__).where(current)).one()


def _state_row(state: StateIn) -> dict[str, Any]:
    given = state.model_dump(exclude={"code"})
    return given | {"part": "state", "state": state.code, "action": None, "to_state": None, "roles": [], "needs": [],
                    "key": None}  # fmt: skip


def _step_row(step: StepIn) -> dict[str, Any]:
    given = step.model_dump(exclude={"to"})
    return given | {"part": "step", "to_state": step.to, "within_s": None, "due_vi": None, "due_en": None}


def flow_view(flow: Flow, others: list[Flow], rows: Any) -> FlowView:
    """A flow with what is wrong with it."""
    mine = [row for row in rows if row.flow == flow.code]
    newest = max(mine, key=lambda row: (row.stored_at, row.id))
    problems = find_problems(make_flow(flow.code, mine), others)
    return FlowView(
        code=flow.code,
        kinds=[kind for kind in KINDS if kind in flow.kinds],
        verified=all(row.verified for row in mine),
        states=[_state(row) for row in flow.states.values()],
        steps=[_step(row) for row in flow.steps],
        problems=[FlowProblemView(code=p.code, where=p.where, text=Words.of(p.text)) for p in problems],
        changed_at=newest.stored_at,
        changed_by=newest.stored_by,
    )


def _state(row: Any) -> StateIn:
    same = {name: getattr(row, name) for name in StateIn.model_fields if name != "code"}
    return StateIn(code=row.state, **same)


def _step(row: Any) -> StepIn:
    same = {name: getattr(row, name) for name in StepIn.model_fields if name != "to"}
    return StepIn(to=row.to_state, **same)
