"""This context's parts, made from the environment once per process when they are needed."""

from typing import TYPE_CHECKING

from telesalud.consults.settings import ConsultsSettings
from telesalud.consults.video.cluster import Cluster, HttpCluster, Places
from telesalud.consults.video.jitsi import JitsiVideo, VideoKeys
from telesalud.consults.video.provider import DirectVideo, VideoProvider
from telesalud.consults.visit.sessions import SessionTokens
from telesalud.platform.backend import backend, part
from telesalud.platform.parts import blobs_from, http, scanner_from, services_from, verifier_from
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.deliveries import DeliveryQueue
    from telesalud.platform.ports.pusher import Pusher
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.ports.workflows import Workflows
    from telesalud.platform.tokens import TokenVerifier


@part
def settings() -> ConsultsSettings:
    """The environment. Raises SettingsError."""
    return ConsultsSettings.load(backend().environment("consults"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def tokens() -> SessionTokens:
    """Participants' sessions."""
    own = settings()
    return SessionTokens(backend().signer(own.signing_key), own.origin, backend().clock)


@part
def verifier() -> "TokenVerifier":
    """Access tokens of staff and partners."""
    return verifier_from(settings())


@part
def blobs() -> "Blobs":
    """Files."""
    return blobs_from(settings())


@part
def scanner() -> "Scanner":
    """The virus scanner. Raises ValueError when none is configured."""
    return scanner_from(settings())


@part
def pusher() -> "Pusher":
    """Open connections of the live channel."""
    return backend().pusher(settings().websocket)


@part
def limit_workflow() -> "Workflows":
    """The session limit."""
    return backend().workflows(settings().limit_machine)


@part
def deliveries() -> "DeliveryQueue":
    """The queue of notifications."""
    own = settings()
    return backend().deliveries(own.deliveries, own.deliveries_dead_letters)


@part
def video_provider() -> VideoProvider:
    """Where the two sides see each other."""
    own = settings()
    direct = DirectVideo(own.stun_urls, own.turn_urls, _turn_secret, backend().clock)
    if not own.jitsi_domain:
        return direct
    return JitsiVideo(
        services(),
        cluster(),
        video_keys(),
        direct,
        issuer=own.jitsi_issuer,
        audience=own.jitsi_audience,
        subject=own.jitsi_subject,
        clock=backend().clock,
    )


@part
def cluster() -> Cluster:
    """The video cluster. Every shard is unknown when none is configured."""
    own = settings()
    places = Places(
        shards=own.jitsi_shards if own.jitsi_domain else (),
        domain=own.jitsi_domain,
        control_url=own.jitsi_control_url,
        outbound_secret=own.jitsi_outbound_key,
        control_secret=own.jitsi_control_key,
        status=own.jitsi_status,
        active=own.jitsi_active,
    )
    under = backend()
    return HttpCluster(
        places, under.secret_versions, under.parameter, http, under.clock, under.new_id
    )


@part
def video_keys() -> VideoKeys:
    """Keys of participants' video tokens."""
    return VideoKeys([backend().signer(key, "RS256") for key in settings().jitsi_signing_keys])


@part
def _turn_secret() -> bytes:
    return backend().secret(settings().turn_key_arn).encode()
