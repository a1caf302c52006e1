"""What is stored of accesses."""

from pydantic import BaseModel


class GlassReason(BaseModel):
    """Why somebody broke the glass, who has no other relation with the patient."""

    text: str
    user: str
