"""The texts of *Accueil*, the simple call manager (guide 2.1.1)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Accueil", "Home"),
    "intro": ("Le traitement de tous vos appels entrants.", "What happens to all your incoming calls."),
    "settings": ("Réglages des appels entrants", "Settings of incoming calls"),
    "status": ("Statut Téléphone", "Phone status"),
    "available": ("Disponible pour les Appels", "Available for calls"),
    "dnd": ("Ne pas déranger", "Do not disturb"),
    "incoming": ("Les appels entrants vont :", "Incoming calls:"),
    "incoming_ring": ("Faire sonner votre téléphone", "Ring your phone"),
    "incoming_forward": ("Être renvoyés vers un autre téléphone", "Are forwarded to another phone"),
    "incoming_voicemail": ("Directement à la messagerie vocale", "Go straight to voicemail"),
    "tile_line": ("Téléphone du compte {number}", "Phone of the account {number}"),
    "tile_group": ("Groupement {number}", "Group {number}"),
    "dnd_voicemail": (
        "Les appels entrants seront renvoyés vers la messagerie vocale.",
        "Incoming calls will go to voicemail.",
    ),
    "dnd_number": (
        "Les appels entrants seront renvoyés vers {number}.",
        "Incoming calls will be forwarded to {number}.",
    ),
    "dnd_unconditional": (
        "Les appels entrants seront renvoyés vers {number} : le renvoi de tous les appels passe avant"
        " « Ne pas déranger ».",
        "Incoming calls will be forwarded to {number}: the forward of all calls comes before do not disturb.",
    ),
    "busy_forward_off": ("Désactiver le renvoi sur occupation", "Switch the busy forward off"),
    "dnd_help": (
        "Par défaut les appels sont alors renvoyés vers la messagerie vocale. Si le renvoi sur "
        "occupation est activé, ils sont transférés vers le numéro de renvoi sur occupation.",
        "By default calls then go to voicemail. If the busy forward is on, they are forwarded to its number.",
    ),
    "dnd_help_title": (
        "Que deviennent les appels en mode Ne pas déranger ?",
        "What happens to calls during do not disturb?",
    ),
    "priority_1": ("Permettre", "Let"),
    "priority_2": ("aux appelants prioritaires", "priority callers"),
    "priority_3": (
        "de vous joindre pendant que vous êtes en mode Ne Pas Déranger",
        "reach you while do not disturb is on",
    ),
    "priority": ("Appelants prioritaires", "Priority callers"),
    "no_answer": ("S’il n’y a pas de réponse", "If there is no answer"),
    "busy": ("Si votre téléphone est occupé", "If your phone is busy"),
    "busy_help_title": ("Quand la ligne est-elle occupée ?", "When is the line busy?"),
    "busy_help": (
        "La ligne est occupée quand elle a déjà {most} appels en cours : elle ne l’est que rarement.",
        "The line is busy when it already holds {most} calls, which is rare.",
    ),
    "forward_to": ("Renvoyer vers", "Forward to"),
    "other_phone": ("un autre téléphone", "another phone"),
    "to_voicemail": ("Envoyer vers la messagerie vocale", "Send to voicemail"),
    "to_box": ("Renvoyer vers la boîte vocale", "Send to voicemail"),
    "after": ("après", "after"),
    "seconds": ("secondes", "seconds"),
    "forward_delay": (
        "Délai du renvoi, en secondes (6 à 3600)",
        "Delay of the forward, in seconds (6 to 3600)",
    ),
    "voicemail_delay": (
        "Délai de la messagerie, en secondes (0 à 60)",
        "Delay of voicemail, in seconds (0 to 60)",
    ),
    "delays_help_title": ("Quels délais ?", "Which delays?"),
    "delays_help": (
        "Le renvoi attend de 6 à 3600 secondes, la messagerie vocale de 0 à 60 ; 0 : les appels y "
        "vont sans faire sonner. Le premier délai écoulé l’emporte.",
        "The forward waits 6 to 3600 seconds, voicemail 0 to 60; 0: calls go there without ringing. "
        "The first delay to end wins.",
    ),
    "advanced": ("Paramètres Avancés", "Advanced settings"),
    "on": ("activé", "on"),
    "off": ("désactivé", "off"),
    "selective_forward": ("Renvoyer la sélection", "Selective forward"),
    "selective_forward_1": ("Les appelants de la", "Callers on the"),
    "selective_forward_2": ("liste de renvoi", "forward list"),
    "selective_forward_3": ("seront transférés vers", "will be forwarded to"),
    "selective_reject": ("Rejeter la sélection", "Selective rejection"),
    "selective_reject_1": ("Les appelants de la", "Callers on the"),
    "selective_reject_2": ("liste de rejet", "reject list"),
    "selective_reject_3": (
        "seront rejetés sans accéder à la boîte vocale",
        "will be rejected without reaching voicemail",
    ),
    "distinctive_ring": ("Sonnerie Distincte", "Distinctive ring"),
    "distinctive_ring_1": ("Les appelants de la", "Callers on the"),
    "distinctive_ring_2": ("liste de sonnerie distincte", "distinctive ring list"),
    "distinctive_ring_3": (
        "seront signalés avec une sonnerie différente",
        "will be announced by another ring",
    ),
    "distinctive_ring_note": (
        "Attention : cette option peut ne pas fonctionner sur certains modèles de téléphones.",
        "Some models of telephone do not support this.",
    ),
    "unavailable": ("Renvoi sur indisponibilité", "Forward when unavailable"),
    "unavailable_1": (
        "Si votre téléphone est indisponible, renvoyer les appels vers",
        "If your phone is unavailable, forward calls to",
    ),
    "unavailable_note": (
        "Une ligne est indisponible quand aucun téléphone ou softphone n’est connecté. Par défaut ses"
        " appels vont à la messagerie vocale.",
        "A line is unavailable when no telephone or softphone is connected. By default its calls go "
        "to voicemail.",
    ),
    "reject_anonymous": ("Appelants Anonymes", "Anonymous callers"),
    "reject_anonymous_1": (
        "Les appels venant d’appelants anonymes seront rejetés sans être renvoyés vers la messagerie vocale",
        "Calls from anonymous callers will be rejected without reaching voicemail",
    ),
    "callers_none": ("liste vide", "empty list"),
    "callers_one": ("1 appelant", "1 caller"),
    "callers_many": ("{count} appelants", "{count} callers"),
    "choose_number": ("Sélectionnez un numéro de renvoi", "Choose a number to forward to"),
    "saved_numbers": ("Utilisez un numéro sauvegardé :", "Use a saved number:"),
    "number": ("Numéro", "Number"),
    "name": ("Nom", "Name"),
    "add": ("Ajouter", "Add"),
    "saved_none": (
        "Ajoutez vos numéros de renvoi les plus utilisés à cette liste.",
        "Add the numbers that you forward to most to this list.",
    ),
    "saved_everywhere": (
        "Vous pouvez accéder à vos numéros sauvegardés depuis tous vos paramètres de renvoi d’appels.",
        "Your saved numbers are offered wherever calls can be forwarded.",
    ),
    "saved_new": ("Sauvegarder un autre numéro", "Save another number"),
    "saved_forget": ("Retirer {name} des numéros sauvegardés", "Remove {name} from the saved numbers"),
    "temporary": ("Ou utilisez un numéro temporaire :", "Or use a temporary number:"),
    "close": ("Fermer", "Close"),
    "dnd.priority": ("Liste de filtrage des appelants prioritaires", "Priority callers"),
    "dnd.priority_hint": (
        "Acceptez seulement les appels provenant des numéros suivants",
        "Accept only calls from these numbers",
    ),
    "selective_forward.callers": ("Liste sélective de filtrage du renvoi d’appel", "Selective forward list"),
    "selective_forward.callers_hint": (
        "Renvoyer les appels provenant des numéros suivants",
        "Forward calls from these numbers",
    ),
    "selective_reject.callers": ("Liste sélective de filtrage de rejet d’appels", "Selective reject list"),
    "selective_reject.callers_hint": (
        "Rejetez les appels provenant des numéros suivants",
        "Reject calls from these numbers",
    ),
    "distinctive_ring.callers": ("Liste de filtrage de sonnerie distincte", "Distinctive ring list"),
    "distinctive_ring.callers_hint": (
        "Sonnez distinctement les appels provenant des numéros suivants",
        "Ring differently for calls from these numbers",
    ),
    "tab_list": ("Liste", "List"),
    "tab_contacts": ("Contacts", "Contacts"),
    "tab_extensions": ("Extensions", "Extensions"),
    "empty": ("Vider", "Empty"),
    "empty_list": (
        "Aucun numéro. Ajoutez-en un, par exemple 06 12 34 56 78, ou 02* pour tous ceux qui "
        "commencent ainsi.",
        "No number yet. Add one, for example 06 12 34 56 78, or 02* for all that begin like this.",
    ),
    "action": ("Action", "Action"),
    "remove": ("Retirer {name}", "Remove {name}"),
    "search": ("Rechercher", "Search"),
    "search_contacts": ("Rechercher un contact", "Search contacts"),
    "search_extensions": ("Rechercher une extension", "Search extensions"),
    "no_contacts": ("Aucun contact ne correspond.", "No contact matches."),
    "no_extensions": ("Aucune extension ne correspond.", "No extension matches."),
    "more": ("Et {count} autres : précisez votre recherche.", "And {count} more: narrow your search."),
    "gone": ("N’existe plus", "No longer exists"),
    "group_mark": ("groupe", "group"),
    "saved": ("Enregistré : le prochain appel en tient compte.", "Saved: the next call obeys it."),
    "unsaved": (
        "Modifications non enregistrées : cliquez sur « Appliquer ».",
        "Changes not saved yet: click “Apply”.",
    ),
    "refused": (
        "Rien n’est enregistré : corrigez ce qui est signalé ci-dessous.",
        "Nothing is saved: correct what is marked below.",
    ),
    "brought": (
        "Les réglages actuels sont repris ; vos modifications restent à appliquer.",
        "The present settings are shown; your own changes are still to be applied.",
    ),
    "overtaken": (
        "Rien n’est enregistré : ces réglages ont été modifiés ailleurs entre-temps, par exemple par "
        "un code sur le téléphone. Vérifiez-les, puis cliquez sur « Appliquer ».",
        "Nothing is saved: these settings were changed elsewhere meanwhile, for example by a code on "
        "the phone. Check them, then click “Apply”.",
    ),
    "changed_there": ("Modifié ailleurs :", "Changed elsewhere:"),
    "mine_kept": ("votre choix est gardé ici", "your own choice is kept here"),
    "stale": (
        "Ces réglages viennent d’être modifiés ailleurs, par exemple par un code sur le téléphone.",
        "These settings have just been changed elsewhere, for example by a code on the phone.",
    ),
    "reload": ("Voir les réglages actuels", "Show the present settings"),
    "reload_keep": ("Reprendre ces modifications", "Bring the changes in"),
    "live": ("En ce moment", "Right now"),
    "live_calls": ("{calls} appels en cours sur {most}", "{calls} of {most} calls under way"),
    "live_call": ("{calls} appel en cours sur {most}", "{calls} of {most} calls under way"),
    "live_devices": ("Téléphones connectés", "Connected phones"),
    "live_none": (
        "Aucun téléphone n’est connecté : la ligne est indisponible.",
        "No phone is connected: the line is unavailable.",
    ),
    "live_group": ("Un groupement n’a pas de téléphone à lui.", "A group has no phone of its own."),
    "live_away": (
        "L’état de la ligne n’est pas connu pour le moment.",
        "The state of the line is not known right now.",
    ),
    "live_show": ("Voir l’état de la ligne", "Show the state of the line"),
    "device_unknown": ("Téléphone", "Phone"),
    "if": ("Et si on m’appelait maintenant ?", "What if somebody called me now?"),
    "if_who": ("Si ce numéro m’appelait maintenant :", "If this number called me now:"),
    "if_hint": ("Un numéro, une extension, ou « anonyme ».", "A number, an extension, or “anonymous”."),
    "if_ask": ("Montrer le chemin", "Show the way"),
    "if_saved": (
        "Selon les réglages enregistrés, si personne ne répond.",
        "By the settings in force, if nobody answers.",
    ),
    "if_path": ("Le chemin de l’appel", "The way of the call"),
    "step_ring": ("Fait sonner", "Rings"),
    "step_at": ("après {seconds} s", "after {seconds} s"),
    "step_forward": ("Renvoi vers {target}", "Forward to {target}"),
    "step_voicemail": ("Messagerie vocale", "Voicemail"),
    "step_refuse": ("Refus", "Refusal"),
    "advanced_later": (
        "Le gestionnaire d’appels avancé de cette licence aura sa place ici. Ses réglages sont déjà "
        "dans l’API.",
        "The advanced call manager of this licence will stand here. Its settings are in the API already.",
    ),
    "fax_line": (
        "Cette ligne reçoit des fax : elle n’a pas d’appels à traiter.",
        "This line receives faxes: there are no calls to treat.",
    ),
    "help": (
        "Cette page décide de ce que deviennent vos appels entrants.\n\nChoisissez d’abord si vous êtes"
        " disponible ou si vous ne voulez pas être dérangé, puis ce qui se passe quand personne ne "
        "répond, quand la ligne est occupée, ou pour certains appelants. Rien ne change avant que "
        "vous cliquiez sur « Appliquer » ; « Annuler » revient à ce qui est enregistré.\n\nUn texte "
        "souligné ouvre un choix : un numéro de renvoi, sauvegardé ou temporaire, ou une liste "
        "d’appelants faite de numéros (02* : tous ceux qui commencent ainsi), de contacts et "
        "d’extensions.\n\nLes codes du téléphone (*72, *78 …) changent les mêmes réglages. « Et si on "
        "m’appelait maintenant ? » montre ce qui arriverait à un appel.",
        "This page decides what becomes of your incoming calls.\n\nChoose first whether you are "
        "available or do not want to be disturbed, then what happens when nobody answers, when the "
        "line is busy, or for some callers. Nothing changes before you click “Apply”; “Cancel” goes "
        "back to what is saved.\n\nUnderlined words open a choice: a number to forward to, saved or "
        "temporary, or a list of callers made of numbers (02*: all that begin like this), contacts "
        "and extensions.\n\nThe codes of the phone (*72, *78 …) change the same settings. “What if "
        "somebody called me now?” shows what would happen to a call.",
    ),
}
