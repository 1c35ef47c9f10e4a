"""The texts of a lost password (spec §10.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Réinitialiser le mot de passe", "Reset the password"),
    "lead": (
        "Indiquez votre numéro : un lien part à l’adresse e-mail de sécurité de ce compte.",
        "Give your number: a link goes to the security e-mail address of that account.",
    ),
    "number": ("Numéro :", "Number:"),
    "send": ("Envoyer le lien", "Send the link"),
    "asked": (
        "Si ce numéro a une adresse e-mail de sécurité, un lien vient d’y être envoyé. Il est valable "
        "une heure.",
        "If this number has a security e-mail address, a link has just been sent there. It is good "
        "for one hour.",
    ),
    "asked_hint": (
        "Rien n’arrive ? Regardez dans les indésirables, ou adressez-vous à votre administrateur.",
        "Nothing arrives? Look into your spam folder, or ask your administrator.",
    ),
    "back": ("Retour à la connexion", "Back to the log-in"),
    "new_title": ("Choisissez un nouveau mot de passe", "Choose a new password"),
    "for_account": ("Pour le compte {account}.", "For the account {account}."),
    "new_secret": ("Nouveau mot de passe :", "New password:"),
    "again": ("Confirmer nouveau mot de passe :", "Confirm the new password:"),
    "must": ("Le mot de passe doit suivre ces règles :", "The password must keep these rules:"),
    "save": ("Changer le mot de passe", "Change the password"),
    "gone_title": ("Ce lien ne sert plus", "This link is used up"),
    "gone": (
        "Un lien est valable une heure et ne sert qu’une fois. Demandez-en un nouveau.",
        "A link is good for one hour and for one use. Ask for a new one.",
    ),
    "ask_again": ("Demander un nouveau lien", "Ask for a new link"),
    "rule_kept": ("respectée", "kept"),
    "rule_broken": ("pas encore respectée", "not kept yet"),
}
