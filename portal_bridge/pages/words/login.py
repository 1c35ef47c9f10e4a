"""The texts of the log-in (guide 2, spec §10.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Connexion", "Log in"),
    "lead": ("Veuillez ouvrir une session ci-dessous.", "Please log in below."),
    "number": ("Numéro :", "Number:"),
    "password": ("Mot de passe :", "Password:"),
    "reset": ("Réinitialiser le mot de passe", "Reset the password"),
    "remember": ("Se souvenir de moi", "Remember me"),
    "remember_hint": ("Pendant 30 jours, sur cet appareil.", "For 30 days, on this device."),
    "log_in": ("Se connecter", "Log in"),
    "said_logged_out": ("Vous êtes déconnecté.", "You are logged out."),
    "said_reset": (
        "Votre mot de passe est changé : connectez-vous avec le nouveau.",
        "Your password is changed: log in with the new one.",
    ),
    "kept_until": (
        "Votre session était terminée : rien n’a été enregistré. Ce que vous avez saisi est gardé : connectez-vous, "
        "puis envoyez-le.",
        "Your session had ended: nothing was saved. What you typed is kept: log in, then send it.",
    ),
    "demo": ("Démonstration :", "Demonstration:"),
    "demo_mails": ("les e-mails envoyés", "the mails that were sent"),
}
