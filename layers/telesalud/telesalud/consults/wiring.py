"""This context's parts, put together from the environment; each once per process, when needed."""

from functools import cache
from typing import TYPE_CHECKING

from telesalud.consults.settings import ConsultsSettings
from telesalud.consults.video.cluster import Cluster, HttpCluster, Places
from telesalud.consults.video.jitsi import JitsiVideo, VideoKeys
from telesalud.consults.video.provider import DirectVideo, VideoProvider
from telesalud.consults.visit.sessions import SessionTokens
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsSigner, KmsWrapper
from telesalud.platform.aws.websockets import GatewayPusher
from telesalud.platform.clock import utc_now
from telesalud.platform.ids import new_id
from telesalud.platform.ports.blobs import Blobs, S3Blobs
from telesalud.platform.ports.scanner import Scanner, scanner_at
from telesalud.platform.ports.workflows import StepFunctionsWorkflow, Workflows
from telesalud.platform.tokens import TokenVerifier
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

    from telesalud.consults.visit.channel import Pusher


@cache
def settings() -> ConsultsSettings:
    """The environment. Raises SettingsError."""
    return ConsultsSettings.load()


@cache
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


def services_from(own: ConsultsSettings) -> Services:
    """What every use case takes, for these settings."""
    store = DynamoStore(own.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(own.data_key, clients.kms), own.context)
    return Services(store, vault, utc_now, new_id)


@cache
def tokens() -> SessionTokens:
    """Participants' sessions."""
    own = settings()
    return SessionTokens(KmsSigner(own.signing_key, clients.kms), own.origin, utc_now)


@cache
def verifier() -> TokenVerifier:
    """Access tokens of staff and partners."""
    return TokenVerifier(settings().trusted_issuers)


@cache
def blobs() -> Blobs:
    """Files."""
    own = settings()
    buckets = own.uploads_bucket, own.blobs_bucket
    return S3Blobs(*buckets, own.storage_key, clients.s3, utc_now, origin=own.origin)


@cache
def pusher() -> "Pusher":
    """Open connections of the live channel."""
    return GatewayPusher(lambda: clients.websockets(settings().websocket))


@cache
def limit_workflow() -> Workflows:
    """The session limit."""
    return StepFunctionsWorkflow(settings().limit_machine, clients.stepfunctions)


@cache
def scanner() -> Scanner:
    """The virus scanner. Raises ValueError when none is configured: no file passes unscanned."""
    return scanner_at(settings().scanner)


@cache
def video_provider() -> VideoProvider:
    """Where the two sides see each other."""
    own = settings()
    direct = DirectVideo(own.stun_urls, own.turn_urls, _turn_secret, utc_now)
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
        clock=utc_now,
    )


@cache
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
    return HttpCluster(places, clients.secret_versions, clients.parameter, _http, utc_now, new_id)


@cache
def _http() -> "httpx.Client":
    import httpx  # noqa: PLC0415  # 0.1 s of import that only room control needs

    return httpx.Client(timeout=5.0)


@cache
def video_keys() -> VideoKeys:
    """Keys of participants' video tokens."""
    return VideoKeys(
        [KmsSigner(key, clients.kms, "RS256") for key in settings().jitsi_signing_keys]
    )


@cache
def _turn_secret() -> bytes:
    return clients.secret(settings().turn_key_arn).encode()
