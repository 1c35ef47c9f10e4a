"""A settings document changed by a form: the change that the API makes, its mistakes by field for the page."""

from __future__ import annotations

from callcontrol.changes import line_settings
from callcontrol.changes.line_settings import Change
from callcontrol.errors import NotInForce, SettingsInvalid, VersionConflict
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.texts import PROBLEMS


async def save(visit: Visit, document: str, make: Change, shown: str) -> dict[str, str]:
    """Replace ``document`` of who is logged in by what ``make`` makes of it as it stands. Gives a sentence for each
    wrong field (its dotted path in the document; "" for the whole): then nothing was changed; {} when it is in force.

    ``shown`` is the version that the form was made of (``version_of``): what somebody else wrote meanwhile is not
    overwritten.
    """
    try:
        await line_settings.change(
            visit.site.changes,
            visit.line,
            document,
            make,
            language=visit.language,
            by=visit.by,
            expected=lambda versions: version_of(versions) == shown,
        )
    except SettingsInvalid as error:
        return {each.where: each.text for each in error.mistakes}
    except VersionConflict:
        return {"": visit.words.plain("overtaken")}
    except NotInForce:
        return {"": PROBLEMS["not-in-force"].text(visit.language)}
    return {}


def version_of(versions: tuple[int, ...]) -> str:
    """The versions of ``line_settings.read``, for a form's hidden field."""
    return "-".join(map(str, versions))
