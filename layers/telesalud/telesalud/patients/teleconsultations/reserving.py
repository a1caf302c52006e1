"""The encounter that a teleconsultation becomes, known from its first minute.

A finished teleconsultation is filed as an encounter (`importing`). What is diagnosed, prescribed
and ordered while it lasts belongs to that encounter, so its id is drawn as soon as somebody asks
for it, and the import takes the same. A teleconsultation that is never filed leaves no encounter:
what was written in it stays in the record, in no visit.
"""

from typing import Final, Protocol

from schemas.encounters import EncounterReference
from telesalud.patients.access.opening import open_chart
from telesalud.patients.encounters.repository import import_key, reserved_key
from telesalud.patients.policy import WRITE_RECORD
from telesalud.platform.errors import NotFound
from telesalud.platform.store import ABSENT, Item, Operation, Put
from telesalud.platform.work import Call, Services, Work, retrying

_NOT_THEIRS: Final = "the patient has no such teleconsultation"


class Consults(Protocol):
    """The consults service, asked in the caller's own name."""

    def patient_of(self, consult: str) -> str:
        """The id of a consult's patient. Raises NotFound, Forbidden, Unavailable."""


def reserve(
    services: Services, call: Call, consults: Consults, patient: str, consult: str
) -> EncounterReference:
    """The id of the encounter that the consult becomes; the same however often it is asked for.

    Raises Forbidden, Unavailable, Gone, and NotFound for a consult of somebody else.
    """

    def step() -> EncounterReference:
        chart = open_chart(services, call, patient, WRITE_RECORD)
        if consults.patient_of(consult) not in chart.members:
            raise NotFound(_NOT_THEIRS)
        known = services.store.get(import_key(chart.tenant, consult))
        if known is not None:
            if known.text("patient") not in chart.members:
                raise NotFound(_NOT_THEIRS)
            return _answer(chart.patient, known)
        key = import_key(chart.tenant, consult)
        made = Item(key, 1, {"encounter": services.new_id(), "patient": chart.patient})
        work = Work(services, call)
        work.add(*reservation(made))
        chart.audit(work, "patients.reserve_encounter", f"encounter/{made.text('encounter')}")
        work.commit()
        return _answer(chart.patient, made)

    return retrying(step)


def reservation(made: Item) -> tuple[Operation, ...]:
    """The writes of a new reservation."""
    tenant = made.key.pk.rpartition("#")[2]
    mark = reserved_key(tenant, made.text("patient"), made.text("encounter"))
    return (
        Put(made.key, made.attributes, when=ABSENT),
        Put(mark, {"consult": made.key.sk}, when=ABSENT),
    )


def _answer(patient: str, made: Item) -> EncounterReference:
    return EncounterReference(patient=patient, encounter=made.text("encounter"))
