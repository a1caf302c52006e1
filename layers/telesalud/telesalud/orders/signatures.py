"""Signatures: who the signer is on paper, and the code that checks what was signed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.orders import EntryKind
from schemas.prescriptions import PrescriberBody
from telesalud.orders import repository, verification_codes
from telesalud.orders.errors import NotRegistered
from telesalud.orders.stored import StoredPrescriber
from telesalud.platform.sealed import open_model
from telesalud.platform.store import ABSENT, Item, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services, Work

VERIFIABLE_FOR = timedelta(days=3653)
"""How long a code is kept: ten years, the longest that records are kept by law in the region."""


def prescriber_of(services: Services, tenant: str, item: Item | None) -> PrescriberBody:
    """Who the signer is on paper. Raises NotRegistered."""
    if item is None:
        raise NotRegistered("an administrator enters your professional registration first")
    return open_model(services.vault, Scope(tenant), item, StoredPrescriber).body()


def day_of(moment: datetime, zone: str | None) -> date:
    """The date in a time zone; in UTC for what was written before zones were kept."""
    return moment.astimezone(ZoneInfo(zone or "UTC")).date()


def issue_code(work: Work, kind: EntryKind, which: str, patient: str) -> str:
    """A new verification code for the thing, which the same transaction makes checkable."""
    code = verification_codes.new_code()
    plain = code.replace("-", "")
    work.add(
        Put(
            repository.verify_key(verification_codes.digest(plain)),
            {
                "tenant": work.call.caller.tenant,
                "kind": kind.value,
                "which": which,
                "patient": patient,
            },
            when=ABSENT,
            expires=work.services.clock() + VERIFIABLE_FOR,
        )
    )
    return code
