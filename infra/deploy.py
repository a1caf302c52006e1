"""Deploy a stage stack by stack, with the same AWS CLI commands to AWS and to the local cloud.

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
from botocore.exceptions import ClientError

from infra.package import Packaged, package
from infra.stages import Stage, load_stage
from infra.tools import CommandFailed, environment, run

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

DIGEST = "DeploymentDigest"
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
        for stack in self.stage.stacks():
            if stack in chosen:
                self._deploy(package(self.stage, stack, self.progress))
            else:
                self.outputs |= self._outputs(self._describe(stack))
        return self.outputs

    def describe(self) -> dict[str, str]:
        """Outputs of all of the stage's stacks that exist."""
        for stack in self.stage.stacks():
            self.outputs |= self._outputs(self._describe(stack))
        return self.outputs

    def _deploy(self, packaged: Packaged) -> None:
        began = time.monotonic()
        template = json.loads(packaged.template.read_text())
        parameters = self._parameters(packaged.stack, template)
        digest = hashlib.sha256(
            json.dumps([packaged.digest, parameters], sort_keys=True).encode()
        ).hexdigest()
        existing = self._describe(packaged.stack)
        outputs = self._outputs(existing)
        name = self.stage.stack_name(packaged.stack)
        if outputs.get(DIGEST) == digest and existing and _is_settled(existing):
            self.progress(f"{name} is unchanged")
        else:
            if existing and existing["StackStatus"] == "ROLLBACK_COMPLETE":
                self._remove_failed_first_try(packaged.stack)
            self._upload_and_deploy(packaged, template, parameters, digest)
            outputs = self._outputs(self._describe(packaged.stack))
            self.progress(f"{name} deployed in {time.monotonic() - began:.1f} s")
        self.outputs |= outputs

    def _parameters(self, stack: str, template: Mapping[str, Any]) -> dict[str, str]:
        available = {**self.stage.parameters, **self.outputs, "Stage": self.stage.name}
        declared = template.get("Parameters", {})
        computed: dict[str, Callable[[], str]] = {
            "FrontDoorSecret": self.front_door_secret,
            "FrontDoorSha256": lambda: hashlib.sha256(
                self.front_door_secret().encode()
            ).hexdigest(),
            "TrustedIssuers": lambda: self._trusted_issuers(available["Origin"]),
            "DomainName": lambda: available["Origin"].removeprefix("https://"),
            "ApiRegion": lambda: self.stage.region,
            "Shard": lambda: stack.removeprefix("video_"),
        }
        available |= {name: computed[name]() for name in computed.keys() & declared}
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
        answer = self.client("secretsmanager").get_secret_value(
            SecretId=self.outputs["FrontDoorSecretArn"]
        )
        return str(answer["SecretString"])

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
        return json.dumps([own, *others], separators=(",", ":"))

    def _upload_and_deploy(
        self,
        packaged: Packaged,
        template: dict[str, Any],
        parameters: Mapping[str, str],
        digest: str,
    ) -> None:
        """The first-party commands: `aws cloudformation package`, then `deploy`."""
        name = self.stage.stack_name(packaged.stack)
        template.setdefault("Outputs", {})[DIGEST] = {"Value": digest}
        source = packaged.template.parent / f"deploy-{digest[:16]}.json"
        ready = source.with_suffix(".packaged.json")
        source.write_text(json.dumps(template))
        aws: tuple[str | Path, ...] = (environment("awscli") / "aws", "cloudformation")
        env = self.environ | {"AWS_DEFAULT_REGION": self.stage.region_of(packaged.stack)}
        has_code = packaged.stack not in ("artifacts", "front_door")
        bucket = self.outputs["ArtifactsBucketName"] if has_code else ""
        upload = ("--s3-bucket", bucket, "--s3-prefix", packaged.stack) if bucket else ()
        if bucket:
            self.progress(f"uploading the code of {name}")
            options = ("--use-json", *upload, "--output-template-file", ready)
            run(*aws, "package", "--template-file", source, *options, env=env)
        self.progress(f"deploying {name}")
        overrides = [f"{key}={value}" for key, value in sorted(parameters.items())]
        try:
            run(
                *(*aws, "deploy", "--template-file", ready if bucket else source, *upload),
                *("--stack-name", name, "--no-fail-on-empty-changeset"),
                *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
                *(("--parameter-overrides", *overrides) if overrides else ()),
                env=env,
            )
        except CommandFailed as error:
            raise DeploymentFailed(f"{name}:\n{self._failures(packaged.stack)}\n{error}") from error

    def _failures(self, stack: str) -> str:
        client = self.client("cloudformation", stack)
        try:
            events = client.describe_stack_events(StackName=self.stage.stack_name(stack))
        except ClientError as error:
            return f"no stack events: {error}"
        return "\n".join(
            f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        )

    def _remove_failed_first_try(self, stack: str) -> None:
        """A stack whose creation failed never served anybody and can only be deleted."""
        name = self.stage.stack_name(stack)
        self.progress(f"removing {name}, whose creation failed earlier")
        client = self.client("cloudformation", stack)
        client.delete_stack(StackName=name)
        client.get_waiter("stack_delete_complete").wait(StackName=name)

    def _describe(self, stack: str) -> StackTypeDef | None:
        try:
            answer = self.client("cloudformation", stack).describe_stacks(
                StackName=self.stage.stack_name(stack)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None  # CloudFormation's way of saying that there is no such stack
            raise
        found: StackTypeDef = answer["Stacks"][0]
        return found

    @staticmethod
    def _outputs(stack: StackTypeDef | None) -> dict[str, str]:
        outputs = stack.get("Outputs", []) if stack else []
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}


def _is_settled(stack: StackTypeDef) -> bool:
    return stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def main() -> None:
    parser = argparse.ArgumentParser(prog="infra.deploy", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("stacks", nargs="*", help="all of the stage's by default")
    arguments = parser.parse_args()
    try:
        stage = load_stage(arguments.stage)
        deployment = Deployment(stage, os.environ | {"AWS_DEFAULT_REGION": stage.region}, print)
        deployment.deploy(arguments.stacks or stage.stacks())
    except (ValueError, DeploymentFailed, CommandFailed, LookupError) as error:
        sys.exit(f"not deployed: {error}")


if __name__ == "__main__":
    main()
