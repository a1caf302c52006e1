"""Who may do what, found by asking: every operation, called by every kind of caller.

The whole product runs in this process on the backend in memory. Each operation's handler is called
with the ids of things that exist, by users of each role with each relation to the patient, by
machines, by users of another institution. Nothing is written: the first commit ends a call, and
means that it was allowed. So the answer is what the code decides, not what somebody wrote about it.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from pydantic import BaseModel

from schemas.care import RelationKind
from schemas.identity import MACHINE_SCOPES
from schemas.prescriptions import PrescriberBody
from telesalud.appointments import wiring as appointments
from telesalud.billing import wiring as billing
from telesalud.consults import wiring as consults
from telesalud.identity import issuing, repository
from telesalud.identity import wiring as identity
from telesalud.identity.model import Client, User
from telesalud.identity.stored import Profile
from telesalud.interop import wiring as interop
from telesalud.orders import wiring as orders
from telesalud.orders.repository import prescriber_key
from telesalud.orders.stored import StoredPrescriber
from telesalud.patients import wiring as patients
from telesalud.patients.people.relations import granted
from telesalud.pharmacy import wiring as pharmacy
from telesalud.platform import access
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.errors import DomainError, Forbidden
from telesalud.platform.http.operations import Auth, Operation, Request
from telesalud.platform.http.serving import Api, routes_in
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Once, Work
from tests.permissions import fhir
from tests.worlds import first_day
from tests.worlds.product import running

CONTEXTS: Final = (
    "identity",
    "patients",
    "appointments",
    "consults",
    "orders",
    "pharmacy",
    "billing",
    "interop",
)
CLINICIANS: Final = (Role.PHYSICIAN, Role.NURSE)
OTHER: Final = "other-hospital"


class Reached(Exception):
    """The call got to where it would write: it was allowed."""


_walking = threading.local()
_asked: list[str] = []


@contextmanager
def nothing_written() -> Iterator[None]:
    """In this thread, a commit ends the call; what rights were asked for is noted."""
    commit, allows = Work.commit, access.allows

    def stop(self: Work, *given: Any, **named: Any) -> None:
        if getattr(_walking, "on", False):
            raise Reached
        commit(self, *given, **named)

    def note(caller: Caller, right: str, grants: access.Grants) -> bool:
        if getattr(_walking, "on", False):
            _asked.append(right)
        return allows(caller, right, grants)

    Work.commit, access.allows = stop, note  # type: ignore[method-assign]  # for the walk only
    try:
        yield
    finally:
        Work.commit, access.allows = commit, allows  # type: ignore[method-assign]  # as it was


_NOBODYS: Final = "01900000-0000-7000-8000-0000000000ff"


@dataclass(frozen=True)
class Somebody:
    """A kind of caller, with a token that the contexts take."""

    name: str
    caller: Caller
    token: str = ""


@dataclass
class Clinic:
    """The running product after its first day, and the things that exist there."""

    patient: str
    things: Mapping[str, str]
    people: Sequence[Somebody]
    strangers: Sequence[Somebody]
    operations: Sequence[tuple[str, Operation]]
    counts: dict[str, int] = field(default_factory=dict)


@contextmanager
def clinic() -> Iterator[Clinic]:
    """Start the product, live its first day, and hire one of each kind."""
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        day = first_day.Day(product, http)
        with _kept() as seen:
            first_day.live(day)
            _ordered(seen.people["medicina.uno"], seen["patients"])
            _admitted(day, seen.people, seen["patients"])
            warehouse = {"name": "Farmacia Demostración", "zone": "America/Lima"}
            seen.people["admin.demo"].do("POST", "/pharmacy/warehouses", warehouse)
        patient = seen["patients"]
        people = [_hired(first_day.TENANT, "no role")]
        for role in Role:
            if role not in CLINICIANS:
                people.append(_hired(first_day.TENANT, role.value, role))
                continue
            for relation in (None, RelationKind.TEAM, RelationKind.TREATED):
                label = f"{role.value}, {relation.value if relation else 'no relation'}"
                people.append(_hired(first_day.TENANT, label, role))
                if role is Role.PHYSICIAN:
                    _register(people[-1].caller)
                if relation is not None:
                    _relate(patient, people[-1].caller.subject, relation)
        people.append(_machine(first_day.TENANT))
        seen["fhir"] = fhir.made(people[-1].caller)
        strangers = [_hired(OTHER, "all roles", *Role), _machine(OTHER)]
        product.backend.run()
        yield Clinic(patient, seen, people, strangers, _operations())


class Seen(dict[str, str]):
    """The ids of what was made, by the collection that it was posted to, and the people."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, first_day.Person] = {}


