"""What is stored of accesses."""

from pydantic import BaseModel, ConfigDict


class GlassReason(BaseModel):
    """Why somebody broke the glass, who has no other relation with the patient."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    text: str
    user: str
