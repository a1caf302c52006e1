"""The canary's institution, and where it finds it (docs/runbooks/canary.md)."""

from __future__ import annotations

import json
import secrets
from getpass import getpass
from typing import Any

import boto3
import httpx

from functions.canary.journey import PATIENT, Caller, Place, StepFailed
from infra.running import settings_of
from infra.stages import Stage
from localstack.cloud import default_cloud
from operations.commands import Arguments, CommandError, Commands

CREATE = {"If-Match": '"0"'}


def prepare(admin: Caller, tenant: str) -> Place:
    """Make what a journey needs in an institution that is the canary's alone."""
    password = secrets.token_urlsafe(24)
    name = f"canary.{secrets.token_hex(3)}"
    roles = ["front_desk", "physician"]
    user = {"user_name": name, "display_name": "Canario Demostración", "roles": roles}
    made = admin.ask("POST", "/identity/users", user)
    code = made["one_time_code"]["code"]
    reset = {"tenant": tenant, "user_name": name, "code": code, "new_password": password}
    Caller(admin.http).ask("POST", "/identity/password-resets", reset)
    site = admin.ask("POST", "/appointments/sites", {"name": "Canario", "zone": "UTC"})["id"]
    _category(admin)
    practitioner = _practitioner(admin, made["user"]["id"], site)
    staff = Caller(admin.http)
    who = {"tenant": tenant, "user_name": name, "password": password, "refresh": "body"}
    staff.token = staff.ask("POST", "/identity/sessions", who)["access_token"]
    given, _, family = PATIENT.partition(" ")
    person = {
        "name": {"given": given, "family": family},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    patient = staff.ask("POST", "/patients", person)["id"]
    return Place(tenant, name, password, patient, practitioner)


def _category(admin: Caller) -> None:
    there = admin.ask("GET", "/appointments/categories")["items"]
    if not any(each["code"] == "canary" for each in there):
        titles = {"title_es": "Canario", "title_pt": "Canário", "title_en": "Canary"}
        body = {**titles, "minutes": 5, "telemedicine": True}
        admin.ask("PUT", "/appointments/categories/canary", body, **CREATE)


def _practitioner(admin: Caller, user: str, site: str) -> str:
    """With an agenda that has a slot at any time."""
    body = {"name": "Canario Demostración", "user_id": user, "sites": [site]}
    practitioner: str = admin.ask("POST", "/appointments/practitioners", body)["id"]
    weekly = [
        {"weekday": day, "start": "00:00", "site": site, "slot_minutes": 5} for day in range(1, 8)
    ]
    path = f"/appointments/practitioners/{practitioner}/availability"
    admin.ask("PUT", path, {"weekly": weekly}, **CREATE)
    return practitioner


def prepare_canary(stage: Stage, arguments: Arguments) -> None:
    """Prepare it through the front door, and keep its place in a secret."""
    origin = default_cloud().origin if stage.local else stage.parameters["Origin"]
    credentials: dict[str, Any] = {
        "tenant": arguments.tenant,
        "user_name": arguments.administrator,
        "password": getpass(f"password of {arguments.administrator}: "),
        "refresh": "body",
    }
    if code := getpass("code of their second factor (empty without one): "):
        credentials["second_factor"] = code
    try:
        with httpx.Client(base_url=origin, timeout=30) as http:
            admin = Caller(http)
            admin.token = admin.ask("POST", "/identity/sessions", credentials)["access_token"]
            place = prepare(admin, arguments.tenant)
    except StepFailed as error:
        raise CommandError(
            f"{origin} refused: {error}; repeat it, what is there may stay"
        ) from error
    print(f"CanarySecretArn: {keep(stage, place)}")
    print(f"goes into infra/stages/{stage.name}.yaml; then make deploy STAGE={stage.name}")


def keep(stage: Stage, place: Place) -> str:
    """The ARN of the secret that holds the place from now on."""
    client = boto3.client("secretsmanager")
    name, text = f"telesalud-{stage.name}-canary", json.dumps(vars(place))
    key = settings_of(stage, "identity")["TELESALUD_STORAGE_KEY"]
    try:
        return client.create_secret(Name=name, SecretString=text, KmsKeyId=key)["ARN"]
    except client.exceptions.ResourceExistsException:
        return client.put_secret_value(SecretId=name, SecretString=text)["ARN"]


def add(commands: Commands) -> None:
    """`telesalud canary prepare`."""
    canary = commands.group("canary", "the journey that is made every five minutes")
    command = canary.add("prepare", prepare_canary, "make what it needs, once")
    command.add_argument("tenant", help="an institution that is the canary's alone")
    command.add_argument("administrator", help="user name of its administrator")
