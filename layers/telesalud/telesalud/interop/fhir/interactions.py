"""What can be done with one resource: create, read, update, delete, and the same on conditions.

Every write is one transaction with its audit entry. One without If-Match is repeated when somebody
else was faster, and decides anew; so ten writers at once make ten versions, and ten conditional
creates make one resource.
"""

from collections.abc import Mapping
from typing import NamedTuple

from telesalud.interop import policy
from telesalud.interop.fhir import knowing, writing
from telesalud.interop.fhir.criteria import Pairs, parse
from telesalud.interop.fhir.definitions import definitions, values_at
from telesalud.interop.fhir.exact import Json, Object
from telesalud.interop.fhir.finding import find_all
from telesalud.interop.fhir.heads import Head, history, load, load_version
from telesalud.interop.fhir.matching import token_of
from telesalud.interop.fhir.refusals import (
    Issue,
    Refused,
    bad_request,
    not_one,
    several,
    unprocessable,
)
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.staging import free, settling
from telesalud.interop.fhir.structure import ID, check
from telesalud.interop.fhir.values import targets
from telesalud.platform.errors import Conflict, Gone, NotFound
from telesalud.platform.store import ABSENT, Key, When, at_version
from telesalud.platform.work import Call, Work

MAX_HISTORY = 1000


class Done(NamedTuple):
    """What became of a resource: its version, and the status that says how."""

    status: int
    head: Head


def create(
    services: FhirServices, call: Call, type_: str, resource: Json, condition: Pairs | None = None
) -> Done:
    """A new resource under an id of ours; with a condition, only when nothing meets it yet.

    Raises Forbidden, Refused, TooLarge.
    """
    policy.demand(call.caller, "c", type_)
    given = check(resource, type_)
    if condition is not None:
        policy.demand(call.caller, "s", type_)

    def step() -> Done:
        guards: dict[Key, When] = {}
        if condition is not None:
            guards = locks_of(services, call.caller.tenant, type_, condition)
            already = find_all(
                services, call.caller.tenant, parse(type_, condition, condition=True)
            )
            if len(already) > 1:
                raise several()
            if already:
                return Done(200, already[0].head)
        return _written(services, call, type_, services.new_id(), given, before=None, guards=guards)

    return settling(services, call.caller.tenant, step)


def read(services: FhirServices, call: Call, type_: str, id_: str) -> Head:
    """A resource as it is now. Raises Forbidden, NotFound, Gone."""
    policy.demand(call.caller, "r", type_)
    head = load(services, call.caller.tenant, type_, id_) or knowing.known(services, type_, id_)
    if head is None:
        raise NotFound(f"there is no {type_} with this id")
    if head.deleted:
        raise Gone(f"this {type_} was deleted")
    _note(services, call, "interop.read", head)
    return head


def read_version(services: FhirServices, call: Call, type_: str, id_: str, version: str) -> Head:
    """A version of a resource. Raises Forbidden, NotFound, Gone."""
    policy.demand(call.caller, "r", type_)
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    head = load_version(services, call.caller.tenant, type_, id_, number) if number else None
    if head is None and number:
        present = knowing.known(services, type_, id_)
        head = present if present and present.version == number else None
    if head is None:
        raise NotFound(f"there is no such version of this {type_}")
    if head.deleted:
        raise Gone(f"this version says that the {type_} was deleted")
    _note(services, call, "interop.read_version", head)
    return head


def versions(services: FhirServices, call: Call, type_: str, id_: str) -> list[Head]:
    """Every version of a resource, the newest first. Raises Forbidden, NotFound."""
    policy.demand(call.caller, "r", type_)
    found: list[Head] = []
    for head in history(services, call.caller.tenant, type_, id_):
        found.append(head)
        if len(found) == MAX_HISTORY:
            break
    if not found:
        present = knowing.known(services, type_, id_)
        if present is None:
            raise NotFound(f"there is no {type_} with this id")
        found = [present]
    _note(services, call, "interop.history", found[0])
    return found


