"""The shard's stack on a throwaway local cloud, deployed once per session."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import Deployment
from localstack import emulator
from localstack.cloud import Cloud, stage_of
from localstack.throwaway import free_ports
from schemas.bridges import VideoStatus

REGISTRY = "000000000000.dkr.ecr.us-east-1.amazonaws.com/telesalud"
PARAMETERS = {
    "VideoDomain": "video.clinic.example",
    "VideoCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/test",
    "WebImage": f"{REGISTRY}/web:1",
    "ProsodyImage": f"{REGISTRY}/prosody:1",
    "JicofoImage": f"{REGISTRY}/jicofo:1",
    "BridgeImage": f"{REGISTRY}/jvb:1",
    "CoturnImage": f"{REGISTRY}/coturn:1",
    "BridgeAmi": "/test/ami",
    "ReserveConcurrency": "no",
    # The emulator knows neither NAT gateways nor flow logs.
    "NatGateways": "none",
    "FlowLogs": "no",
    # consults is not deployed here; tests/cloud/test_agenda_load.py asks the real one.
    "AgendaPath": "",
}


@dataclass(frozen=True)
class Shard:
    deployment: Deployment

    def client(self, service: str) -> Any:
        return self.deployment.client(service)

    def invoke(self, function: str, event: dict[str, Any] | None = None) -> None:
        answer = self.client("lambda").invoke(
            FunctionName=f"telesalud-test-video-blue-{function}",
            Payload=json.dumps(event or {}).encode(),
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def group(self) -> Any:
        name = self.deployment.outputs["BridgesGroupName"]
        answer = self.client("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[name]
        )
        return answer["AutoScalingGroups"][0]

    def status(self) -> VideoStatus:
        name = self.deployment.outputs["VideoStatusParameter"]
        value = self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        return VideoStatus.model_validate_json(value)

    def put(self, key: str, body: str) -> None:
        self.client("dynamodb").put_item(
            TableName=self.deployment.outputs["BridgesTableName"],
            Item={"pk": {"S": key}, "body": {"S": body}},
        )

    def forget(self) -> None:
        for key in ("SCALER", "AGENDA"):
            self.client("dynamodb").delete_item(
                TableName=self.deployment.outputs["BridgesTableName"], Key={"pk": {"S": key}}
            )


@pytest.fixture(scope="session")
def deployed() -> Iterator[Shard]:
    home = Path(tempfile.mkdtemp(prefix="telesalud-video-"))
    port, gateway = free_ports(2)
    cloud = Cloud(home, port, gateway, persist=False, stage="test")
    emulator.start(cloud)
    try:
        stage = stage_of(cloud)
        stage = replace(
            stage, modules=(), shards=("blue",), parameters={**stage.parameters, **PARAMETERS}
        )
        deployment = Deployment(stage, cloud.environ() | {"PATH": os.environ["PATH"]}, print)
        ami = "ami-0123456789abcdef0"
        deployment.client("ssm").put_parameter(Name="/test/ami", Value=ami, Type="String")
        deployment.deploy(("artifacts", "foundation", "video_blue"))
        yield Shard(deployment)
    finally:
        emulator.stop(cloud)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def shard(deployed: Shard) -> Shard:
    deployed.forget()
    return deployed
