"""What can be wrong with a company file or the configuration, in French and English. Pure.

See ``table.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    # the file
    "file_too_big": ("Le fichier dépasse {most} Mo.", "The file is larger than {most} MB."),
    "too_many_values": (
        "Le fichier contient plus de {most} valeurs.",
        "The file holds more than {most} values.",
    ),
    "list_too_long": ("La liste a plus de {most} éléments.", "The list has more than {most} entries."),
    "too_many_keys": ("Il y a plus de {most} clés ici.", "There are more than {most} keys here."),
    "encoding": ("Le fichier n’est pas en UTF-8.", "The file is not in UTF-8."),
    "control_character": (
        "Caractère de contrôle {character} : il ne peut pas figurer ici.",
        "Control character {character}: it cannot stand here.",
    ),
    "yaml_invalid": ("Ce n’est pas du YAML valable ({problem}).", "This is not valid YAML ({problem})."),
    "several_documents": (
        "Le fichier contient plus d’un document YAML.",
        "The file contains more than one YAML document.",
    ),
    "alias": (
        "Les ancres et alias YAML ({name}) ne sont pas admis : écrivez la valeur.",
        "YAML anchors and aliases ({name}) are not allowed: write the value.",
    ),
    "tag": ("Les étiquettes YAML ({tag}) ne sont pas admises.", "YAML tags ({tag}) are not allowed."),
    "too_deep": ("Trop de niveaux imbriqués.", "Too many nested levels."),
    "key_not_text": ("Une clé doit être un texte.", "A key must be a text."),
    "too_many_mistakes": (
        "Et {more} autres erreurs.",
        "And {more} more mistakes.",
    ),
    # shapes
    "not_mapping": ("Indiquez des champs (clé : valeur).", "Give fields (key: value)."),
    "not_scalar": ("Indiquez une seule valeur.", "Give a single value."),
    "unknown_key": (
        "Le champ « {name} » n’existe pas ; champs possibles : {known}.",
        "There is no field “{name}”; known are {known}.",
    ),
    "did_you_mean": ("Vouliez-vous dire « {guess} » ?", "Did you mean “{guess}”?"),
    "repeated_key": ("Le champ « {name} » figure deux fois.", "The field “{name}” stands there twice."),
    "field_missing": ("Le champ « {name} » est obligatoire.", "The field “{name}” is required."),
    "not_integer": (
        "Indiquez un nombre entier de {low} à {high}.",
        "Give a whole number from {low} to {high}.",
    ),
    "not_bool": ("Indiquez true ou false.", "Give true or false."),
    "text_control": (
        "Indiquez un texte d’une ligne, sans caractère de contrôle.",
        "Give a text on one line, without control characters.",
    ),
    # values
    "timezone": ("Le fuseau horaire {name} n’existe pas.", "There is no time zone {name}."),
    "country": (
        "Le pays {name} n’est pas possible : seul le plan de numérotation français (FR) est pris en charge.",
        "The country {name} is not possible: only the French numbering plan (FR) is supported.",
    ),
    "number": (
        "{number} n’est pas un numéro de téléphone complet.",
        "{number} is not a full telephone number.",
    ),
    "number_target": (
        "{number} n’est pas un numéro qui peut être appelé.",
        "{number} is not a number that can be called.",
    ),
    "extension_shape": (
        "Un poste de cette entreprise a {length} chiffres.",
        "An extension of this company has {length} digits.",
    ),
    "code_shape": ("Un numéro abrégé a de 2 à 6 chiffres.", "A short code has 2 to 6 digits."),
    "emergency": (
        "{number} est un numéro d’urgence : il ne peut servir à rien d’autre.",
        "{number} is an emergency number: it cannot be anything else.",
    ),
    "number_used": (
        "Le numéro {number} est déjà utilisé (ligne {other} du fichier).",
        "The number {number} is used already (line {other} of the file).",
    ),
    "extension_used": (
        "Le poste ou numéro abrégé {extension} est déjà utilisé (ligne {other} du fichier).",
        "The extension or short code {extension} is used already (line {other} of the file).",
    ),
    "name_used": (
        "Le nom « {name} » est déjà utilisé (ligne {other} du fichier).",
        "The name “{name}” is used already (line {other} of the file).",
    ),
    "site_unknown": ("Le site « {name} » n’existe pas.", "There is no site “{name}”."),
    "member_unknown": (
        "Aucune ligne du fichier n’a le poste ou le numéro {name}.",
        "No line of the file has the extension or number {name}.",
    ),
    "member_twice": ("{name} figure deux fois parmi les membres.", "{name} stands twice among the members."),
    "sip_password": (
        "Le mot de passe SIP a de 12 à 64 caractères ASCII visibles, sans espace. S’il en a moins de 20, il y faut un "
        "chiffre, une lettre et un caractère spécial, sans chiffre répété trois fois, sans suite comme 1234 et sans "
        "partie du numéro ; sinon, dix caractères différents. Sans ce champ, un mot de passe est créé.",
        "The SIP password has 12 to 64 visible ASCII characters, no space. With fewer than 20 it needs a digit, a "
        "letter and a special character, and has no digit three times in a row, no sequence such as 1234 and "
        "no part of the number; else ten different characters. Without this field one is made.",
    ),
    # what only the database knows
    "number_elsewhere": (
        "Le numéro {number} appartient à une autre entreprise.",
        "The number {number} belongs to another company.",
    ),
    "number_kind": (
        "Le numéro {number} existe déjà comme {kind} : il ne peut pas changer de nature.",
        "The number {number} exists already as a {kind}: it cannot become something else.",
    ),
    "extension_kept": (
        "Le poste {extension} est celui de {number}, qui n’est pas dans le fichier (voir --delete-missing).",
        "The extension {extension} is that of {number}, which is not in the file (see --delete-missing).",
    ),
    "access_elsewhere": (
        "Le numéro {number} est déjà celui d’une ligne, d’un groupement ou d’une autre entreprise.",
        "The number {number} is already that of a line, a group or another company.",
    ),
    "fax_elsewhere": (
        "Le numéro de fax {number} est déjà celui d’une autre ligne.",
        "The fax number {number} is that of another line already.",
    ),
}
