"""The texts of the change of the voicemail PIN (guide 2.11.4)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Changement du code PIN de la messagerie vocale", "Change the voicemail PIN"),
    "lead": (
        "Le code demandé quand vous consultez votre messagerie vocale par téléphone.",
        "The code that you are asked for when you listen to your voicemail by phone.",
    ),
    "current": ("PIN actuel :", "Current PIN:"),
    "forgotten": ("Vous ne connaissez plus votre code PIN ?", "You do not know your PIN any more?"),
    "none_yet": (
        "Votre messagerie n’a pas encore de code PIN : choisissez-en un.",
        "Your voicemail has no PIN yet: choose one.",
    ),
    "password": ("Mot de passe du portail :", "Portal password:"),
    "new_secret": ("Nouveau code PIN :", "New PIN:"),
    "again": ("Confirmez le nouveau PIN :", "Confirm the new PIN:"),
    "must": (
        "Le code PIN de votre boîte vocale doit suivre ces règles :",
        "The PIN of your voicemail must keep these rules:",
    ),
    "said_changed": (
        "Votre code PIN est changé. Un e-mail vous le confirme.",
        "Your PIN is changed. A mail confirms it.",
    ),
    "rule_kept": ("respectée", "kept"),
    "rule_broken": ("pas encore respectée", "not kept yet"),
    "help": (
        "Ce code vous est demandé quand vous appelez votre messagerie, à moins que vous n’en ayez "
        "désactivé la demande.\n\nSi vous l’avez oublié, le mot de passe du portail suffit pour en "
        "choisir un autre. Un e-mail vous annonce le changement.",
        "You are asked for this code when you call your voicemail, unless you have switched that "
        "off.\n\nIf you have forgotten it, the portal password is enough to choose another one. A mail "
        "tells you of the change.",
    ),
}
