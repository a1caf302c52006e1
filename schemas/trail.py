"""What a reader of an audit trail asks for."""

from typing import Literal

from pydantic import Field, model_validator

from schemas.common import Moment, PageQuery


class TrailFilter(PageQuery):
    """Narrows a trail. Entries that do not fit are passed over on the server.

    A page may hold fewer entries than its limit, or none, and still have a cursor: so much was
    looked through.
    """

    since: Moment | None = None
    """Nothing before this moment."""
    until: Moment | None = None
    """Nothing from this moment on."""
    actor: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._:-]{1,128}$")
    """Who did it: the id of a user, a partner or a participant of a consult."""
    action: str | None = Field(default=None, pattern=r"^[a-z_.-]{1,64}$")
    """An action with its context, such as `patients.read_summary`."""
    outcome: Literal["done", "denied", "failed"] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> "TrailFilter":
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("since is before until")
        return self
