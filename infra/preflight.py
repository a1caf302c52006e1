"""What is asked before the first stack of a deployment is made, and everything missing at once.

The front door is the last stack, half an hour after the first: a certificate that is missing, a
right or an address too few must not be found out there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

from botocore.exceptions import ClientError

from infra.rights import denied
from infra.stages import Stage

Template = Mapping[str, Any]
Client = Callable[[str, str], Any]
"""Service and stack to a boto3 client in the stack's region."""

ADDRESSES = ("ec2", "L-0263D0A3", "elastic addresses")
PROCESSORS = ("ec2", "L-1216C47A", "vCPU of standard instances")


class NotReady(ValueError):
    """The account or the stage's file is not ready; the message lists all that is missing."""


def check(
    stage: Stage, templates: Mapping[str, Template], computed: Set[str], client: Client
) -> None:
    """Ask for everything the templates will need. Raises NotReady.

    `computed`: parameters that the deployer finds out itself.
    """
    problems = [
        *missing_parameters(stage, templates, computed),
        *unknown_parameters(stage, templates),
        *malformed_parameters(stage, templates.values()),
    ]
    if not problems:  # asked of the account only for a file that can be right
        problems = [
            *denied(stage, client("sts", ""), client("iam", "")),
            *unusable_certificates(stage, templates, client),
            *too_small_quotas(stage, templates, client),
            *unusable_sender(stage, client),
        ]
    if problems:
        listed = "\n".join(f"- {each}" for each in problems)
        raise NotReady(f"{stage.name} is not ready:\n{listed}")


def missing_parameters(
    stage: Stage, templates: Mapping[str, Template], computed: Set[str]
) -> Iterator[str]:
    """What no stack before puts out and the stage's file does not say."""
    known = {*stage.parameters, *computed, "Stage"}
    for stack in stage.stacks():
        declared = templates.get(stack, {}).get("Parameters", {})
        for name in sorted(declared):
            if name not in known and "Default" not in declared[name]:
                known.add(name)
                yield f"{name} is not set in infra/stages/{stage.name}.yaml; {stack} needs it"
        if stack not in templates:
            return  # what a stack that is not deployed now put out, the deployment reads later
        known |= set(templates[stack].get("Outputs", {}))


def unknown_parameters(stage: Stage, templates: Mapping[str, Template]) -> Iterator[str]:
    """A parameter that no stack takes is a typing error, or one of a module that is left out."""
    if set(templates) != set(stage.stacks()):
        return
    declared = {name for each in templates.values() for name in each.get("Parameters", {})}
    for name in sorted(set(stage.parameters) - declared - SHARDS_OWN):
        yield f"infra/stages/{stage.name}.yaml sets {name}, which no stack of the stage takes"


SHARDS_OWN = {"TrustedIssuers"}
"""Taken by the deployer, which adds our own issuer."""


def malformed_parameters(stage: Stage, templates: Iterable[Template]) -> Iterator[str]:
    """What CloudFormation would refuse, said before it has made half of the stage."""
    told = set()
    for template in templates:
        for name, declared in template.get("Parameters", {}).items():
            value = stage.parameters.get(name)
            if value is not None and name not in told and (fault := _fault(declared, value)):
                told.add(name)
                yield f"{name}: {value!r} {fault}"


def _fault(declared: Mapping[str, Any], value: str) -> str:
    pattern = declared.get("AllowedPattern", "")
    allowed = declared.get("AllowedValues")
    if allowed and value not in map(str, allowed):
        return f"is none of {', '.join(map(str, allowed))}"
    if pattern and not re.fullmatch(pattern, value):
        return f"does not match {pattern}"
    return _out_of_range(declared, value) if declared["Type"] == "Number" else ""


def _out_of_range(declared: Mapping[str, Any], value: str) -> str:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "is no number"
    if float(value) < float(declared.get("MinValue", value)):
        return f"is below {declared['MinValue']}"
    if float(value) > float(declared.get("MaxValue", value)):
        return f"is above {declared['MaxValue']}"
    return ""


