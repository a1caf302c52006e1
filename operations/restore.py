"""Restoring tables to a moment, and proving that they open (docs/runbooks/recovery.md)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from operations.moments import moment
from telesalud.platform.aws import clients
from telesalud.platform.backend import backend
from telesalud.platform.errors import Gone
from telesalud.platform.parts import services_from
from telesalud.platform.ports.keys import Tampered
from telesalud.platform.relay import of_period
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.settings import Settings
from telesalud.platform.store import Item, Key, Put, every
from telesalud.platform.trail.chain import REGISTRY
from telesalud.platform.trail.verifying import verify
from telesalud.platform.vault import Scope, Vault

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTEXTS = (
    "identity",
    "consults",
    "patients",
    "appointments",
    "orders",
    "pharmacy",
    "billing",
    "interop",
)
SAMPLE = 500
"""Sealed values that a verification opens."""
PATIENCE = 12 * 3600
"""Seconds within which a restore is done: it depends on the largest partition, not on the size."""


def plan(stage: Stage, arguments: Arguments) -> None:
    """Say how far back each table can go, and the commands that restore all to one moment."""
    client = clients.dynamodb()
    windows: dict[str, tuple[datetime, datetime]] = {}
    for context in [c for c in CONTEXTS if c in stage.apps()]:
        table = settings_of(stage, context)["TELESALUD_TABLE"]
        windows[context] = _window(client, table)
        earliest, latest = (f"{each:%Y-%m-%dT%H:%M:%S%z}" for each in windows[context])
        print(f"{context:13} {table:40} {earliest} to {latest}")
    latest_common = min(latest for _, latest in windows.values())
    at = arguments.at or latest_common
    lost = [c for c, (earliest, latest) in windows.items() if not earliest <= at <= latest]
    if lost:
        raise CommandError(f"{', '.join(lost)} cannot go back to {at.isoformat()}")
    print("\nWhat refers to each other stays together only at one moment for all:")
    for context in windows:
        print(f"  telesalud --stage {stage.name} restore table {context} --at {at.isoformat()}")


def _window(client: DynamoDBClient, table: str) -> tuple[datetime, datetime]:
    described = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = described.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise CommandError(f"{table} has no point-in-time recovery")
    return recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]


def restore_table(stage: Stage, arguments: Arguments) -> None:
    """Restore a context's table beside the live one; run again, it goes on where it was."""
    settings = settings_of(stage, arguments.context)
    at: datetime = arguments.at
    name = f"telesalud-{stage.name}-{arguments.context}-{at.astimezone(UTC):%Y%m%dt%H%M%S}"
    client = clients.dynamodb()
    if _status(client, name) is None:
        client.restore_table_to_point_in_time(
            SourceTableName=settings["TELESALUD_TABLE"],
            TargetTableName=name,
            RestoreDateTime=at,
            SSESpecificationOverride={
                "Enabled": True,
                "SSEType": "KMS",
                "KMSMasterKeyId": settings["TELESALUD_STORAGE_KEY"],
            },
        )
    _wait(client, name)
    make_ready(client, name)
    print(f"{name} holds what was there at {at.isoformat()}. Next:")
    verifies = f"restore verify {arguments.context} {name} --at {at.isoformat()}"
    again = f"restore destroy-again {arguments.context} {name} --at {at.isoformat()}"
    for command in (again, verifies):
        print(f"  telesalud --stage {stage.name} {command}")
    print(f"  infra/stages/{stage.name}.yaml: restored: {{ {arguments.context}: {name} }}")
    print(f"  make deploy STAGE={stage.name}")


def ready_table(_stage: Stage, arguments: Arguments) -> None:
    """Make a table that came from a copy ready to serve."""
    client = clients.dynamodb()
    _wait(client, arguments.table)
    make_ready(client, arguments.table)
    print(f"{arguments.table} has stream, expiry, recovery and protection; verify it next")


def make_ready(client: DynamoDBClient, name: str) -> None:
    """Give a restored table what no restore brings along; what it has already stays."""
    described = client.describe_table(TableName=name)["Table"]
    if not described.get("StreamSpecification", {}).get("StreamEnabled"):
        client.update_table(
            TableName=name,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        _wait(client, name)
    if not described.get("DeletionProtectionEnabled"):
        client.update_table(TableName=name, DeletionProtectionEnabled=True)
        _wait(client, name)
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )


