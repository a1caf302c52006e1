"""What this context does when it hears of events, its own and others'."""

from collections.abc import Callable, Mapping

from schemas.alarms import AlarmTestAsked
from schemas.attachments import AttachmentFact
from schemas.clinical_events import (
    AllergyRecorded,
    AllergyRemoved,
    MedicationRecorded,
    MedicationStopped,
    PatientDeceased,
)
from schemas.custody import RecordShredded
from schemas.dispensing import DispensingFact
from schemas.forms import FormAlert
from schemas.orders import OrderFact
from telesalud.orders import repository
from telesalud.orders.alarms import raising, trying
from telesalud.orders.current_state import ALLERGY, MEDICATION, learn
from telesalud.orders.erasing import erase
from telesalud.orders.prescriptions import dispensed
from telesalud.orders.requests import deadlines, inspection
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import NowEntry, NowState
from telesalud.platform import standing
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.ports.scanner import Scanner
from telesalud.platform.ports.workflows import Workflows
from telesalud.platform.work import Services


def handlers(
    services: Callable[[], OrdersServices],
    blobs: Callable[[], Blobs],
    scanner: Callable[[], Scanner],
    workflow: Callable[[], Workflows],
    alarm_workflow: Callable[[], Workflows],
) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def watch(event: Event) -> None:
        deadlines.watch(workflow(), event.tenant, data_of(event, OrderFact))

    def critical(event: Event) -> None:
        fact = data_of(event, OrderFact)
        raising.watch(alarm_workflow(), event.tenant, fact.order_id, fact.result or 1)

    def tested(event: Event) -> None:
        trying.watch(alarm_workflow(), event.tenant, data_of(event, AlarmTestAsked))

    def answered(event: Event) -> None:
        raising.of_form(services(), alarm_workflow(), event, data_of(event, FormAlert))

    def examine(event: Event) -> None:
        fact = data_of(event, AttachmentFact)
        inspection.inspect(services(), blobs(), scanner(), event.tenant, fact)

    def shredded(event: Event) -> None:
        erase(services(), blobs(), event, data_of(event, RecordShredded).member_ids)

    def dispensing(event: Event) -> None:
        dispensed.learn(services(), event, data_of(event, DispensingFact))

    def staff(event: Event) -> None:
        standing.follow(services(), event)

    return {
        **dict.fromkeys(standing.HEARD, staff),
        **of_the_record(services),
        "orders.order_signed": watch,
        "orders.order_resulted": watch,
        "orders.critical_result": critical,
        "orders.alarm_test_asked": tested,
        "orders.attachment_uploaded": examine,
        "patients.form_alert": answered,
        "patients.record_shredded": shredded,
        "pharmacy.medication_dispensed": dispensing,
        "pharmacy.medication_returned": dispensing,
    }


def of_the_record(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """What the record announces of a patient, for the checks of prescriptions."""

    def entry(event: Event, patient: str, kind: str, which: str, content: NowEntry) -> None:
        key = repository.now_key(event.tenant, patient, kind, which)
        learn(services(), event, patient, key, content)

    def allergy(event: Event) -> None:
        fact = data_of(event, AllergyRecorded)
        content = NowEntry(codes=fact.codes, criticality=fact.criticality)
        entry(event, fact.patient_id, ALLERGY, fact.entry_id, content)

    def no_allergy(event: Event) -> None:
        fact = data_of(event, AllergyRemoved)
        entry(event, fact.patient_id, ALLERGY, fact.entry_id, NowEntry(gone=True))

    def medication(event: Event) -> None:
        fact = data_of(event, MedicationRecorded)
        entry(event, fact.patient_id, MEDICATION, fact.entry_id, NowEntry(codes=fact.codes))

    def no_medication(event: Event) -> None:
        fact = data_of(event, MedicationStopped)
        entry(event, fact.patient_id, MEDICATION, fact.entry_id, NowEntry(gone=True))

    def death(event: Event) -> None:
        fact = data_of(event, PatientDeceased)
        key = repository.state_key(event.tenant, fact.patient_id)
        learn(services(), event, fact.patient_id, key, NowState(deceased_on=fact.deceased_on))

    return {
        "patients.allergy_recorded": allergy,
        "patients.allergy_removed": no_allergy,
        "patients.medication_recorded": medication,
        "patients.medication_stopped": no_medication,
        "patients.patient_deceased": death,
    }
