"""The texts of *Communiquer › Appeler* (guide 2.13.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Composeur de Numéro", "Dialler"),
    "menu": ("Appeler", "Call"),
    "lead": (
        "Votre téléphone sonne d’abord ; dès que vous décrochez, votre correspondant est appelé.",
        "Your phone rings first; once you answer, the other party is called.",
    ),
    "to": ("Appeler :", "Call:"),
    "to_hint": (
        "Un numéro, une extension ou un numéro abrégé.",
        "A number, an extension or a short code.",
    ),
    "from": ("De :", "From:"),
    "my_phone": ("Mon téléphone", "My phone"),
    "change": ("Modifier", "Change"),
    "other_number": ("Nouveau numéro", "New number"),
    "from_hint": (
        "Il sonne d’abord, et appuie sur 1 en décrochant. Laissez vide pour appeler depuis votre téléphone.",
        "It rings first, and presses 1 when it answers. Leave it empty to call from your phone.",
    ),
    "dial": ("Composer", "Dial"),
    "close": ("Fermer", "Close"),
    "end_call": ("Terminer l’Appel", "End the call"),
    "caller": ("Appelant …", "Calling …"),
    "colleague": ("{name} (Abonné de l’entreprise {number})", "{name} (subscriber of the company {number})"),
    "from_mine": ("de Mon téléphone", "from my phone"),
    "from_other": ("de {number}", "from {number}"),
    "ringing_from": ("Faire sonner votre téléphone", "Your phone is ringing"),
    "ringing_other": ("Faire sonner cet autre téléphone", "The other phone is ringing"),
    "ringing_to": ("Votre correspondant est appelé", "The other party is being called"),
    "talking": ("En communication", "Talking"),
    "ended": ("L’appel est terminé", "The call has ended"),
    "said_ended": ("L’appel est terminé.", "The call has ended."),
    "help": (
        "La plateforme appelle d’abord votre téléphone, ou l’autre numéro que vous indiquez, puis votre "
        "correspondant, et met les deux en relation.\n\nDeux appels au plus peuvent être lancés ainsi en même temps.",
        "The platform first calls your phone, or the other number that you give, then the other party, and joins "
        "the two.\n\nTwo calls at most can be made so at the same time.",
    ),
}
