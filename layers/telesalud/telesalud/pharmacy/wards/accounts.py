"""The account of an admission: what was delivered for a patient, and what became of it.

    WARD#<t>#<admission>   / ACCOUNT            balances of every lot; its version guards them
    WARD#<t>#<admission>   / ENTRY#<number>     a line of the account; never changed
    WARD#<t>#<admission>   / REQUEST#<id>       what was asked for
    WARD#<t>#<admission>   / DOSE#<id>          a line of the administration record
    REQUESTS#<t>#<w>       / <urgency>#<at>#<id>  the work list of a warehouse; `admission` in clear

Every change is conditional on the account's version, so nothing is applied twice, and nothing is
delivered for who has been discharged. Whoever works on a ward or in the pharmacy works on it for
patients who are here; other clinicians need to be in the patient's care.
"""

from dataclasses import dataclass, field

from schemas.admissions import AdmissionStatus
from telesalud.pharmacy import repository
from telesalud.pharmacy.errors import NotOnWard, WardClosed
from telesalud.pharmacy.policy import GRANTS
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stored import HeldOnWard, StoredWard, StoredWardEntry
from telesalud.platform.access import Role, require
from telesalud.platform.errors import NotFound
from telesalud.platform.store import Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

WORK_HERE = frozenset({Role.WARD_NURSE, Role.PHARMACIST, Role.PHARMACY_ASSISTANT})
"""Who needs no care relation with a patient of the ward."""


@dataclass(slots=True)
class Account:
    """An account as it was read, while a use case changes it."""

    services: PharmacyServices
    call: Call
    before: StoredWard
    version: int
    now: StoredWard = field(init=False)
    entries: list[StoredWardEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.before

    @property
    def tenant(self) -> str:
        """The institution."""
        return self.call.caller.tenant

    def must_be_open(self) -> None:
        """Raise WardClosed after the discharge has begun."""
        if self.before.closed:
            raise WardClosed

    def of(self, item: str, lot: str) -> HeldOnWard:
        """What there is of a lot. Raises NotOnWard."""
        found = next((one for one in self.now.lots if (one.item, one.lot) == (item, lot)), None)
        if found is None:
            raise NotOnWard(item, lot, 0)
        return found

    def deliver(self, lot: HeldOnWard, quantity: int, about: str) -> None:
        """Some of a lot comes onto the ward; `lot` says what it is."""
        known = {(one.item, one.lot): one for one in self.now.lots}
        one = known.get((lot.item, lot.lot), lot)
        self._set(one.model_copy(update={"delivered": one.delivered + quantity}))
        self._note("delivered", one, quantity, about, None)

    def take(
        self,
        kind: str,
        item: str,
        lot: str,
        quantity: int,
        about: str,
        *,
        reason: str | None = None,
    ) -> HeldOnWard:
        """Some of a lot is `applied`, `returned` or `wasted`. Raises NotOnWard for more than is
        left."""
        one = self.of(item, lot)
        if quantity > one.left:
            raise NotOnWard(item, lot, one.left)
        self._set(one.model_copy(update={kind: getattr(one, kind) + quantity}))
        self._note(kind, one, quantity, about, reason)
        return one

    def write(self, work: Work, *, closed: bool | None = None) -> None:
        """Put everything into the transaction."""
        made = self.now.model_copy(update={"entries": self.now.entries + len(self.entries)})
        if closed is not None:
            made = made.model_copy(update={"closed": closed})
        key = account_key(self.tenant, made.admission)
        repository.put_of_patient(work, key, made.patient, made, self.version)
        for entry in self.entries:
            at = Key(key.pk, f"ENTRY#{repository.numbered(entry.number)}")
            repository.put_of_patient(work, at, made.patient, entry, 0)

    def _set(self, one: HeldOnWard) -> None:
        others = [x for x in self.now.lots if (x.item, x.lot) != (one.item, one.lot)]
        lots = sorted([*others, one], key=lambda x: (x.name, x.item, x.lot))
        self.now = self.now.model_copy(update={"lots": tuple(lots)})

    def _note(
        self, kind: str, one: HeldOnWard, quantity: int, about: str, reason: str | None
    ) -> None:
        entry = StoredWardEntry(
            number=self.before.entries + len(self.entries) + 1,
            kind=kind,
            item=one.item,
            lot=one.lot,
            quantity=quantity,
            at=self.services.clock(),
            by=self.call.caller.subject,
            about=about,
            reason=reason,
        )
        self.entries.append(entry)


def account_key(tenant: str, admission: str) -> Key:
    """Where an account is."""
    return Key(f"WARD#{tenant}#{admission}", "ACCOUNT")


def open_account(
    services: PharmacyServices, call: Call, admission: str, right: str, *, make: bool = False
) -> Account:
    """The account of an admission; with `make`, a new one for somebody who is here.

    Raises Forbidden, NotFound, Gone, WardClosed for a new one of who is not here, Unavailable.
    """
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    item = services.store.get(account_key(tenant, admission))
    if item is not None:
        patient = item.text("patient")
        _require_care(services, call, patient)
        services.fetch([], Scope(tenant, patient))
        found = repository.opened_of_patient(services, tenant, item, StoredWard)
        return Account(services, call, found, item.version)
    if not make:
        raise NotFound("nothing was asked for or planned for this admission")
    here = services.neighbours.admitted(admission)
    if here.status is not AdmissionStatus.ADMITTED:
        raise WardClosed
    _require_care(services, call, here.patient)
    services.fetch([], Scope(tenant, here.patient))
    return Account(services, call, StoredWard(admission=admission, patient=here.patient), 0)


def _require_care(services: PharmacyServices, call: Call, patient: str) -> None:
    if not call.caller.roles & WORK_HERE:
        services.neighbours.require_care(patient)
