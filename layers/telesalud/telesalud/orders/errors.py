"""Refusals that only this context has."""

from collections.abc import Sequence

from telesalud.platform.errors import Conflict, Forbidden


class PatientDeceased(Conflict):
    """Nothing is ordered for somebody who has died."""

    slug = "patient-deceased"
    title = "The patient is recorded as deceased"


class BlockingAlerts(Conflict):
    """Alerts of high severity have no override; `alerts` holds their ids, GET …/checks the rest."""

    slug = "blocking-alerts"
    title = "Alerts of high severity need a reasoned override"

    def __init__(self, alerts: Sequence[str]) -> None:
        super().__init__(alerts=list(alerts))


class NoCatalogue(Conflict):
    """The institution has not imported what this needs."""

    slug = "no-catalogue"
    title = "Import this catalogue first"


class NotRegistered(Forbidden):
    """Whoever signs needs a professional registration on file with the institution."""

    slug = "prescriber-not-registered"
    title = "No professional registration is on file for you"


class ResultSuperseded(Conflict):
    """A newer version of the result exists; `latest` is its number. Read it before signing off."""

    slug = "result-superseded"
    title = "A newer version of the result exists"

    def __init__(self, latest: int) -> None:
        super().__init__(latest=latest)


class UploadMissing(Conflict):
    """The file has not arrived; upload it, then complete it."""

    slug = "upload-missing"
    title = "The upload has not arrived"
