"""Letting alarms ring, and stopping those that nothing waits for any more."""

from collections.abc import Set

from schemas.alarms import AlarmKind
from schemas.forms import FormAlert
from telesalud.orders.alarms import repository
from telesalud.orders.alarms.repository import Ringing
from telesalud.platform.access import Caller
from telesalud.platform.clock import to_text
from telesalud.platform.events import Event
from telesalud.platform.ports.workflows import Workflows
from telesalud.platform.store import ConditionFailed, Delete, Update, every
from telesalud.platform.work import Call, Services, Work


def move(work: Work, before: Ringing | None, after: Ringing | None) -> None:
    """Let a result's alarm ring, stop it, or give it to another responsible person.

    In the transaction that changes the order: there is no moment at which a critical result is
    kept and nothing rings.
    """
    tenant = work.call.caller.tenant
    same = before and after and (before.subject, before.number) == (after.subject, after.number)
    if before and not same:
        settled = {"settled": to_text(work.services.clock())}
        main = repository.main_key(tenant, before.subject, before.number)
        work.add(
            Update(main, set=settled),
            Delete(repository.open_key(tenant, before.raised_at, before.subject, before.number)),
        )
    if after and not same:
        repository.put(work, after)
    if before and after and same and before.responsible != after.responsible:
        main = repository.main_key(tenant, after.subject, after.number)
        work.add(Update(main, set={"responsible": after.responsible}))


def of_form(services: Services, workflow: Workflows, event: Event, fact: FormAlert) -> None:
    """An answer needs somebody at once; may be called again with the same event."""
    work = Work(services, Call(Caller.system(event.tenant, "alarms"), event.id))
    repository.put(
        work,
        Ringing(
            kind=AlarmKind.FORM_ANSWER,
            subject=fact.response_id,
            number=1,
            patient=fact.patient_id,
            patient_name=None,
            responsible=fact.recorded_by or "",
            raised_at=event.at,
        ),
    )
    work.audit("orders.raise_alarm", fact.patient_id, f"form/{fact.response_id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        if not failed.at(repository.main_key(event.tenant, fact.response_id, 1)):
            raise
    watch(workflow, event.tenant, fact.response_id, 1)


def watch(workflow: Workflows, tenant: str, subject: str, number: int) -> None:
    """Start telling people; its name makes a repetition harmless."""
    data: dict[str, str | int] = {"tenant": tenant, "subject": subject, "number": number}
    workflow.start(f"{subject}-{number}", data)


def erase(services: Services, tenant: str, patients: Set[str]) -> None:
    """Take the alarms of these patients off the list, where a name is; may be repeated."""
    for item in every(services.store, repository.open_partition(tenant)):
        main = repository.main_key(tenant, item.text("subject"), item.number("number"))
        found = services.store.get(main)
        if found is not None and found.text("patient") in patients:
            settled = {"settled": to_text(services.clock())}
            services.store.transact([Update(main, set=settled), Delete(item.key)])
