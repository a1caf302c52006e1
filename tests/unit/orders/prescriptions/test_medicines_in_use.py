"""What is in use: signed prescriptions at once, ended courses no longer, each named in alerts."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.formulary import CatalogueKind, FormularySearch, TermPurpose, TermSearch
from schemas.prescriptions import (
    Alert,
    AlertKind,
    AlertSeverity,
    Checks,
    Dose,
    NewPrescription,
    Override,
    Prescription,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import listing
from telesalud.orders.catalogues import releases
from telesalud.orders.errors import BlockingAlerts
from telesalud.orders.medicines import vocabulary
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.repository import now_key
from telesalud.orders.stored import NowPrescription
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Put
from telesalud.platform.vault import Scope
from tests.worlds.orders.ward import (
    DESK,
    FORMULARY,
    PATIENT,
    PHARMACIST,
    Ward,
    json_file,
    line,
    physician,
)
from tests.worlds.world import TENANT, call, user

REASON = "El beneficio supera el riesgo"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def add(ward: Ward, *more: dict[str, Any]) -> None:
    """The formulary with more products."""
    releases.put(
        ward.services,
        ward.catalogues,
        call(user(Role.ADMINISTRATOR, subject="administrator-1")),
        kind=CatalogueKind.FORMULARY,
        given=json_file([*FORMULARY, *more]),
        version=1,
    )


def product(code: str, atc: str, name: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "code": code,
        "atc": atc,
        "name": name,
        "substances": [name],
        "form": "tableta",
        "strength": "500 mg",
        "unit": "tableta",
        "routes": ["oral"],
    }
    return fields | changes


def checks(ward: Ward, *codes: str, **body: Any) -> Checks:
    lines = tuple(line(code) for code in codes)
    command = NewPrescription(patient=PATIENT, lines=lines, **body)
    return prescribing.check_unsaved(ward.services, call(physician()), command, "es")


def of(found: Checks, kind: AlertKind) -> list[Alert]:
    return [alert for alert in found.alerts if alert.kind is kind]


def signed(ward: Ward, *codes: str, **changes: Any) -> Prescription:
    lines = tuple(line(code, **changes) for code in codes)
    command = NewPrescription(patient=PATIENT, lines=lines)
    drafted = prescribing.draft(ward.services, call(physician()), command)
    return prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)


def test_lines_are_checked_before_they_are_a_draft_and_nothing_is_written(ward: Ward) -> None:
    found = of(checks(ward, "WAR005", "IBU400"), AlertKind.INTERACTION)
    assert [(a.first, a.second) for a in found] == [("Warfarina 1 mg", "Ibuprofeno 400 mg")]
    assert found[0].advice
    assert ward.types() == []
    command = NewPrescription(patient=PATIENT, lines=(line("PAR500"),))
    with pytest.raises(Forbidden):
        prescribing.check_unsaved(ward.services, call(DESK), command, None)


def test_what_was_signed_is_on_the_list_of_medicines_at_once(ward: Ward) -> None:
    made = signed(ward, "WAR005")
    found = listing.summary(ward.services, call(physician()), PATIENT).medicines
    assert [(m.prescription, m.line.product.name, m.status) for m in found] == [
        (made.id, "Warfarina", "active")
    ]
    assert found[0].until == found[0].since + timedelta(days=7)


def test_a_stopped_line_leaves_the_list(ward: Ward) -> None:
    made = signed(ward, "PAR500", "AMX500")
    stop = Stop(reason="Ya no lo necesita más", lines=(1,))
    prescribing.stop(ward.services, call(physician()), made.id, stop, made.version)
    found = listing.summary(ward.services, call(physician()), PATIENT).medicines
    assert [m.line.product.code for m in found] == ["AMX500"]


def test_a_course_that_has_ended_is_over(ward: Ward) -> None:
    signed(ward, "IBU400")
    assert of(checks(ward, "IBU400"), AlertKind.DUPLICATE)
    ward.world.clock.advance(days=8)
    assert not of(checks(ward, "IBU400", "WAR005"), AlertKind.DUPLICATE)
    assert listing.summary(ward.services, call(physician()), PATIENT).medicines == ()


def test_what_goes_on_is_taken_until_it_is_stopped(ward: Ward) -> None:
    signed(ward, "WAR005", continuous=True)
    ward.world.clock.advance(days=400)
    assert of(checks(ward, "IBU400"), AlertKind.INTERACTION)
    found = listing.summary(ward.services, call(physician()), PATIENT).medicines
    assert [m.until for m in found] == [None]


def test_what_stays_in_the_body_interacts_after_its_course(ward: Ward) -> None:
    add(
        ward,
        product("FLX020", "N06AB03", "fluoxetine", strength="20 mg"),
        product("TCP010", "N06AF04", "tranylcypromine", strength="10 mg"),
    )
    signed(ward, "FLX020")
    ward.world.clock.advance(days=20)
    assert of(checks(ward, "TCP010"), AlertKind.INTERACTION)
    assert not of(checks(ward, "FLX020"), AlertKind.DUPLICATE)
    ward.world.clock.advance(days=40)
    assert not of(checks(ward, "TCP010"), AlertKind.INTERACTION)


def test_what_an_earlier_release_kept_by_codes_only_ends_as_well(ward: Ward) -> None:
    made = signed(ward, "IBU400")
    key, scope = now_key(TENANT, PATIENT, "PRESCRIPTION", made.id), Scope(TENANT, PATIENT)
    item = ward.world.store.get(key)
    assert item is not None
    known = open_model(ward.vault, scope, item, NowPrescription)
    bare = NowPrescription(entry=known.entry, codes=known.codes)
    ward.world.store.transact([Put(key, {ATTRIBUTE: seal_model(ward.vault, scope, key, bare)})])
    assert of(checks(ward, "IBU400"), AlertKind.DUPLICATE)
    ward.world.clock.advance(days=30)
    assert not of(checks(ward, "IBU400"), AlertKind.DUPLICATE)


def test_a_contraindicated_pair_asks_for_a_precaution_besides_a_reason(ward: Ward) -> None:
    add(
        ward,
        product("SIM020", "C10AA01", "simvastatin", strength="20 mg"),
        product("CLA500", "J01FA09", "clarithromycin"),
    )
    drafted = ward.draft("SIM020", "CLA500")
    found = prescribing.check(ward.services, call(physician()), drafted.id, "es")
    pair = next(a for a in found.alerts if a.contraindicated)
    reasoned = [
        Override(alert=a.id, reason=REASON)
        for a in found.alerts
        if a.severity is AlertSeverity.HIGH
    ]
    with pytest.raises(BlockingAlerts) as refused:
        sign(ward, drafted, reasoned)
    assert refused.value.extra["alerts"] == [pair.id]
    both = [
        one.model_copy(update={"precaution": "Suspende la estatina esos días"}) for one in reasoned
    ]
    made = sign(ward, drafted, both)
    kept = {one.alert.id: one.precaution for one in made.overrides}
    assert kept[pair.id] == "Suspende la estatina esos días"
    assert made.unchecked
    assert made.checked_with
    again = prescribing.read(ward.services, call(physician()), made.id)
    assert again.alerts == made.alerts


def sign(ward: Ward, drafted: Prescription, overrides: list[Override]) -> Prescription:
    command = Sign(overrides=tuple(overrides))
    return prescribing.sign(ward.services, call(physician()), drafted.id, command, drafted.version)


def test_dose_alerts_are_kept_with_the_signature(ward: Ward) -> None:
    lines = (line("WAR005", quantity=84, dose=Dose(value=4, unit="tableta")),)
    command = NewPrescription(patient=PATIENT, lines=lines)
    drafted = prescribing.draft(ward.services, call(physician()), command)
    found = prescribing.check(ward.services, call(physician()), drafted.id, "es").alerts
    high = [a for a in found if a.severity is AlertSeverity.HIGH]
    overrides = [Override(alert=a.id, reason=REASON, precaution=REASON) for a in high]
    made = sign(ward, drafted, overrides)
    assert AlertKind.DOSE in {a.kind for a in made.alerts}
    again = prescribing.read(ward.services, call(physician()), made.id)
    assert again.alerts == made.alerts


def test_a_held_prescription_stays_on_the_list_as_held(ward: Ward) -> None:
    made = signed(ward, "WAR005")
    prescribing.change_status(
        ward.services,
        call(physician()),
        made.id,
        PrescriptionStatus.ON_HOLD,
        reason="Cirugía programada mañana",
        version=made.version,
    )
    found = listing.summary(ward.services, call(physician()), PATIENT).medicines
    assert [m.status for m in found] == ["on_hold"]


@pytest.mark.parametrize(
    ("q", "purpose", "code"),
    [
        ("penicilina", TermPurpose.ALLERGY, "group:penicillins"),
        ("AINE", TermPurpose.ALLERGY, "group:nsaids"),
        ("sulfas", TermPurpose.ALLERGY, "group:sulfonamides"),
        ("látex", TermPurpose.ALLERGY, "group:latex"),
        ("yodo", TermPurpose.ALLERGY, "group:iodine-topical"),
        ("camarón", TermPurpose.ALLERGY, "group:shellfish"),
        ("dipirona", TermPurpose.ALLERGY, "substance:metamizole-sodium"),
        ("aspirina", TermPurpose.MEDICINE, "substance:acetylsalicylic-acid"),
        ("sinvastatina", TermPurpose.MEDICINE, "substance:simvastatin"),
        ("varfarina", TermPurpose.MEDICINE, "substance:warfarin"),
        ("acetaminofén", TermPurpose.MEDICINE, "substance:paracetamol"),
        ("amoxi", TermPurpose.MEDICINE, "substance:amoxicillin"),
    ],
)
def test_what_people_type_finds_its_code(q: str, purpose: TermPurpose, code: str) -> None:
    found = vocabulary.search(call(physician()), TermSearch(q=q, purpose=purpose))
    assert code in [term.code for term in found.items[:3]]


def test_the_pick_list_of_allergies_needs_no_words_and_has_no_substances() -> None:
    query = TermSearch(purpose=TermPurpose.ALLERGY, language="pt")
    found = vocabulary.search(call(PHARMACIST), query)
    assert {"group:penicillins", "group:latex", "group:egg"} <= {t.code for t in found.items}
    assert all(term.code.startswith("group:") for term in found.items)
    with pytest.raises(Forbidden):
        vocabulary.search(call(user(Role.AUDITOR)), query)


def test_products_are_found_by_what_people_call_them(ward: Ward) -> None:
    for q, code in (("aspirina", "ASA100"), ("acetaminofen", "PAR500"), ("varfarina", "WAR005")):
        found = releases.search(
            ward.services, ward.catalogues, call(physician()), FormularySearch(q=q)
        )
        assert [item.code for item in found.items] == [code]
