"""What other systems wrote about a patient, for who treats them."""

from typing import Final

from schemas.care import Admission, RelationKind
from schemas.external import Adopted, ExternalEntry, ExternalKind, ExternalList
from telesalud.interop import policy
from telesalud.interop.external import becoming, telling
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.heads import Head, load_many
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.record.clinic import Clinic
from telesalud.platform.clock import from_text
from telesalud.platform.store import Item, Key, every
from telesalud.platform.work import Call, Work

MOST: Final = 2000
"""Resources of one patient that are looked through."""
_CLOSE: Final = frozenset({RelationKind.TREATED, RelationKind.TEAM})
_CONFIDENTIAL: Final = ("R", "V")
_CODES: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def let_in(clinic: Clinic, call: Call, patient: str, right: str) -> Admission:
    """The caller's way into a record. Raises Forbidden, NotFound, Gone, Unavailable."""
    policy.demand_person(call.caller, right)
    text = clinic.get(f"/patients/{patient}/admission")
    admission = Admission.model_validate_json(text)
    policy.demand_relation(admission.relations)
    return admission


def listed(services: FhirServices, clinic: Clinic, call: Call, patient: str) -> ExternalList:
    """Everything of it, latest first. Raises Forbidden, NotFound, Gone, Unavailable."""
    admission = let_in(clinic, call, patient, policy.LOOK)
    heads = _heads(services, call.caller.tenant, admission)
    adopted = {
        key.sk: adopted_of(item)
        for key, item in _adoptions(services, call.caller.tenant, heads).items()
    }
    shown = [head for head in heads if may_see(admission, head.resource)]
    entries = [_entry(head, adopted.get(head.name)) for head in shown]
    work = Work(services, call)
    work.audit("interop.read_external", admission.patient, f"patient/{admission.patient}/external")
    work.commit()
    newest_first = sorted(entries, key=lambda one: (one.received_at, one.id), reverse=True)
    return ExternalList(items=tuple(newest_first), withheld=len(heads) - len(shown))


def may_see(admission: Admission, resource: Object) -> bool:
    """Whether somebody may see it: what its sender marked as confidential, who treats only."""
    labels = resource.get("meta", {}).get("security", ())
    is_confidential = any(
        each.get("system") == _CODES and each.get("code") in _CONFIDENTIAL for each in labels
    )
    return not is_confidential or bool(_CLOSE.intersection(admission.relations))


def adoption_key(tenant: str, patient: str, name: str) -> Key:
    """Where it stands what became of an external entry; it goes with the patient's id there."""
    return Key(f"A#{tenant}#{patient}", name)


def adopted_of(item: Item) -> Adopted | None:
    """What an adoption led to; None while it is under way."""
    if "entry" not in item.attributes:
        return None
    return Adopted(
        by=item.text("by"),
        at=from_text(item.text("at")),
        kind=ExternalKind(item.text("kind")),
        entry=item.text("entry"),
    )


def source_of(head: Head) -> str:
    """Where it comes from, as its sender says, else which client wrote it."""
    said = head.resource.get("meta", {}).get("source", "")
    return str(said or head.by or "?")[:200]


def _heads(services: FhirServices, tenant: str, admission: Admission) -> list[Head]:
    names: list[tuple[str, str]] = []
    for member in admission.members:
        for row in every(services.store, f"C#{tenant}#{member}"):
            type_, _, id_ = row.key.sk.partition("/")
            if type_ in telling.SHOWN and len(names) < MOST:
                names.append((type_, id_))
    heads = load_many(services, tenant, names)
    return [head for head in heads.values() if not head.deleted and head.patient]


def _adoptions(services: FhirServices, tenant: str, heads: list[Head]) -> dict[Key, Item]:
    return {
        item.key: item
        for patient in {head.patient for head in heads}
        for item in every(services.store, f"A#{tenant}#{patient}")
    }


def _entry(head: Head, adopted: Adopted | None) -> ExternalEntry:
    resource = head.resource
    return ExternalEntry(
        type=head.type,
        id=head.id,
        version=head.version,
        title=telling.title(resource),
        details=telling.details(resource),
        status=telling.status(resource),
        happened=telling.happened(resource),
        source=source_of(head),
        received_at=from_text(head.at),
        becomes=None if adopted else becoming.kind_of(resource),
        adopted=adopted,
    )
