"""`telesalud`: what operators do from a terminal.

Every command runs the domain's use cases with the operator's own AWS rights and the settings of
the stage's running functions, so that terminal and functions always mean the same tables and keys.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import Any

import boto3
from pydantic import ValidationError

from infra.stages import Stage, load_stage
from localstack.cloud import default_cloud
from telesalud.platform.access import Caller
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.clock import utc_now
from telesalud.platform.errors import DomainError, Invalid
from telesalud.platform.work import Call, Services

Arguments = argparse.Namespace


class CommandError(Exception):
    """The command cannot be done; the message says what to do about it."""


def enter_stage(stage: Stage) -> None:
    """Make this process's AWS clients talk to the stage's account, or to its local cloud."""
    if stage.local:
        os.environ.update(default_cloud().environ())
    else:
        os.environ["AWS_DEFAULT_REGION"] = stage.region


def settings_of(stage: Stage, context: str) -> dict[str, str]:
    """Environment variables of the context's REST function."""
    name = f"telesalud-{stage.name}-{context}-api"
    client = boto3.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException as error:
        raise CommandError(f"{name} is not deployed") from error
    return dict(found.get("Environment", {}).get("Variables", {}))


def identity_services(stage: Stage) -> Any:
    """The identity context's services, on the stage's tables and keys."""
    from telesalud.identity.settings import IdentitySettings  # noqa: PLC0415  # this command only
    from telesalud.identity.wiring import services_from  # noqa: PLC0415

    return services_from(IdentitySettings.load(settings_of(stage, "identity")))


def create_tenant(stage: Stage, arguments: Arguments) -> None:
    from schemas.identity import NewTenant  # noqa: PLC0415
    from telesalud.identity import bootstrap  # noqa: PLC0415

    command = NewTenant(id=arguments.tenant, name=arguments.name)
    tenant = bootstrap.create_tenant(identity_services(stage), command)
    print(f"created {tenant.id}")


def create_admin(stage: Stage, arguments: Arguments) -> None:
    from schemas.identity import NewUser  # noqa: PLC0415
    from telesalud.identity import bootstrap  # noqa: PLC0415

    command = NewUser(
        user_name=arguments.user_name,
        display_name=arguments.name,
        roles=("administrator",),
        language=arguments.language,
    )
    created = bootstrap.first_administrator(identity_services(stage), arguments.tenant, command)
    _show_code(created.user.id, created.one_time_code)


def reset_user(stage: Stage, arguments: Arguments) -> None:
    from telesalud.identity import bootstrap  # noqa: PLC0415

    code = bootstrap.reset_user(
        identity_services(stage),
        arguments.tenant,
        arguments.user_id,
        second_factor=arguments.second_factor,
    )
    _show_code(arguments.user_id, code)


def _show_code(user_id: str, code: Any) -> None:
    print(f"user           {user_id}")
    print(f"one-time code  {code.code}")
    print(f"valid until    {code.expires_at.isoformat()}")
    print("With it the password is set: POST /api/identity/password-resets")


def register_client(stage: Stage, arguments: Arguments) -> None:
    from schemas.identity import NewClient  # noqa: PLC0415
    from telesalud.identity import bootstrap  # noqa: PLC0415

    command = NewClient(name=arguments.name, scopes=tuple(arguments.scope))
    created = bootstrap.register_client(identity_services(stage), arguments.tenant, command)
    print(f"client id      {created.client.client_id}")
    print(f"client secret  {created.secret.secret}")
    print("The secret is shown this one time.")


def issue_legacy_token(stage: Stage, arguments: Arguments) -> None:
    from telesalud.consults.paho import tokens  # noqa: PLC0415  # this command only

    token = tokens.issue_token(
        _consults(stage),
        _operator(arguments.tenant),
        partner=arguments.partner,
        name=arguments.name,
        time_zone=arguments.time_zone,
        language=arguments.language,
        target=arguments.target,
    )
    print(f"token          {token}")
    print("It is shown this one time and works until `revoke-legacy-token`.")


def revoke_legacy_token(stage: Stage, arguments: Arguments) -> None:
    from telesalud.consults.paho import tokens  # noqa: PLC0415  # this command only

    token = getpass("token: ")
    tokens.revoke_token(_consults(stage), _operator(arguments.tenant), token.strip())
    print("revoked")


def _consults(stage: Stage) -> Services:
    from telesalud.consults import wiring  # noqa: PLC0415
    from telesalud.consults.settings import ConsultsSettings  # noqa: PLC0415

    return wiring.services_from(ConsultsSettings.load(settings_of(stage, "consults")))


