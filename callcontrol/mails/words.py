"""Each mail in words, French and English. Pure: tables and one function for each mail.

Where the user guide gives a mail, its French words stand here letter by letter; what it is silent about is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo

from callcontrol import alarm
from callcontrol.facts import Presentation
from callcontrol.mails.links import LinkAction
from callcontrol.mails.mail import (
    About,
    AlarmRaised,
    BoxLocked,
    Feedback,
    Mail,
    MessageCopy,
    NewMessage,
    PasswordChanged,
    PasswordReset,
    PinChanged,
    ReminderMissed,
    SecurityEmailChanged,
    Sender,
)
from callcontrol.mails.text import Detail, Link, Text, one_line
from callcontrol.message import MessageKind
from callcontrol.reminders.reminder import WhyMissed


class Links(Protocol):
    """Where the links of a mail lead."""

    def action(self, action: LinkAction, message: str, queued_at: datetime) -> str:
        """The address of an action link."""
        ...

    def log_in(self) -> str:
        """The address of the log-in."""
        ...

    def reset(self, reset: str, queued_at: datetime) -> str:
        """The address of a link that replaces a lost password."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language; ``{account}`` is the number that a mail is about."""

    unexpected: str
    password: tuple[str, str]
    reset: tuple[str, str]
    reset_hint: str
    reset_link: str
    not_asked: str
    pin: tuple[str, str]
    email: tuple[str, str]
    locked: tuple[str, str]
    locked_hint: str
    reminder: str
    reminder_missed: dict[WhyMissed, str]
    reminder_planned: str
    reminder_about: str
    subject: dict[MessageKind, str]
    attached: dict[MessageKind, str]
    attached_asked: dict[MessageKind, str]
    still_there: str
    not_kept: str
    copy: dict[MessageKind, str]
    sender: str
    received: str
    duration: str
    pages: str
    moment: str
    of: dict[Presentation, str]
    """``de Nathalie``, ``d'un appelant anonyme``."""
    anonymous: str
    unavailable: str
    urgent: str
    feedback: tuple[str, str]
    answer_to: str
    actions: dict[LinkAction, str]
    log_in: str


