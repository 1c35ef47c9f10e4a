"""The texts of *Paramètres de Message* (guide 2.6)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Paramètres de Message", "Message settings"),
    "lead": (
        "Ce que deviennent vos messages, et comment votre messagerie s’ouvre.",
        "What becomes of your messages, and how your mailbox is opened.",
    ),
    "general": ("Général", "General"),
    "voicemail_after": (
        "Les appels entrants sont renvoyés vers la boîte vocale après",
        "Incoming calls go to voicemail after",
    ),
    "seconds": ("secondes", "seconds"),
    "delay_help_title": ("Quand ce délai compte-t-il ?", "When does this delay count?"),
    "delay_help": (
        "De 0 à 60 secondes de sonnerie ; 0 : aussitôt, sans sonner. C’est le même délai que sur la page Accueil.",
        "From 0 to 60 seconds of ringing; 0: at once, without ringing. It is the same delay as on the home page.",
    ),
    "delay_help_advanced": (
        "De 0 à 60 secondes de sonnerie ; 0 : aussitôt, sans sonner. Il vaut pour tout ce qui suit un appel sans "
        "réponse.",
        "From 0 to 60 seconds of ringing; 0: at once, without ringing. It is the delay of whatever follows an "
        "unanswered call.",
    ),
    "live_screening": ("Activer le filtrage en temps réel", "Live message screening"),
    "live_screening_help": (
        "Votre téléphone sonne pendant qu’un message est déposé : décrochez pour l’entendre sans que l’appelant le "
        "sache, puis tapez 1 pour prendre l’appel.",
        "Your phone rings while a message is being left: pick up to hear it without the caller knowing, then press 1 "
        "to take the call.",
    ),
    "mail_enabled": (
        "Renvoyer les messages vocaux et fax par e-mail",
        "Send voice messages and faxes by e-mail",
    ),
    "send_to": ("Renvoyer vers :", "Send to:"),
    "voice": ("Messages vocaux", "Voice messages"),
    "fax": ("Fax", "Fax"),
    "to_address": ("vers {address}", "to {address}"),
    "edit": ("modifier", "change"),
    "remove": ("Retirer", "Remove"),
    "add_address": ("Ajouter une adresse e-mail", "Add an e-mail address"),
    "edit_address": ("Modifier l’adresse e-mail", "Change the e-mail address"),
    "address": ("Adresse e-mail :", "E-mail address:"),
    "add": ("Ajouter", "Add"),
    "no_address": ("Aucune adresse pour l’instant.", "No address yet."),
    "nowhere": (
        "Aucune adresse n’est cochée : rien n’est envoyé, les messages restent dans la boîte.",
        "No address is ticked: nothing is sent, messages stay in the mailbox.",
    ),
    "keep_original": ("Laisser l’original dans la boîte de réception", "Leave the original in the mailbox"),
    "keep_original_help": (
        "Sinon, un message quitte la boîte dès que le serveur d’e-mail l’a accepté pour chaque adresse, et le témoin "
        "de votre téléphone ne s’allume pas pour lui.",
        "Otherwise a message leaves the mailbox once the mail server has accepted it for every address, and the lamp "
        "of your phone is not lit for it.",
    ),
    "action_links": ("Inclure les liens d’action dans les e-mails", "Put action links into the mails"),
    "action_links_help": (
        "Supprimer, marquer comme lu, ouvrir la messagerie : d’un clic dans l’e-mail.",
        "Delete, mark as read, open the mailbox: by a click in the mail.",
    ),
    "links_not_simple": (
        "Les liens d’action dans les e-mails ne font pas partie de la licence Simple.",
        "Action links in mails are not part of the licence Simple.",
    ),
    "access": ("Accès à la boîte de réception", "Access to the mailbox"),
    "pin_disabled": ("Désactivation du code PIN", "No PIN"),
    "pin_disabled_help": (
        "Depuis vos propres téléphones, *318 s’ouvre sans code. N’a d’effet qu’avec « Connexion rapide ».",
        "From your own phones *318 opens without a PIN. Only together with quick log-in.",
    ),
    "quick_login": ("Connexion rapide", "Quick log-in"),
    "quick_login_help": (
        "Depuis vos propres téléphones, votre numéro n’est pas demandé. Sinon, numéro et code PIN le sont à chaque "
        "fois.",
        "From your own phones your number is not asked for. Otherwise number and PIN are, each time.",
    ),
    "autoplay_voice": ("Lecture automatique des messages vocaux", "Play voice messages at once"),
    "autoplay_fax": ("Fax en lecture automatique", "Read out faxes at once"),
    "autoplay_fax_help": ("Date, heure et expéditeur.", "Date, time and sender."),
    "playback": ("Consultation des messages vocaux", "Playing voice messages"),
    "playback_details_and_message": ("Détails et message", "Details and message"),
    "playback_message": ("Message seulement", "Message only"),
    "playback_details": ("Détails seulement", "Details only"),
    "unsaved": ("Pas encore enregistré : cliquez sur Appliquer.", "Not saved yet: click Apply."),
    "said_applied": (
        "Enregistré : le prochain message en tient compte.",
        "Saved: the next message obeys it.",
    ),
    "help": (
        "Général : vos messages peuvent partir par e-mail, vers autant d’adresses que vous voulez ; cochez pour "
        "chacune les messages vocaux, les fax, ou les deux. Sans « Laisser l’original », ils quittent la boîte une "
        "fois envoyés.\n\nAccès à la boîte de réception : ce que *318 demande et lit quand vous appelez votre "
        "messagerie.",
        "General: your messages can be sent by e-mail, to as many addresses as you want; tick for each of them voice "
        "messages, faxes, or both. Unless the original is left, they leave the mailbox once they are sent.\n\n"
        "Access to the mailbox: what *318 asks for and plays when you call your mailbox.",
    ),
}
