"""Stopping what is over already, or is being closed since an earlier stop, is no error; anything else is."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import pytest

from callcontrol.asterisk.resources import Playbacks, Recordings
from callcontrol.errors import PhoneSystemRefused


def refusing(status: int) -> Mock:
    return Mock(request=AsyncMock(side_effect=PhoneSystemRefused("stop", status, "")))


async def test_what_is_over_is_stopped_without_complaint() -> None:
    await Recordings(refusing(404)).stop("message")
    await Playbacks(refusing(404)).stop("prompt")


async def test_a_recording_that_was_stopped_a_moment_ago_is_not_in_session_any_more() -> None:
    await Recordings(refusing(409)).stop("message")


@pytest.mark.parametrize("status", [400, 500])
async def test_any_other_refusal_is_told(status: int) -> None:
    for verb in (Recordings(refusing(status)).stop, Playbacks(refusing(status)).stop):
        with pytest.raises(PhoneSystemRefused):
            await verb("name")
