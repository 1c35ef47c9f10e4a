"""The texts of the frame, and those that every page may use."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "portal": ("Portail utilisateur", "User portal"),
    "new": ("nouveaux", "new"),
    "skip": ("Aller au contenu", "Skip to the content"),
    "main_menu": ("Menu principal", "Main menu"),
    "services": ("Vos Services", "Your services"),
    "communicate": ("Communiquer", "Communicate"),
    "personal": ("Informations personnelles", "Personal information"),
    "security": ("Sécurité", "Security"),
    "support": ("Support", "Support"),
    "api": ("Documentation de l’API", "API documentation"),
    "log_out": ("Se déconnecter", "Log out"),
    "help_link": ("Aide", "Help"),
    "new_window": ("nouvelle fenêtre", "new window"),
    "tip": ("Explication", "Explanation"),
    "apply": ("Appliquer", "Apply"),
    "cancel": ("Annuler", "Cancel"),
    "ok": ("OK", "OK"),
    "continue": ("Continuer", "Continue"),
    "show": ("Afficher", "Show"),
    "hide": ("Masquer", "Hide"),
    "look_below": (
        "Rien n’est changé : corrigez ce qui est signalé ci-dessous.",
        "Nothing was changed: correct what is marked below.",
    ),
    "overtaken": (
        "Quelqu’un d’autre a changé ces réglages entre-temps. Vérifiez, puis appliquez de nouveau.",
        "Somebody else changed these settings meanwhile. Check them, then apply again.",
    ),
    "said_applied": (
        "C’est enregistré : le prochain appel en tient compte.",
        "Saved: the next call obeys it.",
    ),
    "kept_title": ("Rien n’a encore été enregistré", "Nothing has been saved yet"),
    "kept_text": (
        "Votre session s’était terminée avant que ce formulaire n’arrive. Ce que vous aviez saisi est gardé ici : "
        "envoyez-le, ou abandonnez-le.",
        "Your session had ended before this form arrived. What you had typed is kept here: send it, or drop it.",
    ),
    "kept_send": ("Envoyer ce que j’ai saisi", "Send what I typed"),
    "kept_drop": ("Abandonner", "Drop it"),
    "ended_title": ("Votre session est terminée", "Your session has ended"),
    "ended_text": (
        "Ce que vous avez saisi dans cette page est encore là. Connectez-vous de nouveau dans un autre onglet, puis "
        "continuez ici.",
        "What you typed in this page is still there. Log in again in another tab, then go on here.",
    ),
    "ended_log_in": ("Se connecter", "Log in"),
    "ended_stay": ("Rester sur cette page", "Stay on this page"),
    "trouble": (
        "Le service ne répond pas pour l’instant : réessayez dans quelques secondes.",
        "The service does not answer at the moment: try again in a few seconds.",
    ),
}
