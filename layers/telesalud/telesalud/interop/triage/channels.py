"""The channels of an institution: who sends citizens' requests, and where changes are told.

    CHANNELS#<t> / <channel>   what an administrator set, sealed
    TARGETS#<t> / <channel>    where and with which secret it is told (platform.webhooks)

One secret serves both directions: the channel signs what it sends as we sign what it is told.
"""

from typing import Final
from urllib.parse import urlsplit

from schemas.citizen_channels import (
    CitizenChannel,
    CitizenChannelBody,
    CitizenChannels,
    CitizenChannelSecret,
    CitizenChannelState,
)
from telesalud.interop.policy import CHANNELS, GRANTS
from telesalud.interop.stored import StoredChannel
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.webhooks import targets
from telesalud.platform.webhooks.addresses import validate_url
from telesalud.platform.webhooks.targets import Destination, target_key
from telesalud.platform.work import Call, Services, Work

MOST: Final = 50
"""Channels of an institution."""
INTAKE: Final = "/api/interop/channels/{tenant}/{channel}/triage"


def register(
    services: Services, call: Call, body: CitizenChannelBody, *, local: bool
) -> CitizenChannelSecret:
    """Add a channel; its secret is shown once. Raises Forbidden, Invalid at `/url`, Conflict for a
    client that another channel has."""
    require(call.caller, CHANNELS, GRANTS)
    tenant, now = call.caller.tenant, services.clock()
    validate_url(body.url, hosts_of(body.url), allow_http=local)
    _refuse_taken(services, tenant, body.client)
    made = StoredChannel(id=services.new_id(), created_at=now, **body.model_dump())
    target, secret = targets.register(
        services.vault, tenant, made.id, url=body.url, description=body.name, now=now
    )
    work = Work(services, call)
    work.add(target, _put(services, tenant, made, 0))
    work.audit("interop.channel_registered", tenant, f"channel/{made.id}")
    intake = INTAKE.format(tenant=tenant, channel=made.id)
    answer = CitizenChannelSecret(channel=_view(made, 1), secret=secret, intake=intake)
    work.commit(answer, 1)
    return answer


def switch(
    services: Services, call: Call, which: str, state: CitizenChannelState, if_match: int
) -> CitizenChannel:
    """Stop a channel, or hear it again. Raises Forbidden, NotFound, StaleVersion."""
    require(call.caller, CHANNELS, GRANTS)
    tenant = call.caller.tenant
    channel, version = load(services, tenant, which)
    target = services.store.get(target_key(tenant, which))
    if version != if_match:
        raise StaleVersion
    changed = channel.model_copy(update={"active": state.active})
    work = Work(services, call)
    work.add(_put(services, tenant, changed, version))
    if target is not None:
        work.add(targets.switch(target, active=state.active))
    work.audit("interop.channel_switched", tenant, f"channel/{which}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return _view(changed, version + 1)


def rotate(services: Services, call: Call, which: str) -> CitizenChannelSecret:
    """A new secret, shown once; the one before holds for 24 hours more. Raises Forbidden,
    NotFound."""
    require(call.caller, CHANNELS, GRANTS)
    tenant = call.caller.tenant
    channel, version = load(services, tenant, which)
    item = services.store.get(target_key(tenant, which))
    if item is None:
        raise NotFound
    update, secret = targets.rotate(services.vault, item, services.clock())
    work = Work(services, call)
    work.add(update)
    work.audit("interop.channel_secret_rotated", tenant, f"channel/{which}")
    intake = INTAKE.format(tenant=tenant, channel=which)
    answer = CitizenChannelSecret(channel=_view(channel, version), secret=secret, intake=intake)
    work.commit(answer, version)
    return answer


def all_of(services: Services, call: Call) -> CitizenChannels:
    """Every channel. Raises Forbidden."""
    require(call.caller, CHANNELS, GRANTS)
    found = _all(services, call.caller.tenant)
    return CitizenChannels(items=tuple(_view(channel, version) for channel, version in found))


def load(services: Services, tenant: str, which: str) -> tuple[StoredChannel, int]:
    """A channel and its version. Raises NotFound."""
    key = channel_key(tenant, which)
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        raise NotFound
    return open_model(services.vault, Scope(tenant), item, StoredChannel), item.version


def of_client(services: Services, tenant: str, client: str) -> StoredChannel | None:
    """The channel for which a machine client sends."""
    found = (channel for channel, _ in _all(services, tenant) if channel.client == client)
    return next(found, None)


def destination(services: Services, tenant: str, which: str) -> Destination | None:
    """Where a channel is told, and with which secrets."""
    key = target_key(tenant, which)
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        return None
    hosts = hosts_of(targets.target_of(item).url)
    return targets.destination_of(services.vault, item, hosts, services.clock())


def hosts_of(url: str) -> tuple[str, ...]:
    """The host that an administrator named by an address, as lists of allowed hosts have it."""
    return (urlsplit(url).netloc.removesuffix(":443").lower(),)


def channel_key(tenant: str, which: str) -> Key:
    """Where a channel is."""
    return Key(f"CHANNELS#{tenant}", which)


def _all(services: Services, tenant: str) -> list[tuple[StoredChannel, int]]:
    page = services.store.query(channel_key(tenant, "any").pk, limit=MOST)
    return [
        (open_model(services.vault, Scope(tenant), item, StoredChannel), item.version)
        for item in page.items
    ]


def _refuse_taken(services: Services, tenant: str, client: str | None) -> None:
    known = _all(services, tenant)
    if len(known) >= MOST:
        raise Conflict(f"an institution has at most {MOST} channels")
    if client is not None and any(channel.client == client for channel, _ in known):
        raise Conflict("this client sends for another channel")


def _put(services: Services, tenant: str, channel: StoredChannel, version: int) -> Put:
    key = channel_key(tenant, channel.id)
    sealed = seal_model(services.vault, Scope(tenant), key, channel)
    return Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT)


def _view(channel: StoredChannel, version: int) -> CitizenChannel:
    fields = channel.model_dump() | {"version": version}
    return CitizenChannel.model_construct(**fields)
