"""The texts of the first log-in (guide 2)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Paramétrez votre adresse e-mail de sécurité", "Set your security e-mail address"),
    "why_1": (
        "Pour améliorer la sécurité de votre compte, il vous faut paramétrer une adresse e-mail de sécurité avant de "
        "pouvoir accéder à celui-ci.",
        "To make your account safer, you need to set a security e-mail address before you can open it.",
    ),
    "why_2": (
        "Cette action est nécessaire afin de vous tenir informé des changements de mots de passe, et pour vous envoyer "
        "des liens de récupération de mots de passe.",
        "It is needed to tell you of changes of passwords, and to send you links by which a lost password is replaced.",
    ),
    "address": ("Adresse email :", "E-mail address:"),
    "done_title": ("Votre adresse est enregistrée", "Your address is saved"),
    "done": (
        "Un email de confirmation vient de vous être envoyé, merci de vérifier sa bonne réception.",
        "A confirmation e-mail has just been sent to you: please check that it has arrived.",
    ),
}