def update(
    services: FhirServices, call: Call, type_: str, id_: str, resource: Json, *, if_match: str = ""
) -> Done:
    """The next version of a resource; the first one under an id that the client has chosen.

    Raises Forbidden, Refused, NotFound, TooLarge.
    """
    policy.demand(call.caller, "u", type_)
    given = check(resource, type_)
    if given.get("id") != id_:
        raise bad_request("the id of the body is not that of the address")
    if not ID.fullmatch(id_):
        raise bad_request("an id has 1 to 64 letters, digits, hyphens and dots")
    if any(tag.get("code") == "SUBSETTED" for tag in given.get("meta", {}).get("tag", ())):
        raise unprocessable("only a part of the resource is in the body", f"{type_}.meta.tag")

    def step() -> Done:
        before = load(services, call.caller.tenant, type_, id_)
        check_match(before, if_match)
        if before is None:
            policy.demand(call.caller, "c", type_)
            refuse_of_record(services, type_, id_)
        return _written(services, call, type_, id_, given, before=before, guards={})

    return step() if if_match else settling(services, call.caller.tenant, step)


def conditional_update(
    services: FhirServices,
    call: Call,
    type_: str,
    resource: Json,
    condition: Pairs,
    *,
    if_match: str = "",
) -> Done:
    """The next version of the one resource that meets the condition; a new one when none does.

    Raises Forbidden, Refused, TooLarge.
    """
    policy.demand(call.caller, "u", type_)
    policy.demand(call.caller, "s", type_)
    given = check(resource, type_)

    def step() -> Done:
        tenant = call.caller.tenant
        guards = locks_of(services, tenant, type_, condition)
        found = find_all(services, tenant, parse(type_, condition, condition=True))
        if len(found) > 1:
            raise several()
        own = given.get("id")
        if found:
            if own is not None and own != found[0].head.id:
                raise bad_request("the id of the body is not that of the resource that matches")
            check_match(found[0].head, if_match)
            head = found[0].head
            if head.of_record:
                raise of_record(head.name)
            return _written(services, call, type_, head.id, given, before=head, guards=guards)
        policy.demand(call.caller, "c", type_)
        before = load(services, tenant, type_, own) if own else None
        if before is not None and not before.deleted:
            raise Conflict(f"there is another {type_} with the id of the body")
        id_ = own or services.new_id()
        return _written(services, call, type_, id_, given, before=before, guards=guards)

    return settling(services, call.caller.tenant, step)


def delete(services: FhirServices, call: Call, type_: str, id_: str, if_match: str = "") -> None:
    """End a resource; its versions stay. Ending it again does nothing.

    Raises Forbidden, NotFound, Conflict for a patient to whom something belongs, Refused.
    """
    policy.demand(call.caller, "d", type_)

    def step() -> None:
        before = load(services, call.caller.tenant, type_, id_)
        check_match(before, if_match)
        if before is None:
            refuse_of_record(services, type_, id_)
            raise NotFound(f"there is no {type_} with this id")
        if before.deleted:
            return
        free(services, call.caller.tenant, [before])
        change = deleted(services, call.caller.tenant, before)
        work = Work(services, call)
        made = writing.effects(services, call.caller.tenant, [change], {})
        work.audit("interop.delete", before.patient or before.id, before.name)
        writing.commit(work, made)

    if if_match:
        step()
    else:
        settling(services, call.caller.tenant, step)


def conditional_delete(services: FhirServices, call: Call, type_: str, condition: Pairs) -> None:
    """End the one resource that meets the condition. Raises Forbidden, NotFound, Refused."""
    policy.demand(call.caller, "d", type_)
    policy.demand(call.caller, "s", type_)
    found = find_all(services, call.caller.tenant, parse(type_, condition, condition=True))
    if len(found) > 1:
        raise several()
    if found:
        delete(services, call, type_, found[0].head.id)


