"""What can be wrong with a recording, uploaded or by phone, in French and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "recording_unknown": ("Cet enregistrement n’existe pas.", "There is no such recording."),
    "recording_kind": (
        "Cet enregistrement n’est pas fait pour cela : il faut {wanted}.",
        "This recording is not meant for that: it takes {wanted}.",
    ),
    "recording_in_use": (
        "Cet enregistrement est utilisé : choisissez-en d’abord un autre.",
        "This recording is in use: choose another one first.",
    ),
    "recordings_too_many": (
        "Pas plus de {most} enregistrements : supprimez-en un d’abord.",
        "No more than {most} recordings: delete one first.",
    ),
    "sound_mp3": (
        "Ce fichier est un MP3, quel que soit son nom : il faut un WAV (16 kHz, 16 bits, mono).",
        "This file is an MP3, whatever its name says: it takes a WAV (16 kHz, 16 bits, mono).",
    ),
    "sound_not_wav": (
        "Ce fichier n’est pas un WAV : il faut un WAV (16 kHz, 16 bits, mono).",
        "This file is not a WAV: it takes a WAV (16 kHz, 16 bits, mono).",
    ),
    "sound_not_pcm": (
        "Le son de ce WAV est compressé ou en virgule flottante : il faut du PCM entier de 16 bits.",
        "The sound of this WAV is compressed or in floating point: it takes 16-bit integer PCM.",
    ),
    "sound_channels": (
        "Ce fichier a {channels} voies : il faut du mono.",
        "This file has {channels} channels: it takes mono.",
    ),
    "sound_rate": (
        "Ce fichier est échantillonné à {rate} Hz : il faut 16000 Hz.",
        "This file is sampled at {rate} Hz: it takes 16000 Hz.",
    ),
    "sound_bits": (
        "Ce fichier a des échantillons de {bits} bits : il faut 16 bits.",
        "This file has samples of {bits} bits: it takes 16 bits.",
    ),
    "sound_cut_off": (
        "Ce fichier est incomplet : son en-tête annonce plus de son qu’il n’en contient.",
        "This file is incomplete: its header promises more sound than it holds.",
    ),
    "sound_empty": ("Ce fichier ne contient aucun son.", "This file holds no sound."),
    "sound_silent": (
        "On n’entend que du silence dans cet enregistrement.",
        "There is only silence in this recording.",
    ),
    "sound_too_short": (
        "Cet enregistrement est trop court : il doit durer au moins {shortest} s.",
        "This recording is too short: it must last {shortest} s at least.",
    ),
    "sound_too_long": (
        "Cet enregistrement est trop long : il ne doit pas durer plus de {longest} s.",
        "This recording is too long: it must not last more than {longest} s.",
    ),
    "sound_too_large": (
        "Ce fichier est trop volumineux : pas plus de {megabytes} Mo.",
        "This file is too large: no more than {megabytes} MB.",
    ),
}
