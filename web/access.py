"""Who is asking: the session cookie, looked up at most every few seconds per browser."""

from starlette.requests import HTTPConnection

from geo.errors import NeedsLogin, NotAllowed
from layers.access.accounts import Who
from layers.access.keys import whose_key
from layers.access.roles import Readers, Role
from layers.access.sessions import who_is
from web.state import State, state_of

SESSION_MEMORY_S = 5.0
"""How long a looked-up session is trusted; a sign-out through this process forgets it at once."""


async def who_asks(connection: HTTPConnection) -> Who | None:
    """Whoever is signed in on this browser, or None. NeedsLogin for a key that is none: it must not pass as a guest."""
    state = state_of(connection)
    if (key := bearer(connection)) is not None:
        return await _key_holder(state, key)
    token = connection.cookies.get(state.settings.session_cookie)
    if not token:
        return None
    if token in state.sessions:
        return state.sessions[token]
    who = await who_is(state.engine, token, state.clock())
    state.sessions[token] = who
    return who


def bearer(connection: HTTPConnection) -> str | None:
    """The key of the request, if it brings one."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


async def _key_holder(state: State, key: str) -> Who:
    remembered = f"key {key}"
    who = state.sessions.get(remembered) or await whose_key(state.engine, key)
    if who is None:
        raise NeedsLogin("key: not known, or ended; `opsmap key add` makes one", field="key")
    state.sessions[remembered] = who
    return who


async def role_of(connection: HTTPConnection) -> Role:
    """The role of this browser; `guest` when nobody is signed in, and for the wall while guests are in its room."""
    who = await who_asks(connection)
    if who is None or (is_wall(connection, who) and state_of(connection).hub.wall.guest):
        return Role.GUEST
    return who.role


def is_wall(connection: HTTPConnection, who: Who | None) -> bool:
    """Whether a screen of the wall asks: its session was opened as one, or its page says so."""
    return (who is not None and who.wall) or connection.query_params.get("wall") == "1"


async def require(connection: HTTPConnection, readers: Readers) -> Role:
    """The role, or NeedsLogin / NotAllowed when it is not among the readers."""
    return check_reader(await role_of(connection), readers)


def check_reader(role: Role, readers: Readers) -> Role:
    """The role, or NeedsLogin / NotAllowed when it is not among the readers."""
    if role in readers:
        return role
    if role is Role.GUEST:
        raise NeedsLogin("sign in as an officer to see this", field="session")
    raise NotAllowed(f"role {role.value}: use one of {', '.join(sorted(readers))}", field="role")
