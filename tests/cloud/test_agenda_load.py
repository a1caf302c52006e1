"""How much is booked, asked by the bridges' own client through the front door."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jitsi_cluster.autoscaler.adapters.http import AgendaApi, Credentials
from jitsi_cluster.autoscaler.ports import BookingsUnavailable
from schemas.identity import NewClient, NewTenant
from telesalud.identity import bootstrap
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
from telesalud.platform.aws import clients
from telesalud.platform.errors import Conflict
from tests.cloud.parties import Party, new_consult, partner_token
from tests.cloud.stacks import Stacks

OPERATOR = "operador"
"""As in the stage's file."""
LENGTH = 123
"""Minutes; nothing else here is planned for so long."""


@pytest.fixture
def agenda_of(
    stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], AgendaApi]]:
    """The bridges' view of the agenda, with a client registered in the institution named."""
    for name, value in stacks.cloud.environ().items():
        monkeypatch.setenv(name, value)
    made = (clients._session, clients.records, clients.keys, clients.dynamodb, clients.kms)
    for each in made:  # clients that another test made for another endpoint
        each.cache_clear()

    def registered(tenant: str) -> AgendaApi:
        function = f"telesalud-{stacks.cloud.stage}-identity-api"
        found = stacks.client("lambda").get_function_configuration(FunctionName=function)
        services = services_from(IdentitySettings.load(found["Environment"]["Variables"]))
        with contextlib.suppress(Conflict):
            bootstrap.create_tenant(services, NewTenant(id=tenant, name="Operador Demostración"))
        command = NewClient(name="bridges", scopes=("consults.load", "consults.read"))
        client = bootstrap.register_client(services, tenant, command)
        credentials = Credentials(
            client_id=client.client.client_id, client_secret=client.secret.secret
        )
        return AgendaApi(
            f"{stacks.origin}/api/consults/agenda-load",
            f"{stacks.origin}/api/identity/token",
            lambda: credentials,
            httpx.Client(timeout=90),
        )

    yield registered
    for each in made:
        each.cache_clear()


def test_the_bridges_client_sees_what_was_booked_moved_and_cancelled(
    stacks: Stacks, http: httpx.Client, agenda_of: Callable[[str], AgendaApi]
) -> None:
    agenda = agenda_of(OPERATOR)
    start = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=2)
    start -= timedelta(minutes=start.minute % 15)
    partner = Party(http, partner_token(stacks))

    def booked() -> int:
        slots = agenda.slots(start - timedelta(hours=1), start + timedelta(hours=4))
        return sum(slot.booked for slot in slots if slot.minutes == LENGTH + 2)

    before = booked()
    wanted = new_consult(start, planned_minutes=LENGTH)
    first, second = (partner.post("/consults", wanted)["id"] for _ in range(2))
    assert booked() == before + 2
    later = {"start": (start + timedelta(hours=1)).isoformat()}
    partner.post(f"/consults/{first}/reschedule", later)
    assert booked() == before + 2
    partner.post(f"/consults/{second}/cancel", {})
    assert booked() == before + 1
    partner.post(f"/consults/{first}/cancel", {})
    assert booked() == before


def test_a_client_of_another_institution_is_refused(
    agenda_of: Callable[[str], AgendaApi],
) -> None:
    now = datetime.now(UTC)
    with pytest.raises(BookingsUnavailable, match="403"):
        agenda_of("cloud-demo").slots(now, now + timedelta(hours=1))