def _ordered(doctor: first_day.Person, patient: str) -> None:
    """What the day did not need: a test, a referral, a certificate."""
    test = {"loinc": "718-7", "display": "Hemoglobina"}
    reason = {"patient": patient, "reason": "Control"}
    body = {**reason, "kind": "laboratory", "tests": [test]}
    doctor.do("POST", "/orders/requests", body)
    doctor.do("POST", "/orders/referrals", {**reason, "to_service": "Cardiología"})
    today = datetime.now(UTC).date().isoformat()
    period = {"patient": patient, "begin": today, "end": today, "statement": "Reposo"}
    doctor.do("POST", "/orders/certificates", period)


def _admitted(day: first_day.Day, people: Mapping[str, first_day.Person], patient: str) -> None:
    """A patient in a bed."""
    ward = day.employee(people["admin.demo"], "ingresos.uno", "admissions")
    body = {
        "place": {"kind": "chair", "ward": "Hospital de día", "name": "Sillón 1"},
        "responsible": people["medicina.uno"].id,
        "diagnosis": "Tratamiento de demostración",
    }
    ward.do("POST", f"/patients/{patient}/admissions", body)


@contextmanager
def _kept() -> Iterator["Seen"]:
    """What the day makes, and who lives it."""
    seen = Seen()
    do = first_day.Person.do

    def noting(self: first_day.Person, method: str, path: str, *more: Any, **headers: str) -> Any:
        answer = do(self, method, path, *more, **headers)
        if method == "POST" and isinstance(answer, dict) and "id" in answer:
            seen.setdefault(path.rpartition("/")[2], answer["id"])
        seen.people[self.user_name] = self
        return answer

    first_day.Person.do = noting  # type: ignore[method-assign]  # to learn what exists
    try:
        yield seen
    finally:
        first_day.Person.do = do  # type: ignore[method-assign]  # as it was


def _hired(tenant: str, name: str, *roles: Role) -> Somebody:
    """A user whom no administrator made: their account is not what is looked at here."""
    services = identity.services()
    profile = Profile(user_name=name, display_name="Persona Demostración", language="es")
    user = User(
        services.core.new_id(),
        tenant,
        profile,
        frozenset(roles),
        active=True,
        created_at=services.core.clock(),
        version=0,
    )
    services.core.store.transact([repository.put_user(services.core, user)])
    now = int(services.core.clock().timestamp())
    caller = Caller(
        tenant,
        user.id,
        CallerKind.USER,
        user.roles,
        session=services.core.new_id(),
        expires=now + 600,
        issued=now,
        name=profile.display_name,
    )
    return Somebody(name, caller, issuing.user_token(services, user, caller.session))


def _machine(tenant: str) -> Somebody:
    services, scopes = identity.services(), frozenset(MACHINE_SCOPES)
    subject, now = services.core.new_id(), services.core.clock()
    client = Client(
        subject, tenant, "Sistema", scopes, active=True, created_at=now, secrets=(), version=0
    )
    caller = Caller(tenant, subject, CallerKind.PARTNER, scopes=scopes)
    return Somebody("machine", caller, issuing.client_token(services, client, scopes))


def _register(physician: Caller) -> None:
    """Put the registration on file that papers carry: without it nobody signs one."""
    services = orders.services()
    key = prescriber_key(physician.tenant, physician.subject)
    given = {
        "name": physician.name,
        "registration": {"type": "DEMO", "number": "000002"},
        "institution": "Hospital Demostración",
    }
    body = StoredPrescriber.of(PrescriberBody.model_validate(given))
    sealed = seal_model(services.vault, Scope(physician.tenant), key, body)
    services.store.transact([Put(key, {ATTRIBUTE: sealed})])


