"""AWS as the backend; what only some functions need is imported when they ask for it."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.faults import passes
from telesalud.platform.aws.kms import KmsSigner, KmsWrapper
from telesalud.platform.clock import Clock, utc_now
from telesalud.platform.ids import NewId, new_id
from telesalud.platform.ports.keys import JwtAlgorithm, JwtSigner, KeyWrapper
from telesalud.platform.store import SweepableStore

# ruff: noqa: PLC0415
if TYPE_CHECKING:
    import httpx

    from telesalud.platform.ports.archive import Archive
    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.bus import Bus
    from telesalud.platform.ports.deliveries import DeliveryQueue
    from telesalud.platform.ports.messages import Channel
    from telesalud.platform.ports.objects import Objects
    from telesalud.platform.ports.pusher import Pusher
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.ports.workflows import Workflows


class AwsBackend:
    """A `telesalud.platform.backend.Backend` in the account and region of the environment."""

    @property
    def clock(self) -> Clock:
        return utc_now

    @property
    def new_id(self) -> NewId:
        return new_id

    def environment(self, context: str) -> Mapping[str, str]:  # noqa: ARG002  # a function has one context
        return os.environ

    def store(self, table: str) -> SweepableStore:
        return DynamoStore(table, clients.records)

    def key_wrapper(self, key: str) -> KeyWrapper:
        return KmsWrapper(key, clients.keys)

    def signer(self, key: str, algorithm: JwtAlgorithm = "ES256") -> JwtSigner:
        return KmsSigner(key, clients.keys, algorithm)

    def blobs(self, quarantine: str, clean: str, key: str, origin: str) -> "Blobs":
        from telesalud.platform.aws.s3 import S3Blobs

        return S3Blobs(quarantine, clean, key, clients.s3, utc_now, origin=origin)

    def scanner(self, quarantine: str) -> "Scanner":
        from telesalud.platform.aws.guardduty import GuardDutyScanner

        return GuardDutyScanner(quarantine, clients.s3)

    def objects(self, bucket: str) -> "Objects":
        from telesalud.platform.aws.s3 import S3Objects

        return S3Objects(bucket, clients.s3)

    def archive(self, bucket: str) -> "Archive":
        from telesalud.platform.aws.s3 import S3Archive

        return S3Archive(bucket, clients.s3)

    def bus(self, name: str) -> "Bus":
        from telesalud.platform.aws.eventbridge import EventBridgeBus

        return EventBridgeBus(name, clients.events)

    def workflows(self, machine: str) -> "Workflows":
        from telesalud.platform.aws.stepfunctions import StepFunctionsWorkflow

        return StepFunctionsWorkflow(machine, clients.stepfunctions)

    def email(self, sender: str) -> "Channel":
        from telesalud.platform.aws.ses import SesEmail

        return SesEmail(clients.ses, sender)

    def pusher(self, endpoint: str) -> "Pusher":
        from telesalud.platform.aws.websockets import GatewayPusher

        return GatewayPusher(lambda: clients.websockets(endpoint))

    def deliveries(self, queue: str, dead_letters: str) -> "DeliveryQueue":
        from telesalud.platform.aws.sqs import SqsDeliveryQueue

        return SqsDeliveryQueue(queue, dead_letters, clients.sqs)

    def secret(self, name: str) -> str:
        return clients.secret(name)

    def secret_versions(self, name: str) -> tuple[str, ...]:
        return clients.secret_versions(name)

    def parameter(self, name: str) -> str | None:
        return clients.parameter(name)

    def http(self) -> "httpx.Client":
        import httpx

        return httpx.Client(follow_redirects=False)

    def passes(self, error: Exception) -> bool:
        return passes(error)
