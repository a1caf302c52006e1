"""A paper is issued with its qualified signature, or visibly waits for it: never by halves."""

import base64
from dataclasses import dataclass, field, replace
from io import BytesIO

import httpx
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from localstack.signing_service import ISSUER, SigningService
from schemas.orders import EntryKind, OrderStatus, PaperFormat, Printed, PrintQuery
from schemas.prescriptions import Prescription, Stop
from schemas.qualified import QualifiedSignature, QualifiedState
from schemas.signing import SigningBody
from telesalud.orders import due, second_hand
from telesalud.orders.papers import printing, verification
from telesalud.orders.papers.printing import How
from telesalud.orders.papers.rendering import by_default
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.qualified import asking
from telesalud.orders.qualified.finishing import Finishing
from telesalud.orders.qualified.http_service import HttpSigningService
from telesalud.orders.qualified.service import appended
from telesalud.orders.services import OrdersServices
from telesalud.platform.errors import Forbidden, Invalid, InvalidTransition, NotFound
from telesalud.platform.store import every
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import ADMINISTRATOR, NURSE, PHARMACIST, Ward, physician
from tests.worlds.world import TENANT, call

TOKEN = "token-of-demonstration"
URL = "https://signing.example/v1"
PRESCRIPTION = EntryKind.PRESCRIPTION


class Connected(Ward):
    """A ward whose installation is connected with a signing service."""

    @property
    def services(self) -> OrdersServices:
        return replace(super().services, qualified=True)


@dataclass
class House:
    """A connected ward, its service, and what brings them together."""

    ward: Connected = field(default_factory=Connected)
    service: SigningService = field(default_factory=lambda: SigningService(TOKEN))
    down: bool = False
    alters: bool = False

    def wanted(self, *kinds: EntryKind) -> None:
        body = SigningBody(token=TOKEN, kinds=kinds or tuple(EntryKind))
        asking.put(self.ward.services, call(ADMINISTRATOR), body, 0)

    def signed(self) -> Prescription:
        return self.ward.signed("PAR500")

    def pass_a_minute(self) -> None:
        self.ward.world.clock.advance(minutes=1)
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        service = HttpSigningService(URL, lambda: http)
        render = by_default("https://clinic.example/verify/#")
        second_hand.sign_papers(Finishing(self.ward.services, service, render))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down")
        path = request.url.path.removeprefix("/v1")
        made = self.service.put(path, request.headers["authorization"], request.content)
        body = dict(made.body)
        if self.alters and body.get("state") == "signed":
            document = base64.b64decode(body["document"])
            body["document"] = base64.b64encode(b"%PDF-1.7 other" + document[14:]).decode()
        return httpx.Response(made.status, json=body)

    def printed(self, which: str, query: PrintQuery | None = None) -> Printed:
        how = How(query or PrintQuery(), "https://clinic.example/verify/#")
        return printing.print_prescription(self.ward.services, call(physician()), which, how)

    def state(self, which: str) -> QualifiedSignature | None:
        return asking.state_of(self.ward.services, TENANT, PRESCRIPTION, which)[0]

    def waiting(self) -> int:
        store = self.ward.world.store
        return sum(1 for d in due.DIGITS for _ in every(store, due.partition(d, signs=True)))


@pytest.fixture
def house() -> House:
    house = House()
    house.wanted()
    return house


def bytes_of(printed: Printed) -> bytes:
    return base64.b64decode(printed.content)


def test_a_prescription_waits_visibly_and_then_carries_a_valid_signature(house: House) -> None:
    paper = house.signed()
    waiting = house.printed(paper.id)
    assert waiting.qualified is not None
    assert waiting.qualified.state is QualifiedState.WAITING
    house.pass_a_minute()
    signed = house.printed(paper.id)
    assert signed.qualified is not None
    assert signed.qualified.state is QualifiedState.SIGNED
    assert signed.qualified.issuer == ISSUER
    assert appended(bytes_of(waiting), bytes_of(signed))
    (found,) = PdfFileReader(BytesIO(bytes_of(signed))).embedded_signatures
    status = validate_pdf_signature(found, None)
    assert status.intact
    assert status.valid
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert house.waiting() == 0


@pytest.mark.parametrize("kind", list(EntryKind))
def test_only_the_papers_that_the_institution_chose_are_signed(kind: EntryKind) -> None:
    house = House()
    house.wanted(kind)
    prescription, order = house.signed(), house.ward.sent()
    got = [
        asking.state_of(house.ward.services, TENANT, each, which)[0] is not None
        for each, which in ((PRESCRIPTION, prescription.id), (EntryKind.ORDER, order.id))
    ]
    assert got == [kind is PRESCRIPTION, kind is EntryKind.ORDER]
    assert order.status is OrderStatus.ACTIVE


def test_where_no_service_is_connected_papers_are_as_before() -> None:
    ward = Ward()
    paper = ward.signed("PAR500")
    how = How(PrintQuery(), "https://clinic.example/verify/#")
    printed = printing.print_prescription(ward.services, call(physician()), paper.id, how)
    assert printed.qualified is None


def test_an_outage_and_an_absent_signer_delay_a_signature_and_lose_nothing(house: House) -> None:
    house.down = True
    paper = house.signed()
    house.pass_a_minute()
    house.down, house.service.approves = False, False
    for _ in range(3):
        house.pass_a_minute()
    state = house.state(paper.id)
    assert state is not None
    assert state.state is QualifiedState.WAITING
    house.service.approves = True
    house.pass_a_minute()
    state = house.state(paper.id)
    assert state is not None
    assert state.state is QualifiedState.SIGNED
    assert house.service.signatures == 1