def of_record(name: str) -> Refused:
    """422: the record's own is changed by the record's own operations."""
    detail = f"{name} is the record's own; add to it, or change it in the record"
    return unprocessable(detail)


def refuse_of_record(services: FhirServices, type_: str, id_: str) -> None:
    """Raise Refused for what the record keeps, so that no second truth comes to stand beside it."""
    if knowing.known(services, type_, id_) is not None:
        raise of_record(f"{type_}/{id_}")


def deleted(services: FhirServices, tenant: str, before: Head) -> writing.Change:
    """The change that ends a resource. Raises Conflict."""
    if before.type == "Patient":
        rows = services.store.query(f"C#{tenant}#{before.id}", limit=2).items
        if any(row.key.sk != before.name for row in rows):
            raise Conflict("something belongs to this patient; end it first")
    return writing.Change(writing.deletion(services, before), before)


def check_match(before: Head | None, if_match: str) -> None:
    """Raise Refused when If-Match names another version than the present one."""
    if not if_match:
        return
    wanted = if_match.strip().removeprefix("W/").strip('"')
    if before is None or before.deleted or wanted != str(before.version):
        raise not_one("the resource is not, or no longer, at the version of If-Match")


def owner_of(
    services: FhirServices,
    tenant: str,
    type_: str,
    id_: str,
    resource: Object,
    *,
    known: Mapping[str, object] | None = None,
) -> str:
    """The patient to whom a resource belongs; empty when to nobody.

    Raises Refused when there is no such patient, here or among the `known` ones.
    """
    if type_ == "Patient":
        return id_
    for path in definitions()[type_].owners:
        for value in values_at(resource, path):
            for target in targets(value, services.base):
                if target.local.startswith("Patient/"):
                    patient = target.local.partition("/")[2]
                    if not known or target.local not in known:
                        _check_patient(services, tenant, patient)
                    return patient
    return ""


def _check_patient(services: FhirServices, tenant: str, patient: str) -> None:
    head = load(services, tenant, "Patient", patient)
    head = head or knowing.known(services, "Patient", patient)
    if head is None or head.deleted:
        raise Refused(422, [Issue("not-found", f"there is no Patient/{patient} here")])


def locks_of(services: FhirServices, tenant: str, type_: str, condition: Pairs) -> dict[Key, When]:
    """What has to hold for a condition to be still as it is read now.

    A condition that names an identifier is bound to everybody who changes who has it; any other
    to those who set the same condition.
    """
    query = parse(type_, condition, condition=True)
    keys: list[Key] = []
    for each in query.criteria:
        codes = [token_of(value).code for value in each.values]
        if each.parameter.code == "identifier" and not each.modifier and all(codes):
            keys += [writing.lock_key(services, tenant, type_, code) for code in codes]
    if not keys:
        text = repr(sorted(condition))
        keys = [
            Key(f"P#{tenant}#{services.vault.lookup(tenant, f'fhir-if-{type_}', text)}", "LOCK")
        ]
    found = services.store.get_many(list(dict.fromkeys(keys)))
    return {key: at_version(found[key].version) if key in found else ABSENT for key in keys}


def _written(
    services: FhirServices,
    call: Call,
    type_: str,
    id_: str,
    resource: Object,
    *,
    before: Head | None,
    guards: Mapping[Key, When],
) -> Done:
    tenant = call.caller.tenant
    free(services, tenant, [before] if before else [])
    owner = owner_of(services, tenant, type_, id_, resource)
    after = writing.next_version(
        services, before, type_, id_, resource, owner=owner, by=call.caller.subject
    )
    made = writing.effects(services, tenant, [writing.Change(after, before)], guards)
    work = Work(services, call)
    is_new = before is None or before.deleted
    work.audit("interop.create" if is_new else "interop.update", owner or id_, after.name)
    writing.commit(work, made)
    return Done(201 if is_new else 200, after)


def _note(services: FhirServices, call: Call, action: str, head: Head) -> None:
    work = Work(services, call)
    work.audit(action, head.patient or head.id, head.name)
    work.commit()
