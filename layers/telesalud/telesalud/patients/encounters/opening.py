"""Opening an encounter: the one way to it, which decides who may.

Whoever may open the patient's chart may open its encounters, sensitive ones from a closer relation
(`access.opening`).
"""

from dataclasses import dataclass

from schemas.encounters import EncounterState
from schemas.patients import EncounterStatus
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.encounters.repository import encounter_key
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.policy import GRANTS
from telesalud.patients.summary import parts
from telesalud.platform.access import require
from telesalud.platform.errors import InvalidTransition, NotFound, StaleVersion
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services


@dataclass(frozen=True, slots=True)
class OpenEncounter:
    """An encounter as it was read, in a chart that the caller may see."""

    chart: Chart
    id: str
    item: Item
    stored: StoredEncounter

    @property
    def owner(self) -> str:
        """The patient id under which it was begun, whose key seals it."""
        return self.item.text("patient")

    @property
    def scope(self) -> Scope:
        """What seals its parts."""
        return Scope(self.chart.tenant, self.owner)

    @property
    def version(self) -> int:
        """As in its ETag."""
        return self.item.version

    @property
    def state(self) -> EncounterState:
        """As answers show it."""
        return self.stored.state(self.id, self.owner, self.version)

    @property
    def attended(self) -> bool:
        """Whether the caller attended it: nobody is shut out of what they heard themselves."""
        user = self.chart.call.caller.subject
        return any(self.stored.is_account(user, p.id) for p in self.stored.practitioners)

    def at(self, version: int) -> "OpenEncounter":
        """Itself. Raises StaleVersion unless it has the version that the client read."""
        if self.version != version:
            raise StaleVersion
        return self

    def must_be(self, *allowed: EncounterStatus, to: str) -> None:
        """Raise InvalidTransition, naming both states, unless it is in one of these."""
        if self.stored.status not in allowed:
            raise InvalidTransition(self.stored.status.value, to)


def open_encounter(
    services: Services, call: Call, encounter: str, right: str, item: Item | None = None
) -> OpenEncounter:
    """Two reads: the encounter, unless its `item` was read, then its patient.

    Raises Forbidden, NotFound.
    """
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    item = item or services.store.get(encounter_key(tenant, encounter))
    if item is None:
        raise NotFound("there is no such encounter")
    owner = item.text("patient")
    chart = open_chart(services, call, owner, right, names=(parts.ENCOUNTERS,))
    stored = open_model(services.vault, Scope(tenant, owner), item, StoredEncounter)
    opened = OpenEncounter(chart, encounter, item, stored)
    if not opened.attended:
        chart.require(stored.sensitivity)
    return opened
