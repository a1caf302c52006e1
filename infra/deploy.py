"""Deploy a stage stack by stack, in the same way to AWS and to the local cloud.

`python -m infra.deploy STAGE [STACK …]` deploys to AWS with the credentials of the environment
(to an emulator when AWS_ENDPOINT_URL names one). Unchanged stacks are skipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

from infra import preflight
from infra.changes import ChangeFailed, Changes, Release
from infra.gradual import name_release
from infra.package import Packaged, package
from infra.protection import protect
from infra.quotas import check_concurrency
from infra.stages import Stage, load_stage
from infra.tools import CommandFailed, environment, run

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

DIGEST = "DeploymentDigest"
MOST_ISSUERS = 2300
"""Bytes of the issuers' list: a function's environment has 4,096, of which others take 1,600."""
WITHOUT_CODE = ("artifacts", "recovery", "backup", "api_door", "front_door")
"""Stacks that upload nothing; some are in another region than the bucket for code."""
COMPUTED = frozenset(
    (
        "ApiRegion",
        "DomainName",
        "FrontDoorSecret",
        "FrontDoorSecretBefore",
        "FrontDoorSha256",
        "RestoredStreamArn",
        "Shard",
        "TrustedIssuers",
    )
)
"""Parameters that the deployer finds out itself."""
Progress = Callable[[str], None]


class DeploymentFailed(RuntimeError):
    """A stack could not be deployed; the message lists the resources at fault."""


@dataclass
class Deployment:
    """Deploys stacks of one stage with one set of credentials.

    `environ` holds the AWS settings (region, credentials, AWS_ENDPOINT_URL for an emulator);
    `outputs` are those of the stacks seen so far, handed on as parameters of the same name.
    """

    stage: Stage
    environ: dict[str, str]
    progress: Progress
    approve: Callable[[str], bool] = lambda _: True
    """Asked in production, with the list of changes, before a stack is changed."""
    may_lose: frozenset[str] = frozenset()
    """Logical ids of resources with data that may be removed or replaced."""
    at_once: bool = False
    """New code takes all requests immediately, when what runs is worse than any surprise."""
    outputs: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, stack: str = "") -> Any:
        """A boto3 client for the deployment's account and endpoint, in the stack's region."""
        session = boto3.session.Session(
            aws_access_key_id=self.environ.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.environ.get("AWS_SECRET_ACCESS_KEY"),
            aws_session_token=self.environ.get("AWS_SESSION_TOKEN"),
            region_name=self.stage.region_of(stack),
        )
        factory: Any = session.client
        return factory(service, endpoint_url=self.environ.get("AWS_ENDPOINT_URL"))

    def deploy(self, stacks: Iterable[str]) -> dict[str, str]:
        """Package and deploy the named stacks in the stage's order; returns all outputs.

        Raises ValueError for a local stage anywhere else than on an emulator of this machine: its
        functions take requests that did not pass the front door, and call private addresses.
        """
        host = urlsplit(self.environ.get("AWS_ENDPOINT_URL", "")).hostname
        if self.stage.local and host not in ("127.0.0.1", "localhost"):
            raise ValueError(
                f"the stage {self.stage.name} is for the emulator; name yours otherwise"
            )
        chosen = set(stacks)
        packaged = {
            stack: package(self.stage, stack, self.progress)
            for stack in self.stage.stacks()
            if stack in chosen
        }
        self._check_account(packaged.values())
        for stack in self.stage.stacks():
            if stack in packaged:
                self._deploy(packaged[stack])
            else:
                self.outputs |= self._outputs(self._changes(stack).find(self._name(stack)))
        return self.outputs

    def describe(self) -> dict[str, str]:
        """Outputs of all of the stage's stacks that exist."""
        for stack in self.stage.stacks():
            self.outputs |= self._outputs(self._changes(stack).find(self._name(stack)))
        return self.outputs

    def _check_account(self, packaged: Iterable[Packaged]) -> None:
        if self.stage.local:
            return
        templates = {each.stack: json.loads(each.template.read_text()) for each in packaged}
        preflight.check(self.stage, templates, COMPUTED, self.client)
        account = self.client("lambda").get_account_settings()
        check_concurrency(self.stage, templates.values(), account)

    def _deploy(self, packaged: Packaged) -> None:
        began = time.monotonic()
        stack, name = packaged.stack, self._name(packaged.stack)
        template = json.loads(packaged.template.read_text())
        parameters = self._parameters(stack, template)
        resolved = self._resolved(stack, template, parameters)
        digest = hashlib.sha256(
            json.dumps([packaged.digest, parameters, *resolved], sort_keys=True).encode()
        ).hexdigest()
        changes = self._changes(stack)
        existing = changes.find(name)
        if self._outputs(existing).get(DIGEST) == digest and existing and _is_settled(existing):
            self.progress(f"{name} is unchanged")
        else:
            self._carry_out(changes, packaged, template, parameters, digest)
            existing = changes.find(name)
            self.progress(f"{name} deployed in {time.monotonic() - began:.1f} s")
        if self.stage.production:
            protect(lambda service: self.client(service, stack), name)
        self.outputs |= self._outputs(existing)

    def _name(self, stack: str) -> str:
        return self.stage.stack_name(stack)

    def _changes(self, stack: str) -> Changes:
        client = self.client("cloudformation", stack)
        return Changes(client, self.progress, self.approve, 1 if self.stage.local else 5)

    def _resolved(
        self, stack: str, template: Mapping[str, Any], parameters: Mapping[str, str]
    ) -> list[str]:
        """What CloudFormation would read from Parameter Store: a new machine image is a change."""
        names = [
            parameters.get(name, declared.get("Default", ""))
            for name, declared in sorted(template.get("Parameters", {}).items())
            if declared["Type"].startswith("AWS::SSM::Parameter::Value<")
        ]
        if not names or self.stage.local:
            return []
        ssm = self.client("ssm", stack)
        return [ssm.get_parameter(Name=name)["Parameter"]["Value"] for name in names]

    def _parameters(self, stack: str, template: Mapping[str, Any]) -> dict[str, str]:
        available = {**self.stage.parameters, **self.outputs, "Stage": self.stage.name}
        declared = template.get("Parameters", {})
        computed: dict[str, Callable[[], str]] = {
            "FrontDoorSecret": self.front_door_secret,
            "FrontDoorSecretBefore": lambda: self.front_door_secrets()[-1],
            "FrontDoorSha256": lambda: " ".join(
                hashlib.sha256(each.encode()).hexdigest() for each in self.front_door_secrets()
            ),
            "TrustedIssuers": lambda: self._trusted_issuers(available["Origin"]),
            "DomainName": lambda: available["Origin"].removeprefix("https://"),
            "ApiRegion": lambda: self.stage.region,
            "RestoredStreamArn": lambda: self._stream_of(self.stage.restored[stack]),
            "Shard": lambda: stack.removeprefix("video_"),
        }
        available |= {name: computed[name]() for name in COMPUTED & declared.keys()}
        missing = [
            name
            for name, declaration in declared.items()
            if name not in available and "Default" not in declaration
        ]
        if missing:
            raise DeploymentFailed(
                f"{stack} needs {', '.join(sorted(missing))}: "
                f"deploy the stacks before it, or set it in infra/stages/{self.stage.name}.yaml"
            )
        return {name: available[name] for name in declared if name in available}

    def front_door_secret(self) -> str:
        """The header value by which functions know the front door."""
        return self.front_door_secrets()[0]

    def front_door_secrets(self) -> tuple[str, ...]:
        """The present value and, after a rotation, the one before, which some edges still send."""
        client = self.client("secretsmanager")
        name = self.outputs["FrontDoorSecretArn"]
        now = str(client.get_secret_value(SecretId=name)["SecretString"])
        try:
            before = client.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
        except client.exceptions.ResourceNotFoundException:
            return (now,)
        return (now, str(before["SecretString"]))

    def _stream_of(self, table: str) -> str:
        """The stream of a restored table, which `telesalud restore table` has switched on."""
        described = self.client("dynamodb").describe_table(TableName=table)["Table"]
        if "LatestStreamArn" not in described:
            raise DeploymentFailed(f"{table} has no stream: run `telesalud restore table` again")
        return str(described["LatestStreamArn"])

    def _trusted_issuers(self, origin: str) -> str:
        """Our own identity service, then those of the stage's TrustedIssuers (a JSON list)."""
        issuer = f"{origin}/api/identity"
        own = {
            "issuer": issuer,
            "jwks_url": f"{issuer}/.well-known/jwks.json",
            "audience": "telesalud",
            "ours": True,
        }
        others = json.loads(self.stage.parameters.get("TrustedIssuers", "[]"))
        text = json.dumps([own, *others], separators=(",", ":"))
        if len(text.encode()) > MOST_ISSUERS:
            raise DeploymentFailed(
                f"TrustedIssuers takes {len(text.encode())} bytes and functions have room for "
                f"{MOST_ISSUERS} (docs/decisions/0782): name fewer providers, or shorter claims"
            )
        return text

    def _carry_out(
        self,
        changes: Changes,
        packaged: Packaged,
        template: dict[str, Any],
        parameters: Mapping[str, str],
        digest: str,
    ) -> None:
        """Upload the code with `aws cloudformation package`, then change the stack."""
        stack, name = packaged.stack, self._name(packaged.stack)
        template.setdefault("Outputs", {})[DIGEST] = {"Value": digest}
        name_release(template, digest, at_once=self.at_once)
        source = packaged.template.parent / f"deploy-{digest[:16]}.json"
        source.write_text(json.dumps(template))
        given = {"TemplateBody": source.read_text()}
        if stack not in WITHOUT_CODE:
            given = {"TemplateURL": self._upload(stack, source)}
        self.progress(f"deploying {name}")
        release = Release(
            name,
            given,
            parameters,
            production=self.stage.production,
            execution_role=self.stage.execution_role,
            may_lose=self.may_lose,
        )
        if self.may_lose and changes.find(name):
            protect(lambda service: self.client(service, stack), name, may_lose=True)
        try:
            changes.carry_out(release)
        except ChangeFailed as error:
            raise DeploymentFailed(str(error)) from error

    def _upload(self, stack: str, source: Path) -> str:
        """Upload what the template names, and the template; returns the template's address."""
        bucket = self.outputs["ArtifactsBucketName"]
        ready = source.with_suffix(".packaged.json")
        aws: tuple[str | Path, ...] = (environment("awscli") / "aws", "cloudformation")
        options = ("--use-json", "--s3-bucket", bucket, "--s3-prefix", stack)
        self.progress(f"uploading the code of {self._name(stack)}")
        run(
            *(*aws, "package", "--template-file", source, *options),
            *("--output-template-file", ready),
            env=self.environ | {"AWS_DEFAULT_REGION": self.stage.region_of(stack)},
        )
        s3 = self.client("s3", stack)
        key = f"{stack}/{source.stem}.template"
        s3.put_object(Bucket=bucket, Key=key, Body=ready.read_bytes())
        return f"{s3.meta.endpoint_url}/{bucket}/{key}"

    @staticmethod
    def _outputs(stack: StackTypeDef | None) -> dict[str, str]:
        outputs = stack.get("Outputs", []) if stack else []
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}


