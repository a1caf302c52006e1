"""Channels through which citizens ask for care, for administrators."""

from schemas import citizen_channels as c
from telesalud.interop import wiring
from telesalud.interop.triage import channels
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/interop/citizen-channels")


@group.post(
    body=c.CitizenChannelBody,
    answer=c.CitizenChannelSecret,
    status=201,
    idempotent=True,
    errors=(Forbidden, Invalid, Conflict),
)
def register_channel(request: Request) -> Answer:
    """Register a channel.

    Its signing secret is shown once.
    """
    made = channels.register(
        wiring.services(), request.call, request.body, local=wiring.settings().is_local
    )
    return Answer(made, made.channel.version)


@group.get(answer=c.CitizenChannels, errors=(Forbidden,))
def list_channels(request: Request) -> c.CitizenChannels:
    """The institution's channels, without secrets."""
    return channels.all_of(wiring.services(), request.call)


@group.put(
    "/{channel_id}",
    body=c.CitizenChannelState,
    answer=c.CitizenChannel,
    versioned=True,
    errors=(Forbidden, NotFound, StaleVersion),
)
def switch_channel(request: Request) -> Answer:
    """Stop a channel, or hear it again."""
    which = request.id("channel_id")
    changed = channels.switch(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(changed, changed.version)


@group.post(
    "/{channel_id}/secret",
    answer=c.CitizenChannelSecret,
    status=201,
    idempotent=True,
    errors=(Forbidden, NotFound),
)
def rotate_channel_secret(request: Request) -> c.CitizenChannelSecret:
    """Rotate a channel's secret.

    The one before signs beside it for 24 hours.
    """
    return channels.rotate(wiring.services(), request.call, request.id("channel_id"))
