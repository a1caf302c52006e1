"""The pharmacy's books."""

from __future__ import annotations

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from telesalud.pharmacy import wiring
from telesalud.pharmacy.stock import verifying
from telesalud.pharmacy.wards import verifying as wards
from telesalud.platform.backend import backend
from telesalud.platform.parts import services_from


def verify(stage: Stage, arguments: Arguments) -> None:
    """Read an institution's books from end to end. Raises CommandError for faults."""
    own = wiring.PharmacySettings.load(settings_of(stage, "pharmacy"))
    vault = services_from(own).vault
    books = verifying.verify(backend().store(own.table), vault, arguments.tenant)
    accounts, faults = wards.verify(backend().store(own.table), vault, arguments.tenant)
    books.faults.extend(faults)
    for fault in books.faults:
        print(fault)
    way = sum(books.transit.values())
    print(f"{books.stocks} items in warehouses, {books.lines} lines, {way} units on the way")
    print(f"{accounts} admissions with an account")
    if books.faults:
        raise CommandError(f"{len(books.faults)} faults: nothing was changed")
    print("the books are right")


def add(commands: Commands) -> None:
    """`telesalud pharmacy verify`."""
    pharmacy = commands.group("pharmacy", "stock of medicines and supplies")
    command = pharmacy.add("verify", verify, "check ledger, balances, registers and transfers")
    command.add_argument("tenant")
