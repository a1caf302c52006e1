"""The running stacks, as a test may use them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.deploy import Deployment
from localstack.cloud import Cloud, stage_of


@dataclass(frozen=True)
class Stacks:
    """What a test may use of the running stacks."""

    cloud: Cloud

    @property
    def origin(self) -> str:
        """The gateway's URL, without a trailing slash."""
        return self.cloud.origin

    @cached_property
    def deployment(self) -> Deployment:
        deployment = Deployment(stage_of(self.cloud), self.cloud.environ(), lambda _: None)
        deployment.describe()
        return deployment

    @property
    def outputs(self) -> dict[str, str]:
        """Outputs of all stacks, such as `IdentityTableName`."""
        return self.deployment.outputs

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator."""
        return self.deployment.client(service)
