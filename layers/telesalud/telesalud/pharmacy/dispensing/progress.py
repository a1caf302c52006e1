"""How much of a prescription has been dispensed, at all warehouses together.

One item a prescription, which every dispensing of it writes at the version that it read: so the
sum stays within what was prescribed, whoever else dispenses the same prescription elsewhere.
"""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.dispensing import LineTotal
from telesalud.pharmacy import repository
from telesalud.pharmacy.stored import StoredProgress
from telesalud.platform.clock import to_text
from telesalud.platform.store import Item, Key
from telesalud.platform.work import Services, Work


class Progress(NamedTuple):
    """What was read of it."""

    stored: StoredProgress
    version: int

    def of(self, line: int) -> int:
        """Units of a line that were dispensed."""
        return self.stored.totals.get(line, 0)

    def totals(self) -> tuple[LineTotal, ...]:
        """For events."""
        found = sorted(self.stored.totals.items())
        return tuple(LineTotal(line=line, dispensed=units) for line, units in found)

    def changed(
        self,
        by: Mapping[int, int],
        *,
        waits: str | None = None,
        waited: str | None = None,
    ) -> "Progress":
        """With so many units more of some lines, and who waits or no longer does."""
        totals = dict(self.stored.totals)
        for line, units in by.items():
            totals[line] = totals.get(line, 0) + units
        waiting = [one for one in self.stored.waiting if one != waited]
        made = self.stored.model_copy(
            update={"totals": totals, "waiting": (*waiting, *((waits,) if waits else ()))}
        )
        return Progress(made, self.version)


def key_of(tenant: str, prescription: str) -> Key:
    """Where it is."""
    return Key(f"RX#{tenant}#{prescription}", "RX")


def opened(services: Services, tenant: str, prescription: str, item: Item | None) -> Progress:
    """What the item says; nothing dispensed without one."""
    if item is None:
        return Progress(StoredProgress(prescription=prescription), 0)
    found = repository.opened_of_patient(services, tenant, item, StoredProgress)
    return Progress(found, item.version)


def keep(work: Work, patient: str, progress: Progress) -> None:
    """Write it, unless somebody else has meanwhile."""
    key = key_of(work.call.caller.tenant, progress.stored.prescription)
    repository.put_of_patient(work, key, patient, progress.stored, progress.version)


def note_done(work: Work, prescription: str, dispensing: str) -> None:
    """By which the dispensings of a prescription are found."""
    at = to_text(work.services.clock())
    key = Key(f"RX#{work.call.caller.tenant}#{prescription}", f"DONE#{at}#{dispensing}")
    repository.note(work, key)
