"""Every use case decides for itself who may: whoever calls it, with or without a request."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from schemas.attachments import NewAttachment
from schemas.care import RelationKind
from schemas.formulary import OrderedTest, OrderKind
from schemas.orders import (
    EntryQuery,
    NewOrder,
    Order,
    OrderBody,
    OrderStatus,
    PrintQuery,
    SignOff,
    SpecimenBody,
)
from schemas.papers import Paper, PaperKind
from schemas.prescriptions import (
    NewPrescription,
    Prescription,
    PrescriptionBody,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import listing
from telesalud.orders.neighbours.patients_http import HttpPeople
from telesalud.orders.papers import issuing, printing
from telesalud.orders.policy import READ_ORDERS, RESULT
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.requests import attachments, ordering, results
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Unauthenticated
from telesalud.platform.work import Call
from tests.worlds.orders.files import share
from tests.worlds.orders.papers import referral
from tests.worlds.orders.ward import (
    DESK,
    HEMOGLOBIN,
    LABORATORY,
    PATIENT,
    Ward,
    line,
    live,
    physician,
    potassium,
)
from tests.worlds.world import START, call, partner, user

HOW = printing.How(PrintQuery(), "https://clinic.example/api/orders/verify/")
REASON = "Se pidió para otro paciente"
TESTS = (OrderedTest(loinc=HEMOGLOBIN, display="Hemoglobina"),)
ORDERED: dict[str, Any] = {"kind": OrderKind.LABORATORY, "tests": TESTS, "reason": "Control"}
COLLEAGUE = physician(subject="physician-2")
LABORATORY_WORK = {"results.enter", "ordering.receive"}
"""What only the laboratory may; no relation is asked of it."""
MODULES = (prescribing, ordering, results, attachments, issuing, printing, listing)
LOADERS = {"ordering.order_at", "attachments.open_file"}


@dataclass
class Case:
    """A ward with one of everything, and a use case of it by name."""

    ward: Ward
    draft: Prescription
    signed: Prescription
    order: Order
    sent: Order
    resulted: Order
    file: str
    paper: Paper

    @classmethod
    def make(cls) -> "Case":
        ward = Ward()
        shared = ward.sent()
        return cls(
            ward,
            draft=ward.draft(),
            signed=ward.signed("AMX500"),
            order=ward.order(),
            sent=shared,
            resulted=ward.resulted(ward.sent()),
            file=share(ward, shared).id,
            paper=issuing.issue(ward.services, call(physician()), referral()),
        )

    def acts(self, by: Call) -> Mapping[str, Callable[[], object]]:
        """Every use case by its name."""
        s, blobs, sent, resulted = self.ward.services, self.ward.blobs, self.sent, self.resulted
        draft, signed, order = self.draft, self.signed, self.order
        referred, kind = self.paper.id, PaperKind.REFERRAL
        lines, new = (line("PAR500"),), NewAttachment(name="x.pdf", size=1, sha256="0" * 64)
        stopped, held = Stop(reason=REASON), PrescriptionStatus.ON_HOLD
        cancelled, specimen = OrderStatus.CANCELLED, SpecimenBody(type="Suero", collected_at=START)
        command = NewPrescription(patient=PATIENT, lines=lines)
        body = PrescriptionBody(lines=lines)
        return {
            "prescribing.draft": lambda: prescribing.draft(s, by, command),
            "prescribing.renew": lambda: prescribing.renew(s, by, signed.id),
            "prescribing.edit": lambda: prescribing.edit(s, by, draft.id, body, draft.version),
            "prescribing.read": lambda: prescribing.read(s, by, signed.id),
            "prescribing.check": lambda: prescribing.check(s, by, draft.id, None),
            "prescribing.check_unsaved": lambda: prescribing.check_unsaved(s, by, command, None),
            "prescribing.sign": lambda: prescribing.sign(s, by, draft.id, Sign(), draft.version),
            "prescribing.stop": lambda: prescribing.stop(s, by, signed.id, stopped, signed.version),
            "prescribing.change_status": lambda: prescribing.change_status(
                s, by, signed.id, held, reason=REASON, version=signed.version
            ),
            "ordering.draft": lambda: ordering.draft(s, by, NewOrder(patient=PATIENT, **ORDERED)),
            "ordering.edit": lambda: ordering.edit(
                s, by, order.id, OrderBody(**ORDERED), order.version
            ),
            "ordering.read": lambda: ordering.read(s, by, sent.id),
            "ordering.sign": lambda: ordering.sign(s, by, order.id, order.version),
            "ordering.close": lambda: ordering.close(
                s, by, sent.id, cancelled, reason=REASON, version=sent.version
            ),
            "ordering.take_over": lambda: ordering.take_over(s, by, sent.id, sent.version),
            "ordering.collect": lambda: ordering.collect(s, by, sent.id, specimen, sent.version),
            "ordering.receive": lambda: ordering.receive(s, by, sent.id, sent.version),
            "results.enter": lambda: results.enter(s, by, sent.id, potassium(), sent.version),
            "results.sign_off": lambda: results.sign_off(
                s, by, resulted.id, SignOff(result=1), resulted.version
            ),
            "results.history": lambda: results.history(s, by, resulted.id),
            "attachments.start": lambda: attachments.start(s, blobs, by, sent.id, new),
            "attachments.complete": lambda: attachments.complete(s, blobs, by, sent.id, self.file),
            "attachments.listed": lambda: attachments.listed(s, by, sent.id),
            "attachments.link": lambda: attachments.link(s, blobs, by, sent.id, self.file),
            "issuing.issue": lambda: issuing.issue(s, by, referral()),
            "issuing.read": lambda: issuing.read(s, by, kind, referred),
            "issuing.withdraw": lambda: issuing.withdraw(
                s, by, kind, referred, reason=REASON, version=self.paper.version
            ),
            "printing.print_prescription": lambda: printing.print_prescription(
                s, by, signed.id, HOW
            ),
            "printing.print_order": lambda: printing.print_order(s, by, sent.id, HOW),
            "printing.print_paper": lambda: printing.print_paper(s, by, kind, referred, HOW),
            "listing.summary": lambda: listing.summary(s, by, PATIENT),
            "listing.page": lambda: listing.page(s, by, PATIENT, EntryQuery()),
        }


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.make()


USE_CASES = sorted(Case.make().acts(call(DESK)))


def refuses(case: Case, caller: Caller, name: str) -> object:
    """The right that was missing, once the use case has refused and written nothing."""
    before = len(case.ward.world.store.changes)
    with pytest.raises(Forbidden) as refused:
        case.acts(call(caller))[name]()
    assert len(case.ward.world.store.changes) == before
    return refused.value.extra["right"]


def test_no_use_case_that_reaches_a_patient_is_left_out_here() -> None:
    known = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "OrdersServices" in str(inspect.signature(function))
    }
    assert known - LOADERS == set(USE_CASES)


@pytest.mark.parametrize("name", USE_CASES)
def test_without_the_right_every_use_case_refuses(case: Case, name: str) -> None:
    assert str(refuses(case, DESK, name)).startswith("orders.")
    assert str(refuses(case, partner("orders.search"), name)).startswith("orders.")


@pytest.mark.parametrize("name", sorted(set(USE_CASES) - LABORATORY_WORK))
def test_without_a_care_relation_every_use_case_refuses(
    case: Case, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case.ward.people, "relations", ())
    assert refuses(case, COLLEAGUE, name) == "patients.care_relation"


@pytest.mark.parametrize("name", sorted(set(USE_CASES) - LABORATORY_WORK))
def test_without_the_callers_own_token_nobody_is_let_in_by_a_relation(
    case: Case, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function that is called by no request has no token to show the patients service."""

    def unexpected(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing is asked without a token")

    client = httpx.Client(transport=httpx.MockTransport(unexpected))
    people = HttpPeople("https://clinic.example/api", "", lambda: client)
    monkeypatch.setattr(case.ward, "people", people)
    with pytest.raises(Unauthenticated):
        case.acts(call(COLLEAGUE))[name]()


def test_who_answers_for_an_order_comes_to_it_but_does_not_sign_without_a_relation() -> None:
    case = Case.make()
    case.ward.people.relations = ()
    acts = case.acts(call(physician()))
    acts["ordering.read"]()
    acts["results.sign_off"]()
    with pytest.raises(Forbidden):
        acts["ordering.sign"]()


def test_the_laboratory_and_partners_work_on_an_order_without_a_relation(case: Case) -> None:
    case.ward.people.asked.clear()
    case.acts(call(LABORATORY))["ordering.read"]()
    case.acts(call(partner(READ_ORDERS)))["attachments.link"]()
    both = live(user(Role.LABORATORY, Role.PHYSICIAN, subject="pathologist"))
    ordering.order_at(case.ward.services, call(both), case.sent.id, RESULT, case.sent.version)
    assert case.ward.people.asked == []


def test_a_broken_glass_leaves_its_entry_and_the_signature_its_answer() -> None:
    """The entry is no answer to the Idempotency-Key: the signature itself has to be made."""
    case = Case.make()
    case.ward.people.relations = (RelationKind.GLASS,)
    once = call(COLLEAGUE, key="sign-in-an-emergency")
    signed = prescribing.sign(case.ward.services, once, case.draft.id, Sign(), case.draft.version)
    assert signed.status is PrescriptionStatus.ACTIVE
    assert [a for a, _, _ in case.ward.world.audited()][-2:] == [
        "orders.enter",
        "orders.sign_prescription",
    ]


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("prescribing.read", 1),
        ("prescribing.edit", 2),
        # An order is read first and the patient's key after it, which may have been destroyed.
        ("ordering.read", 2),
        ("ordering.edit", 2),
        ("ordering.take_over", 2),
        ("results.history", 3),
        ("attachments.link", 2),
        ("attachments.listed", 3),
        ("issuing.read", 1),
        ("printing.print_order", 2),
    ],
)
def test_what_was_ordered_is_read_once(name: str, reads: int) -> None:
    case = Case.make()
    case.ward.world.store.trips.reads = 0
    case.acts(call(physician()))[name]()
    assert case.ward.world.store.trips.reads == reads
