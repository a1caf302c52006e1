"""What reports need of the environment beside a context's own parts."""

from telesalud.platform.aws import clients
from telesalud.platform.clock import utc_now
from telesalud.platform.ports.blobs import Blobs, S3Blobs
from telesalud.platform.settings import Settings


class ReportSettings(Settings):
    """Settings of functions that make or serve reports."""

    blobs_bucket: str
    storage_key: str = "alias/aws/s3"
    """KMS key that encrypts objects in the bucket."""


def report_blobs() -> Blobs:
    """Where files of reports are, by the environment. Raises SettingsError."""
    own = ReportSettings.load()
    # Nobody uploads a report: there is no quarantine.
    return S3Blobs("", own.blobs_bucket, own.storage_key, clients.s3, utc_now, origin=own.origin)
