"""An institution's credentials for another context: set and seen by who has the right only."""

import pytest

from schemas.connections import ConnectionBody
from telesalud.platform.access import Caller, Grants, Role
from telesalud.platform.errors import Forbidden, Invalid, StaleVersion, Unavailable
from telesalud.platform.partners import connections
from tests.worlds.world import TENANT, World, call, partner, user

RIGHT = "patients.connect"
GRANTS: Grants = {Role.ADMINISTRATOR: frozenset({RIGHT})}
ADMIN = user(Role.ADMINISTRATOR)
BODY = ConnectionBody(client_id="client-1", client_secret="secret-1")


def put(world: World, caller: Caller, body: ConnectionBody = BODY, version: int = 0) -> int:
    services = world.services
    made = connections.put_connection(
        services, call(caller), body, version, right=RIGHT, grants=GRANTS
    )
    return made.version


@pytest.mark.parametrize(
    "caller",
    [
        user(Role.PHYSICIAN, Role.NURSE, Role.FRONT_DESK, Role.AUDITOR),
        partner("patients.read"),
        Caller.anonymous(),
    ],
)
def test_without_the_right_nothing_is_seen_or_set(caller: Caller) -> None:
    world = World()
    put(world, ADMIN)
    written = len(world.store.changes)
    with pytest.raises(Forbidden):
        connections.read_connection(world.services, call(caller), RIGHT, GRANTS)
    with pytest.raises(Forbidden):
        put(world, caller, version=1)
    assert len(world.store.changes) == written


def test_a_client_of_another_institution_is_refused() -> None:
    world = World()
    theirs = ConnectionBody(client_id="otro-hospital.client-1", client_secret="secret-1")
    with pytest.raises(Invalid):
        put(world, ADMIN, theirs)
    ours = ConnectionBody(client_id=f"{TENANT}.client-1", client_secret="secret-1")
    assert put(world, ADMIN, ours) == 1


def test_a_connection_is_replaced_over_the_version_that_was_read() -> None:
    world = World()
    assert not connections.is_set(world.services, TENANT)
    with pytest.raises(Unavailable):
        connections.credentials(world.services, TENANT)
    assert put(world, ADMIN) == 1
    for stale in (0, 2):
        with pytest.raises(StaleVersion):
            put(world, ADMIN, version=stale)
    other = ConnectionBody(client_id="client-2", client_secret="secret-2")
    assert put(world, ADMIN, other, version=1) == 2
    assert connections.is_set(world.services, TENANT)
    assert connections.credentials(world.services, TENANT).client_secret == "secret-2"
    assert world.audited() == [(RIGHT, TENANT, "done")] * 2