LONGEST_NAME = 60
"""Characters of a caller's name: the number behind it is always seen."""
VOICE, FAX = MessageKind.VOICE, MessageKind.FAX
_FR = Words(
    unexpected="Si cela n'est pas attendu veuillez contacter votre prestataire de service.",
    password=(
        "Notification de changement de mot de passe.",
        "Le mot de passe, pour le compte: {account}, a été changé.",
    ),
    reset=(
        "Réinitialisation de votre mot de passe",
        "Une réinitialisation du mot de passe a été demandée pour le compte: {account}.",
    ),
    reset_hint="Choisissez-en un nouveau avec le lien ci-dessous. Il est valable une heure et ne sert qu'une fois.",
    reset_link="Choisir un nouveau mot de passe",
    not_asked="Si vous n'avez rien demandé, ignorez cet e-mail: rien n'a changé.",
    pin=(
        "Notification de changement de code PIN.",
        "Le code PIN de messagerie vocale, pour le compte: {account}, a été changé.",
    ),
    email=(
        "Notification de changement d'email de sécurité",
        "L'Adresse Email de Sécurité, pour le compte: {account} a été changée.",
    ),
    locked=(
        "Notification de blocage de la messagerie vocale.",
        "L'accès à distance à la messagerie vocale, pour le compte: {account}, est bloqué jusqu'au {until}, "
        "après dix codes PIN erronés en une heure.",
    ),
    locked_hint="Depuis vos propres téléphones, elle reste accessible.",
    reminder="Rappel manqué",
    reminder_missed={
        WhyMissed.NO_ANSWER: "Vous n'avez pas reçu ce rappel, sur le {account} : personne n'a répondu, après trois "
        "appels.",
        WhyMissed.TOO_LATE: "Vous n'avez pas reçu ce rappel, sur le {account} : le service était arrêté à ce moment.",
    },
    reminder_planned="Prévu le",
    reminder_about="Rappel",
    subject={VOICE: "Message vocal {of}", FAX: "Fax {of}"},
    attached={
        VOICE: "Le message ci-joint a été déposé sur votre messagerie vocale pour {account}. Notez que l'on vous "
        "transfère les messages à cette adresse.",
        FAX: "Le fax ci-joint a été reçu pour {account}. Notez que l'on vous transfère les fax à cette adresse.",
    },
    attached_asked={
        VOICE: "Le message ci-joint a été déposé sur votre messagerie vocale pour {account}. Nous vous envoyons cet "
        "email parce que vous avez demandé à ce que l'on vous transfère les messages à cette adresse.",
        FAX: "Le fax ci-joint a été reçu pour {account}. Nous vous envoyons cet email parce que vous avez demandé à "
        "ce que l'on vous transfère les fax à cette adresse.",
    },
    still_there="Le message original est encore dans votre compte et sera lu ou affiché comme d'habitude la prochaine "
    "fois que vous ouvrirez une session. Si vous préférez, vous pouvez utiliser le lien ci-dessous pour le supprimer. "
    'Vous pouvez également marquer les messages comme "lu", ce qui signifie qu\'ils resteront dans votre compte de '
    "messagerie vocale mais qu'ils ne seront pas traités comme de nouveaux messages.",
    not_kept="Le message original n'est pas conservé dans votre boîte de réception.",
    copy={
        VOICE: "Le message ci-joint vous est envoyé depuis la messagerie vocale du {account}.",
        FAX: "Le fax ci-joint vous est envoyé depuis la boîte de réception du {account}.",
    },
    sender="De",
    received="Reçu le",
    duration="Durée",
    pages="Pages",
    moment="%d/%m/%Y à %H:%M",
    of={
        Presentation.SHOWN: "de {sender}",
        Presentation.ANONYMOUS: "d'un appelant anonyme",
        Presentation.UNAVAILABLE: "d'un numéro inconnu",
    },
    anonymous="un appelant anonyme",
    unavailable="un numéro inconnu",
    urgent="[Urgent] ",
    feedback=("Commentaires de {name} ({account})", "{name} ({account}) écrit au support depuis le portail."),
    answer_to="Répondre à",
    actions={
        LinkAction.DELETE: "Supprimer ce message (sans demande de confirmation)",
        LinkAction.READ: "Marquer ce message comme lu",
        LinkAction.READ_ALL: "Marquer tous les messages comme lus",
    },
    log_in="Connexion à votre boîte vocale",
)
_EN = Words(
    unexpected="If you did not expect this, please contact your service provider.",
    password=("Your password was changed.", "The password for the account {account} was changed."),
    reset=("Reset your password", "Somebody asks to reset the password for the account {account}."),
    reset_hint="Choose a new one by the link below. It is good for one hour and for one use.",
    reset_link="Choose a new password",
    not_asked="If it was not you, ignore this e-mail: nothing has changed.",
    pin=("Your PIN was changed.", "The voicemail PIN for the account {account} was changed."),
    email=(
        "Your security e-mail was changed",
        "The security e-mail address for the account {account} was changed.",
    ),
    locked=(
        "Your voicemail is locked.",
        "Remote access to the voicemail for the account {account} is locked until {until}, after ten wrong PINs "
        "within an hour.",
    ),
    locked_hint="It can still be opened from your own phones.",
    reminder="Reminder missed",
    reminder_missed={
        WhyMissed.NO_ANSWER: "You did not get this reminder at {account}: nobody answered, after three calls.",
        WhyMissed.TOO_LATE: "You did not get this reminder at {account}: the service was down at that moment.",
    },
    reminder_planned="Planned for",
    reminder_about="Reminder",
    subject={VOICE: "Voice message {of}", FAX: "Fax {of}"},
    attached={
        VOICE: "The attached message was left in your voicemail for {account}. Please note that messages are "
        "forwarded to you at this address.",
        FAX: "The attached fax was received for {account}. Please note that faxes are forwarded to you at this "
        "address.",
    },
    attached_asked={
        VOICE: "The attached message was left in your voicemail for {account}. We are sending you this e-mail "
        "because you asked for your messages to be forwarded to this address.",
        FAX: "The attached fax was received for {account}. We are sending you this e-mail because you asked for "
        "your faxes to be forwarded to this address.",
    },
    still_there="The original message is still in your account and will be read or shown as usual the next time that "
    'you log in. If you prefer, you can delete it with the link below. You can also mark messages as "read": they '
    "stay in your voicemail account and are no longer treated as new messages.",
    not_kept="The original message is not kept in your inbox.",
    copy={
        VOICE: "The attached message is sent to you from the voicemail of {account}.",
        FAX: "The attached fax is sent to you from the inbox of {account}.",
    },
    sender="From",
    received="Received",
    duration="Length",
    pages="Pages",
    moment="%d %B %Y at %H:%M",
    of={
        Presentation.SHOWN: "from {sender}",
        Presentation.ANONYMOUS: "from an anonymous caller",
        Presentation.UNAVAILABLE: "from an unknown number",
    },
    anonymous="an anonymous caller",
    unavailable="an unknown number",
    urgent="[Urgent] ",
    feedback=("Feedback of {name} ({account})", "{name} ({account}) writes to the support from the portal."),
    answer_to="Answer to",
    actions={
        LinkAction.DELETE: "Delete this message (without asking again)",
        LinkAction.READ: "Mark this message as read",
        LinkAction.READ_ALL: "Mark all messages as read",
    },
    log_in="Log in to your voicemail",
)


def words_of(language: str) -> Words:
    """The sentences of ``language``; French where it is unknown."""
    return _EN if language == "en" else _FR