def _status(client: DynamoDBClient, name: str) -> str | None:
    try:
        return client.describe_table(TableName=name)["Table"]["TableStatus"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _wait(client: DynamoDBClient, name: str) -> None:
    until = time.monotonic() + PATIENCE
    while _status(client, name) != "ACTIVE":
        if time.monotonic() > until:
            raise CommandError(f"{name} is not ready yet; run the same command again")
        time.sleep(10)


def verify_table(stage: Stage, arguments: Arguments) -> None:
    """Open a sample of what a table holds, and recompute every institution's trail in it."""
    settings = settings_of(stage, arguments.context)
    found = examine(settings, arguments.table, arguments.at)
    print(f"{found.opened} sealed values opened, {found.closed} did not, {found.other} not tried")
    for tenant, faults in sorted(found.trails.items()):
        print(f"trail of {tenant}: {'sound' if not faults else '; '.join(faults)}")
    if not found.fit:
        raise CommandError(f"{arguments.table} is not fit to serve")
    live = settings["TELESALUD_TABLE"]
    if live != arguments.table and (back := list(_destroyed(live, arguments.table))):
        raise CommandError(
            f"{len(back)} destroyed records would be back: "
            f"run `restore destroy-again {arguments.context} {arguments.table}`"
        )


def destroy_again(stage: Stage, arguments: Arguments) -> None:
    """Bring destructions of after the moment into a restored table, before it serves.

    With `--publish`, once it serves, the workers are told to erase those records again.
    """
    source = arguments.source or f"telesalud-{stage.name}-{arguments.context}"
    old, new = backend().store(source), backend().store(arguments.table)
    keys = list(_destroyed(source, arguments.table))
    for key in keys:
        new.transact([Put(key, {"shredded": True})])
    for item in old.sweep("SHRED#"):
        if new.get(item.key) is None:
            new.transact([Put(item.key, item.attributes)])
    print(f"{len(keys)} keys destroyed again in {arguments.table}")
    if arguments.publish:
        settings = settings_of(stage, arguments.context)
        told = of_period(old, arguments.at, backend().clock())
        events = [event for event in told if event.type.endswith(".record_shredded")]
        taken = backend().bus(settings["TELESALUD_BUS"]).publish(events)
        print(f"published {taken} of {len(events)} destructions")


def _destroyed(source: str, target: str) -> Iterator[Key]:
    """Keys that `source` has destroyed and `target` still has, or may still make."""
    old, new = backend().store(source), backend().store(target)
    for item in old.sweep("KEY#"):
        if item.attributes.get("shredded"):
            other = new.get(item.key)
            if other is None or not other.attributes.get("shredded"):
                yield item.key


@dataclass
class Found:
    """What a table holds. Values of persons that its keys do not name cannot be tried."""

    opened: int = 0
    closed: int = 0
    other: int = 0
    trails: dict[str, list[str]] = field(default_factory=dict)
    """Institution to the faults of its trail."""

    @property
    def fit(self) -> bool:
        """Another key or another vault's name opens nothing at all."""
        return self.opened > self.closed and not any(self.trails.values())


def examine(settings: Mapping[str, str], table: str, at: datetime | None = None) -> Found:
    """Open a sample of a table that holds what was there `at` a moment (by default now)."""
    own = Settings.load({**settings, "TELESALUD_TABLE": table})
    store, vault = backend().store(table), services_from(own).vault
    keys = [each for each in store.sweep("KEY#") if not each.attributes.get("shredded")]
    known = {(each.key.pk.removeprefix("KEY#"), each.key.sk) for each in keys}
    found = Found()
    for item in store.sweep(""):
        if ATTRIBUTE not in item.attributes:
            continue
        scopes = list(_scopes_of(item, known))
        if any(_opens(vault, scope, item) for scope in scopes):
            found.opened += 1
        elif any(scope.patient for scope in scopes):
            found.closed += 1
        else:
            found.other += 1
        if found.opened + found.closed >= SAMPLE:
            break
    for tenant in [each.key.sk for each in every(store, REGISTRY)]:
        report = verify(store, tenant, at or backend().clock())
        found.trails[tenant] = [f"{fault.kind} {fault.place}" for fault in report.faults]
    return found


def _scopes_of(item: Item, known: set[tuple[str, str]]) -> Iterator[Scope]:
    """Whose key may have sealed it: of the institutions and patients that its key names."""
    words = set(f"{item.key.pk}#{item.key.sk}".split("#"))
    for tenant, key in known:
        if tenant in words and key == "TENANT":
            yield Scope(tenant)
        elif tenant in words and key.removeprefix("PATIENT#") in words:
            yield Scope(tenant, key.removeprefix("PATIENT#"))


def _opens(vault: Vault, scope: Scope, item: Item) -> bool:
    try:
        vault.open(scope, place(item.key), item.blob(ATTRIBUTE))
    except (Tampered, Gone, TypeError):
        return False
    return True


def add(commands: Commands) -> None:
    """`telesalud restore`: plan, table, ready, destroy-again, verify."""
    restore = commands.group("restore", "tables as they were at a moment")
    command = restore.add("plan", plan, "how far back, and the commands")
    command.add_argument("--at", type=moment, help="by default the latest for all")
    command = restore.add("table", restore_table, "make a table as it was, beside the live one")
    command.add_argument("context", choices=CONTEXTS)
    command.add_argument("--at", type=moment, required=True)
    command = restore.add("ready", ready_table, "give a table from a copy what it lacks")
    command.add_argument("table")
    command = restore.add("destroy-again", destroy_again, "destructions of after the moment")
    command.add_argument("context", choices=CONTEXTS)
    command.add_argument("table")
    command.add_argument("--source", default="", help="the table before; the stack's by default")
    command.add_argument("--at", type=moment, required=True, help="what it was restored to")
    command.add_argument("--publish", action="store_true", help="once the table serves")
    command = restore.add("verify", verify_table, "prove that a table opens")
    command.add_argument("context", choices=CONTEXTS)
    command.add_argument("table")
    command.add_argument("--at", type=moment, help="the moment that it was restored to")
