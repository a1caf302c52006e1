"""`telesalud-site`: the record in one process and one folder.

`init` makes a folder with an institution and its first administrator, `serve` answers on this
computer, `backup` and `restore` keep sealed copies. `docs/sites.md` says how they are used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from operations.site import backups
from operations.site.installation import Installation, new_key
from operations.site.key_slots import KeySlots, NotOpened
from operations.site.serving import application
from schemas.identity import NewTenant, NewUser, RedeemCode
from telesalud.identity import account, bootstrap
from telesalud.identity import wiring as identity
from telesalud.platform.access import Caller
from telesalud.platform.embedded.backend import DATABASE
from telesalud.platform.embedded.database import WrongKey
from telesalud.platform.errors import DomainError, Invalid
from telesalud.platform.work import Call

PORT = 8090
PASSWORD = "TELESALUD_SITE_PASSWORD"  # noqa: S105  # a variable's name


class Refused(Exception):
    """The command cannot be done; the message says what to do about it."""


def init(arguments: argparse.Namespace) -> None:
    """Make the folder, the institution and its administrator."""
    folder: Path = arguments.folder
    slots = KeySlots(folder / "slots.json")
    if slots.exists:
        raise Refused(f"{folder} has an installation; choose another folder")
    for left in folder.glob(f"{DATABASE}*"):
        left.unlink()  # an attempt that ended before anybody could open it
    password = _password("A password for the administrator: ")
    at, key = Installation(folder, _origin(arguments)), new_key()
    at.open(key)
    try:
        services = identity.services()
        tenant = NewTenant(id=arguments.tenant, name=arguments.name)
        bootstrap.create_tenant(services, tenant)
        user = NewUser(
            user_name=arguments.user_name,
            display_name=arguments.display_name,
            roles=("administrator",),
            language=arguments.language,
        )
        code = bootstrap.first_administrator(services, arguments.tenant, user).one_time_code
        command = RedeemCode(
            tenant=arguments.tenant,
            user_name=arguments.user_name,
            code=code.code,
            new_password=password,
        )
        call = Call(Caller.system(arguments.tenant, "site"))
        account.redeem_code(services, call, command, "site")
        slots.put(arguments.tenant, arguments.user_name, password, key)
    finally:
        at.close()
    print(f"made {folder}; start it with: telesalud-site --folder {folder} serve")


def serve(arguments: argparse.Namespace) -> None:
    """Answer on this computer until it is told to stop."""
    if not KeySlots(arguments.folder / "slots.json").exists:
        raise Refused(f"{arguments.folder} has no installation; make one with `init`")
    scanner = {"SCANNER": arguments.scanner} if arguments.scanner else {}
    at = Installation(arguments.folder, _origin(arguments), **scanner)
    app = application(at)

    async def close(_: web.Application) -> None:
        at.close()

    app.on_cleanup.append(close)
    print(f"{at.origin} is locked until somebody signs in")
    sys.stdout.flush()
    web.run_app(app, host="127.0.0.1", port=arguments.port, print=None, access_log=None)


def backup(arguments: argparse.Namespace) -> None:
    """Write a sealed copy."""
    slots = KeySlots(arguments.folder / "slots.json")
    key = slots.open(arguments.tenant, arguments.user_name, _password("Your password: "))
    checked = backups.back_up(arguments.folder, key, arguments.to)
    print(f"{arguments.to} holds {checked.items} items and {checked.files} files")


def restore(arguments: argparse.Namespace) -> None:
    """Make a folder from a sealed copy."""
    who = arguments.tenant, arguments.user_name, _password("Your password: ")
    try:
        checked = backups.restore(arguments.copy, arguments.folder, *who)
    except FileExistsError:
        raise Refused(f"{arguments.folder} is there already; name a new folder") from None
    except backups.BadCopy as bad:
        raise Refused(f"nothing was restored: {bad}") from bad
    print(f"{arguments.folder} has {checked.items} items and {checked.files} files again")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="telesalud-site", description=__doc__)
    made.add_argument("--folder", type=Path, default=Path.home() / ".telesalud-site")
    made.add_argument("--port", type=int, default=PORT)
    commands = made.add_subparsers(required=True, metavar="command")
    first = commands.add_parser("init", help="make an installation")
    first.add_argument("--name", required=True, help="the institution's name")
    first.add_argument("--display-name", required=True, help="the administrator's name")
    first.add_argument("--language", default="es", choices=("es", "pt", "en"))
    first.set_defaults(does=init)
    serving = commands.add_parser("serve", help="answer on this computer")
    serving.add_argument(
        "--scanner", default="", help="clamd://host:port; without one, uploads wait"
    )
    serving.set_defaults(does=serve)
    saving = commands.add_parser("backup", help="write a sealed copy")
    saving.add_argument("to", type=Path)
    saving.set_defaults(does=backup)
    returning = commands.add_parser("restore", help="make a folder from a sealed copy")
    returning.add_argument("copy", type=Path)
    returning.set_defaults(does=restore)
    for each in (first, saving, returning):
        each.add_argument("--tenant", required=True, help="the institution's short name")
        each.add_argument("--user-name", required=True)
    return made


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exits 1 with a sentence when it cannot be done."""
    arguments = parser().parse_args(argv)
    try:
        arguments.does(arguments)
    except NotOpened:
        sys.exit("this name and password open nothing here")
    except WrongKey as wrong:
        sys.exit(str(wrong))
    except Invalid as invalid:
        sys.exit("; ".join([invalid.detail, *(field.detail for field in invalid.fields)]))
    except ValidationError as invalid:
        sys.exit("; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in invalid.errors()))
    except (DomainError, Refused) as refused:
        sys.exit(str(refused))


def _origin(arguments: argparse.Namespace) -> str:
    return f"http://localhost:{arguments.port}"


def _password(prompt: str) -> str:
    return os.environ.get(PASSWORD) or getpass(prompt)


if __name__ == "__main__":
    main()