def text_of(mail: Mail, links: Links, queued_at: datetime) -> Text:
    """A mail that was queued at ``queued_at`` in the words of its own language."""
    words = words_of(mail.language)
    match mail:
        case NewMessage():
            return _new_message(mail, words, links, queued_at)
        case MessageCopy():
            return _message(mail, words, (words.copy[mail.about.kind],))
        case PasswordChanged():
            return _told(mail, words.password, words)
        case PasswordReset(reset=reset):
            subject, sentence = words.reset
            said = (sentence.format(account=mail.account), words.reset_hint, words.not_asked)
            link = Link(words.reset_link, links.reset(reset, queued_at))
            return Text(mail.language, subject, said, links=(link,))
        case PinChanged():
            return _told(mail, words.pin, words)
        case SecurityEmailChanged():
            return _told(mail, words.email, words)
        case BoxLocked(until=until, timezone=zone):
            return _told(mail, words.locked, words, words.locked_hint, until=_moment(until, zone, words))
        case ReminderMissed():
            return _reminder_missed(mail, words)
        case AlarmRaised(alarm=kind, facts=facts):
            subject, sentence = alarm.words(
                alarm.Alarm(kind, mail.account or None, None, facts), mail.language
            )
            return Text(mail.language, subject, (sentence,), urgent=True)
        case Feedback():
            return _feedback(mail, words)
        case _:
            assert_never(mail)


def _reminder_missed(mail: ReminderMissed, words: Words) -> Text:
    planned = Detail(words.reminder_planned, _moment(mail.planned_at, mail.timezone, words))
    about = one_line(mail.description, LONGEST_NAME)
    details = (planned, Detail(words.reminder_about, about)) if about else (planned,)
    colon = "\N{NO-BREAK SPACE}: " if mail.language == "fr" else ": "
    subject = f"{words.reminder}{colon}{about}" if about else words.reminder
    said = words.reminder_missed[mail.why].format(account=mail.account)
    return Text(mail.language, subject, (said,), details)


def _feedback(mail: Feedback, words: Words) -> Text:
    who = {"name": one_line(mail.name, LONGEST_NAME), "account": mail.account}
    subject, sentence = (text.format(**who) for text in words.feedback)
    details = (Detail(words.answer_to, mail.answer_to),) if mail.answer_to else ()
    written = tuple(filter(None, (one_line(paragraph) for paragraph in mail.text.splitlines())))
    return Text(mail.language, subject, (sentence, *written), details)


def _told(mail: Mail, told: tuple[str, str], words: Words, *more: str, **values: str) -> Text:
    subject, sentence = told
    said = sentence.format(account=mail.account, **values)
    return Text(mail.language, subject, (said, *more, words.unexpected))


def _new_message(mail: NewMessage, words: Words, links: Links, queued_at: datetime) -> Text:
    kind, message = mail.about.kind, mail.about.id
    if not mail.links:
        return _message(mail, words, (words.attached[kind],))
    actions = tuple(LinkAction) if mail.kept else ()
    offered = [Link(words.actions[action], links.action(action, message, queued_at)) for action in actions]
    offered.append(Link(words.log_in, links.log_in()))
    second = words.still_there if mail.kept else words.not_kept
    return _message(mail, words, (words.attached_asked[kind], second), *offered)


def _message(mail: NewMessage | MessageCopy, words: Words, paragraphs: tuple[str, ...], *links: Link) -> Text:
    about, sender = mail.about, sender_of(mail.about.sender, words)
    subject = words.subject[about.kind].format(of=of_sender(about.sender, words))
    details = _details(mail, about, words, sender)
    account = tuple(paragraph.format(account=mail.account) for paragraph in paragraphs)
    return Text(
        mail.language,
        f"{words.urgent if about.urgent else ''}{subject}",
        account,
        details,
        links,
        urgent=about.urgent,
    )


def _details(mail: NewMessage | MessageCopy, about: About, words: Words, sender: str) -> tuple[Detail, ...]:
    found = [
        Detail(words.sender, sender),
        Detail(words.received, _moment(about.received_at, mail.timezone, words)),
    ]
    if about.duration is not None:
        found.append(Detail(words.duration, _length(about.duration)))
    if about.pages is not None:
        found.append(Detail(words.pages, str(about.pages)))
    return tuple(found)


def sender_of(sender: Sender, words: Words) -> str:
    """Who it is from, in words. A withheld number is never shown, whatever came with it."""
    match sender.presentation:
        case Presentation.ANONYMOUS:
            return words.anonymous
        case Presentation.UNAVAILABLE:
            return words.unavailable
        case Presentation.SHOWN:
            number = sender.number or words.unavailable
            name = one_line(sender.name or "", LONGEST_NAME)
            return f"{name} ({number})" if name else number
        case _:
            assert_never(sender.presentation)


def of_sender(sender: Sender, words: Words) -> str:
    """The same after “a message”."""
    return words.of[sender.presentation].format(sender=sender_of(sender, words))


def _moment(at: datetime, zone: str, words: Words) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime(words.moment)


def _length(seconds: float) -> str:
    return str(timedelta(seconds=max(1, round(seconds)))).removeprefix("0:")
