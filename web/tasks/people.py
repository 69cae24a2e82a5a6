"""Who gives tasks out, who follows them, and whose a follower sees."""

from fastapi import Request

from geo.errors import NotAllowed
from layers.access.accounts import Who
from layers.access.roles import Readers, Role
from layers.surveys.rounds import agency_title
from layers.tasks.read import Held
from web.citizen.staff import who_works
from web.routes.intake import apart
from web.state import state_of

GIVERS: Readers = frozenset({Role.LEADER, Role.OPERATOR})
"""Who drafts and issues; an operator on a leader's word."""
DOERS: Readers = frozenset({Role.STEWARD, Role.COMMUNE, Role.OPERATOR})
WATCHERS: Readers = GIVERS | DOERS | {Role.ADMIN}


async def who_follows(request: Request, readers: Readers) -> tuple[Who, Held]:
    """Who asks and whose tasks they see. NotAllowed for an account that is tied to no office."""
    who, unit = await who_works(request, readers)
    if who.role is not Role.STEWARD:
        return who, Held(unit=unit)
    agency = await apart(state_of(request), lambda connection: agency_title(connection, who.account_id))
    if agency is None:
        title = "Tài khoản này chưa được gắn với cơ quan: nhờ quản trị gắn"
        raise NotAllowed(
            "account: tied to no office; `opsmap user agency NAME CODE` does it", field="account", title=title
        )
    return who, Held(agency=agency)
