"""The texts of the list of sessions (spec §10.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Appareils connectés", "Where you are logged in"),
    "menu": ("Appareils connectés", "Logged-in devices"),
    "lead": (
        "Les navigateurs et programmes où votre compte est ouvert.",
        "The browsers and programs in which your account is open.",
    ),
    "here": ("Cet appareil", "This device"),
    "unknown_browser": ("Programme inconnu", "Unknown program"),
    "seen": ("Dernière activité : {moment}", "Last seen: {moment}"),
    "until": ("Se termine le {moment}", "Ends {moment}"),
    "remembered": ("Se souvient de vous jusqu’au {moment}", "Remembers you until {moment}"),
    "moment": ("%d/%m/%Y à %H:%M", "%d %B %Y at %H:%M"),
    "end": ("Déconnecter", "Log out there"),
    "end_others": ("Déconnecter tous les autres", "Log out everywhere else"),
    "said_ended": ("Cet appareil est déconnecté.", "That device is logged out."),
    "said_ended_others": (
        "Tous les autres appareils sont déconnectés.",
        "All other devices are logged out.",
    ),
    "help": (
        "Chaque connexion à votre compte est listée ici. « Se souvenir de moi » garde un appareil "
        "connecté 30 jours ; sinon la session se termine après 12 heures.\n\nVous ne reconnaissez pas un "
        "appareil ? Déconnectez-le, puis changez votre mot de passe.",
        "Each log-in to your account is listed here. “Remember me” keeps a device logged in for 30 "
        "days; else the session ends after 12 hours.\n\nYou do not recognise a device? Log it out, then "
        "change your password.",
    ),
}