def _operator(tenant: str) -> Call:
    return Call(Caller.system(tenant, "operator"))


def verify_audit(stage: Stage, arguments: Arguments) -> None:
    from telesalud.platform.trail.digests import S3Archive, read_digests  # noqa: PLC0415
    from telesalud.platform.trail.verifying import verify  # noqa: PLC0415

    settings = settings_of(stage, arguments.context)
    table = settings["TELESALUD_TABLE"]
    bucket = settings["TELESALUD_DIGESTS_BUCKET"]
    archive = S3Archive(bucket, clients.s3)
    digests = None if arguments.no_archive else read_digests(archive, table, arguments.tenant)
    store = DynamoStore(table, clients.dynamodb)
    report = verify(store, arguments.tenant, utc_now(), digests)
    for line in report.lines():
        print(line)
    if not report.sound:
        raise CommandError("the audit trail is not sound; keep the evidence and tell security")


def replay_events(stage: Stage, arguments: Arguments) -> None:
    from telesalud.platform.relay import EventBridgeBus, of_period, of_subject  # noqa: PLC0415

    settings = settings_of(stage, arguments.context)
    store = DynamoStore(settings["TELESALUD_TABLE"], clients.dynamodb)
    if arguments.subject and not arguments.tenant:
        raise CommandError("--subject needs --tenant")
    since, until = arguments.since, arguments.until
    if arguments.subject:
        found = of_subject(store, arguments.tenant, arguments.subject)
        events = [event for event in found if since <= event.at < until]
    else:
        events = of_period(store, since, until, arguments.tenant)
    taken = EventBridgeBus(settings["TELESALUD_BUS"], clients.events).publish(events)
    print(f"published {taken} of {len(events)} events")
    if taken < len(events):
        raise CommandError("the bus did not take all; run the same command again")


def replay_dead_letters(stage: Stage, arguments: Arguments) -> None:
    from telesalud.platform.consumer import redrive  # noqa: PLC0415

    name = f"telesalud-{stage.name}-{arguments.context}-{arguments.queue}"
    client = clients.sqs()
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist as error:
        raise CommandError(f"there is no queue {name}") from error
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    try:
        print(redrive(client, answer["Attributes"]["QueueArn"]))
    except LookupError as error:
        raise CommandError(
            f"{error}; a stream's dead letters only name its records: use `telesalud replay events`"
        ) from error


def import_catalogue(stage: Stage, arguments: Arguments) -> None:
    from schemas.formulary import CatalogueImport, CatalogueKind, ImportFormat  # noqa: PLC0415
    from telesalud.orders import wiring  # noqa: PLC0415
    from telesalud.orders.catalogues import releases  # noqa: PLC0415
    from telesalud.platform.access import Caller  # noqa: PLC0415
    from telesalud.platform.errors import NotFound  # noqa: PLC0415
    from telesalud.platform.work import Call  # noqa: PLC0415

    own = wiring.OrdersSettings.load(settings_of(stage, "orders"))
    services, shelf = wiring.services_from(own), releases.Shelf(wiring.blobs_from(own))
    call = Call(Caller.system(arguments.tenant, "operator"))
    kind = CatalogueKind(arguments.kind)
    format_ = ImportFormat(arguments.file.suffix.removeprefix(".").lower())
    try:
        text = arguments.file.read_text("utf-8")
    except OSError as error:
        raise CommandError(f"{arguments.file}: {error.strerror}") from error
    given = CatalogueImport(format=format_, content=text)
    try:
        version = releases.show(services, call, kind).version
    except NotFound:
        version = 0
    made = releases.put(services, shelf, call, kind=kind, given=given, version=version)
    print(f"{made.items} items in use as version {made.version}")


