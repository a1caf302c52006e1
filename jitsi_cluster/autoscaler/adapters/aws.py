"""AWS behind the ports: the Auto Scaling group with ECS and EC2, DynamoDB, Parameter Store.

Clients are made at first use and get region, credentials and endpoint from the environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from jitsi_cluster.autoscaler.agenda import Agenda
from jitsi_cluster.autoscaler.drain import Drain
from jitsi_cluster.autoscaler.model import Stage
from jitsi_cluster.autoscaler.ports import (
    Group,
    HookClosed,
    Instance,
    MemoryConflict,
    ScalerMemory,
)

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_autoscaling.type_defs import InstanceTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef as Ec2InstanceTypeDef
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ssm import SSMClient

    from jitsi_cluster.autoscaler.model import Frozen
    from schemas.bridges import VideoStatus

TASK_TAG = "telesalud:bridge-task"
"""Tag of an instance with the task definition that it was launched for."""
CONTAINER = "jvb"
DRAIN_KEPT_SECONDS = 30 * 24 * 3600
STAGES = {"Pending": Stage.STARTING, "InService": Stage.IN_SERVICE}


@cache
def client(service: str) -> Any:
    """The process's client of an AWS service."""
    import boto3  # noqa: PLC0415  # 200 ms that only a call needs
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
    session: Any = boto3.session.Session()
    return session.client(service, config=config)


class AutoScalingBridges:
    """The bridge group. `hooks` are the names of its launch and its termination hook."""

    def __init__(self, group: str, cluster: str, launch_hook: str, terminate_hook: str) -> None:
        self._group = group
        self._cluster = cluster
        self._launch_hook = launch_hook
        self._terminate_hook = terminate_hook

    @property
    def _autoscaling(self) -> AutoScalingClient:
        found: AutoScalingClient = client("autoscaling")
        return found

    @property
    def _ecs(self) -> ECSClient:
        found: ECSClient = client("ecs")
        return found

    @property
    def _ec2(self) -> EC2Client:
        found: EC2Client = client("ec2")
        return found

    def describe(self) -> Group:
        """The group, the addresses of its instances, and how far the starting ones are."""
        found = self._autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])[
            "AutoScalingGroups"
        ]
        if not found:
            raise LookupError(f"there is no Auto Scaling group {self._group}")
        group = found[0]
        since = group["CreatedTime"]
        machines = self._machines([i["InstanceId"] for i in group["Instances"]])
        return Group(
            desired=group["DesiredCapacity"],
            minimum=group["MinSize"],
            instances=tuple(
                self._instance(instance, machines.get(instance["InstanceId"], {}), since)
                for instance in group["Instances"]
                if instance["LifecycleState"] != "Terminated"
            ),
        )

    def _machines(self, ids: list[str]) -> dict[str, Ec2InstanceTypeDef]:
        if not ids:
            return {}
        # By filter: one id that EC2 has already forgotten would fail a request by id for all.
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "instance-id", "Values": ids}]
        )
        return {
            machine["InstanceId"]: machine
            for page in pages
            for reservation in page["Reservations"]
            for machine in reservation["Instances"]
        }

    def _instance(
        self, instance: InstanceTypeDef, machine: Ec2InstanceTypeDef, since: datetime
    ) -> Instance:
        """`machine` is empty for one that EC2 does not know; it then has no address either."""
        state, _, step = instance["LifecycleState"].partition(":")
        stage = STAGES.get(state, Stage.TERMINATING)
        waiting = step == "Wait"
        registration = self._registration(instance["InstanceId"]) if waiting else None
        return Instance(
            bridge_id=instance["InstanceId"],
            stage=stage,
            waiting=waiting,
            launched_at=machine.get("LaunchTime", since),
            address=machine.get("PrivateIpAddress"),
            registered=registration is not None,
            started=stage is Stage.STARTING
            and registration is not None
            and bool(self._tasks(registration, "RUNNING")),
            exited=stage is Stage.TERMINATING
            and registration is not None
            and self._has_exited(registration),
        )

    def _registration(self, bridge_id: str) -> str | None:
        """ARN of the ECS container instance on this machine, None until it has joined."""
        arns = self._ecs.list_container_instances(
            cluster=self._cluster, filter=f"ec2InstanceId == '{bridge_id}'", status="ACTIVE"
        )["containerInstanceArns"]
        return arns[0] if arns else None

    def _tasks(self, container_instance: str, status: Literal["RUNNING", "STOPPED"]) -> list[str]:
        return self._ecs.list_tasks(
            cluster=self._cluster, containerInstance=container_instance, desiredStatus=status
        )["taskArns"]

    def _has_exited(self, container_instance: str) -> bool:
        """Whether its bridge ended with code 0; ECS remembers stopped tasks for an hour."""
        stopped = self._tasks(container_instance, "STOPPED")
        if not stopped:
            return False
        tasks = self._ecs.describe_tasks(cluster=self._cluster, tasks=stopped)["tasks"]
        bridges = [c for t in tasks for c in t["containers"] if c["name"] == CONTAINER]
        return bool(bridges) and all(c.get("exitCode") == 0 for c in bridges)

    def resize(self, *, minimum: int, desired: int) -> None:
        """Set the least and the wanted size."""
        self._autoscaling.update_auto_scaling_group(
            AutoScalingGroupName=self._group, MinSize=minimum, DesiredCapacity=desired
        )

    def retire(self, bridge_id: str) -> None:
        """Terminate through the hook and want one bridge less."""
        self._autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=bridge_id, ShouldDecrementDesiredCapacity=True
        )

    def replace(self, bridge_id: str) -> None:
        """Have the group replace it, through the same hook."""
        self._autoscaling.set_instance_health(
            InstanceId=bridge_id, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
        )

    def start_bridge(self, bridge_id: str) -> None:
        """Start the task definition that the instance's tag names."""
        registration = self._registration(bridge_id)
        machine = self._machines([bridge_id]).get(bridge_id)
        if registration is None or machine is None:
            return  # it went away since it was described
        tags = {tag["Key"]: tag["Value"] for tag in machine.get("Tags", ())}
        if TASK_TAG not in tags or "PublicIpAddress" not in machine:
            raise LookupError(f"{bridge_id} has no tag {TASK_TAG} or no public address")
        # What differs from bridge to bridge: its name in the brewery, and where media reaches it.
        own = {"JVB_MUC_NICKNAME": bridge_id, "JVB_ADVERTISE_IPS": machine["PublicIpAddress"]}
        answer = self._ecs.start_task(
            cluster=self._cluster,
            containerInstances=[registration],
            taskDefinition=tags[TASK_TAG],
            startedBy=bridge_id,
            overrides={
                "containerOverrides": [
                    {
                        "name": CONTAINER,
                        "environment": [{"name": k, "value": v} for k, v in own.items()],
                    }
                ]
            },
            enableECSManagedTags=True,
        )
        if answer["failures"]:
            reasons = ", ".join(str(failure.get("reason")) for failure in answer["failures"])
            raise RuntimeError(f"{bridge_id}: its bridge task did not start: {reasons}")

    def admit(self, bridge_id: str) -> None:
        """Let it go into service."""
        self._complete(bridge_id, self._launch_hook)

    def complete(self, bridge_id: str) -> None:
        """Let it be terminated."""
        self._complete(bridge_id, self._terminate_hook)

    def _complete(self, bridge_id: str, hook: str) -> None:
        with _hook_may_be_closed(bridge_id):
            self._autoscaling.complete_lifecycle_action(
                AutoScalingGroupName=self._group,
                LifecycleHookName=hook,
                InstanceId=bridge_id,
                LifecycleActionResult="CONTINUE",
            )

    def heartbeat(self, bridge_id: str) -> None:
        """Give the termination hook its full time again."""
        with _hook_may_be_closed(bridge_id):
            self._autoscaling.record_lifecycle_action_heartbeat(
                AutoScalingGroupName=self._group,
                LifecycleHookName=self._terminate_hook,
                InstanceId=bridge_id,
            )


