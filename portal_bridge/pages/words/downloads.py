"""The texts of *Téléchargements* (guide 2.12.2)."""

from __future__ import annotations

from callcontrol.portal_bridge.pages.words import Table

WORDS: Table = {
    "title": ("Téléchargements", "Downloads"),
    "lead": (
        "Un softphone sur votre ordinateur ou votre mobile sonne avec vos autres téléphones.",
        "A softphone on your computer or mobile rings together with your other phones.",
    ),
    "softphones": ("Softphones", "Softphones"),
    "linphone": ("Windows, macOS, Linux, Android, iPhone", "Windows, macOS, Linux, Android, iPhone"),
    "zoiper": ("Windows, macOS, Linux, Android, iPhone", "Windows, macOS, Linux, Android, iPhone"),
    "microsip": ("Windows", "Windows"),
    "site": ("Site de {name}", "Site of {name}"),
    "elsewhere": (
        "Ces logiciels sont proposés par leurs éditeurs ; ils ne font pas partie de ce service.",
        "These programs are offered by their makers; they are not part of this service.",
    ),
    "account": ("Compte à saisir dans le softphone", "The account to type into the softphone"),
    "user": ("Nom d’utilisateur", "User name"),
    "password": ("Mot de passe", "Password"),
    "password_is": (
        "le mot de passe SIP de votre ligne : demandez-le à votre administrateur. Ce n’est pas celui du portail.",
        "the SIP password of your line: ask your administrator. It is not that of the portal.",
    ),
    "server": ("Domaine, serveur SIP", "Domain, SIP server"),
    "transport": ("Port et transport", "Port and transport"),
    "transports": ("{port} en UDP ou TCP, {tls} en TLS", "{port} by UDP or TCP, {tls} by TLS"),
    "voicemail": ("Messagerie vocale", "Voicemail"),
    "at_most": (
        "Cinq téléphones et softphones au plus par ligne.",
        "Five phones and softphones of a line at most.",
    ),
    "files": ("Vos données", "Your data"),
    "history": ("Historique de vos appels (fichier CSV)", "The history of your calls (CSV file)"),
    "help": (
        "Téléchargez un softphone chez son éditeur, puis saisissez-y le compte de votre ligne. Le mot de passe SIP est "
        "donné par votre administrateur.",
        "Get a softphone from its makers, then type the account of your line into it. The SIP password comes from your "
        "administrator.",
    ),
}
