"""Bringing a paper and its qualified signature together.

Every attempt is one step from what is kept: first the bytes to be signed are kept, then the service
is asked with these and no others, then what it answers is kept. A crash between repeats a step that
may be repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.orders import EntryKind, OrderStatus
from schemas.papers import PaperKind, PaperStatus
from schemas.prescriptions import PrescriptionStatus
from schemas.qualified import QualifiedState
from telesalud.orders import due
from telesalud.orders.access import open_order, open_paper, open_prescription
from telesalud.orders.policy import READ_CHART, READ_ORDERS, READ_PRESCRIPTIONS
from telesalud.orders.qualified.asking import KINDS, listed, setting_of
from telesalud.orders.qualified.repository import settings_key, signature_key
from telesalud.orders.qualified.service import (
    Declined,
    SignedDocument,
    SigningRequest,
    SigningService,
    StillWaiting,
    appended,
)
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredOrder, StoredPaper, StoredPrescription, StoredSignature
from telesalud.platform.access import Caller
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import Gone, NotFound, Unavailable
from telesalud.platform.logs import get_logger
from telesalud.platform.sealed import ATTRIBUTE, place, seal_model
from telesalud.platform.store import ConditionFailed, Item, Put, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

DOCUMENT: Final = "document"
_LONGEST: Final = timedelta(days=7)
_SOON: Final = timedelta(minutes=1)
_LATER: Final = timedelta(minutes=15)
_SOON_FOR: Final = timedelta(hours=1)

Thing = StoredPrescription | StoredOrder | StoredPaper
Render = Callable[[OrdersServices, Call, EntryKind, str], bytes]
"""The paper as PDF, as it prints by default."""

_VALID: Final = frozenset(
    {
        PrescriptionStatus.ACTIVE,
        PaperStatus.ACTIVE,
        OrderStatus.ACTIVE,
        OrderStatus.RESULTED,
        OrderStatus.REVIEWED,
    }
)


@dataclass(frozen=True, slots=True)
class Finishing:
    """What bringing them together takes."""

    services: OrdersServices
    service: SigningService
    render: Render


def attempt(finishing: Finishing, tenant: str, which: str, number: int) -> None:
    """Take a paper one step further; does nothing for one that waits for nothing."""
    services, kind = finishing.services, KINDS[number]
    call = Call(Caller.system(tenant, "qualified-signature"))
    key = signature_key(tenant, kind, which)
    item = services.store.get(key)
    if item is None or item.text("state") != QualifiedState.WAITING.value:
        return
    step = _Step(finishing, call, kind, which, item)
    setting = setting_of(services, tenant, services.store.get(settings_key(tenant)))
    try:
        paper = _opened(services, call, kind, which)
    except (NotFound, Gone):
        return  # the record was shredded
    if paper.status not in _VALID:
        step.over(QualifiedState.WITHDRAWN)
    elif services.clock() - from_text(item.text("asked")) > _LONGEST:
        step.over(QualifiedState.EXPIRED)
    elif setting is None:
        step.again()
    else:
        step.ask(paper, setting.token)


@dataclass(slots=True)
class _Step:
    finishing: Finishing
    call: Call
    kind: EntryKind
    which: str
    item: Item

    def ask(self, paper: Thing, token: str) -> None:
        """Ask the service with the bytes that are kept, and keep what it answers."""
        document = self._document()
        if paper.prescriber is None:
            raise ValueError("only what is signed waits for a signature")
        user = paper.orderer if isinstance(paper, StoredOrder) else paper.signed_by
        request = SigningRequest(
            f"{self.which}-{self.item.number('round')}", document, user or "", paper.prescriber
        )
        try:
            outcome = self.finishing.service.sign(token, request)
        except Unavailable as down:
            get_logger().warning("a paper waits for its signature", reason=down.detail)
            outcome = StillWaiting()
        match outcome:
            case SignedDocument(signed, signer, issuer) if appended(document, signed):
                self._signed(signed, signer, issuer)
            case SignedDocument():
                get_logger().error("the signing service changed a paper", subject=self.which)
                self.over(QualifiedState.REFUSED, "altered")
            case Declined(reason):
                self.over(QualifiedState.REFUSED, reason)
            case StillWaiting():
                self.again()

    def again(self) -> None:
        """Wait for the next attempt: soon for an hour, then now and then."""
        now = self.finishing.services.clock()
        young = now - from_text(self.item.text("asked")) < _SOON_FOR
        self._keep({}, now + (_SOON if young else _LATER))

    def over(self, state: QualifiedState, reason: str = "") -> None:
        """It will not be signed."""
        self._keep({"state": state.value, "reason": reason, DOCUMENT: b""}, None)

    def _signed(self, document: bytes, signer: str, issuer: str) -> None:
        now = to_text(self.finishing.services.clock())
        state = QualifiedState.SIGNED.value
        scope = Scope(self.call.caller.tenant, self.item.text("patient"))
        whose = StoredSignature(signer=signer, issuer=issuer)
        vault, sealed = self.finishing.services.vault, self._sealed(document)
        given: dict[str, Value] = {"state": state, "signed": now, DOCUMENT: sealed}
        given[ATTRIBUTE] = seal_model(vault, scope, self.item.key, whose)
        self._keep(given, None)

    @property
    def _resource(self) -> str:
        return f"{self.kind.value}/{self.which}"

    def _document(self) -> bytes:
        """The bytes to be signed: kept before anybody is asked, the same at every attempt."""
        services = self.finishing.services
        if DOCUMENT in self.item.attributes:
            return opened(services, self.call.caller.tenant, self.item)
        document = self.finishing.render(services, self.call, self.kind, self.which)
        self._keep({DOCUMENT: self._sealed(document)}, from_text(self.item.text("due")))
        return document

    def _sealed(self, document: bytes) -> bytes:
        scope = Scope(self.call.caller.tenant, self.item.text("patient"))
        return self.finishing.services.vault.seal(scope, place(self.item.key), document)

    def _keep(self, given: dict[str, Value], following: datetime | None) -> None:
        services, tenant = self.finishing.services, self.call.caller.tenant
        before = listed(tenant, self.kind, self.which, from_text(self.item.text("due")))
        after = listed(tenant, self.kind, self.which, following) if following else None
        attributes = {**self.item.attributes, **given}
        attributes["due"] = to_text(following) if following else ""
        work = Work(services, self.call)
        version = self.item.version
        work.add(Put(self.item.key, attributes, when=at_version(version)))
        work.add(*due.moved(before, after))
        state = given.get("state")
        if isinstance(state, str):
            patient = self.item.text("patient")
            work.audit(f"orders.qualified_signature_{state}", patient, self._resource)
        try:
            work.commit()
        except ConditionFailed as failed:
            raise Unavailable("another attempt went further meanwhile") from failed
        self.item = Item(self.item.key, version + 1, attributes)


def opened(services: OrdersServices, tenant: str, item: Item) -> bytes:
    """The document in a signature's item."""
    scope = Scope(tenant, item.text("patient"))
    return services.vault.open(scope, place(item.key), item.blob(DOCUMENT))


def _opened(services: OrdersServices, call: Call, kind: EntryKind, which: str) -> Thing:
    if kind is EntryKind.PRESCRIPTION:
        return open_prescription(services, call, which, READ_PRESCRIPTIONS).thing
    if kind is EntryKind.ORDER:
        return open_order(services, call, which, READ_ORDERS).thing
    return open_paper(services, call, PaperKind(kind.value), which, READ_CHART).thing
