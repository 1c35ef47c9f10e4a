"""The texts of the error pages; what happened is told by ``portal_bridge.texts``."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Cela n’a pas marché", "That did not work"),
    "title_403": ("Accès refusé", "Access refused"),
    "title_404": ("Cette page n’existe pas", "This page does not exist"),
    "title_429": ("Un instant", "One moment"),
    "title_500": ("Une erreur s’est produite", "Something went wrong"),
    "title_503": ("Un instant", "One moment"),
    "incident": ("Numéro de l’incident :", "Incident number:"),
    "home": ("Retour à l’accueil", "Back to the start"),
}
