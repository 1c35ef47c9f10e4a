"""What goes along with a mail: the sound of a message as every mail program plays it (WAV, 8 kHz, 16 bits, mono), a fax
as it is. Never reads outside the media folder, whatever a row says.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import sox

from callcontrol.mails.form import Attachment
from callcontrol.mails.mail import About
from callcontrol.message import MessageKind

RATE, BITS = 8_000, 16


class FileGone(Exception):
    """There is no file, or nothing that can be used, where the message says."""


def attachment(about: About, timezone: str, media: Path) -> Attachment:
    """The file of a message, named for the moment at which it came. Blocks. Raises FileGone."""
    source = (media / about.path).resolve()
    if not source.is_relative_to(media.resolve()) or not source.is_file():
        raise FileGone("the file of the message is not there")
    moment = f"{about.received_at.astimezone(ZoneInfo(timezone)):%Y-%m-%d-%H%M%S}"
    if about.kind is MessageKind.FAX:
        return Attachment(f"fax-{moment}.pdf", "application/pdf", source.read_bytes())
    return Attachment(f"message-{moment}.wav", "audio/wav", _narrowed(source))


def _narrowed(source: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="callcontrol-mail-") as folder:
        named, target = Path(folder) / "kept.wav", Path(folder) / "message.wav"
        named.symlink_to(source)  # sox knows a WAV by its name
        transformer = sox.Transformer()
        transformer.set_globals(dither=False, verbosity=0)
        transformer.convert(samplerate=RATE, n_channels=1, bitdepth=BITS)
        try:
            transformer.build(str(named), str(target))
            return target.read_bytes()
        except (sox.core.SoxError, OSError, ValueError) as error:
            raise FileGone("the sound of the message cannot be read") from error
