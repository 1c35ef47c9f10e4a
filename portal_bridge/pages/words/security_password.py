"""The texts of the change of password (guide 2.11.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Modifier le mot de passe", "Change the password"),
    "lead": ("Le mot de passe qui ouvre ce portail.", "The password that opens this portal."),
    "current": ("Mot de passe actuel :", "Current password:"),
    "new_secret": ("Nouveau mot de passe :", "New password:"),
    "again": ("Confirmer nouveau mot de passe :", "Confirm the new password:"),
    "must": ("Le mot de passe doit suivre ces règles :", "The password must keep these rules:"),
    "said_changed": (
        "Votre mot de passe est changé. Un e-mail vous le confirme, et vos autres sessions sont terminées.",
        "Your password is changed. A mail confirms it, and your other sessions have ended.",
    ),
    "rule_kept": ("respectée", "kept"),
    "rule_broken": ("pas encore respectée", "not kept yet"),
    "help": (
        "Choisissez un mot de passe que vous n’utilisez nulle part ailleurs. Les règles se cochent "
        "pendant que vous tapez.\n\nUne fois le mot de passe modifié, vous recevez un e-mail à votre "
        "adresse de sécurité, et toutes vos autres sessions se terminent : qui connaissait l’ancien "
        "mot de passe n’entre plus.",
        "Choose a password that you use nowhere else. The rules are ticked while you type.\n\nOnce the "
        "password is changed you get a mail at your security address, and all your other sessions "
        "end: whoever knew the old password is out.",
    ),
}
