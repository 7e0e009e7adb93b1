"""What is to be erased as JSON, checked field by field."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from console.instant import Instant


class ErasureForm(BaseModel):
    """Of one camera or of all, of some time or of all; at most until the moment of the request."""

    model_config = ConfigDict(extra="forbid")
    camera_id: str = Field("", max_length=200, description="empty: of all cameras; also of one that was removed")
    start: Instant | None = Field(None, description="of capture, inclusive; none: from the first picture on")
    end: Instant | None = Field(None, description="exclusive; none: until now")
    reason: str = Field("", max_length=500, description="stays in the ledger: name nobody who wants to be forgotten")

    @model_validator(mode="after")
    def _in_order(self) -> ErasureForm:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("end: must be later than the start")
        return self
