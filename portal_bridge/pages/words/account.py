"""The texts of personal information: numbers and licence (guide 2.10)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Informations personnelles", "Personal information"),
    "menu": ("Mes numéros et ma licence", "My numbers and licence"),
    "numbers": ("Mes numéros", "My numbers"),
    "office": ("Bureau", "Office"),
    "extension": ("Extension", "Extension"),
    "fax": ("Fax", "Fax"),
    "company": ("Entreprise", "Company"),
    "site": ("Site", "Site"),
    "email": ("E-mail de sécurité", "Security e-mail"),
    "change": ("modifier", "change"),
    "at_once": ("Appels simultanés", "Calls at once"),
    "licence": ("Licences attribuées", "Licence"),
    "licence_simple": ("Simple", "Simple"),
    "licence_full": ("Full", "Full"),
    "licence_full_meeting": ("Full Meeting", "Full Meeting"),
    "licence_full_conferencing": ("Full Conferencing", "Full Conferencing"),
    "licence_full_meeting_advanced": ("Full Meeting Avancée", "Full Meeting Advanced"),
    "licence_fax": ("Fax", "Fax"),
    "gives_calls": (
        "Gestionnaire d’appels : renvois, Ne pas déranger, listes sélectives",
        "Call manager: forwards, do not disturb, selective lists",
    ),
    "gives_advanced": (
        "Gestionnaire d’appels avancé : règles, horaires, jours spéciaux",
        "Advanced call manager: rules, weekly plan, special days",
    ),
    "gives_voicemail": (
        "Messagerie vocale, avec l’envoi des messages par e-mail",
        "Voicemail, with messages sent by e-mail",
    ),
    "gives_links": (
        "Liens d’action dans les e-mails de la messagerie",
        "Action links in the mails of the voicemail",
    ),
    "gives_meetings": ("Réunions", "Meetings"),
    "gives_fax": ("Réception de fax", "Reception of faxes"),
    "by_administrator": (
        "Votre administrateur peut modifier ces informations.",
        "Your administrator can change this information.",
    ),
    "help": (
        "Vos numéros, votre site et votre licence, tels que votre administrateur les a définis.",
        "Your numbers, your site and your licence, as your administrator has set them.",
    ),
}
