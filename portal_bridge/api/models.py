"""What bodies, query strings and answers of the API are made of; each resource adds its own fields. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class RequestBody(BaseModel):
    """A body: no unknown field, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Query(BaseModel):
    """A query string: no unknown name; text becomes what is declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseBody(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Items(ResponseBody, Generic[T]):
    """A page of a collection."""

    items: Sequence[T]
    next: Annotated[
        str | None, Field(description="Give it as `cursor` to get the next page; null: the last.")
    ]


class Paging(Query):
    """Where a page begins and how long it is."""

    cursor: Annotated[
        str | None,
        Field(
            max_length=1500,
            pattern=r"^[A-Za-z0-9_-]*$",
            description="`next` of the page before; none: the first page.",
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=500, description="Items of a page at most.")] = 50


class OneField(ResponseBody):
    """One wrong field."""

    field: str
    message: str


class ProblemDetails(ResponseBody):
    """RFC 9457. `type` ends with the kind; `errors` has one sentence for each wrong field, in the user's language."""

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[list[OneField], Field(default_factory=list)]
    incident: Annotated[str | None, Field(description="What the log knows this error by (500 only).")] = None


def _in_range(at: datetime) -> datetime:
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.min.replace(tzinfo=UTC)
    if not 2000 <= at.year <= 2100:
        raise PydanticCustomError("moment_impossible", "moment_impossible")
    return at


def etag(*versions: int) -> str:
    """The entity tag of what has these versions."""
    return '"' + "-".join(map(str, versions)) + '"'


Instant = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_in_range)]
"""A date and time with its zone, in this century."""
