"""Parameters that narrow a search or a list, and pages of long lists; unknown ones are refused, never passed over."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.retrieval.filters import Filters

MOST_SKIPPED = 1_000_000

Name = Annotated[str | None, Field(min_length=1, max_length=100)]


class FilterQuery(BaseModel):
    """What must be named; of several all must hold. Countries and regions are taken in any of their usual forms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Name = Field(None, examples=["Central Asia"])
    country: Name = Field(None, examples=["Kazakhstan"])
    project: Annotated[int, Field(ge=1, le=9_999)] | None = Field(None, description="Number of a project.")
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None

    def filters(self, *, kind: str | None = None) -> Filters:
        """The filters they stand for."""
        return Filters(kind=kind, region=self.region, country=self.country, project=self.project, year=self.year)


class PageQuery(FilterQuery):
    """The same, and which stretch of the list is wanted."""

    offset: Annotated[int, Field(ge=0, le=MOST_SKIPPED)] = Field(0, description="How many to pass over.")
