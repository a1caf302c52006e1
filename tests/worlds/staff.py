"""Users as contexts without accounts know them: identity's events have arrived."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from telesalud.platform.access import Role
from telesalud.platform.clock import to_text
from telesalud.platform.standing import standing_key
from telesalud.platform.store import Put, Value
from telesalud.platform.work import Services
from tests.worlds.world import START, TENANT

LONG_AGO = START - timedelta(days=400)


def hire(
    services: Services,
    user: str,
    roles: Iterable[Role] = tuple(Role),
    *,
    active: bool = True,
    vouched_by: str = "",
    vouched_at: datetime = LONG_AGO,
) -> None:
    """Make a user known, by default with every role: a test's token says which they use."""
    attributes: dict[str, Value] = {
        "sequence": 1,
        "active": active,
        "roles": tuple(sorted(roles)),
        "vouched_by": vouched_by,
        "vouched_at": to_text(vouched_at),
    }
    services.store.transact([Put(standing_key(TENANT, user), attributes)])
