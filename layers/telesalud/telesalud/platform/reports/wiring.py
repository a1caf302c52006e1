"""What reports need of the environment beside a context's own parts."""

from telesalud.platform.backend import backend
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.settings import Settings


class ReportSettings(Settings):
    """Settings of functions that make or serve reports."""

    blobs_bucket: str
    storage_key: str = "alias/aws/s3"
    """KMS key that encrypts objects in the bucket."""


def report_blobs(context: str) -> Blobs:
    """Where files of a context's reports are, by the environment. Raises SettingsError."""
    own = ReportSettings.load(backend().environment(context))
    # Nobody uploads a report: there is no quarantine.
    return backend().blobs("", own.blobs_bucket, own.storage_key, own.origin)
