"""A complete, harmless environment for importing an app outside a deployed stack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

PLACEHOLDERS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "TELESALUD_STAGE": "test",
    "TELESALUD_TABLE": "telesalud-test",
    "TELESALUD_DATA_KEY": "alias/telesalud-test",
    "TELESALUD_SIGNING_KEY": "alias/telesalud-test-signing",
    "TELESALUD_BUS": "telesalud-test",
    "TELESALUD_BLOBS_BUCKET": "telesalud-test-blobs",
    "TELESALUD_UPLOADS_BUCKET": "telesalud-test-uploads",
    "TELESALUD_DIGESTS_BUCKET": "telesalud-test-digests",
    "TELESALUD_ORIGIN": "http://127.0.0.1:8080",
}


@contextmanager
def app_environment(context: str) -> Iterator[None]:
    """Set what is missing for importing the app of `context`, and restore the environment."""
    before = dict(os.environ)
    for name, value in {**PLACEHOLDERS, "TELESALUD_CONTEXT": context}.items():
        os.environ.setdefault(name, value)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
