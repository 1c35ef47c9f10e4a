"""Read a company file (contract.md, "Company file"): a whole, right ``CompanyFile``, or every mistake. Pure.

Never half of each: a file with one mistake changes nothing. What a mistake says never repeats a secret.
"""

from __future__ import annotations

from callcontrol.documents.judge import Judge
from callcontrol.documents.read import Fault, Faulty
from callcontrol.documents.tree import MappingNode, Node, Scalar, read
from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.provisioning.model import CompanyFile
from callcontrol.provisioning.names import Names
from callcontrol.sentences.table import MOST_MISTAKES, language_of, mistake, sentence


def parse(raw: bytes | str) -> CompanyFile:
    """The company in a file, given as it was read from the disk or as text.

    Raises SettingsInvalid with every mistake: its sentence in the company's language (English where that is not
    known), its dotted path and its line.
    """
    judge = Judge(CompanyFile, Names())
    root = read(raw, "en", judge)
    if isinstance(root, MappingNode) and "company" not in root:
        root.nulls.update(dict.fromkeys(root, root.line))  # nothing else can be judged without it
        root.clear()
    try:
        return judge.result(root)
    except Faulty as faulty:
        raise SettingsInvalid(_told(faulty.faults, language_of(_language_told(root)))) from None


def _language_told(root: Node) -> str | None:
    """The company's language, looked for apart from all else: the mistakes are told in it."""
    company = root.get("company") if isinstance(root, MappingNode) else None
    language = company.get("language") if isinstance(company, MappingNode) else None
    return language if isinstance(language, Scalar) else None


def _told(faults: list[Fault], language: str) -> list[Mistake]:
    """The mistakes in the order of the file."""
    faults = sorted(faults, key=lambda each: each.line)
    told = [Mistake(each.where, _sentence(each, language), each.line) for each in faults[:MOST_MISTAKES]]
    if (more := len(faults) - MOST_MISTAKES) > 0:
        told.append(mistake("too_many_mistakes", "", language, told[-1].line, more=more))
    return told


def _sentence(fault: Fault, language: str) -> str:
    told = sentence(fault.code, language, fault.parameters)
    if fault.meant is None:
        return told
    return f"{told} {sentence('did_you_mean', language, {'guess': fault.meant})}"
