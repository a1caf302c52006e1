"""The catalogues that are prescribed and ordered from."""

from __future__ import annotations

from pathlib import Path

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands, as_operator
from schemas.formulary import CatalogueImport, CatalogueKind, ImportFormat
from telesalud.orders import wiring
from telesalud.orders.catalogues import releases
from telesalud.platform.errors import NotFound
from telesalud.platform.parts import blobs_from, services_from


def import_catalogue(stage: Stage, arguments: Arguments) -> None:
    try:
        text = arguments.file.read_text("utf-8")
    except OSError as error:
        raise CommandError(f"{arguments.file}: {error.strerror}") from error
    format_ = ImportFormat(arguments.file.suffix.removeprefix(".").lower())
    given = CatalogueImport(format=format_, content=text)
    own = wiring.OrdersSettings.load(settings_of(stage, "orders"))
    services, catalogues = services_from(own), releases.Catalogues(blobs_from(own))
    call, kind = as_operator(arguments.tenant), CatalogueKind(arguments.kind)
    try:
        version = releases.show(services, call, kind).version
    except NotFound:
        version = 0
    made = releases.put(services, catalogues, call, kind=kind, given=given, version=version)
    print(f"{made.items} items in use as version {made.version}")


def add(commands: Commands) -> None:
    """`telesalud orders import`."""
    orders = commands.group("orders", "what is prescribed and ordered from")
    command = orders.add("import", import_catalogue, "replace a catalogue by a whole file")
    command.add_argument("tenant")
    command.add_argument("kind", choices=("formulary", "interactions", "order_sets", "tests"))
    command.add_argument("file", type=Path, help="a .json or .csv file")
