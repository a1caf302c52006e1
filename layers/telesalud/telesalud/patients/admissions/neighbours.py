"""What admissions ask of the pharmacy."""

from typing import Protocol


class Wards(Protocol):
    """What the pharmacy delivered to wards, asked with the caller's own token."""

    def close(self, admission: str) -> None:
        """Close the account of an admission: everything delivered was applied, returned or wasted,
        and nothing is delivered any more. Raises NotSettled, Forbidden, Unavailable."""
