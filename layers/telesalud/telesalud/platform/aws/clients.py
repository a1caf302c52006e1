"""AWS clients, each made once per process at its first use.

Region, credentials and endpoint come from the environment that boto3 itself reads
(`AWS_ENDPOINT_URL` names the local cloud), so no code knows which cloud it talks to.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from telesalud.platform.aws import lean
from telesalud.platform.aws.lean import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from telesalud.platform.errors import Unavailable

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


def _config(**more: Any) -> "Config":
    from botocore.config import Config  # noqa: PLC0415  # not before a client is needed

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        tcp_keepalive=True,
        **more,
    )


@cache
def _session() -> Any:
    import boto3  # noqa: PLC0415  # 200 ms of import that routes without storage do not need

    return boto3.session.Session()


@cache
def records() -> "DynamoDBClient":
    """What stores ask: a lean client where one will do, else boto3's (`lean.suits`)."""
    return lean.dynamodb() if lean.suits() else dynamodb()  # type: ignore[return-value]  # its methods that we use


@cache
def keys() -> "KMSClient":
    """What vault and signers ask, chosen as `records`."""
    return lean.kms() if lean.suits() else kms()  # type: ignore[return-value]  # its methods that we use


@cache
def dynamodb() -> "DynamoDBClient":
    """The process's DynamoDB client."""
    client: DynamoDBClient = _session().client("dynamodb", config=_config())
    return client


@cache
def kms() -> "KMSClient":
    """The process's KMS client."""
    client: KMSClient = _session().client("kms", config=_config())
    return client


@cache
def s3() -> "S3Client":
    """The process's S3 client; signature v4, as presigned posts with KMS encryption need.

    Presigned for the bucket's regional host name, the one that the front door's origins have.
    """
    names = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
    config = _config(signature_version="s3v4", s3=names)
    client: S3Client = _session().client("s3", config=config)
    return client


@cache
def sqs() -> "SQSClient":
    """The process's SQS client."""
    client: SQSClient = _session().client("sqs", config=_config())
    return client


@cache
def events() -> "EventBridgeClient":
    """The process's EventBridge client."""
    client: EventBridgeClient = _session().client("events", config=_config())
    return client


@cache
def stepfunctions() -> "SFNClient":
    """The process's Step Functions client."""
    client: SFNClient = _session().client("stepfunctions", config=_config())
    return client


@cache
def websockets(endpoint: str) -> "ApiGatewayManagementApiClient":
    """A client that answers the connections of the WebSocket API at `endpoint`."""
    client: ApiGatewayManagementApiClient = _session().client(
        "apigatewaymanagementapi", endpoint_url=endpoint, config=_config()
    )
    return client


@cache
def secret(name: str) -> str:
    """The text of a Secrets Manager secret, fetched once per process."""
    client = _session().client("secretsmanager", config=_config())
    text: str = client.get_secret_value(SecretId=name)["SecretString"]
    return text


def secret_versions(name: str) -> tuple[str, ...]:
    """A Secrets Manager secret's text and the one before its rotation; not cached.

    Raises Unavailable.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as `_config`

    client = _session().client("secretsmanager", config=_config())
    try:
        current: str = client.get_secret_value(SecretId=name)["SecretString"]
        try:
            before = client.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
        except client.exceptions.ResourceNotFoundException:
            return (current,)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("a secret cannot be read") from error
    return (current, before["SecretString"])


def parameter(name: str) -> str | None:
    """The value of a Systems Manager parameter, or None; not cached. Raises Unavailable."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as `_config`

    client = _session().client("ssm", config=_config())
    try:
        value: str = client.get_parameter(Name=name)["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return None
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("a parameter cannot be read") from error
    return value


@cache
def ses() -> Any:
    """The process's SES client. One attempt: a repeated one could send a message twice."""
    from botocore.config import Config  # noqa: PLC0415  # as `_config`

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    return _session().client("sesv2", config=config)
