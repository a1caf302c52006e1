"""What signing a prescription would meet, and whether overrides answer it."""

from collections.abc import Sequence
from datetime import date

from schemas.formulary import CatalogueKind
from schemas.prescriptions import Alert, Checks, CourseNeeds, KeptOverride, Override
from telesalud.orders.catalogues.releases import pointer_key
from telesalud.orders.current_state import Allergy, CurrentState
from telesalud.orders.errors import BlockingAlerts
from telesalud.orders.medicines.doses import needed_of
from telesalud.orders.medicines.parts import Body
from telesalud.orders.prescriptions import checks
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredPrescription
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.work import Call, Work


def knowledge(services: OrdersServices, call: Call, language: str) -> checks.Knowledge:
    """What the checks go by in this institution: one read. Raises NoCatalogue."""
    tenant = call.caller.tenant
    keys = [
        pointer_key(tenant, kind) for kind in (CatalogueKind.FORMULARY, CatalogueKind.INTERACTIONS)
    ]
    pointers = services.store.get_many(keys)
    return checks.Knowledge(
        services.catalogues.formulary(tenant, pointers.get(keys[0])),
        services.catalogues.interactions(tenant, pointers.get(keys[1])),
        language,
    )


def checks_of(
    found: StoredPrescription, now: CurrentState, known: checks.Knowledge, today: date
) -> Checks:
    """A prescription against the patient, against all that they take but what it renews."""
    reported = [Allergy("reported", (code,)) for code in found.reported_allergies]
    own = f"prescription/{found.id}"
    taken = [t for t in now.taken(today, without=found.renews or "") if t.source != own]
    mine = (found.id, found.renews)
    others = [line for p, line in now.in_use(today) if p.entry.id not in mine]
    body = Body(found.patient_label.birth_date, found.weight_kg)
    seen = checks.findings(
        found.lines,
        [*now.allergies, *reported],
        taken,
        known,
        body=body,
        today=today,
        others=others,
    )
    needs = tuple(CourseNeeds(line=x.number, units=needed_of(x)) for x in found.lines)
    return Checks(
        alerts=seen.alerts, unchecked=seen.unchecked, checked_with=known.edition, needs=needs
    )


def overrides_of(
    work: Work, alerts: Sequence[Alert], given: Sequence[Override]
) -> tuple[KeptOverride, ...]:
    """The overrides with their alerts. Raises BlockingAlerts, Invalid."""
    known = {alert.id: alert for alert in alerts}
    answers = {override.alert: override for override in given}
    if unknown := [n for n, override in enumerate(given) if override.alert not in known]:
        faults = [FieldError(f"/overrides/{n}/alert", "unknown", "no such alert") for n in unknown]
        raise Invalid("an override names an alert that is not there", faults)
    if missing := [a.id for a in checks.blocking(alerts) if not _answered(a, answers.get(a.id))]:
        raise BlockingAlerts(missing)
    by, at = work.call.caller.subject, work.services.clock()
    return tuple(
        KeptOverride(
            alert=known[which],
            reason=override.reason,
            precaution=override.precaution,
            by=by,
            at=at,
        )
        for which, override in answers.items()
    )


def _answered(alert: Alert, override: Override | None) -> bool:
    """Whether there is a reason, and a precaution where the alert asks for one."""
    if override is None:
        return False
    return override.precaution is not None or not alert.contraindicated
