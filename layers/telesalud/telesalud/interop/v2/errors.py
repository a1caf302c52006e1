"""What is wrong with a message, as its acknowledgement says it (HL7 tables 0008 and 0357)."""

from typing import ClassVar


class Rejected(Exception):
    """A message that is not taken; `location` is the path of the element, such as `PID-3.1`.

    The sentence never holds a value of the message: it travels to logs.
    """

    acknowledgement: ClassVar[str] = "AE"
    code: ClassVar[str] = "207"

    def __init__(self, reason: str, location: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.location = location


class Unreadable(Rejected):
    """The message cannot be read: its header, its delimiters, its character set."""

    acknowledgement = "AR"
    code = "100"


class WrongType(Rejected):
    """Messages of this type or event are not taken by the channel."""

    acknowledgement = "AR"
    code = "200"


class WrongVersion(Rejected):
    """A version that the channel does not know."""

    acknowledgement = "AR"
    code = "203"


class Missing(Rejected):
    """A field that must be there is not."""

    code = "101"


class WrongValue(Rejected):
    """A value of the wrong type, such as a letter in a number."""

    code = "102"


class NotInTable(Rejected):
    """A code that its table does not have."""

    code = "103"


class UnknownKey(Rejected):
    """What the message is about is not known here."""

    code = "204"


class DuplicateKey(Rejected):
    """A control id that the sender has used for other content."""

    code = "205"