@contextmanager
def _hook_may_be_closed(bridge_id: str) -> Iterator[None]:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        if "No active Lifecycle Action" in error.response["Error"].get("Message", ""):
            raise HookClosed(bridge_id) from error
        raise


class DynamoMemory:
    """The scaler's table: `pk` SCALER, AGENDA or DRAIN#<bridge>, `body` as JSON."""

    def __init__(self, table: str) -> None:
        self._table = table

    @property
    def _dynamodb(self) -> DynamoDBClient:
        found: DynamoDBClient = client("dynamodb")
        return found

    def scaler(self) -> ScalerMemory:
        """The memory with its version; a new one when none was stored."""
        body = self._get("SCALER")
        return ScalerMemory.model_validate_json(body) if body else ScalerMemory()

    def save_scaler(self, memory: ScalerMemory) -> ScalerMemory:
        """Store over the version that was read."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        after = memory.model_copy(update={"version": memory.version + 1})
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": "SCALER"},
                    "version": {"N": str(after.version)},
                    "body": {"S": after.model_dump_json()},
                },
                ConditionExpression="attribute_not_exists(pk) OR version = :read",
                ExpressionAttributeValues={":read": {"N": str(memory.version)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise MemoryConflict("another tick of the scaler wrote first") from error
            raise
        return after

    def agenda(self) -> Agenda | None:
        """What was fetched last."""
        body = self._get("AGENDA")
        return Agenda.model_validate_json(body) if body else None

    def save_agenda(self, agenda: Agenda) -> None:
        """Replace what was known."""
        self._put("AGENDA", agenda)

    def drain(self, bridge_id: str) -> Drain | None:
        """The retirement of this bridge, None before it began."""
        body = self._get(f"DRAIN#{bridge_id}")
        return Drain.model_validate_json(body) if body else None

    def save_drain(self, drain: Drain) -> None:
        """Store it; it expires a month after it began."""
        expires = int(drain.started_at.timestamp()) + DRAIN_KEPT_SECONDS
        self._put(f"DRAIN#{drain.bridge_id}", drain, {"expires_at": {"N": str(expires)}})

    def _get(self, key: str) -> str | None:
        item = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
        ).get("Item")
        return item["body"]["S"] if item else None

    def _put(self, key: str, value: Frozen, more: dict[str, Any] | None = None) -> None:
        item = {"pk": {"S": key}, "body": {"S": value.model_dump_json()}, **(more or {})}
        self._dynamodb.put_item(TableName=self._table, Item=item)


class ParameterBoard:
    """The video status as JSON in Parameter Store."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def publish(self, status: VideoStatus) -> None:
        """Overwrite the parameter's value."""
        ssm: SSMClient = client("ssm")
        ssm.put_parameter(
            Name=self._parameter, Value=status.model_dump_json(), Type="String", Overwrite=True
        )
