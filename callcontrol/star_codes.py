"""The star codes (spec §7): one table, which dialling, calls, docs and ``callcontrol doctor`` read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Code:
    """A star code. ``argument`` says whether something may or must follow it: ``none``, ``optional``, ``required``.

    ``changes``: it alters a setting (barring class *codes d'accès qui changent la configuration*). ``simple``: it sets
    something that only the simple call manager has; on a line with the advanced one it says that rules do this there.
    """

    code: str
    fr: str
    en: str
    argument: str = "none"
    changes: bool = False
    simple: bool = False


VOICE_MENU = "*318"
HIDE_ONCE, SHOW_ONCE = "*67", "*82"
PICK_UP_IN_GROUP, PICK_UP_AT_EXTENSION = "*8", "**"
CALL_BACK, REDIAL, STOP_WATCHING = "*69", "*66", "*86"


def _forward(code: str, fr: str, en: str, *, simple: bool = False) -> Code:
    return Code(code, fr, en, argument="optional", changes=True, simple=simple)


def _switch(code: str, fr: str, en: str, *, simple: bool = True) -> Code:
    return Code(code, fr, en, changes=True, simple=simple)


TABLE: tuple[Code, ...] = (
    _forward("*72", "Renvoyer tous les appels", "Forward all calls"),
    _switch("*73", "Ne plus renvoyer tous les appels", "Stop forwarding all calls", simple=False),
    _forward("*90", "Renvoyer sur occupation", "Forward when busy"),
    _switch("*91", "Ne plus renvoyer sur occupation", "Stop forwarding when busy", simple=False),
    _forward("*92", "Renvoyer sur non-réponse", "Forward when unanswered"),
    _switch("*93", "Ne plus renvoyer sur non-réponse", "Stop forwarding when unanswered", simple=False),
    _forward("*94", "Renvoyer sur indisponibilité", "Forward when unavailable", simple=True),
    _switch("*95", "Ne plus renvoyer sur indisponibilité", "Stop forwarding when unavailable"),
    _switch("*77", "Refuser les appels anonymes", "Refuse anonymous callers"),
    _switch("*87", "Accepter les appels anonymes", "Accept anonymous callers"),
    _switch("*78", "Ne pas déranger", "Do not disturb"),
    _switch("*79", "Fin de ne pas déranger", "End do not disturb"),
    _switch("*60", "Liste des appels refusés", "List of refused callers"),
    _switch("*80", "Désactiver la liste des appels refusés", "Switch the list of refused callers off"),
    _switch("*61", "Liste de sonnerie distincte", "List of distinctive ring"),
    _switch("*81", "Désactiver la liste de sonnerie distincte", "Switch the list of distinctive ring off"),
    _switch("*63", "Liste des appels renvoyés", "List of forwarded callers"),
    _switch("*83", "Désactiver la liste des appels renvoyés", "Switch the list of forwarded callers off"),
    Code(HIDE_ONCE, "Masquer mon numéro pour cet appel", "Hide my number for this call", argument="required"),
    Code(SHOW_ONCE, "Présenter mon numéro pour cet appel", "Show my number for this call", argument="required"),
    Code(CALL_BACK, "Dire et rappeler le dernier correspondant", "Say and call back the last caller"),
    Code(REDIAL, "Rappeler le dernier numéro composé", "Redial the last number"),
    Code(STOP_WATCHING, "Ne plus attendre une ligne occupée", "Stop waiting for a busy line"),
    Code(PICK_UP_IN_GROUP, "Intercepter un appel de mon groupe", "Pick up a call of my group"),
    Code(
        PICK_UP_AT_EXTENSION, "Intercepter l'appel d'un poste", "Pick up the call of an extension",
        argument="required",
    ),
    Code(VOICE_MENU, "Messagerie vocale", "Voicemail"),
    _switch("*310", "Rappel unique : programmer", "One-time reminder: set", simple=False),
    _switch("*311", "Rappels uniques : tout annuler", "One-time reminders: cancel all", simple=False),
    _switch("*312", "Rappel unique : en annuler un", "One-time reminder: cancel one", simple=False),
    Code("*313", "Rappels uniques : consulter", "One-time reminders: check"),
    _switch("*314", "Rappel régulier : programmer", "Regular reminder: set", simple=False),
    _switch("*315", "Rappels réguliers : tout annuler", "Regular reminders: cancel all", simple=False),
    _switch("*316", "Rappel régulier : en annuler un", "Regular reminder: cancel one", simple=False),
    Code("*317", "Rappels réguliers : consulter", "Regular reminders: check"),
    _switch("*45", "Se connecter à mes groupes", "Log in to my groups", simple=False),
    _switch("*46", "Se déconnecter de mes groupes", "Log out of my groups", simple=False),
)  # fmt: skip
"""In the order in which the help shows them."""

STAR_CODES: Mapping[str, Code] = MappingProxyType({each.code: each for each in TABLE})
LONGEST_CODE = max(map(len, STAR_CODES))
