"""How a subject declares its commands, and what they share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.stages import Stage
from telesalud.platform.access import Caller
from telesalud.platform.work import Call

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

Arguments = argparse.Namespace
Does = Callable[[Stage, Arguments], None]


class CommandError(Exception):
    """The command cannot be done; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of one group, such as `telesalud admin …`."""

    _parsers: Subparsers

    def group(self, name: str, about: str) -> Commands:
        """A group of commands below these."""
        parser = self._parsers.add_parser(name, help=about)
        return Commands(parser.add_subparsers(required=True, metavar="what"))

    def add(self, name: str, does: Does, about: str) -> argparse.ArgumentParser:
        """A command; its arguments are added to what this returns."""
        parser = self._parsers.add_parser(name, help=about, description=about)
        parser.set_defaults(does=does)
        return parser


def as_operator(tenant: str) -> Call:
    """A call in the operator's name, which the institution's audit trail shows."""
    return Call(Caller.system(tenant, "operator"))
