"""Electronic invoicing: a port that each country's provider is an adapter of.

What a provider has to do is written in docs/electronic_invoicing.md. Until an institution has one,
the recorder takes its place: it keeps what it was told, answers as a provider would, and is asked
again without harm.
"""

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from schemas.common import Moment
from schemas.invoices import Electronic, ElectronicState, InvoicedVoucher, InvoiceFact
from telesalud.billing import repository
from telesalud.billing.stored import StoredInvoice, StoredSubmission
from telesalud.platform.access import Caller
from telesalud.platform.events import Event, data_of
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying


class Document(BaseModel):
    """What a provider is given: an invoice, or (with `credits`) a credit note."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Of the paper: asked again with the same id, a provider answers what it answered first."""
    number: str
    country: str
    currency: str
    issued_at: Moment
    payer_name: str
    payer_tax_number: str | None
    vouchers: tuple[InvoicedVoucher, ...]
    net: str
    tax_amount: str
    total: str
    credits: str | None = None
    """Number of the invoice that a credit note is of."""
    reason: str | None = None


class ElectronicInvoicing(Protocol):
    """A provider of electronic invoices."""

    def submit(self, tenant: str, document: Document) -> Electronic:
        """Hand a paper in: accepted or rejected. Raises Unavailable when that is not known."""


class Recorder:
    """Keeps every paper once and accepts it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def submit(self, tenant: str, document: Document) -> Electronic:
        key, vault = Key(f"SENT#{tenant}", document.id), self._services.vault
        answered = Electronic(
            state=ElectronicState.ACCEPTED,
            provider="recorder",
            reference=document.id,
            at=self._services.clock(),
        )
        kept = StoredSubmission(document=document.model_dump_json(), answered=answered)
        sealed = seal_model(vault, Scope(tenant), key, kept)
        try:
            self._services.store.transact([Put(key, {ATTRIBUTE: sealed}, when=ABSENT)])
        except ConditionFailed:
            found = self._services.store.get(key)
            if found is None:
                raise
            return open_model(vault, Scope(tenant), found, StoredSubmission).answered
        return answered


def hand_in(services: Services, provider: ElectronicInvoicing, event: Event) -> None:
    """An invoice or a credit note was issued: the provider gets it, and its answer is kept.

    May be called again with the same event; what was answered is not asked again.
    """
    fact = data_of(event, InvoiceFact)
    key = repository.invoice_key(event.tenant, fact.invoice_id)
    found, _ = repository.load(services, event.tenant, key, StoredInvoice)
    document, before = _document(found, fact.document_id)
    if before.state is not ElectronicState.WAITING:
        return
    answered = provider.submit(event.tenant, document)

    def step() -> None:
        now, version = repository.load(services, event.tenant, key, StoredInvoice)
        caller = Caller.system(event.tenant, "electronic-invoicing")
        work = Work(services, Call(caller, event.id))
        repository.put(work, key, _answered(now, fact.document_id, answered), version)
        work.audit("billing.hand_in", "", f"document/{fact.document_id}")
        work.commit()

    retrying(step)


def _document(found: StoredInvoice, which: str) -> tuple[Document, Electronic]:
    own = {n: getattr(found, n) for n in ("country", "currency", "payer_name", "payer_tax_number")}
    note = next((one for one in found.credit_notes if one.id == which), None)
    made = note or found
    lines = found.vouchers
    if note is not None:
        lines = tuple(one for one in found.vouchers if one.voucher in note.vouchers)
    document = Document(
        id=which,
        number=made.number,
        issued_at=made.issued_at,
        vouchers=lines,
        net=made.net,
        tax_amount=made.tax_amount,
        total=made.total,
        credits=found.number if note else None,
        reason=note.reason if note else None,
        **own,
    )
    return document, made.electronic


def _answered(found: StoredInvoice, which: str, said: Electronic) -> StoredInvoice:
    if which == found.id:
        return found.model_copy(update={"electronic": said})
    notes = tuple(
        one.model_copy(update={"electronic": said}) if one.id == which else one
        for one in found.credit_notes
    )
    return found.model_copy(update={"credit_notes": notes})
