"""What this context does when it hears of events."""

from collections.abc import Callable, Mapping

from schemas.custody import RecordShredded
from telesalud.billing.charges import collecting
from telesalud.billing.erasing import erase
from telesalud.billing.invoices.electronic import Recorder, hand_in
from telesalud.platform import standing
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.work import Services


def handlers(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def staff(event: Event) -> None:
        standing.follow(services(), event)

    def shredded(event: Event) -> None:
        erase(services(), event, data_of(event, RecordShredded).member_ids)

    def issued(event: Event) -> None:
        own = services()
        hand_in(own, Recorder(own), event)

    def charge(collect: Callable[[Services, Event], None]) -> Handler:
        return lambda event: collect(services(), event)

    return {
        **dict.fromkeys(standing.HEARD, staff),
        "patients.record_shredded": shredded,
        "patients.encounter_signed": charge(collecting.visited),
        "pharmacy.medication_administered": charge(collecting.administered),
        "pharmacy.medication_dispensed": charge(collecting.dispensed),
        "pharmacy.medication_returned": charge(collecting.returned),
        "billing.invoice_issued": issued,
        "billing.credit_note_issued": issued,
    }
