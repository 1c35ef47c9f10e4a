"""Every rule that can decide a call, by id, with its sentence in French and English: the documented list of §10.3.

Pure data. ``{number}``, ``{target}`` and ``{line}`` are telephone numbers and are spelt for people; an id is never
changed once released, since histories keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and its sentence in each language."""

    id: str
    fr: str
    en: str


_TEXTS: tuple[tuple[str, str, str], ...] = (
    # refused
    ("refuse.anonymous", "Les appels anonymes sont refusés.", "Anonymous calls are refused."),
    ("refuse.selective", "L’appelant est sur la liste de rejet.", "The caller is on the reject list."),
    (
        "refuse.busy",
        "La ligne a déjà son nombre maximum d’appels, sans renvoi ni messagerie sur occupation.",
        "The line already has its maximum number of calls, with neither forward nor voicemail when busy.",
    ),
    (
        "refuse.forwards_full",
        "La ligne a déjà son nombre maximum de renvois extérieurs ({most}), sans messagerie sur occupation.",
        "The line already has its maximum number of outside forwards ({most}), with no voicemail when busy.",
    ),
    (
        "refuse.declined",
        "Tous les téléphones ont refusé l’appel, sans renvoi ni messagerie sur occupation.",
        "Every phone refused the call, with neither forward nor voicemail when busy.",
    ),
    (
        "refuse.no_answer",
        "Personne n’a répondu, sans renvoi ni messagerie sur non-réponse.",
        "Nobody answered, with neither forward nor voicemail on no answer.",
    ),
    (
        "refuse.unavailable",
        "Aucun téléphone n’est connecté et la ligne refuse alors les appels.",
        "No phone is connected and the line then refuses calls.",
    ),
    (
        "refuse.phone_dnd",
        "Un téléphone de la ligne a refusé l’appel pour tous (Ne pas déranger).",
        "A phone of the line declined the call for all (do not disturb).",
    ),
    ("refuse.rule", "La règle « {name} » refuse cet appel.", "The rule “{name}” refuses this call."),
    ("refuse.no_mailbox", "La messagerie n’a pas pu prendre l’appel.", "Voicemail could not take the call."),
    # forwarded
    (
        "forward.selective",
        "L’appelant est sur la liste de renvoi : l’appel est renvoyé vers {target}.",
        "The caller is on the forward list: the call is forwarded to {target}.",
    ),
    (
        "forward.unconditional",
        "Tous les appels sont renvoyés vers {target}.",
        "All calls are forwarded to {target}.",
    ),
    (
        "forward.dnd",
        "La ligne est en Ne pas déranger : l’appel est renvoyé vers {target}.",
        "The line is set to do not disturb: the call is forwarded to {target}.",
    ),
    (
        "forward.busy",
        "La ligne a déjà son nombre maximum d’appels : l’appel est renvoyé vers {target}.",
        "The line already has its maximum number of calls: the call is forwarded to {target}.",
    ),
    (
        "forward.declined",
        "Tous les téléphones ont refusé l’appel : il est renvoyé vers {target}.",
        "Every phone refused the call: it is forwarded to {target}.",
    ),
    (
        "forward.unavailable",
        "Aucun téléphone n’est connecté : l’appel est renvoyé vers {target}.",
        "No phone is connected: the call is forwarded to {target}.",
    ),
    (
        "forward.unreachable",
        "Aucun téléphone n’a pu être joint : l’appel est renvoyé vers {target}.",
        "No phone could be reached: the call is forwarded to {target}.",
    ),
    (
        "forward.no_answer",
        "Personne n’a répondu : l’appel est renvoyé vers {target}.",
        "Nobody answered: the call is forwarded to {target}.",
    ),
    (
        "forward.deflected",
        "Un téléphone de la ligne a renvoyé l’appel vers {target}.",
        "A phone of the line sent the call on to {target}.",
    ),
    (
        "forward.rule",
        "La règle « {name} » renvoie cet appel vers {target}.",
        "The rule “{name}” forwards this call to {target}.",
    ),
    (
        "forward.forwards_full",
        "La ligne a déjà son nombre maximum de renvois extérieurs ({most}) : l’appel est renvoyé vers {target}.",
        "The line already has its maximum number of outside forwards ({most}): the call is forwarded to {target}.",
    ),
    # voicemail
    ("voicemail.unconditional", "Tous les appels vont à la messagerie.", "All calls go to voicemail."),
    (
        "voicemail.dnd",
        "La ligne est en Ne pas déranger : l’appel va à la messagerie.",
        "The line is set to do not disturb: the call goes to voicemail.",
    ),
    (
        "voicemail.busy",
        "La ligne a déjà son nombre maximum d’appels : l’appel va à la messagerie.",
        "The line already has its maximum number of calls: the call goes to voicemail.",
    ),
    (
        "voicemail.declined",
        "Tous les téléphones ont refusé l’appel : il va à la messagerie.",
        "Every phone refused the call: it goes to voicemail.",
    ),
    (
        "voicemail.unavailable",
        "Aucun téléphone n’est connecté : l’appel va à la messagerie.",
        "No phone is connected: the call goes to voicemail.",
    ),
    (
        "voicemail.unreachable",
        "Aucun téléphone n’a pu être joint : l’appel va à la messagerie.",
        "No phone could be reached: the call goes to voicemail.",
    ),
    (
        "voicemail.no_answer",
        "Personne n’a répondu : l’appel va à la messagerie.",
        "Nobody answered: the call goes to voicemail.",
    ),
    (
        "voicemail.immediate",
        "Le délai avant la messagerie est de 0 seconde : elle répond sans que le téléphone sonne.",
        "The delay before voicemail is 0 seconds: it answers without any ring.",
    ),
    (
        "voicemail.rule",
        "La règle « {name} » envoie cet appel à la messagerie.",
        "The rule “{name}” sends this call to voicemail.",
    ),
    (
        "voicemail.loop",
        "L’appel est déjà passé par la ligne {line} : il va à la messagerie de la première ligne appelée.",
        "The call has already been at the line {line}: it goes to the voicemail of the first line called.",
    ),
    (
        "voicemail.forward_loop",
        "L’appel est déjà passé par {target} : il n’y est pas renvoyé et va à la messagerie.",
        "The call has already been at {target}: it is not forwarded there again and goes to voicemail.",
    ),
    (
        "voicemail.forwarded_too_often",
        "L’appel a été renvoyé cinq fois : il n’est plus renvoyé (vers {target}) et va à la messagerie.",
        "The call has been forwarded five times: it is not forwarded again (to {target}) and goes to voicemail.",
    ),
    (
        "voicemail.forward_barred",
        "Les appels vers {target} sont bloqués ({barring}) : au lieu d’être renvoyé, l’appel va à la messagerie.",
        "Calls to {target} are barred ({barring}): instead of being forwarded the call goes to voicemail.",
    ),
    (
        "voicemail.forward_impossible",
        "Le renvoi vers {target} est impossible : l’appel va à la messagerie.",
        "The call cannot be forwarded to {target}: it goes to voicemail.",
    ),
    (
        "voicemail.company_full",
        "L’entreprise a son nombre maximum d’appels extérieurs : au lieu d’être renvoyé vers {target}, "
        "l’appel va à la messagerie.",
        "The company has its maximum number of outside calls: instead of being forwarded to {target} "
        "the call goes to voicemail.",
    ),
    (
        "voicemail.costly_spent",
        "La ligne a atteint sa limite journalière d’appels internationaux et surtaxés ({calls} appels, {minutes} "
        "minutes) : au lieu d’être renvoyé vers {target}, l’appel va à la messagerie.",
        "The line has reached its daily limit of international and premium calls ({calls} calls, {minutes} minutes): "
        "instead of being forwarded to {target} the call goes to voicemail.",
    ),
    (
        "voicemail.forward_busy",
        "Le numéro de renvoi est occupé : l’appel va à la messagerie.",
        "The number forwarded to is busy: the call goes to voicemail.",
    ),
    (
        "voicemail.forward_no_answer",
        "Le numéro de renvoi ne répond pas : l’appel va à la messagerie.",
        "The number forwarded to does not answer: the call goes to voicemail.",
    ),
    (
        "voicemail.forward_unreachable",
        "Le numéro de renvoi n’a pas pu être joint : l’appel va à la messagerie.",
        "The number forwarded to could not be reached: the call goes to voicemail.",
    ),
    (
        "voicemail.forward_refused",
        "Le numéro de renvoi a refusé l’appel : il va à la messagerie.",
        "The number forwarded to refused the call: it goes to voicemail.",
    ),
    (
        "voicemail.forward_unknown",
        "Le numéro de renvoi n’est pas attribué : l’appel va à la messagerie.",
        "The number forwarded to is not in service: the call goes to voicemail.",
    ),
    (
        "voicemail.forward_failed",
        "L’opérateur n’a pas pu acheminer le renvoi : l’appel va à la messagerie.",
        "The operator could not carry the forwarded call: it goes to voicemail.",
    ),
    (
        "voicemail.caller_loop",
        "L’appel revient d’un renvoi de la ligne {line} : il n’est plus renvoyé et va à la messagerie.",
        "The call has come back from a forward of the line {line}: it is not forwarded again and goes to voicemail.",
    ),
    (
        "voicemail.forwards_full",
        "La ligne a déjà son nombre maximum de renvois extérieurs ({most}) : au lieu d’être renvoyé vers {target}, "
        "l’appel va à la messagerie.",
        "The line already has its maximum number of outside forwards ({most}): instead of being forwarded to "
        "{target} the call goes to voicemail.",
    ),
    # rings
    (
        "ring.default",
        "Les téléphones de la ligne sonnent pendant {seconds} s au plus.",
        "The line's phones ring for at most {seconds} s.",
    ),
    (
        "ring.distinctive",
        "L’appelant est sur la liste de sonnerie distincte : les téléphones sonnent pendant {seconds} s au plus.",
        "The caller is on the distinctive ring list: the phones ring for at most {seconds} s.",
    ),
    (
        "ring.priority",
        "La ligne est en Ne pas déranger mais l’appelant est prioritaire : les téléphones sonnent pendant "
        "{seconds} s au plus.",
        "The line is set to do not disturb but the caller has priority: the phones ring for at most {seconds} s.",
    ),
    (
        "ring.rule",
        "La règle « {name} » fait sonner les téléphones pendant {seconds} s au plus.",
        "The rule “{name}” lets the phones ring for at most {seconds} s.",
    ),
    # placed from one of our phones
    ("outgoing.inside", "Appel interne vers {line}.", "Internal call to {line}."),
    ("outgoing.outside", "Appel extérieur vers {number}.", "Outside call to {number}."),
    (
        "outgoing.outside_hidden",
        "Appel extérieur en numéro masqué vers {number}.",
        "Outside call with hidden number to {number}.",
    ),
    ("outgoing.emergency", "Appel d’urgence vers le {number}.", "Emergency call to {number}."),
    ("outgoing.star_code", "Code d’accès {code}.", "Access code {code}."),
    ("outgoing.unknown_code", "Ce code d’accès n’existe pas.", "There is no such access code."),
    ("outgoing.unknown_number", "Le numéro {number} n’existe pas.", "There is no number {number}."),
    (
        "outgoing.line_full",
        "La ligne a déjà son nombre maximum d’appels ({most}).",
        "The line already has its maximum number of calls ({most}).",
    ),
    (
        "outgoing.company_full",
        "L’entreprise a déjà son nombre maximum d’appels extérieurs ({most}).",
        "The company already has its maximum number of outside calls ({most}).",
    ),
    (
        "outgoing.costly_spent",
        "La ligne a atteint sa limite journalière d’appels internationaux et surtaxés ({calls} appels, {minutes} "
        "minutes) : {number} n’est pas appelé.",
        "The line has reached its daily limit of international and premium calls ({calls} calls, {minutes} minutes): "
        "{number} is not called.",
    ),
    (
        "barred.national",
        "Les appels vers les numéros nationaux et les portables sont bloqués ({number}).",
        "Calls to national and mobile numbers are barred ({number}).",
    ),
    (
        "barred.international",
        "Les appels internationaux sont bloqués ({number}).",
        "International calls are barred ({number}).",
    ),
    (
        "barred.premium",
        "Les appels vers les numéros surtaxés sont bloqués ({number}).",
        "Calls to premium rate numbers are barred ({number}).",
    ),
    (
        "barred.access_codes",
        "Les codes d’accès sont bloqués ({number}).",
        "Access codes are barred ({number}).",
    ),
    (
        "barred.config_codes",
        "Les codes d’accès qui changent la configuration sont bloqués ({number}).",
        "Access codes that change the settings are barred ({number}).",
    ),
    # what no setting decided
    (
        "transfer.outside",
        "Appel transféré vers {target}.",
        "Call transferred to {target}.",
    ),
    (
        "transfer.voicemail",
        "Appel transféré vers la messagerie.",
        "Call transferred to voicemail.",
    ),
    (
        "transfer.nobody",
        "Le transfert n’a trouvé personne : l’appel revient au poste qui l’a transféré.",
        "The transfer found nobody: the call goes back to the line that transferred it.",
    ),
    (
        "transfer.returned",
        "Le transfert n’a trouvé personne : les téléphones sonnent de nouveau pendant {seconds} s au plus.",
        "The transfer found nobody: the phones ring again for at most {seconds} s.",
    ),
    (
        "voicemail.transfer_returned",
        "Le transfert n’a trouvé personne et l’appel n’a pas été repris : il va à la messagerie.",
        "The transfer found nobody and the call was not taken back: it goes to voicemail.",
    ),
    ("call.transferred", "Appel transféré par {line}.", "Call transferred by {line}."),
    (
        "call.picked_up",
        "Appel intercepté, qui sonnait sur {line}.",
        "Call picked up that was ringing at {line}.",
    ),
    (
        "call.first_party_away",
        "Personne n’a répondu au poste à appeler en premier.",
        "Nobody answered at the number to be called first.",
    ),
    (
        "reminder.due",
        "C’était l’heure d’un rappel de la ligne.",
        "It was the time of a reminder of the line.",
    ),
    (
        "reminder.line_full",
        "C’était l’heure d’un rappel de la ligne, qui avait déjà son nombre maximum d’appels.",
        "It was the time of a reminder of the line, which already had its maximum number of calls.",
    ),
    (
        "call.interrupted",
        "L’appel s’est terminé avant qu’une règle s’applique.",
        "The call ended before any rule applied.",
    ),
    (
        "call.native_fallback",
        "Le service était arrêté : le central a traité l’appel sans les réglages de la ligne.",
        "The service was down: the exchange handled the call without the line's settings.",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({text[0]: Rule(*text) for text in _TEXTS})
"""Every rule id with its sentences."""
