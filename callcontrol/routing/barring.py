"""Barring as routing knows it: the function that also refuses a barred number when it is set. Pure; none of its own."""

from __future__ import annotations

from callcontrol.settings.barring import barred, is_barred

__all__ = ["barred", "is_barred"]
