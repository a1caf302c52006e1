"""Prescriptions: what is checked, who may sign, what never gets lost."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from schemas.formulary import CatalogueKind, Route
from schemas.orders import EntryQuery
from schemas.prescriptions import (
    AlertKind,
    AlertSeverity,
    NewPrescription,
    Override,
    PrescriptionBody,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import current_state, listing
from telesalud.orders.access import open_record
from telesalud.orders.catalogues.releases import pointer_key
from telesalud.orders.errors import BlockingAlerts, NoCatalogue, NotRegistered, PatientDeceased
from telesalud.orders.policy import READ_CHART
from telesalud.orders.prescriptions import prescribing
from telesalud.platform.errors import (
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
)
from telesalud.platform.store import Delete
from telesalud.platform.vault import Scope
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import (
    DESK,
    LABORATORY,
    NOBODY,
    NURSE,
    PATIENT,
    PHARMACIST,
    FakePeople,
    Ward,
    line,
    live,
    physician,
)
from tests.worlds.world import TENANT, call

ENTRY = "019ab000-0000-7000-8000-00000000aaaa"
REASON = "El beneficio supera el riesgo en este paciente"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def sign(ward: Ward, drafted: Any, *overrides: Override, by: Any = None) -> Any:
    command = Sign(overrides=overrides)
    return prescribing.sign(
        ward.services, call(by or physician()), drafted.id, command, drafted.version
    )


def test_a_signed_prescription_is_read_back_as_answered(ward: Ward) -> None:
    signed = ward.signed("PAR500", "AMX500")
    assert prescribing.read(ward.services, call(PHARMACIST), signed.id) == signed
    assert signed.status is PrescriptionStatus.ACTIVE
    assert signed.prescriber is not None
    assert signed.prescriber.registration.number == "000001"
    assert ward.world.audited()[-1] == ("orders.read_prescription", PATIENT, "done")


def test_nothing_of_a_prescription_is_stored_in_clear(ward: Ward) -> None:
    ward.signed("AMX500", reported_allergies=("substance:ibuprofen",))
    clear = repr([change.new for change in ward.world.store.changes if change.new]).lower()
    for word in ("amoxicil", "j01ca04", "demostración uno", "ibuprofen", "1980-"):
        assert word not in clear


def test_a_recorded_allergy_blocks_until_a_reason_is_given_and_the_reason_is_kept(
    ward: Ward,
) -> None:
    ward.hear("patients.allergy_recorded", {"entry_id": ENTRY, "codes": ["substance:amoxicillin"]})
    drafted = ward.draft("AMC875")
    with pytest.raises(BlockingAlerts) as refused:
        sign(ward, drafted)
    alert = refused.value.extra["alerts"][0]  # type: ignore[index]  # a list of ids
    assert ward.types() == []
    signed = sign(ward, drafted, Override(alert=alert, reason=REASON))
    kept = prescribing.read(ward.services, call(physician()), signed.id).overrides
    assert [(o.alert.id, o.reason, o.by) for o in kept] == [(alert, REASON, "physician-1")]


def test_an_allergy_recorded_while_the_prescriber_signs_is_not_overlooked(ward: Ward) -> None:
    drafted = ward.draft("AMX500")
    heard: list[bool] = []

    def meanwhile(_: object) -> None:
        if not heard:
            heard.append(True)
            fact = {"entry_id": ENTRY, "codes": ["atc:J01C"]}
            ward.hear("patients.allergy_recorded", fact)

    ward.world.store.before_transact = meanwhile
    with pytest.raises(BlockingAlerts):
        sign(ward, drafted)


def test_of_two_prescriptions_signed_at_once_the_second_sees_the_first(ward: Ward) -> None:
    one, two = ward.draft("WAR005"), ward.draft("IBU400")
    done: list[bool] = []

    def meanwhile(_: object) -> None:
        if not done:
            done.append(True)
            sign(ward, one)

    ward.world.store.before_transact = meanwhile
    with pytest.raises(BlockingAlerts) as refused:
        sign(ward, two)
    assert f"prescription/{one.id}" in str(refused.value.extra["alerts"])


def test_a_removed_allergy_no_longer_counts_and_late_news_do_not_bring_it_back(ward: Ward) -> None:
    fact = {"entry_id": ENTRY, "codes": ["atc:J01C"]}
    ward.hear("patients.allergy_removed", {"entry_id": ENTRY}, sequence=2)
    ward.hear("patients.allergy_recorded", fact, sequence=1)
    assert ward.signed("AMX500").alerts == ()


def test_an_event_heard_twice_counts_once(ward: Ward) -> None:
    fact = {"entry_id": ENTRY, "codes": ["atc:J01C"]}
    ward.hear("patients.allergy_recorded", fact)
    before = len(ward.world.store.changes)
    ward.hear("patients.allergy_recorded", fact)
    assert len(ward.world.store.changes) == before


def test_allergies_told_at_the_visit_are_checked_and_kept(ward: Ward) -> None:
    drafted = ward.draft("IBU400", reported_allergies=("substance:ibuprofen",))
    with pytest.raises(BlockingAlerts):
        sign(ward, drafted)
    assert drafted.reported_allergies == ("substance:ibuprofen",)


def test_a_medicine_in_use_is_checked_for_interactions_until_it_is_stopped(ward: Ward) -> None:
    fact = {"entry_id": ENTRY, "codes": ["substance:warfarin"]}
    ward.hear("patients.medication_recorded", fact, sequence=1)
    drafted = ward.draft("IBU400")
    alerts = prescribing.check(ward.services, call(NURSE), drafted.id, "en").alerts
    assert [(a.kind, a.severity, a.text) for a in alerts] == [
        (AlertKind.INTERACTION, AlertSeverity.HIGH, "Higher risk of bleeding.")
    ]
    ward.hear("patients.medication_stopped", {"entry_id": ENTRY}, sequence=2)
    assert prescribing.check(ward.services, call(NURSE), drafted.id, None).alerts == ()


def test_an_override_of_an_alert_that_is_not_there_is_refused(ward: Ward) -> None:
    drafted = ward.draft("PAR500")
    with pytest.raises(Invalid):
        sign(ward, drafted, Override(alert="allergy:1:x:y", reason=REASON))


def test_nothing_is_prescribed_for_a_deceased_patient(ward: Ward) -> None:
    drafted = ward.draft()
    ward.hear("patients.patient_deceased", {"deceased_on": "2026-11-20"}, subject=PATIENT)
    with pytest.raises(PatientDeceased):
        ward.draft()
    with pytest.raises(PatientDeceased):
        sign(ward, drafted)
    ward.hear("patients.patient_deceased", {"deceased_on": None}, sequence=2, subject=PATIENT)
    sign(ward, drafted)


def test_the_patients_service_saying_that_he_died_is_enough(ward: Ward) -> None:
    ward.people.deceased = True
    with pytest.raises(PatientDeceased):
        ward.draft()


def test_an_expired_session_signs_nothing_although_the_gateway_let_it_in(ward: Ward) -> None:
    drafted = ward.draft()
    with pytest.raises(SessionExpired):
        sign(ward, drafted, by=live(physician(), minutes=0))
    found = prescribing.read(ward.services, call(physician()), drafted.id)
    assert found.status is PrescriptionStatus.DRAFT


def test_without_a_registration_on_file_nobody_signs(ward: Ward) -> None:
    drafted = ward.draft()
    with pytest.raises(NotRegistered):
        sign(ward, drafted, by=physician(subject="physician-9"))


def test_who_may_do_what(ward: Ward) -> None:
    drafted = ward.draft(by=NURSE)
    for caller in (NURSE, LABORATORY, PHARMACIST, DESK):
        with pytest.raises(Forbidden):
            sign(ward, drafted, by=caller)
    for caller in (LABORATORY, DESK):
        with pytest.raises(Forbidden):
            prescribing.read(ward.services, call(caller), drafted.id)
    for caller in (PHARMACIST, LABORATORY, DESK):
        with pytest.raises(Forbidden):
            ward.draft(by=caller)


def test_another_tenants_prescription_does_not_exist(ward: Ward) -> None:
    drafted, stranger = ward.draft(), physician(tenant="clinic-two")
    signed = ward.signed("PAR500")
    ward.people = FakePeople("clinic-two")
    attempts: list[Callable[[], object]] = [
        lambda: prescribing.read(ward.services, call(stranger), drafted.id),
        lambda: sign(ward, drafted, by=stranger),
        lambda: prescribing.check(ward.services, call(stranger), drafted.id, None),
        lambda: prescribing.renew(ward.services, call(stranger), signed.id),
        lambda: prescribing.stop(
            ward.services, call(stranger), signed.id, Stop(reason=REASON), signed.version
        ),
        lambda: ward.draft(by=stranger),
        lambda: listing.summary(ward.services, call(stranger), PATIENT),
        lambda: listing.page(ward.services, call(stranger), PATIENT, EntryQuery()),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def test_unknown_patients_products_and_routes_are_refused(ward: Ward) -> None:
    command = NewPrescription(patient=NOBODY, lines=(line("PAR500"),))
    with pytest.raises(NotFound):
        prescribing.draft(ward.services, call(physician()), command)
    wrong = (line("PAR500", route=Route.RECTAL), line("NONE"))
    command = NewPrescription(patient=PATIENT, lines=wrong)
    with pytest.raises(Invalid) as refused:
        prescribing.draft(ward.services, call(physician()), command)
    assert [fault.pointer for fault in refused.value.fields] == ["/lines/0/route", "/lines/1/item"]


def test_interactions_are_found_without_a_table_of_the_institution(ward: Ward) -> None:
    drafted = ward.draft("WAR005", "NAP500")
    ward.world.store.transact([Delete(pointer_key(TENANT, CatalogueKind.INTERACTIONS))])
    with pytest.raises(BlockingAlerts):
        sign(ward, drafted)


def test_without_a_formulary_nothing_is_signed(ward: Ward) -> None:
    drafted = ward.draft()
    ward.world.store.transact([Delete(pointer_key(TENANT, CatalogueKind.FORMULARY))])
    with pytest.raises(NoCatalogue):
        sign(ward, drafted)


def test_of_two_editors_of_a_draft_the_second_is_told(ward: Ward) -> None:
    drafted = ward.draft()
    body = PrescriptionBody(lines=(line("IBU400"),))
    edited = prescribing.edit(ward.services, call(NURSE), drafted.id, body, drafted.version)
    assert edited.lines[0].item == "IBU400"
    with pytest.raises(StaleVersion):
        prescribing.edit(ward.services, call(physician()), drafted.id, body, drafted.version)
    with pytest.raises(StaleVersion):
        sign(ward, drafted)


def test_what_was_signed_is_not_edited(ward: Ward) -> None:
    signed = ward.signed()
    body = PrescriptionBody(lines=(line("IBU400"),))
    with pytest.raises(InvalidTransition) as refused:
        prescribing.edit(ward.services, call(physician()), signed.id, body, signed.version)
    assert refused.value.extra == {"current": "active", "requested": "edited"}


def test_stopping_a_line_leaves_the_others_and_stopping_the_last_stops_it(ward: Ward) -> None:
    signed = ward.signed("PAR500", "AMX500")
    one = Stop(reason=REASON, lines=(2,))
    after = prescribing.stop(ward.services, call(physician()), signed.id, one, signed.version)
    assert after.status is PrescriptionStatus.ACTIVE
    assert [bool(x.stopped_at) for x in after.lines] == [False, True]
    assert ward.signed("AMX500").alerts == ()
    with pytest.raises(Invalid):
        prescribing.stop(ward.services, call(physician()), signed.id, one, after.version)
    rest = Stop(reason=REASON)
    after = prescribing.stop(ward.services, call(physician()), signed.id, rest, after.version)
    assert after.status is PrescriptionStatus.STOPPED


def test_a_renewal_completes_what_it_renews_and_is_no_duplicate_of_it(ward: Ward) -> None:
    old = ward.signed("AMX500")
    renewal = prescribing.renew(ward.services, call(physician()), old.id)
    assert renewal.renews == old.id
    signed = sign(ward, renewal)
    assert signed.alerts == ()
    found = prescribing.read(ward.services, call(physician()), old.id)
    assert found.status is PrescriptionStatus.COMPLETED
    shown = listing.summary(ward.services, call(NURSE), PATIENT).prescriptions
    assert [entry.id for entry in shown] == [signed.id]


def test_a_second_prescription_of_the_same_substance_is_a_duplicate(ward: Ward) -> None:
    ward.signed("AMX500")
    with pytest.raises(BlockingAlerts):
        ward.signed("AMC875")


def test_the_summary_costs_two_round_trips_whatever_the_length_of_the_record(ward: Ward) -> None:
    for _ in range(30):
        old = ward.signed("AMX500")
        prescribing.stop(ward.services, call(physician()), old.id, Stop(reason=REASON), old.version)
    kept = ward.signed("AMX500")
    ward.world.store.trips.reads = 0
    found = listing.summary(ward.cold, call(physician()), PATIENT)
    assert [entry.id for entry in found.prescriptions] == [kept.id]
    assert ward.world.store.trips.reads == 2


def test_the_list_pages_through_everything_latest_first(ward: Ward) -> None:
    made = []
    for _ in range(5):
        ward.world.clock.advance(minutes=1)
        made.append(ward.draft().id)
    first = listing.page(ward.services, call(NURSE), PATIENT, EntryQuery(limit=3))
    rest = listing.page(
        ward.services, call(NURSE), PATIENT, EntryQuery(limit=3, cursor=first.cursor)
    )
    assert [entry.id for entry in (*first.items, *rest.items)] == made[::-1]
    assert rest.cursor is None


def test_a_check_against_the_formulary_reads_three_times_and_fetches_no_file(ward: Ward) -> None:
    drafted = ward.draft()
    ward.world.store.trips.reads = 0
    prescribing.check(ward.services, call(physician()), drafted.id, None)
    assert ward.world.store.trips.reads == 3


def test_a_shredded_patients_prescriptions_are_gone(ward: Ward) -> None:
    signed = ward.signed()
    ward.services.vault.shred(Scope(TENANT, PATIENT))
    with pytest.raises(Gone):
        prescribing.read(ward.cold, call(physician()), signed.id)


def test_signing_survives_a_crash_at_every_step() -> None:
    made: dict[int, Any] = {}

    def make() -> Ward:
        ward = Ward()
        made[id(ward)] = ward.draft("PAR500")
        return ward

    def act(ward: Ward) -> None:
        drafted = made[id(ward)]
        with contextlib.suppress(AnsweredBefore):
            prescribing.sign(
                ward.services,
                call(physician(), key="sign-key-1"),
                drafted.id,
                Sign(),
                drafted.version,
            )

    def check(ward: Ward) -> None:
        drafted = made[id(ward)]
        found = prescribing.read(ward.services, call(physician()), drafted.id)
        assert found.status is PrescriptionStatus.ACTIVE
        assert ward.types() == ["orders.prescription_signed"]
        now = current_state.load(open_record(ward.services, call(physician()), PATIENT, READ_CHART))
        assert [p.entry.id for p in now.prescriptions] == [drafted.id]

    def act_or_see(ward: Ward) -> None:
        # A client whose answer was lost repeats the request; the edge answers it from memory.
        with contextlib.suppress(StaleVersion):
            act(ward)

    assert crash_everywhere(make, lambda w: w.world.store, act_or_see, check) >= 2