def unusable_certificates(
    stage: Stage, templates: Mapping[str, Template], client: Client
) -> Iterator[str]:
    """Certificates that are not issued, or not for the names that people open."""
    host = stage.parameters.get("Origin", "").removeprefix("https://")
    if "front_door" in templates and "CertificateArn" in stage.parameters:
        acm = client("acm", "front_door")
        yield from _certificate(acm, "CertificateArn", stage.parameters["CertificateArn"], host)
    if stage.shards and "VideoCertificateArn" in stage.parameters:
        arn, domain = stage.parameters["VideoCertificateArn"], stage.parameters["VideoDomain"]
        shard = f"video_{stage.shards[0]}"
        yield from _certificate(client("acm", shard), "VideoCertificateArn", arn, f"x.{domain}")


def _certificate(acm: Any, parameter: str, arn: str, host: str) -> Iterator[str]:
    try:
        found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        yield f"{parameter}: {arn} cannot be read in {acm.meta.region_name}: {error}"
        return
    if found["Status"] != "ISSUED":
        yield f"{parameter}: {arn} is {found['Status']}: validate it by DNS first"
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    if not names & {host, f"*.{host.partition('.')[2]}"}:
        yield f"{parameter}: {arn} is for {', '.join(sorted(names))} and not for {host}"


def too_small_quotas(
    stage: Stage, templates: Mapping[str, Template], client: Client
) -> Iterator[str]:
    """What the shards of the video cluster take of the account, at their largest."""
    shards = [each for stack, each in templates.items() if stack.startswith("video_")]
    if not shards:
        return
    addresses = sum(
        resource["Type"] == "AWS::EC2::EIP"
        for shard in shards
        for resource in shard["Resources"].values()
    )
    declared = shards[0]["Parameters"]
    kind = stage.parameters.get("BridgeInstanceType", declared["BridgeInstanceType"]["Default"])
    most = int(stage.parameters.get("MaximumBridges", declared["MaximumBridges"]["Default"]))
    described = client("ec2", "").describe_instance_types(InstanceTypes=[kind])["InstanceTypes"]
    processors = len(shards) * most * described[0]["VCpuInfo"]["DefaultVCpus"]
    quotas = client("service-quotas", "")
    for (service, code, what), wanted in ((ADDRESSES, addresses), (PROCESSORS, processors)):
        granted = _granted(quotas, service, code)
        if granted < wanted:
            yield (
                f"the quota for {what} is {granted:g} and the shards need {wanted}: "
                f"aws service-quotas request-service-quota-increase --service-code {service} "
                f"--quota-code {code} --desired-value {wanted}"
            )


def _granted(quotas: Any, service: str, code: str) -> float:
    """What the account has; without a value of its own AWS's default."""
    request = {"ServiceCode": service, "QuotaCode": code}
    try:
        return float(quotas.get_service_quota(**request)["Quota"]["Value"])
    except quotas.exceptions.NoSuchResourceException:
        return float(quotas.get_aws_default_service_quota(**request)["Quota"]["Value"])


def unusable_sender(stage: Stage, client: Client) -> Iterator[str]:
    """An account in SES's sandbox sends to verified addresses only: no patient is reached."""
    if not stage.parameters.get("EmailSender"):
        return
    ses = client("sesv2", "appointments")
    if not ses.get_account().get("ProductionAccessEnabled"):
        yield "EmailSender is set, but SES is in its sandbox here: ask for production access"
    identity = stage.parameters.get("EmailIdentity", "")
    if not identity:
        yield "EmailSender is set without EmailIdentity"
        return
    try:
        verified = ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
    except ses.exceptions.NotFoundException:
        verified = False
    if not verified:
        yield f"EmailIdentity: {identity} is not verified in {ses.meta.region_name}"
