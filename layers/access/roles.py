"""The roles of the house and the groups that layers name."""

from enum import StrEnum


class Role(StrEnum):
    """Who is looking. `guest` is anybody; `viewer` the wall inside the centre."""

    GUEST = "guest"
    VIEWER = "viewer"
    LEADER = "leader"
    OFFICER = "officer"
    POST = "post"
    COMMUNE = "commune"
    STEWARD = "steward"
    OPERATOR = "operator"
    ADMIN = "admin"


Readers = frozenset[Role]

PUBLIC: Readers = frozenset(Role)
SIGNED_IN: Readers = PUBLIC - {Role.GUEST}
OFFICERS: Readers = frozenset({Role.OFFICER, Role.POST, Role.OPERATOR, Role.ADMIN})
CONTACTS: Readers = frozenset({Role.OFFICER, Role.POST})
"""Who needs to reach a boat's people: masked until asked for with a reason, and every time it is noted who asked."""
OWNERS: Readers = frozenset({Role.OFFICER})
"""Who reads an owner's name without asking."""
SMALL_NUMBERS: Readers = frozenset({Role.OPERATOR, Role.ADMIN})
"""Who sees counts of sick people however small; everybody else what is published of them."""
NOBODY: Readers = frozenset()
