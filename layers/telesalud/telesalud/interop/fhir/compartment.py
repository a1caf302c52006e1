"""Everything of one patient: what the record knows and what others wrote (`$everything`)."""

from telesalud.interop import policy
from telesalud.interop.fhir import knowing
from telesalud.interop.fhir.criteria import too_costly
from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.finding import MOST
from telesalud.interop.fhir.heads import Head, load, load_many
from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.store import every
from telesalud.platform.work import Call, Work


def everything(services: FhirServices, call: Call, patient: str) -> Object:
    """The bundle of a patient and all that belongs to them, of the types that the token names.

    Raises Forbidden, NotFound, Gone, Refused for more than MOST resources.
    """
    policy.demand(call.caller, "r", "Patient")
    own = load(services, call.caller.tenant, "Patient", patient)
    own = own or knowing.known(services, "Patient", patient)
    if own is None:
        raise NotFound("there is no Patient with this id")
    if own.deleted:
        raise Gone("this Patient was deleted")
    heads = {own.name: own}
    for head in (*_told(services, call, patient), *_kept(services, call, patient)):
        heads.setdefault(head.name, head)
    work = Work(services, call)
    work.audit("interop.everything", patient, own.name)
    work.commit()
    entries = [
        {
            "fullUrl": f"{services.base}/{head.name}",
            "resource": head.resource,
            "search": {"mode": "match" if head is own else "include"},
        }
        for head in heads.values()
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": entries}


def _told(services: FhirServices, call: Call, patient: str) -> list[Head]:
    """What the record knows of them."""
    if services.record is None:
        return []
    record, types = services.record, knowing.TYPES
    of_patients = [t for t in types if definitions()[t].owners and t != "Patient"]
    allowed = [t for t in of_patients if policy.allowed(call.caller, "r", t)]
    return [knowing.head_of(each) for t in allowed for each in record.of_patient(t, patient)]


def _kept(services: FhirServices, call: Call, patient: str) -> list[Head]:
    """What others wrote about them."""
    tenant = call.caller.tenant
    names: list[tuple[str, str]] = []
    for row in every(services.store, f"C#{tenant}#{patient}"):
        type_, _, id_ = row.key.sk.partition("/")
        if policy.allowed(call.caller, "r", type_):
            names.append((type_, id_))
        if len(names) > MOST:
            raise too_costly("the patient has too much for one answer; search by type")
    heads = load_many(services, tenant, names).values()
    return [head for head in heads if not head.deleted and head.patient == patient]
