"""The composition root of the web's process: the API and the pages, with a directory of its own.

``python -m callcontrol.web_app``. It is started and watched by the supervisor (``callcontrol run``). What only the
process of the calls knows it asks there (``ports.CallSide``, over ``link``); everything else it has from the database,
so that it serves while the calls are away, and whatever befalls it touches no call.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection

from callcontrol import priority
from callcontrol.alarms import Bell
from callcontrol.changes.ports import InForce, Key
from callcontrol.clock import SystemClock
from callcontrol.config.load import Config
from callcontrol.directory.directory import Directory
from callcontrol.link.broadcast import Broadcast
from callcontrol.link.client import RemoteCallSide
from callcontrol.live import MailboxChanged, ReadAnew, SettingsChanged
from callcontrol.mailer.mailer import Mailer
from callcontrol.mailer.smtp import MailServer
from callcontrol.mailer.writer import PublicLinks, Writer
from callcontrol.mails.links import LinkSigner
from callcontrol.portal_bridge import app as web
from callcontrol.portal_bridge.services import WebServices
from callcontrol.process import Process, Store, follow_directory, main, open_store
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.public_passwords import refused_secrets
from callcontrol.store.company_mails import StoredCompanyMails
from callcontrol.store.mails import MailQueue


async def start(process: Process, config: Config) -> None:
    """Bring everything up."""
    priority.give_way()
    layout, live, clock = Layout(config.runtime_dir), Broadcast(), SystemClock(config.clock)
    call_side = RemoteCallSide(layout.call_side, live)
    process.run(call_side=call_side.run())
    store = await open_store(process, config)
    _tell_of_mailboxes(store, live)
    mailer = _mailer(store, config, clock, lambda: cache.directory)
    store.listener.subscribe(["mails"], lambda _: mailer.look(), mailer.look)
    cache = await follow_directory(
        process, store, on_line_changed=lambda line: live.tell(SettingsChanged(line))
    )
    process.run(mailer=mailer.run())
    bell = Bell(lambda: cache.directory, StoredCompanyMails(store.pool), clock)
    process.run(alarms=bell.run())
    services = WebServices(
        pool=store.pool,
        directory=lambda: cache.directory,
        call_side=call_side,
        in_force=Everywhere(cache, call_side),
        clock=clock,
        config=config,
        alarms=bell,
        mail_dir=layout.mail if config.smtp.catch_all else None,
        refused_secrets=refused_secrets(config),
    )
    runner = await web.serve(web.build(services), config.web.bind, config.web.port)
    process.at_end(runner.cleanup)


class Everywhere(InForce):
    """A change is in force when the next request here and the next call there obey it."""

    def __init__(self, *places: InForce) -> None:
        self._places = places

    async def in_force(self, changed: Collection[Key]) -> None:
        await asyncio.gather(*(place.in_force(changed) for place in self._places))


def _mailer(store: Store, config: Config, clock: SystemClock, directory: Callable[[], Directory]) -> Mailer:
    """Mails go out from here: what one of them costs no call pays."""
    sender = config.smtp.from_address
    links = PublicLinks(config.web.public_url, LinkSigner(config.link_key))
    writer = Writer(links, sender, config.media_dir, directory, config.smtp.from_name)
    return Mailer(MailQueue(store.pool), writer, MailServer.of(config.smtp.url, sender), clock, SystemClock())


def _tell_of_mailboxes(store: Store, live: Broadcast) -> None:
    """Messages come and go in the database, where the calls are not needed to hear of them."""
    store.listener.subscribe(
        ["messages"],
        lambda payload: live.tell(MailboxChanged(payload.split(" ")[1])),
        lambda: live.tell(ReadAnew()),
    )


if __name__ == "__main__":
    sys.exit(main(start))
