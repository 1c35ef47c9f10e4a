"""The texts of the change of the security e-mail (guide 2.11.3)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Modifier l’Email de Sécurité", "Change the security e-mail"),
    "lead": (
        "L’adresse qui apprend chaque changement de mot de passe ou de code PIN, et qui reçoit les "
        "liens de récupération.",
        "The address that is told of every change of password or PIN, and that gets the links by "
        "which a lost password is replaced.",
    ),
    "address": ("Adresse email :", "E-mail address:"),
    "said_changed": (
        "Votre adresse de sécurité est changée. Un e-mail part à l’ancienne adresse et à la nouvelle.",
        "Your security address is changed. A mail goes to the old address and to the new one.",
    ),
    "help": (
        "Les e-mails de sécurité partent à cette adresse : changement de mot de passe, de code PIN, "
        "d’adresse, et liens pour un mot de passe oublié.\n\nUn changement d’adresse est annoncé à "
        "l’ancienne et à la nouvelle.",
        "Security mails go to this address: changes of password, of PIN, of the address, and links "
        "for a forgotten password.\n\nA change of the address is told to the old one and to the new one.",
    ),
}
