"""What can be wrong with a settings document, a form or a request, in French and English. Pure.

Codes are pydantic's and ours; see ``table.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    # pydantic's codes
    "missing": ("Ce champ est obligatoire.", "This field is required."),
    "extra_forbidden": ("Le champ « {name} » n’existe pas.", "There is no field “{name}”."),
    "bool_type": ("Choisissez oui (true) ou non (false).", "Choose yes (true) or no (false)."),
    "int_type": ("Indiquez un nombre entier.", "Give a whole number."),
    "string_type": ("Indiquez un texte.", "Give a text."),
    "literal_error": (
        "Choisissez l’une de ces valeurs : {choices}.",
        "Choose one of these values: {choices}.",
    ),
    "greater_than_equal": ("Indiquez un nombre d’au moins {ge}.", "Give a number of at least {ge}."),
    "less_than_equal": ("Indiquez un nombre d’au plus {le}.", "Give a number of at most {le}."),
    "too_long": ("Pas plus de {max_length} entrées.", "No more than {max_length} entries."),
    "string_too_long": ("Pas plus de {max_length} caractères.", "No more than {max_length} characters."),
    "string_pattern_mismatch": (
        "Cette valeur n’a pas la forme attendue.",
        "This value does not have the expected form.",
    ),
    "string_too_short": ("Ce champ ne peut pas être vide.", "This field cannot be empty."),
    "enum": ("Choisissez l’une de ces valeurs : {choices}.", "Choose one of these values: {choices}."),
    "datetime_parsing": (
        "Indiquez une date et une heure, par exemple 2026-11-22T09:30:00+01:00.",
        "Give a date and a time, for example 2026-11-22T09:30:00+01:00.",
    ),
    "date_parsing": (
        "Indiquez une date, par exemple 1980-05-17.",
        "Give a date, for example 1980-05-17.",
    ),
    "timezone_aware": (
        "Ajoutez le fuseau horaire, par exemple +01:00.",
        "Add the time zone, for example +01:00.",
    ),
    "model_type": ("Indiquez un objet avec ses champs.", "Give an object with its fields."),
    # ours, raised by the fields of documents and forms
    "extension_digits": ("Un poste a de 2 à 6 chiffres.", "An extension has 2 to 6 digits."),
    "character_impossible": (
        "Ce texte contient un caractère impossible.",
        "This text contains an impossible character.",
    ),
    "list_type": ("Indiquez une liste.", "Give a list."),
    "interval_type": (
        'Une plage horaire a un début et une fin, par exemple ["09:00", "12:30"].',
        'An interval has a beginning and an end, for example ["09:00", "12:30"].',
    ),
    "number_missing": ("Indiquez le numéro de renvoi.", "Give the number to forward to."),
    "number_impossible": ("Ce numéro n’est pas valable.", "This is not a valid number."),
    "pattern_impossible": (
        "Avant l’étoile, indiquez au moins un chiffre : par exemple 02*.",
        "Give at least one digit before the star: for example 02*.",
    ),
    "list_missing": ("Choisissez une liste de règles.", "Choose a rule list."),
    "id_impossible": ("Cet identifiant n’est pas valable.", "This is not a valid identifier."),
    "mail_impossible": ("Cette adresse e-mail n’est pas valable.", "This is not a valid e-mail address."),
    "owners_word": (
        "Seul le titulaire de la ligne décide où vont ses messages, depuis sa propre session.",
        "Only the owner of the line decides where its messages go, in a session of its own.",
    ),
    "no_support": (
        "Votre entreprise n’a pas encore indiqué où joindre le support : adressez-vous à votre administrateur.",
        "Your company has not said yet where its support is: ask your administrator.",
    ),
    "address_twice": ("L’adresse {address} figure deux fois.", "The address {address} stands there twice."),
    "text_impossible": (
        "Indiquez un texte d’une ligne, sans caractère spécial de contrôle.",
        "Give a text on one line, without control characters.",
    ),
    "time_impossible": ("Indiquez une heure de 00:00 à 24:00.", "Give a time from 00:00 to 24:00."),
    "quarter_impossible": (
        "{time} n’est pas un quart d’heure : utilisez :00, :15, :30 ou :45.",
        "{time} is not a quarter of an hour: use :00, :15, :30 or :45.",
    ),
    "hours_backwards": (
        "La plage de {begin} à {end} doit finir après son début.",
        "The interval from {begin} to {end} must end after it begins.",
    ),
    "hours_overlap": (
        "Deux plages se chevauchent : l’une finit à {end}, l’autre commence à {begin}.",
        "Two intervals overlap: one ends at {end}, the other begins at {begin}.",
    ),
    # ours, found by changes/check.py
    "document_unknown": ("Ce réglage n’existe pas.", "There is no such setting."),
    "document_too_large": (
        "Ces listes sont trop longues : pas plus de {kilobytes} Ko en tout.",
        "These lists are too long: no more than {kilobytes} KB in all.",
    ),
    "target_impossible": (
        "Le numéro {number} n’existe pas ou ne peut pas être appelé.",
        "The number {number} does not exist or cannot be called.",
    ),
    "target_emergency": (
        "Les appels ne peuvent pas être renvoyés vers un numéro d’urgence.",
        "Calls cannot be forwarded to an emergency number.",
    ),
    "target_self": (
        "La ligne ne peut pas renvoyer ses appels vers elle-même.",
        "The line cannot forward its calls to itself.",
    ),
    "target_code": (
        "Les appels ne peuvent pas être renvoyés vers un code d’accès.",
        "Calls cannot be forwarded to an access code.",
    ),
    "call_impossible": (
        "Ce numéro n’existe pas ou ne peut pas être appelé.",
        "This number does not exist or cannot be called.",
    ),
    "call_code": (
        "Un code d’accès se compose sur le téléphone.",
        "An access code is dialled on the phone.",
    ),
    "call_from_emergency": (
        "Un numéro d’urgence ne peut pas être appelé en premier.",
        "An emergency number cannot be called first.",
    ),
    "target_barred_national": (
        "Les appels vers les numéros nationaux et les portables sont bloqués pour cette ligne.",
        "Calls to national and mobile numbers are barred for this line.",
    ),
    "target_barred_international": (
        "Les appels internationaux sont bloqués pour cette ligne.",
        "International calls are barred for this line.",
    ),
    "target_barred_premium": (
        "Les appels vers les numéros surtaxés sont bloqués pour cette ligne.",
        "Calls to premium rate numbers are barred for this line.",
    ),
    "list_unknown": ("Cette liste de règles n’existe pas.", "There is no such rule list."),
    "extension_unknown": (
        "Le poste {extension} n’existe pas dans l’entreprise.",
        "There is no extension {extension} in the company.",
    ),
    "contact_unknown": ("Ce contact n’existe pas.", "There is no such contact."),
    "group_unknown": ("Ce groupe de contacts n’existe pas.", "There is no such contact group."),
    # ours, of contacts, their groups and saved numbers
    "number_twice": ("Ce numéro est déjà enregistré.", "This number is saved already."),
    "name_twice": ("Ce nom est déjà pris.", "This name is taken already."),
    "name_missing": (
        "Indiquez au moins un nom, un surnom ou une société.",
        "Give at least a name, a nickname or a firm.",
    ),
    "primary_number_unknown": (
        "Le numéro principal est l’un des numéros du contact.",
        "The primary number is one of the contact's numbers.",
    ),
    "primary_email_unknown": (
        "L’adresse principale est l’une des adresses du contact.",
        "The primary address is one of the contact's addresses.",
    ),
    "group_circle": (
        "Un groupe ne peut pas se contenir lui-même.",
        "A group cannot contain itself.",
    ),
    # ours, of reminders
    "time_of_day_impossible": ("Indiquez une heure de 00:00 à 23:59.", "Give a time from 00:00 to 23:59."),
    "day_impossible": (
        "Indiquez une date qui existe, par exemple 2026-11-27.",
        "Give a date that exists, for example 2026-11-27.",
    ),
    "reminder_past": ("Cette heure est déjà passée.", "This time is past already."),
    "reminder_number": (
        "Un rappel ne peut sonner que sur votre propre ligne.",
        "A reminder can only ring at your own line.",
    ),
    "reminder_date": ("Indiquez la date d’un rappel unique.", "Give the date of a one-time reminder."),
    "reminder_without_date": (
        "Seul un rappel unique a une date.",
        "Only a one-time reminder has a date.",
    ),
    "reminder_weekday": (
        "Indiquez le jour, de 1 (lundi) à 7 (dimanche).",
        "Give the day, from 1 (Monday) to 7 (Sunday).",
    ),
    "reminder_without_weekday": (
        "Seul un rappel hebdomadaire a un jour de la semaine.",
        "Only a weekly reminder has a day of the week.",
    ),
    "reminders_too_many": (
        "Vous avez déjà {most} rappels : annulez-en un d’abord.",
        "You already have {most} reminders: cancel one first.",
    ),
    # ours, of requests to the web
    "number_dead": (
        "Ce numéro n’existe pas ou ne peut pas être appelé.",
        "This number does not exist or cannot be called.",
    ),
    "no_caller": (
        "Personne ne peut appeler ainsi : indiquez un numéro, un poste, anonymous ou unavailable.",
        "Nobody can call as this: give a number, an extension, anonymous or unavailable.",
    ),
    "object_twice": ("Ce nom figure deux fois.", "This name stands there twice."),
    "etag_impossible": ("Cet en-tête n’est pas une version connue.", "This header is not an entity tag."),
    "moment_impossible": ("Cette date n’est pas possible.", "This date is not possible."),
    "block_by_rules": (
        "Sur cette ligne, ce sont les règles qui refusent des appelants : ajoutez-en une.",
        "On this line it is the rules that refuse callers: add one.",
    ),
    "block_no_calls": ("Une ligne de fax ne prend pas d’appels.", "A fax line takes no calls."),
    # ours, of messages to others
    "recipients_missing": ("Indiquez au moins un destinataire.", "Give at least one recipient."),
    "recipient_unknown": (
        "« {dialled} » n’est le numéro ni le poste d’aucune messagerie de l’entreprise.",
        "“{dialled}” is neither the number nor the extension of a mailbox of the company.",
    ),
    "recipient_fax": (
        "{name} est une ligne de fax : elle ne reçoit pas de messages vocaux.",
        "{name} is a fax line: it receives no voice messages.",
    ),
    "recipient_full": ("La messagerie de {name} est pleine.", "The mailbox of {name} is full."),
    "reply_withheld": (
        "L’expéditeur a masqué son numéro : il n’est pas possible de lui répondre.",
        "The sender withheld the number: there is no way to reply.",
    ),
    "reply_unknown": (
        "Le numéro de l’expéditeur n’est pas connu : il n’est pas possible de lui répondre.",
        "The number of the sender is not known: there is no way to reply.",
    ),
    "reply_outside": (
        "L’expéditeur n’a pas de messagerie dans l’entreprise : appelez-le.",
        "The sender has no mailbox in the company: call back instead.",
    ),
    "reply_fax": ("On ne répond pas à un fax par la voix.", "A fax has no reply by voice."),
    "message_deleted": (
        "Ce message est supprimé : restaurez-le d’abord.",
        "This message is deleted: restore it first.",
    ),
    "message_without_sound": (
        "Le contenu de ce message a disparu : il ne peut pas être envoyé.",
        "The content of this message is gone: it cannot be sent.",
    ),
    "fax_without_introduction": (
        "Un fax est transmis sans introduction parlée.",
        "A fax is passed on without a spoken introduction.",
    ),
    # warnings: the document is accepted all the same
    "forward_never": (
        "Le renvoi n’aura jamais lieu : la messagerie répond après {voicemail_after} s, avant le renvoi "
        "({forward_after} s).",
        "The forward can never happen: voicemail answers after {voicemail_after} s, before the forward "
        "({forward_after} s).",
    ),
}
