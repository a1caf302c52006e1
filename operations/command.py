"""`telesalud`: what operators do from a terminal.

Every command runs the domain's use cases with the operator's own AWS rights and the settings of
the stage's running functions, so that terminal and functions always mean the same tables and keys.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from infra.running import NotDeployed
from infra.stages import Stage, load_stage
from localstack.cloud import default_cloud
from operations import (
    activity,
    audit,
    canary,
    consults,
    forms,
    identity,
    orders,
    pharmacy,
    replay,
    restore,
    terminology,
    video,
)
from operations.commands import CommandError, Commands
from telesalud.platform.errors import DomainError, Invalid


def parser() -> argparse.ArgumentParser:
    """The command line with every subject's commands."""
    made = argparse.ArgumentParser(prog="telesalud", description=__doc__)
    made.add_argument("--stage", default="local", help="as in infra/stages/ (default: local)")
    commands = Commands(made.add_subparsers(required=True, metavar="command"))
    admin = commands.group("admin", "institutions, first users, partner systems")
    identity.add(admin)
    consults.add(admin)
    for subject in (
        activity,
        audit,
        canary,
        forms,
        orders,
        pharmacy,
        terminology,
        replay,
        restore,
        video,
    ):
        subject.add(commands)
    return made


def enter(stage: Stage) -> None:
    """Make this process's AWS clients talk to the stage's account, or to its local cloud."""
    if stage.local:
        os.environ.update(default_cloud().environ())
    else:
        os.environ["AWS_DEFAULT_REGION"] = stage.region


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exits 1 with a sentence when it cannot be done."""
    arguments = parser().parse_args(argv)
    try:
        stage = load_stage(arguments.stage)
        enter(stage)
        arguments.does(stage, arguments)
    except Invalid as error:
        faults = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in error.fields)
        sys.exit(f"telesalud: {error.detail} {faults}".strip())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        sys.exit(f"telesalud: {faults}")
    except (CommandError, DomainError, NotDeployed, ValueError) as error:
        sys.exit(f"telesalud: {error}")