def _is_settled(stack: StackTypeDef) -> bool:
    return stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def _ask(changes: str) -> bool:
    """Whether the person at the terminal agrees; without one nobody does."""
    print(changes)
    if not sys.stdin.isatty():
        print("repeat with --yes once these changes are what you want")
        return False
    return input("Carry these out? (yes/no) ").strip().lower() == "yes"


def main() -> None:
    parser = argparse.ArgumentParser(prog="infra.deploy", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("stacks", nargs="*", help="all of the stage's by default")
    parser.add_argument("--yes", action="store_true", help="approve every change in production")
    parser.add_argument(
        "--may-lose", action="append", default=[], metavar="ID", help="a resource with data"
    )
    parser.add_argument("--at-once", action="store_true", help="without the gradual shift")
    arguments = parser.parse_args()
    try:
        stage = load_stage(arguments.stage)
        environ = os.environ | {"AWS_DEFAULT_REGION": stage.region}
        approve = (lambda _: True) if arguments.yes else _ask
        may_lose = frozenset(arguments.may_lose)
        deployment = Deployment(stage, environ, print, approve, may_lose, arguments.at_once)
        deployment.deploy(arguments.stacks or stage.stacks())
    except (ValueError, DeploymentFailed, CommandFailed, LookupError) as error:
        sys.exit(f"not deployed: {error}")


if __name__ == "__main__":
    main()
