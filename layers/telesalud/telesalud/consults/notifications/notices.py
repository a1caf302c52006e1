"""Who is told of what: targets of a tenant, and what goes to them when something happened.

The signing, the refusal of private addresses, the retries and the log are the platform's
(`telesalud.platform.webhooks`); here is which event goes to which target with which content.
"""

from collections.abc import Iterator

from schemas.consult_notifications import (
    NewTarget,
    Notification,
    NotificationQuery,
    Notifications,
    NotificationStatus,
    Replay,
    Replayed,
    Target,
    Targets,
    TargetSecret,
    TargetState,
)
from schemas.consults import EventType
from telesalud.consults.model import Consult
from telesalud.consults.paho.payloads import legacy_body
from telesalud.consults.policy import ADMIN, GRANTS
from telesalud.consults.repository import check_id, load
from telesalud.consults.tenant_settings import TenantSettings, settings_key, settings_of
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.events import Event
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import ConditionFailed, Item, Key
from telesalud.platform.vault import Scope
from telesalud.platform.webhooks import delivery_records, replaying, targets
from telesalud.platform.webhooks.addresses import validate_url
from telesalud.platform.webhooks.delivery_records import Delivery, Notice, Ref, delivery_of
from telesalud.platform.webhooks.log import Filter, all_matching, read_log
from telesalud.platform.webhooks.targets import Destination, target_key, target_of
from telesalud.platform.work import Call, Services, Work

CONTEXT = "consults"
REPLAYED_AT_ONCE = 200
_INTERNAL = frozenset({EventType.FILE_UPLOADED, EventType.SEAT_REVOKED, EventType.VIDEO_FALLBACK})
"""Events that concern our own workers only."""


def register_target(services: Services, call: Call, new: NewTarget, *, local: bool) -> TargetSecret:
    """Add a receiver; its secret is shown once. `local` allows http. Raises Invalid at `/url`."""
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    validate_url(new.url, _settings(services, tenant).notification_hosts, allow_http=local)
    target_id, now = services.new_id(), services.clock()
    put, secret = targets.register(
        services.vault,
        tenant,
        target_id,
        url=new.url,
        description=new.description or "",
        now=now,
        bearer=new.bearer or "",
    )
    work = Work(services, call)
    work.add(put)
    work.audit("consults.target_registered", tenant, f"target/{target_id}")
    target = target_of(Item(put.key, 1, put.attributes))
    answer = TargetSecret(target=_view(target), secret=secret)
    work.commit(answer, 1)
    return answer


def rotate_secret(services: Services, call: Call, target_id: str) -> TargetSecret:
    """A new secret, shown once; the old one signs beside it for 24 hours. Raises NotFound."""
    require(call.caller, ADMIN, GRANTS)
    tenant, now = call.caller.tenant, services.clock()
    item = _stored(services, tenant, target_id)
    update, secret = targets.rotate(services.vault, item, now)
    rotated = Item(item.key, item.version + 1, {**item.attributes, **update.set})
    work = Work(services, call)
    work.add(update)
    work.audit("consults.target_secret_rotated", tenant, f"target/{target_id}")
    answer = TargetSecret(target=_view(target_of(rotated)), secret=secret)
    work.commit(answer, rotated.version)
    return answer


