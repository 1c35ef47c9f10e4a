"""The texts of the page of all help (guide 2.12.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Aide", "Help"),
    "lead": ("Ce que chaque page du portail permet.", "What each page of the portal is for."),
    "open": ("Ouvrir la page", "Open the page"),
}
