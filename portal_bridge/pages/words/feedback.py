"""The texts of *Envoyer des commentaires* (guide 2.12.3)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Envoyer des commentaires", "Send feedback"),
    "lead": (
        "Une difficulté, une idée d’évolution : écrivez à l’équipe technique.",
        "A problem, an idea: write to the technical team.",
    ),
    "text": ("Votre message", "Your message"),
    "text_hint": (
        "Il part par e-mail avec votre nom, votre numéro et votre e-mail de sécurité, où l’on vous répondra.",
        "It is mailed together with your name, your number and your security e-mail, where you will be answered.",
    ),
    "send": ("Envoyer", "Send"),
    "said_sent": (
        "Merci : votre message part vers l’équipe technique.",
        "Thank you: your message is on its way.",
    ),
    "nobody": (
        "Votre entreprise n’a pas encore indiqué où joindre le support : adressez-vous à votre administrateur.",
        "Your company has not said yet where its support is: ask your administrator.",
    ),
    "help": (
        "Décrivez ce qui ne va pas ou ce qui manque : le jour, l’heure et le numéro en cause aident à trouver.",
        "Say what is wrong or missing: the day, the time and the number concerned help to find it.",
    ),
}
