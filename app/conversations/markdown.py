"""A briefing note as Markdown with footnotes; what people and documents wrote is never markup in it."""

import re

from app.conversations.brief import NOTICE, Brief, Cited, Entry, Line, Mark, Note, described

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|~$#&@!^])")
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=www)\.", re.IGNORECASE)
_BEGINNING = re.compile(r"^(\d+)([.)])|^([-+=:])")


def as_markdown(brief: Brief) -> str:
    """The note as one Markdown document; the same conversation gives the same text."""
    blocks = [f"# {literal(brief.title)}", f"*{NOTICE}*"]
    for number, entry in enumerate(brief.entries, start=1):
        blocks += [f"## {number}. {literal(entry.question)}", f"*Asked on {entry.asked}*", *_entry(entry)]
    if brief.bibliography:
        blocks += ["## Bibliography", "\n".join(line for cited in brief.bibliography for line in _cited(cited))]
    blocks += [_note(note) for note in brief.notes]
    return "\n\n".join(blocks) + "\n"


def literal(text: str) -> str:
    """A text on one line, as Markdown that reads as these very characters."""
    line = _ADDRESS.sub(r"\\\g<0>", _ACTIVE.sub(r"\\\1", " ".join(text.split())))
    return _BEGINNING.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", line)


def _entry(entry: Entry) -> list[str]:
    blocks = [f"**{literal(entry.short)}**"] if entry.short else []
    for line, before in zip(entry.lines, (None, *entry.lines), strict=False):
        if line.is_item and before and before.is_item:
            blocks[-1] += f"\n- {_text(line)}"
        else:
            blocks.append(f"- {_text(line)}" if line.is_item else _text(line))
    return [*blocks, f"*{entry.standing}*"] if entry.standing else blocks


def _text(line: Line) -> str:
    return "".join(_span(span) for span in line.spans)


def _span(span: str | Mark) -> str:
    if isinstance(span, Mark):
        return f"[^{span.number}]"
    before = " " if span[0].isspace() else ""
    after = " " if span[-1].isspace() and span.strip() else ""
    return f"{before}{literal(span)}{after}"


def _note(note: Note) -> str:
    change = f" {note.change}" if note.change else ""
    return f"[^{note.number}]: {literal(note.place)}: “{literal(note.quote)}”{change}"


def _cited(cited: Cited) -> list[str]:
    links = (f" <{source.url}>" if _is_link(source.url) else "" for source in cited.sources)
    sources = [f"  - {literal(described(source))}{link}" for source, link in zip(cited.sources, links, strict=True)]
    return [f"- {literal(cited.title)}", *sources]


def _is_link(url: str | None) -> bool:
    return url is not None and re.fullmatch(r"https?://[^\s<>]+", url) is not None