def _relate(patient: str, user: str, kind: RelationKind) -> None:
    services = patients.services()
    until = services.clock() + timedelta(days=90)
    write = granted(first_day.TENANT, patient, user, kind, until)
    services.store.transact([write])


def _operations() -> list[tuple[str, Operation]]:
    found = []
    for context in CONTEXTS:
        wiring = {
            "patients": patients,
            "appointments": appointments,
            "orders": orders,
            "pharmacy": pharmacy,
            "billing": billing,
            "interop": interop,
        }
        services = wiring[context].services if context in wiring else consults.services
        api = Api(context, routes_in(f"telesalud.{context}.routes"), services)
        asked = [each for each in api.operations if each.auth is Auth.CALLER]
        found += [(context, each) for each in _spelled(context, asked)]
    return sorted(found, key=lambda one: (one[0], one[1].path, one[1].method))


def _spelled(context: str, asked: list[Operation]) -> Iterable[Operation]:
    if context != "interop":
        return asked
    of_fhir = [each for each in asked if each.path.startswith(fhir.BASE)]
    return [*(each for each in asked if each not in of_fhir), *fhir.spelled(of_fhir)]


@dataclass(frozen=True)
class Verdict:
    """What became of a call."""

    allowed: bool
    rights: tuple[str, ...]
    """What was asked for on the way."""
    refusal: str = ""
    """The right that was missing, or the kind of another refusal."""
    answered: bool = False
    """Whether something came back without a refusal of any kind."""


def ask(clinic: Clinic, operation: Operation, who: Somebody) -> Verdict:
    """Call one operation as somebody."""
    _asked.clear()
    _walking.on = True
    try:
        operation.handler(_request(clinic, operation, who))
    except Forbidden as denied:
        return Verdict(False, tuple(_asked), str(denied.extra.get("right", denied.slug)))
    except Reached:
        return Verdict(True, tuple(_asked), answered=True)
    except DomainError as refused:
        return Verdict(True, tuple(_asked), type(refused).__name__)
    except Exception as broken:  # noqa: BLE001  # an empty body: past the question, or before it
        return Verdict(True, tuple(_asked), type(broken).__name__)
    finally:
        _walking.on = False
    return Verdict(True, tuple(_asked), answered=True)


def _request(clinic: Clinic, operation: Operation, who: Somebody) -> Request:
    if operation.path.startswith(fhir.BASE):
        asked = fhir.parts(operation, clinic.things["fhir"])
        asked["headers"] |= {"authorization": f"Bearer {who.token}"}
        return Request(Call(who.caller, "walk"), body=None, query=None, if_match=0, **asked)
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    once = Once("walk-0001", "walk") if operation.idempotent else None
    query = operation.query.model_construct() if operation.query else None
    return Request(
        call=Call(who.caller, "walk", once),
        path={name: _thing(clinic, operation, name) for name in names},
        body=_body(clinic, operation.body) if operation.body else None,
        query=query,
        if_match=1,
        headers={"authorization": f"Bearer {who.token}", "content-type": "application/hl7-v2"},
    )


def _body(clinic: Clinic, model: type[BaseModel]) -> BaseModel:
    """A body with no more than decisions look at; whatever needs the rest comes after them."""
    today = datetime.now(UTC).date()
    fields: dict[str, Any] = {
        "patient": clinic.patient,
        "begin": today,
        "end": today,
        "reason": "walk",
        "text": "MSH|",
        "participants": ("practitioner-1",),
        "lines": (),
        "encounter": None,
        "consult": _NOBODYS,
        "site": clinic.things.get("sites", _NOBODYS),
        "contract": _NOBODYS,
    }
    given = {name: value for name, value in fields.items() if name in model.model_fields}
    return model.model_construct(**given)


def _thing(clinic: Clinic, operation: Operation, name: str) -> str:
    """An id that exists, where the day made such a thing; else one that nobody has."""
    if name == "patient_id":
        return clinic.patient
    if name == "kind":
        return "formulary"
    if name == "code":
        return "visit"
    if name == "language":
        return "es"
    if name in ("version", "number"):
        return "1"
    collection = operation.path.split("/{")[0].rpartition("/")[2]
    before = operation.path.partition("/{" + name)[0].rpartition("/")[2]
    made = clinic.things.get(before) or clinic.things.get(collection)
    return made or _NOBODYS
