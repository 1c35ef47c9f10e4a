"""The texts of the page of all help (guide 2.12.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Aide", "Help"),
    "lead": ("Ce que chaque page du portail permet.", "What each page of the portal is for."),
    "open": ("Ouvrir la page", "Open the page"),
    "codes": ("Codes à composer sur votre téléphone", "Codes to dial on your phone"),
    "codes_lead": (
        "Ils changent les mêmes réglages que le portail, aussitôt. La voix dit ce qui est réglé, ou pourquoi "
        "cela ne se peut pas.",
        "They change the same settings as the portal, at once. The voice says what is set, or why it cannot be.",
    ),
    "codes_code": ("Code", "Code"),
    "codes_effect": ("Effet", "Effect"),
    "codes_optional": ("puis un numéro, sinon la voix le demande", "then a number, or the voice asks for it"),
    "codes_required": ("puis un numéro", "then a number"),
}
