"""Numbers without a gap, in blocks that are leased to places.

A number is taken in the transaction that uses it, so what fails gives none. The centre leases
blocks to itself when it needs them; a disconnected site gets its own before it leaves, and numbers
from it alone. No two places have one block, so no two papers one number.
"""

from dataclasses import dataclass
from typing import Final

from stdnum.iso7064 import mod_97_10

from schemas.vouchers import LeasedNumbers, NumberLease
from telesalud.billing import repository
from telesalud.billing.errors import NumbersExhausted
from telesalud.billing.policy import GRANTS, LEASE
from telesalud.billing.stored import StoredBlock
from telesalud.platform.access import require
from telesalud.platform.store import ABSENT, Key, Put, Update, When
from telesalud.platform.work import Call, Services, Work, retrying

SIZE: Final = 10_000
"""Numbers of a block."""
CENTRE: Final = ""
VOUCHERS, INVOICES, CREDIT_NOTES = "V", "F", "C"


@dataclass(frozen=True, slots=True)
class _Head:
    key: Key
    block: StoredBlock | None
    version: int


def take(work: Work, series: str, site: str) -> str:
    """The next number of a series at a place, within this transaction. Raises NumbersExhausted at a
    site that has none left; a race is for the caller to begin anew."""
    services, tenant = work.services, work.call.caller.tenant
    head = _head(services, tenant, series, site)
    block = head.block
    if block is None or block.next > block.last:
        if site != CENTRE:
            raise NumbersExhausted
        block = _lease(work, series, site)
    number = block.next
    after = block.model_copy(update={"next": number + 1})
    repository.put(work, head.key, after, head.version)
    return written(series, block.block, number)


def lease(services: Services, call: Call, body: NumberLease) -> LeasedNumbers:
    """Numbers for the vouchers of a site: the block it has while any are left, else a new one.

    Raises Forbidden.
    """
    require(call.caller, LEASE, GRANTS)
    site = body.site

    def step() -> LeasedNumbers:
        head = _head(services, call.caller.tenant, VOUCHERS, site)
        work, block = Work(services, call), head.block
        if block is None or block.next > block.last:
            block = _lease(work, VOUCHERS, site)
            repository.put(work, head.key, block, head.version)
        work.audit("billing.lease_numbers", "", f"site/{site}")
        answer = LeasedNumbers(site=site, block=block.block, next=block.next, last=block.last)
        work.commit(answer)
        return answer

    return retrying(step)


def written(series: str, block: int, number: int) -> str:
    """A number as it is printed: series, block, number, check digits (ISO 7064 MOD 97-10)."""
    body = f"{block:04d}{number:05d}"
    return f"{series}{block:04d}-{number:05d}-{mod_97_10.calc_check_digits(body)}"


def _head(services: Services, tenant: str, series: str, site: str) -> _Head:
    key = Key(f"NUMBERS#{tenant}", f"{series}#{site}")
    item = services.store.get(key)
    if item is None:
        return _Head(key, None, 0)
    return _Head(key, repository.opened(services, tenant, item, StoredBlock), item.version)


def _lease(work: Work, series: str, site: str) -> StoredBlock:
    """The next block of the institution."""
    tenant = work.call.caller.tenant
    key = Key(f"BLOCKS#{tenant}", series)
    item = work.services.store.get(key)
    last = item.number("last") if item else 0
    if item is None:
        work.add(Put(key, {"last": 1}, when=ABSENT))
    else:
        work.add(Update(key, set={"last": last + 1}, when=When(exists=True, version=item.version)))
    return StoredBlock(site=site, block=last + 1, next=1, last=SIZE)
