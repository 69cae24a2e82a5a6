"""Who may change what the centre sets for itself, and that every change says why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from geo.errors import NeedsLogin, NotAllowed
from layers.access.accounts import Who
from layers.access.roles import Role
from web.access import bearer, who_asks
from web.routes.pages import check_origin
from web.state import state_of

EDITORS = frozenset({Role.OPERATOR, Role.ADMIN})


class Reasoned(BaseModel):
    """Every change says why."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=600)]


@dataclass(frozen=True)
class Edit:
    """Who changes, why, and when (UTC)."""

    who: Who
    reason: str
    at: datetime

    @property
    def columns(self) -> dict[str, Any]:
        """The same as the columns of a kept row."""
        return {"stored_at": self.at, "stored_by": self.who.username, "reason": self.reason}


async def editing(request: Request, why: Reasoned) -> Edit:
    """NeedsLogin or NotAllowed for anybody but operator and admin. A key needs no page of ours."""
    if bearer(request) is None:
        check_origin(request)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as operator or admin to change this", field="session")
    if who.role not in EDITORS:
        raise NotAllowed(f"role {who.role.value}: use operator or admin", field="role")
    return Edit(who, why.reason, state_of(request).clock())