def import_terminology(stage: Stage, arguments: Arguments) -> None:
    from infra import terminology  # noqa: PLC0415  # this command only

    shelf, folder = terminology.shelf_of(settings_of(stage, "patients"))
    given = {language: getattr(arguments, language) for language in ("es", "pt", "en")}
    try:
        terminology.import_release(
            shelf,
            folder,
            system=arguments.system,
            country=arguments.country,
            release=arguments.release,
            files={language: path for language, path in given.items() if path},
            chapters=frozenset(arguments.chapters.split(",")) if arguments.chapters else None,
        )
    except OSError as error:
        raise CommandError(f"the index was not put into use: {error}") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the offset, such as 2027-01-31T08:00:00-03:00")
    return moment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="telesalud", description=__doc__)
    parser.add_argument("--stage", default="local", help="as in infra/stages/ (default: local)")
    groups = parser.add_subparsers(required=True, metavar="command")

    def command(
        group: Any, name: str, does: Callable[[Stage, Arguments], None], help_: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = group.add_parser(name, help=help_, description=help_)
        made.set_defaults(does=does)
        return made

    admin = groups.add_parser(
        "admin", help="institutions, first users, partner systems"
    ).add_subparsers(required=True, metavar="what")
    made = command(admin, "create-tenant", create_tenant, "a new institution")
    made.add_argument("tenant", help="its id, such as hospital-norte")
    made.add_argument("--name", required=True)
    made = command(admin, "create-admin", create_admin, "an institution's first user")
    made.add_argument("tenant")
    made.add_argument("user_name")
    made.add_argument("--name", required=True, help="as others see it")
    made.add_argument("--language", default="es", choices=("es", "pt", "en"))
    made = command(admin, "reset-user", reset_user, "a lost password or device")
    made.add_argument("tenant")
    made.add_argument("user_id")
    made.add_argument("--second-factor", action="store_true", help="forget the device too")
    made = command(admin, "register-client", register_client, "a partner system")
    made.add_argument("tenant")
    made.add_argument("--name", required=True)
    made.add_argument("--scope", required=True, action="append", help="may be repeated")

    made = command(
        admin, "issue-legacy-token", issue_legacy_token, "for a client of PAHO's earlier module"
    )
    made.add_argument("tenant")
    made.add_argument("--partner", required=True, help="the partner system's id")
    made.add_argument("--name", required=True, help="as the partner sees itself")
    made.add_argument("--time-zone", required=True, help="of its dates, such as America/Bogota")
    made.add_argument("--language", default="es", choices=("es", "pt", "en"))
    made.add_argument("--target", default="", help="id of its notification target")
    made = command(
        admin, "revoke-legacy-token", revoke_legacy_token, "asks for the token, ends it at once"
    )
    made.add_argument("tenant")

    audit = groups.add_parser("audit", help="the audit trail").add_subparsers(
        required=True, metavar="what"
    )
    made = command(audit, "verify", verify_audit, "recompute an institution's chain")
    made.add_argument("tenant")
    made.add_argument("--context", default="identity")
    made.add_argument("--no-archive", action="store_true", help="without the archived digests")

    _add_orders(groups, command)
    _add_terminology(groups, command)

    replay = groups.add_parser("replay", help="events and dead letters").add_subparsers(
        required=True, metavar="what"
    )
    made = command(replay, "events", replay_events, "publish a period's events once more")
    made.add_argument("context")
    made.add_argument("--since", required=True, type=_moment)
    made.add_argument("--until", required=True, type=_moment)
    made.add_argument("--tenant", default="", help="all by default")
    made.add_argument("--subject", default="", help="one patient, appointment or consult only")
    made = command(replay, "dead-letters", replay_dead_letters, "back to the queue they came from")
    made.add_argument("context")
    made.add_argument("queue", help="such as deliveries-dead-letters")
    return parser


def _add_orders(groups: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    orders = groups.add_parser("orders", help="what is prescribed and ordered from").add_subparsers(
        required=True, metavar="what"
    )
    made = command(orders, "import", import_catalogue, "replace a catalogue by a whole file")
    made.add_argument("tenant")
    made.add_argument("kind", choices=("formulary", "interactions", "order_sets"))
    made.add_argument("file", type=Path, help="a .json or .csv file")


def _add_terminology(groups: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    group = groups.add_parser("terminology", help="ICD-11, and national editions of ICD-10")
    made = command(
        group.add_subparsers(required=True, metavar="what"),
        "import",
        import_terminology,
        "build the index of a release from its publisher's files and put it into use",
    )
    made.add_argument("system", choices=("icd11", "icd10"))
    made.add_argument("--release", required=True, help="such as 2025-01")
    made.add_argument("--chapters", help="those that must occur (default: all)")
    made.add_argument("--country", default="", help="of an edition of ICD-10, such as PE")
    for language in ("es", "pt", "en"):
        made.add_argument(f"--{language}", type=Path, metavar="FILE")


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exits 1 with a sentence when it cannot be done."""
    arguments = _parser().parse_args(argv)
    try:
        stage = load_stage(arguments.stage)
        enter_stage(stage)
        arguments.does(stage, arguments)
    except Invalid as error:
        faults = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in error.fields)
        sys.exit(f"telesalud: {error.detail} {faults}".strip())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        sys.exit(f"telesalud: {faults}")
    except (CommandError, DomainError, ValueError) as error:
        sys.exit(f"telesalud: {error}")


if __name__ == "__main__":
    main()