def switch_target(
    services: Services, call: Call, target_id: str, state: TargetState, if_match: int
) -> Target:
    """Stop or resume a receiver. Raises NotFound, StaleVersion."""
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    item = _stored(services, tenant, target_id)
    if item.version != if_match:
        raise StaleVersion
    update = targets.switch(item, active=state.active)
    work = Work(services, call)
    work.add(update)
    work.audit("consults.target_switched", tenant, f"target/{target_id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    changed = Item(item.key, item.version + 1, {**item.attributes, **update.set})
    return _view(target_of(changed))


def list_targets(services: Services, call: Call) -> Targets:
    """Every receiver of the tenant, without secrets."""
    require(call.caller, ADMIN, GRANTS)
    pk = target_key(call.caller.tenant, "any").pk
    page = services.store.query(pk, limit=1000)
    return Targets(items=tuple(_view(target_of(item)) for item in page.items))


def log(services: Services, call: Call, query: NotificationQuery) -> Notifications:
    """A target's deliveries, newest first; a page may have fewer lines than asked for."""
    require(call.caller, ADMIN, GRANTS)
    page = read_log(
        services.store,
        call.caller.tenant,
        query.target,
        Filter(subject=query.consult or "", status=_status(query.status)),
        after=from_cursor(query.cursor),
        limit=query.limit,
    )
    items = tuple(_line(delivery) for delivery in page.deliveries)
    return Notifications(items=items, cursor=to_cursor(page.next_after))


def replay(services: Services, call: Call, asked: Replay) -> Replayed:
    """Deliver again, by ids or by filter. Raises NotFound for an unknown id."""
    require(call.caller, ADMIN, GRANTS)
    count = 0
    for delivery in _chosen(services, call.caller.tenant, asked):
        if count == REPLAYED_AT_ONCE:
            return Replayed(count=count, resume_from=delivery.at)
        replaying.replay(services, Call(call.caller, call.request_id), CONTEXT, delivery.ref)
        count += 1
    return Replayed(count=count)


def _chosen(services: Services, tenant: str, asked: Replay) -> Iterator[Delivery]:
    if asked.ids:
        keys = {Ref(tenant, asked.target, delivery_id).key for delivery_id in asked.ids}
        items = services.store.get_many(list(keys))
        if len(items) < len(keys):
            raise NotFound("there is no such notification, or it was too long ago")
        yield from (delivery_of(item) for item in items.values())
        return
    wanted = Filter(
        status=_status(asked.status), since=asked.created_from, until=asked.created_until
    )
    yield from all_matching(services.store, tenant, asked.target, wanted)


def _status(asked: NotificationStatus | None) -> delivery_records.Status | None:
    return delivery_records.Status(asked.value) if asked is not None else None


def notice_for(services: Services, event: Event) -> Notice | None:
    """What the consult's target is told of an event, or None when nobody asked to be told."""
    if event.type not in set(EventType) - _INTERNAL:
        return None
    try:
        consult = load(services, event.tenant, event.subject).consult
    except NotFound:
        return None
    target = consult.state.notification_target
    if not target:
        return None
    if consult.private.legacy:
        return _legacy_notice(consult, event, target)
    data = dict(event.data)
    data["practitioner_ids"] = [each.id for each in consult.private.practitioners]
    if consult.private.external_reference is not None:
        data["external_reference"] = consult.private.external_reference
    return delivery_records.notice_of(event, target, data)


def _legacy_notice(consult: Consult, event: Event, target: str) -> Notice | None:
    body = legacy_body(consult, event)
    if body is None:
        return None
    return Notice(
        id=event.id,
        tenant=event.tenant,
        target=target,
        type=event.type,
        subject=event.subject,
        sequence=event.sequence,
        at=event.at,
        body=body,
    )


def destination(services: Services, tenant: str, target_id: str) -> Destination | None:
    """Where a delivery goes: the target with its active secrets and the hosts it may be at."""
    key, policy = target_key(tenant, target_id), settings_key(tenant)
    items = services.fetch([key, policy], Scope(tenant))
    if key not in items:
        return None
    hosts = settings_of(items.get(policy)).notification_hosts
    return targets.destination_of(services.vault, items[key], hosts, services.clock())


def _settings(services: Services, tenant: str) -> TenantSettings:
    return settings_of(services.store.get(settings_key(tenant)))


def _stored(services: Services, tenant: str, target_id: str) -> Item:
    check_id(target_id)
    key: Key = target_key(tenant, target_id)
    item = services.store.get(key)
    if item is None:
        raise NotFound("there is no such notification target")
    return item


def _view(target: targets.Target) -> Target:
    return Target(
        id=target.id,
        url=target.url,
        description=target.description or None,
        active=target.active,
        created_at=target.created_at,
        secret_rotated_at=target.secret_rotated_at,
        version=target.version,
    )


def _line(delivery: Delivery) -> Notification:
    pending = delivery.status is delivery_records.Status.PENDING
    return Notification(
        id=delivery.ref.id,
        target_id=delivery.ref.target,
        consult_id=delivery.subject,
        type=delivery.type,
        sequence=delivery.sequence,
        status=NotificationStatus(delivery.status.value),
        attempts=delivery.attempts,
        last_status=delivery.last_status or None,
        last_error=delivery.last_error or None,
        created_at=delivery.at,
        next_attempt_at=delivery.next_at if pending else None,
        delivered_at=delivery.delivered_at,
    )