def test_another_document_than_was_sent_is_never_taken(house: House) -> None:
    house.alters = True
    paper = house.signed()
    house.pass_a_minute()
    printed = house.printed(paper.id)
    assert printed.qualified is not None
    assert (printed.qualified.state, printed.qualified.reason) == (
        QualifiedState.REFUSED,
        "altered",
    )
    assert b"ETSI.CAdES" not in bytes_of(printed)


def test_what_was_refused_says_why_and_can_be_asked_for_again(house: House) -> None:
    house.service.refuses = "certificate-expired"
    paper = house.signed()
    house.pass_a_minute()
    state = house.state(paper.id)
    assert state is not None
    assert (state.state, state.reason) == (QualifiedState.REFUSED, "certificate-expired")
    house.service.refuses = ""
    asking.again(house.ward.services, call(physician()), PRESCRIPTION, paper.id)
    house.pass_a_minute()
    state = house.state(paper.id)
    assert state is not None
    assert state.state is QualifiedState.SIGNED
    with pytest.raises(InvalidTransition):
        asking.again(house.ward.services, call(physician()), PRESCRIPTION, paper.id)


def test_nobody_approves_for_a_week_and_it_is_over(house: House) -> None:
    house.service.approves = False
    paper = house.signed()
    house.pass_a_minute()
    house.ward.world.clock.advance(hours=24 * 7)
    house.pass_a_minute()
    state = house.state(paper.id)
    assert state is not None
    assert state.state is QualifiedState.EXPIRED
    assert house.waiting() == 0


def test_what_was_stopped_meanwhile_is_not_signed_and_what_is_stopped_later_prints_so(
    house: House,
) -> None:
    stopped, later = house.signed(), house.ward.signed("AMX500")
    body = Stop(reason="Cambio de tratamiento")
    prescribing.stop(house.ward.services, call(physician()), stopped.id, body, stopped.version)
    house.pass_a_minute()
    state = house.state(stopped.id)
    assert state is not None
    assert state.state is QualifiedState.WITHDRAWN
    prescribing.stop(house.ward.services, call(physician()), later.id, body, later.version)
    printed = house.printed(later.id)
    assert printed.qualified is None
    assert b"ETSI.CAdES" not in bytes_of(printed)


def test_another_form_of_the_paper_claims_no_signature(house: House) -> None:
    paper = house.signed()
    house.pass_a_minute()
    assert house.printed(paper.id, PrintQuery(language="en")).qualified is None
    assert house.printed(paper.id, PrintQuery(format=PaperFormat.LETTER)).qualified is None
    assert house.printed(paper.id, PrintQuery(language="es")).qualified is not None


def test_whoever_checks_the_code_reads_whose_signature_it_carries(house: House) -> None:
    paper = house.signed()
    code = paper.verification_code or ""
    before = verification.verify(house.ward.services, "request", code).qualified_signature
    house.pass_a_minute()
    after = verification.verify(house.ward.services, "request", code).qualified_signature
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == (QualifiedState.WAITING, QualifiedState.SIGNED)
    assert "CMP 000001" in (after.signer or "")


def test_the_token_is_sealed_never_shown_and_stays_when_none_is_given(house: House) -> None:
    services = house.ward.services
    shown = asking.read(services, call(ADMINISTRATOR))
    assert shown.token
    assert shown.connected
    assert TOKEN not in repr(shown) + repr(house.ward.world.store.sweep("SIGNING#"))
    kept = SigningBody(kinds=(EntryKind.CERTIFICATE,))
    assert asking.put(services, call(ADMINISTRATOR), kept, shown.version).token
    with pytest.raises(Invalid):
        asking.put(House().ward.services, call(ADMINISTRATOR), kept, 0)


def test_only_administrators_set_it_and_only_prescribers_ask_again(house: House) -> None:
    paper = house.signed()
    for caller in (physician(), NURSE, PHARMACIST):
        with pytest.raises(Forbidden):
            asking.read(house.ward.services, call(caller))
        with pytest.raises(Forbidden):
            asking.put(house.ward.services, call(caller), SigningBody(kinds=()), 1)
    with pytest.raises(Forbidden):
        asking.again(house.ward.services, call(NURSE), PRESCRIPTION, paper.id)
    house.ward.people.relations = ()
    with pytest.raises(Forbidden):
        asking.again(house.ward.services, call(physician()), PRESCRIPTION, paper.id)


def test_a_paper_that_waits_for_nothing_cannot_be_asked_for(house: House) -> None:
    plain = House()
    paper = plain.ward.signed("PAR500")
    with pytest.raises(NotFound):
        asking.again(plain.ward.services, call(physician()), PRESCRIPTION, paper.id)


def test_a_crash_at_any_step_leaves_one_signature_or_a_paper_that_waits() -> None:
    made: dict[int, House] = {}

    def make() -> Ward:
        house = House()
        house.wanted()
        house.signed()
        made[id(house.ward)] = house
        return house.ward

    def act(ward: Ward) -> None:
        made[id(ward)].pass_a_minute()

    def check(ward: Ward) -> None:
        house = made[id(ward)]
        house.pass_a_minute()
        house.pass_a_minute()
        assert house.service.signatures == 1
        assert house.waiting() == 0

    assert crash_everywhere(make, lambda ward: ward.world.store, act, check) >= 2
