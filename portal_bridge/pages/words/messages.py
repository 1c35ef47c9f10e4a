"""The texts of *Messages et appels* (guide 2.2). Those whose key begins with ``js_`` are said by the scripts."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Messages et appels", "Messages and calls"),
    "lists": ("Messages et appels", "Messages and calls"),
    "help": (
        "Répondeur : écoutez vos messages, répondez de vive voix, renvoyez-les par e-mail ou vers une autre "
        "messagerie. La croix supprime ; un message supprimé peut être restauré pendant 30 jours.\n\n"
        "Historique : vos appels des deux derniers mois. « Montrer la règle » dit pourquoi un appel a été traité "
        "ainsi. Un clic sur un numéro ouvre son menu : rappeler, laisser un message, ajouter aux contacts, bloquer.\n\n"
        "Message(s) supprimé(s) : « Tout supprimer définitivement » ne demande pas de confirmation.",
        "Voicemail: listen to your messages, reply by voice, send them by e-mail or to another mailbox. The cross "
        "deletes; a deleted message can be restored for 30 days.\n\n"
        "History: your calls of the last two months. “Show the rule” says why a call was treated so. A click on a "
        "number opens its menu: call back, leave a message, add to the contacts, block.\n\n"
        "Deleted messages: “Delete all for good” asks no question.",
    ),
    # the pages in the page
    "tab_voicemail": ("Répondeur", "Voicemail"),
    "tab_faxes": ("Fax", "Fax"),
    "tab_missed": ("Appels manqués", "Missed calls"),
    "tab_outgoing": ("Appels sortants", "Outgoing calls"),
    "tab_received": ("Appels reçus", "Received calls"),
    "tab_rejected": ("Appels rejetés", "Rejected calls"),
    "tab_deleted": ("Message(s) supprimé(s)", "Deleted messages"),
    "settings": ("Paramètres de Message", "Message settings"),
    "older": ("Plus anciens", "Older"),
    "newest": ("Les plus récents", "Newest"),
    "export": ("Exporter", "Export"),
    "export_help": ("tous les appels, fichier CSV", "all calls, CSV file"),
    "new_message": ("Nouveau message vocal", "New voice message"),
    "delete_all": ("Supprimer tout", "Delete all"),
    "purge_all": ("Tout supprimer définitivement", "Delete all for good"),
    # nothing there
    "empty_voicemail": ("Aucun message vocal.", "No voice message."),
    "empty_faxes": ("Aucun fax.", "No fax."),
    "no_fax": ("Cette ligne n’a pas de numéro de fax.", "This line has no fax number."),
    "empty_missed": ("Aucun appel manqué depuis deux mois.", "No missed call in two months."),
    "empty_outgoing": ("Aucun appel sortant depuis deux mois.", "No outgoing call in two months."),
    "empty_received": ("Aucun appel reçu depuis deux mois.", "No received call in two months."),
    "empty_rejected": ("Aucun appel rejeté depuis deux mois.", "No rejected call in two months."),
    "empty_deleted": (
        "Aucun message supprimé : ils sont gardés ici 30 jours.",
        "No deleted message: they are kept here for 30 days.",
    ),
    # a row
    "withheld": ("Numéro masqué", "Withheld number"),
    "unknown": ("Numéro inconnu", "Unknown number"),
    "page": ("{count} page", "{count} page"),
    "pages": ("{count} pages", "{count} pages"),
    "is_new": ("Nouveau", "New"),
    "is_urgent": ("Urgent", "Urgent"),
    "is_voice": ("Message vocal", "Voice message"),
    "is_fax": ("Fax", "Fax"),
    "not_mailed": ("L’envoi par e-mail a échoué", "The e-mail could not be sent"),
    "not_answered": ("Sans réponse", "Not answered"),
    "show_rule": ("Montrer la règle", "Show the rule"),
    "listen": ("Écouter le message de {who}, {when}", "Play the message of {who}, {when}"),
    "pause": ("Suspendre le message de {who}, {when}", "Pause the message of {who}, {when}"),
    "look": ("Ouvrir le fax de {who}, {when}", "Open the fax of {who}, {when}"),
    "delete": ("Supprimer le message de {who}, {when}", "Delete the message of {who}, {when}"),
    "actions": ("Actions", "Actions"),
    "actions_of": ("pour le message de {who}, {when}", "for the message of {who}, {when}"),
    "reply": ("Répondre", "Reply"),
    "mark_new": ("Marquer comme nouveau", "Mark as new"),
    "mark_heard": ("Marquer comme lu", "Mark as read"),
    "send_by_mail": ("Renvoyer par e-mail", "Send by e-mail"),
    "forward": ("Renvoyer vers une autre messagerie", "Send to another mailbox"),
    "restore": ("Restaurer", "Restore"),
    "purge": ("Supprimer définitivement", "Delete for good"),
    # the menu of a number
    "call_from_mine": ("Composer le {number} depuis le {mine}", "Call {number} from {mine}"),
    "call_from_other": (
        "Composer le {number} depuis un autre numéro…",
        "Call {number} from another number…",
    ),
    "send_message": ("Envoyer un message vocal", "Send a voice message"),
    "add_contact": ("Ajouter aux contacts", "Add to the contacts"),
    "block": ("Bloquer cet appelant", "Block this caller"),
    "unblock": ("Ne plus bloquer cet appelant", "Unblock this caller"),
    # the player
    "player": ("Lecteur", "Player"),
    "play": ("Lire", "Play"),
    "pause_player": ("Suspendre", "Pause"),
    "back": ("Reculer de 5 secondes", "Back 5 seconds"),
    "on": ("Avancer de 5 secondes", "On 5 seconds"),
    "position": ("Position dans le message", "Position in the message"),
    "speed": ("Vitesse", "Speed"),
    "close_player": ("Fermer le lecteur", "Close the player"),
    "sound_trouble": ("Le son n’a pas pu être lu : réessayez.", "The sound could not be played: try again."),
    # dialogs
    "recipients": ("Destinataires", "Recipients"),
    "chosen": ("Destinataires choisis", "Chosen recipients"),
    "recipients_help": (
        "Un nom, un numéro ou une extension de l’entreprise.",
        "A name, number or extension.",
    ),
    "add": ("Ajouter", "Add"),
    "recording": ("Enregistrement", "Recording"),
    "record": ("Enregistrer", "Record"),
    "level": ("Niveau du microphone", "Level of the microphone"),
    "preview": ("Réécouter l’enregistrement", "Listen to the recording"),
    "mark_urgent": ("Message urgent", "Urgent message"),
    "send": ("Envoyer", "Send"),
    "email_help": (
        "Le message est joint au mail ; il reste aussi dans la messagerie.",
        "The message is attached to the mail; it stays in the mailbox too.",
    ),
    "email_address": ("Adresse e-mail", "E-mail address"),
    "first_name": ("Prénom", "First name"),
    "last_name": ("Nom", "Last name"),
    "firm": ("Société", "Company"),
    "number": ("Numéro", "Number"),
    "kind": ("Type", "Kind"),
    "kind_work": ("Bureau", "Work"),
    "kind_mobile": ("Mobile", "Mobile"),
    "kind_home": ("Domicile", "Home"),
    "kind_fax": ("Fax", "Fax"),
    "kind_other": ("Autre", "Other"),
    # said by the scripts
    "js_new_message": ("Nouveau message vocal", "New voice message"),
    "js_reply": ("Répondre à {who}", "Reply to {who}"),
    "js_forward": ("Renvoyer vers une autre messagerie", "Send to another mailbox"),
    "js_about": ("Message de {who}, {when}", "Message of {who}, {when}"),
    "js_introduction": ("Introduction (facultative)", "Introduction (optional)"),
    "js_recording": ("Enregistrement", "Recording"),
    "js_record": ("Enregistrer", "Record"),
    "js_record_again": ("Recommencer", "Record again"),
    "js_stop": ("Arrêter", "Stop"),
    "js_record_first": ("Enregistrez d’abord votre message.", "Record your message first."),
    "js_no_microphone": (
        "Aucun microphone n’est utilisable ici : branchez-en un, ou ouvrez le portail par une adresse en https.",
        "No microphone can be used here: connect one, or open the portal by an https address.",
    ),
    "js_microphone_refused": (
        "Le navigateur refuse le microphone : autorisez-le pour ce site, puis recommencez.",
        "The browser refuses the microphone: allow it for this site, then try again.",
    ),
    "js_remove": ("Retirer {name}", "Remove {name}"),
    "js_sent": ("Message envoyé à {names}.", "Message sent to {names}."),
    "js_mailed": ("Le message part vers {address}.", "The message is on its way to {address}."),
    "js_deleted": ("Message supprimé.", "Message deleted."),
    "js_deleted_all": ("Messages supprimés : {count}.", "Messages deleted: {count}."),
    "js_undo": ("Annuler", "Undo"),
    "js_restored": ("Message restauré.", "Message restored."),
    "js_purged": ("Supprimé définitivement.", "Deleted for good."),
    "js_marked_new": ("Marqué comme nouveau.", "Marked as new."),
    "js_marked_heard": ("Marqué comme lu.", "Marked as read."),
    "js_contact_added": ("Ajouté aux contacts.", "Added to the contacts."),
    "js_blocked": (
        "Cet appelant est bloqué : la liste de rejet compte {count} appelant(s).",
        "This caller is blocked: the reject list has {count} caller(s).",
    ),
    "js_unblocked": ("Cet appelant n’est plus bloqué.", "This caller is no longer blocked."),
    "js_trouble": (
        "Le service ne répond pas pour l’instant : réessayez dans quelques secondes.",
        "The service does not answer at the moment: try again in a few seconds.",
    ),
}
