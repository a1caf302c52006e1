"""Refusals that only this context has."""

from collections.abc import Sequence

from telesalud.platform.errors import Conflict, Unavailable


class DocumentTaken(Conflict):
    """Another patient of the institution has this document; `candidates` names that one."""

    slug = "document-taken"
    title = "Another patient has this identity document"

    def __init__(self, patient: str) -> None:
        super().__init__(candidates=[patient])


class LikelyDuplicate(Conflict):
    """Somebody similar is registered. Look at `candidates`; if it is nobody of them, repeat with
    `confirm_not_duplicate`. `reasons` has one line a candidate: id, score of 100, reason codes."""

    slug = "likely-duplicate"
    title = "This person seems to be registered already"

    def __init__(self, candidates: Sequence[str], reasons: Sequence[str]) -> None:
        super().__init__(candidates=list(candidates), reasons=list(reasons))


class RecordNumbersExhausted(Conflict):
    """No free record number was found in a handful of tries."""

    slug = "no-record-number"
    title = "No record number could be allocated; repeat the request"


class NoTerminology(Unavailable):
    """No release of the terminology is installed, or it is damaged."""

    slug = "no-terminology"
    title = "No release of ICD-11 is installed"


class UploadMissing(Conflict):
    """The file has not arrived; upload it, then complete it."""

    slug = "upload-missing"
    title = "The upload has not arrived"


class OnHold(Conflict):
    """A legal hold forbids the destruction of the record; lift it first."""

    slug = "on-hold"
    title = "The record is on legal hold"


class TooEarly(Conflict):
    """A request to destroy a record waits until `until` before anybody agrees to it."""

    slug = "too-early"
    title = "The request waits for a day, so that somebody may notice"

    def __init__(self, until: str) -> None:
        super().__init__(f"agree from {until} on", until=until)


class RetentionRuns(Conflict):
    """The law asks for the record until `until`."""

    slug = "retention-runs"
    title = "The record has to be kept"

    def __init__(self, until: str) -> None:
        super().__init__(f"the record has to be kept until {until}", until=until)


class NotSettled(Conflict):
    """The ward still has something that was delivered for the patient; `items` names it, `left`
    says how much."""

    slug = "ward-not-settled"
    title = "Not everything that was delivered has been applied, returned or wasted"

    def __init__(self, items: Sequence[str], left: Sequence[str]) -> None:
        super().__init__("record what became of it first", items=list(items), left=list(left))
