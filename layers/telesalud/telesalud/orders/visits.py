"""In which encounter something was ordered: whose it has to be, and what is known of it.

Encounters are the record's. Who names one is refused unless the record has it for this patient, or
will have it when a teleconsultation is filed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.orders import EntryKind
from telesalud.orders import repository
from telesalud.orders.access import Record
from telesalud.orders.stored import StoredEntry, StoredOrder, StoredPaper, StoredPrescription
from telesalud.platform.errors import FieldError, Invalid

_MODELS: Final[Mapping[EntryKind, type[StoredPrescription | StoredOrder | StoredPaper]]] = {
    EntryKind.PRESCRIPTION: StoredPrescription,
    EntryKind.ORDER: StoredOrder,
    EntryKind.REFERRAL: StoredPaper,
    EntryKind.CERTIFICATE: StoredPaper,
}


def check_encounter(record: Record, encounter: str | None, before: str | None = None) -> None:
    """Raise Invalid for an encounter that the patient does not have; Unavailable, Forbidden.

    One that was there `before` was asked about when it was written.
    """
    if encounter is None or encounter == before:
        return
    if not record.services.people.has_encounter(record.patient, encounter):
        fault = FieldError("/encounter", "unknown", "the patient has no such encounter")
        raise Invalid("the encounter is not known", [fault])


def known(record: Record, lines: Sequence[StoredEntry]) -> tuple[StoredEntry, ...]:
    """The lines with their encounters: of those that earlier releases wrote, the thing's own.

    One read for all of them, at most 100; none when every line says it.
    """
    silent = [line for line in lines if "encounter" not in line.model_fields_set]
    if not silent:
        return tuple(lines)
    keys = {line.id: repository.main_key(record.tenant, line.kind, line.id) for line in silent}
    items = record.services.store.get_many(list(keys.values()))

    def told(line: StoredEntry) -> StoredEntry:
        item = items.get(keys[line.id]) if line.id in keys else None
        if item is None:
            return line
        thing = repository.opened(record.services.vault, record.tenant, item, _MODELS[line.kind])
        return line.model_copy(update={"encounter": thing.encounter})

    return tuple(told(line) for line in lines)
