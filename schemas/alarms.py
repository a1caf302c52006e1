"""Contracts of alarms: what somebody must look at now, until somebody says that they do."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Moment, PageQuery

UserId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AlarmKind(StrEnum):
    """What rings."""

    CRITICAL_RESULT = "critical_result"
    """`subject` is the order, `number` the version of its result."""
    FORM_ANSWER = "form_answer"
    """An answer of a questionnaire; `subject` is the filled form."""


class NoticeOutcome(StrEnum):
    """What became of a message to somebody."""

    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    """The channel did not answer: it may have left."""
    REFUSED = "refused"
    NO_CONTACT = "no_contact"
    """Nothing is on file by which they can be reached."""


ChannelName = Literal["email", "sms"]


class Notice(Contract):
    """Somebody was told, or could not be."""

    step: int
    user: str
    at: Moment
    outcome: NoticeOutcome


class Alarm(Contract):
    """Something that waits for an acknowledgement, without what it says."""

    kind: AlarmKind
    subject: Id
    number: int
    patient: Id
    patient_name: str | None
    """None where this context does not know it."""
    responsible: str
    """Who is told first: the orderer, or who filled the form."""
    raised_at: Moment
    acknowledged_at: Moment | None = None
    acknowledged_by: str | None = None
    notices: tuple[Notice, ...] = ()


class AlarmQuery(PageQuery):
    """Pages through the alarms that ring, the oldest first."""


class AlarmList(Contract):
    """The alarms that ring."""

    items: tuple[Alarm, ...]
    cursor: str | None = None


class AlarmContactBody(Contract):
    """By what somebody can be reached at any hour; at least one."""

    email: (
        Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}$")]
        | None
    ) = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    """E.164."""
    language: Language = "es"

    @model_validator(mode="after")
    def _reachable(self) -> "AlarmContactBody":
        if self.email is None and self.phone is None:
            raise ValueError("give an e-mail address or a telephone number")
        return self


class TriedChannel(Contract):
    """What became of a test message at one address."""

    channel: ChannelName
    outcome: Literal["sent", "unconfirmed", "refused", "no_channel"]
    """`no_channel`: an address is on file, and nothing is set up that sends to it."""


class AlarmTest(Contract):
    """A message without any alarm, to see whether somebody would be reached."""

    asked_at: Moment
    done_at: Moment | None = None
    channels: tuple[TriedChannel, ...] = ()


class AlarmContact(AlarmContactBody):
    """By what a user can be reached, and what became of the last test."""

    user: str
    version: int
    tested: AlarmTest | None = None


class AlarmContactQuery(PageQuery):
    """Pages through the addresses of an institution's people."""

    limit: int = Field(default=50, ge=1, le=100)


class AlarmContactList(Contract):
    """Everybody who can be reached when an alarm rings."""

    items: tuple[AlarmContact, ...]
    cursor: str | None = None


class AlarmTestAsked(Contract):
    """Data of `orders.alarm_test_asked`."""

    user: str
    test: int
    """Counts the tests to this person."""


class AlarmPlanBody(Contract):
    """Who is told when the responsible person does not answer, in this order, and how soon."""

    deputies: tuple[UserId, ...] = Field(max_length=10)
    minutes: int = Field(default=10, ge=2, le=60)
    """Between one person and the next."""


class AlarmPlan(AlarmPlanBody):
    """The institution's plan."""

    version: int
    channels: tuple[ChannelName, ...] = ()
    """What messages can be sent by; an address for another one reaches nobody."""


EVENTS: dict[str, type[Contract]] = {"orders.alarm_test_asked": AlarmTestAsked}
