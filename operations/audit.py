"""The audit trail of an institution, recomputed from the table itself."""

from __future__ import annotations

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from telesalud.platform.backend import backend
from telesalud.platform.trail.digests import read_digests
from telesalud.platform.trail.verifying import verify


def verify_audit(stage: Stage, arguments: Arguments) -> None:
    settings = settings_of(stage, arguments.context)
    archive = backend().archive(settings["TELESALUD_DIGESTS_BUCKET"])
    of = settings["TELESALUD_CONTEXT"], arguments.tenant
    digests = None if arguments.no_archive else read_digests(archive, *of)
    store = backend().store(settings["TELESALUD_TABLE"])
    report = verify(store, arguments.tenant, backend().clock(), digests)
    for line in report.lines():
        print(line)
    if not report.sound:
        raise CommandError("the audit trail is not sound; keep the evidence and tell security")


def add(commands: Commands) -> None:
    """`telesalud audit verify`."""
    audit = commands.group("audit", "the audit trail")
    command = audit.add("verify", verify_audit, "recompute an institution's chain")
    command.add_argument("tenant")
    command.add_argument("--context", default="identity")
    command.add_argument("--no-archive", action="store_true", help="without the archived digests")
