"""The kinds of problem of the web, a sentence of French and one of English for each.

Pure: a table. Sentences about fields are in ``callcontrol.sentences``; nothing that pydantic or aiohttp words itself
reaches a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem (RFC 9457 §3.1): its HTTP status and its sentence."""

    status: int
    fr: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in ``language`` (French where it is unknown)."""
        return self.en if language == "en" else self.fr


PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType(
    {
        "malformed": ProblemKind(400, "La requête est mal formée.", "The request is malformed."),
        "bad-parameter": ProblemKind(
            400, "Un paramètre de la requête n’est pas valable.", "A parameter of the request is not valid."
        ),
        "bad-cursor": ProblemKind(
            400,
            "Ce curseur n’a pas été donné par une page précédente.",
            "This cursor was not given by an earlier page.",
        ),
        "not-logged-in": ProblemKind(401, "Connectez-vous d’abord.", "Log in first."),
        "wrong-login": ProblemKind(
            401,
            "Le numéro ou le mot de passe n’est pas le bon.",
            "The number or the password is not right.",
        ),
        "forbidden": ProblemKind(403, "Vous n’avez pas ce droit.", "You may not do this."),
        "administrators-only": ProblemKind(
            403, "Cette page est réservée aux administrateurs.", "Only administrators may do this."
        ),
        "not-in-licence": ProblemKind(
            403,
            "Votre licence ne comprend pas cette page.",
            "Your licence does not include this page.",
        ),
        "stale-form": ProblemKind(
            403,
            "Cette page était ouverte depuis trop longtemps, ou vient d’une autre session : rien n’est changé. "
            "Rechargez-la, puis recommencez.",
            "This page was open for too long, or is of another session: nothing was changed. Load it again, then "
            "try again.",
        ),
        "private": ProblemKind(
            403,
            "Un administrateur n’ouvre jamais les messages, les fax ni les contacts d’une ligne.",
            "An administrator never opens the messages, faxes or contacts of a line.",
        ),
        "no-phone": ProblemKind(
            403,
            "Ce compte n’a pas de téléphone : il n’y a rien à faire sonner.",
            "This account has no phone: there is nothing to ring.",
        ),
        "cross-site": ProblemKind(
            403,
            "Cette demande ne vient pas d’une page du portail.",
            "This request does not come from a page of the portal.",
        ),
        "not-found": ProblemKind(404, "Cela n’existe pas.", "There is no such thing."),
        "method-not-allowed": ProblemKind(
            405, "Cette méthode n’est pas possible ici.", "This method is not possible here."
        ),
        "conflict": ProblemKind(
            409, "Cela contredit ce qui existe déjà.", "This contradicts what is already there."
        ),
        "version-conflict": ProblemKind(
            412,
            "Quelqu’un d’autre a changé ce réglage entre-temps : relisez-le d’abord.",
            "Somebody else changed this setting meanwhile: read it again first.",
        ),
        "too-slow": ProblemKind(
            408, "La requête n’est pas arrivée à temps.", "The request did not arrive in time."
        ),
        "too-large": ProblemKind(413, "La requête est trop longue.", "The request is too large."),
        "head-too-large": ProblemKind(
            431, "L’en-tête de la requête est trop long.", "The head of the request is too large."
        ),
        "unsupported-media-type": ProblemKind(
            415, "Envoyez du JSON (application/json).", "Send JSON (application/json)."
        ),
        "no-sound": ProblemKind(415, "Envoyez un fichier WAV (audio/wav).", "Send a WAV file (audio/wav)."),
        "range": ProblemKind(
            416, "Cette partie du fichier n’existe pas.", "There is no such part of the file."
        ),
        "invalid": ProblemKind(422, "Certains champs ne sont pas valables.", "Some fields are not valid."),
        "too-many-tries": ProblemKind(
            429,
            "Trop d’essais : attendez avant de recommencer.",
            "Too many tries: wait before you try again.",
        ),
        "too-many-calls": ProblemKind(
            409,
            "Deux appels sont déjà en cours depuis le portail : terminez-en un d’abord.",
            "Two calls are under way from the portal already: end one first.",
        ),
        "too-many-requests": ProblemKind(
            429,
            "Trop de demandes à la fois : attendez un instant.",
            "Too many requests at once: wait a moment.",
        ),
        "unexpected": ProblemKind(
            500,
            "Une erreur inattendue s’est produite ; son numéro aidera le support.",
            "An unexpected error occurred; its number will help the support.",
        ),
        "unavailable": ProblemKind(
            503,
            "Le service est momentanément indisponible : réessayez dans quelques secondes.",
            "The service is not available for the moment: try again in a few seconds.",
        ),
        "calls-away": ProblemKind(
            503,
            "Les appels en cours et les téléphones connectés ne peuvent pas être consultés pour le moment : réessayez"
            " dans quelques secondes.",
            "Calls under way and registered phones cannot be asked about for the moment: try again in a few seconds.",
        ),
        "no-room": ProblemKind(
            507,
            "Il n’y a plus de place pour enregistrer quoi que ce soit : prévenez l’administrateur.",
            "There is no room left to keep anything: tell the administrator.",
        ),
        "not-in-force": ProblemKind(
            503,
            "C’est enregistré, mais les appels n’en tiennent pas encore compte : ils le feront dans quelques secondes.",
            "It is saved, but calls do not obey it yet: they will in a few seconds.",
        ),
        "other": ProblemKind(400, "La requête a été refusée.", "The request was refused."),
    }
)
"""Every kind of problem by its name, which ends the problem's ``type``."""

TRIES_WAIT: Mapping[str, str] = MappingProxyType(
    {
        "fr": "Trop d’essais : recommencez dans {minutes} min.",
        "en": "Too many tries: try again in {minutes} min.",
    }
)
"""The sentence of ``too-many-tries`` where the wait is known."""
