"""Plain files that nest, repeat, hide, mislead about their encoding, or are not files at all."""

import gzip
import io
import os
import tarfile
import unicodedata
import zipfile
from pathlib import Path

from tests.ingest.files import SECRET, SENTENCE, Bad, Harmless, bad, docx, harmless, xlsx

_RTL, _TAGGED = "\u202e", "".join(chr(0xE0000 + ord(letter)) for letter in SECRET)
_SPACED_OUT = "\u200b\u2060".join(SECRET)


def matter(yaml: str, body: str = SENTENCE) -> bytes:
    return f"---\n{yaml}\n---\n{body}\n".encode()


def html(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def _link_to(target: str):
    return lambda path: path.symlink_to(target)


def _compressed_folder() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        made.addfile(tarfile.TarInfo("../../etc/cron.d/x"), io.BytesIO())
    return stream.getvalue()


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("../../x", "x")
    return stream.getvalue()


def _long_line(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(50):
            file.write(b"word " * (1024**2 // 5))


_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'

_FETCHING = (
    "<base href='https://evil.example'><meta http-equiv=refresh content='0;url=https://evil.example'>"
    "<img src=https://evil.example/x><object data=file:///etc/passwd>x</object>"
    f"<iframe srcdoc='{SECRET}'></iframe>"
)

_OTHER_KINDS: tuple[Bad, ...] = (
    bad("drawing.svg", "format_unsupported", lambda: b"<svg onload='alert(1)'/>"),
    bad("nested.json", "format_unsupported", lambda: b"[" * 100_000),
    bad("laughs.xml", "format_unsupported", lambda: f"{_LAUGHS}<x>&c;</x>".encode()),
    bad("archive.zip", "format_unsupported", _archive),
    bad("archive.tar.gz", "format_unsupported", _compressed_folder),
    bad("macros.docm", "format_unsupported", docx),
    bad("macros.xlsm", "format_unsupported", xlsx),
    bad("page.mhtml", "format_unsupported", lambda: b"MIME-Version: 1.0\n"),
    bad("mail.eml", "format_unsupported", lambda: b"From: x\n\nText."),
    bad("program.exe", "format_unsupported", lambda: b"MZ\x90\x00"),
    bad("no-suffix", "format_unsupported", SENTENCE.encode),
    bad("compressed.txt", "file_type_mismatch", lambda: gzip.compress(SENTENCE.encode())),
    bad("picture.html", "file_type_mismatch", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99)),
    bad("photograph.csv", "file_type_mismatch", lambda: b"\xff\xd8\xff\xe0" + bytes(99)),
    bad("archive.md", "file_type_mismatch", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99)),
    Bad("pipe.txt", "file_type_mismatch", os.mkfifo),
    Bad("folder.md", "file_type_mismatch", Path.mkdir),
    Bad("device.txt", "file_type_mismatch", _link_to("/dev/zero")),
    Bad("link-to-itself.txt", "file_corrupt", _link_to("link-to-itself.txt")),
    Bad("link-to-nothing.txt", "file_corrupt", _link_to("nothing")),
)

_ENCODINGS: tuple[Bad, ...] = (
    bad("only-a-mark.txt", "no_text_found", lambda: b"\xef\xbb\xbf"),
    bad("half-a-character.txt", "encoding_unknown", lambda: b"\xff\xfe" + SENTENCE.encode("utf-16-le") + b"x"),
    bad("utf-32.txt", "encoding_unknown", lambda: SENTENCE.encode("utf-32-be")),
    bad("main-frame.txt", "encoding_unknown", lambda: SENTENCE.encode("cp037") * 20),
    bad("shift-jis.txt", "encoding_unknown", lambda: "東京で開かれた会合の報告書です。".encode("shift-jis") * 20),
    bad("two-encodings.txt", "encoding_unknown", lambda: "Réunion à Tbilissi".encode() * 9 + "été".encode("cp1252")),
    bad(
        "surrogates.md",
        "encoding_unknown",
        lambda: b"A meeting \xed\xa0\x80\xed\xb0\x80 in Tashkent, \xc3\xa9t\xc3\xa9" * 9,
    ),
    bad("overlong.txt", "encoding_unknown", lambda: b"Up \xc0\xae\xc0\xae\xc0\xaf and up"),
    bad("only-nulls.txt", "encoding_unknown", lambda: bytes(4_000)),
    bad("nulls-between.csv", "encoding_unknown", lambda: b"a\0,\0b\0\n\0" * 99),
    bad("only-blanks.txt", "no_text_found", lambda: b" \t\n\x0c" * 9_000),
    bad("only-marks.html", "no_text_found", lambda: html("&#8203;&shy;&#x202e;&nbsp;" * 999)),
    bad("only-unseen.md", "no_text_found", lambda: ("\u200b\u2060\ufeff" + _TAGGED).encode()),
    bad("only-dots.csv", "no_text_found", lambda: b".,;\n" * 999),
)

_MATTER: tuple[Bad, ...] = (
    bad("tags.md", "front_matter_invalid", lambda: matter('title: !!python/object/apply:os.system ["true"]')),
    bad("alias-of-itself.md", "front_matter_invalid", lambda: matter("title: &a [*a]")),
    bad("merged.md", "front_matter_invalid", lambda: matter("a: &a {b: c}\n<<: *a")),
    bad("nested-matter.md", "front_matter_invalid", lambda: matter("title: " + "[" * 500 + "]" * 500)),
    bad("flat-nesting.md", "front_matter_invalid", lambda: matter("\n".join(" " * at + "a:" for at in range(300)))),
    bad("long-matter.md", "front_matter_invalid", lambda: matter("title: " + "t" * 100_000)),
    bad("number-as-key.md", "front_matter_invalid", lambda: matter("title: T\n[a, b]: c")),
    bad("unknown-key.md", "front_matter_invalid", lambda: matter("title: T\nadmin: true")),
    bad("day-that-is-none.md", "front_matter_invalid", lambda: matter("title: T\nkind: meeting\nstart: 2021-02-31")),
    bad(
        "address-to-run.md",
        "front_matter_invalid",
        lambda: matter("title: T\nsources:\n- {title: S, url: 'javascript:alert(1)'}"),
    ),
    bad("many-countries.md", "front_matter_invalid", lambda: matter("title: T\ncountries: [" + "a, " * 2_000 + "]")),
    bad("nulls-in-matter.md", "front_matter_invalid", lambda: matter("title: a\0b")),
)

_PAGES: tuple[Bad, ...] = (
    bad("nothing-shown.html", "no_text_found", lambda: html(f"<template>{SECRET}</template><script>{SECRET}</script>")),
    bad(
        "only-hidden.html", "no_text_found", lambda: html(f"<p style='display:none'>{SECRET}</p><p hidden>{SECRET}</p>")
    ),
    bad("only-frames.html", "no_text_found", lambda: b"<frameset><frame src='https://evil.example'></frameset>"),
    bad("unfinished-comment.html", "no_text_found", lambda: html("<!-- " + "a" * 100_000)),
    bad("nested-tables.html", "file_corrupt", lambda: html("<table><tr><td>" * 1_000 + "In.")),
    bad("nested-spans.html", "file_corrupt", lambda: html("<span>" * 3_000 + "In.")),
)

_NESTED: tuple[Bad, ...] = (
    bad("nested-quotes.md", "file_corrupt", lambda: b">" * 20_000 + b" In.\n"),
    bad("nested-brackets.md", "file_corrupt", lambda: b"[" * 20_000 + b"![](" * 5_000),
    bad("nested-lists.md", "file_corrupt", lambda: "".join(f"{'  ' * at}- In.\n" for at in range(2_000)).encode()),
    bad(
        "inline-picture.html", "file_too_complex", lambda: html(f"<img src='data:image/png;base64,{'A' * 8_000_000}'>")
    ),
    bad("many-paragraphs.html", "file_too_complex", lambda: html("<p>a" * 300_000)),
)

BAD: tuple[Bad, ...] = (*_OTHER_KINDS, *_ENCODINGS, *_MATTER, *_PAGES, *_NESTED)

SLOW: tuple[Bad, ...] = (
    Bad("fifty-megabytes.txt", "file_too_large", _long_line),
    bad("twenty-megabytes.csv", "file_too_complex", lambda: b"a," * 9_000_000),
    bad("many-rows.csv", "file_too_complex", lambda: b"a,b\n" * 1_000_000),
    bad("many-lines.txt", "file_too_complex", lambda: b"- a\n" * 1_000_000),
    bad("many-words.md", "file_too_complex", lambda: b"word " * 1_100_000),
)

HARMLESS: tuple[Harmless, ...] = (
    harmless("right-to-left.txt", lambda: f"{_RTL}{SENTENCE}\u202c \u2066x\u2069".encode(), SENTENCE, _RTL, "\u2066"),
    harmless("null-characters.txt", lambda: SENTENCE.replace("regional", "regi\0onal").encode(), SENTENCE, "\0"),
    harmless("unseen-words.md", lambda: f"{SENTENCE}{_TAGGED}".encode(), SENTENCE, SECRET, _TAGGED),
    harmless(
        "spaced-out.html", lambda: html(f"<p>{SENTENCE}</p><p style='font-size:0'>{_SPACED_OUT}</p>"), SENTENCE, SECRET
    ),
    harmless("stacked-marks.txt", lambda: (SENTENCE + "a" + "\u0301\u0323" * 100_000).encode(), SENTENCE),
    harmless(
        "decomposed.txt",
        lambda: (unicodedata.normalize("NFD", "Réunion à Tbilissi. ") * 9_000).encode(),
        "Réunion à Tbilissi.",
    ),
    harmless("utf-16.csv", lambda: f"Name;Note\nKenya;{SENTENCE}\n".encode("utf-16"), SENTENCE),
    harmless(
        "windows.txt", lambda: ("Réunion à Tbilissi, été 2021. " * 20).encode("cp1252"), "Réunion à Tbilissi, été 2021."
    ),
    harmless(
        "nested-lists.md",
        lambda: "".join(f"{'  ' * at}- In.\n" for at in range(400)).encode() + b"\n# End\n\n" + SENTENCE.encode(),
        SENTENCE,
    ),
    harmless("open-stars.md", lambda: b"*a_ " * 3_000 + f"\n\n{SENTENCE}".encode(), SENTENCE),
    harmless(
        "open-ticks.md",
        lambda: "".join("`" * at + "a" for at in range(600)).encode() + f"\n\n{SENTENCE}".encode(),
        SENTENCE,
    ),
    harmless(
        "many-references.md",
        lambda: (
            "".join(f"[r{at}]: https://evil.example/{at}\n" for at in range(2_000)).encode() + f"\n{SENTENCE}".encode()
        ),
        SENTENCE,
        "evil",
    ),
    harmless(
        "wide-table.md",
        lambda: ("|a" * 500 + "|\n" + "|-" * 500 + "|\n" + ("|b" * 500 + "|\n") * 20 + f"\n{SENTENCE}").encode(),
        SENTENCE,
    ),
    harmless("open-matter.md", lambda: f"---\ntitle: T\n\n{SENTENCE}\n".encode(), SENTENCE),
    harmless("many-columns.csv", lambda: b"a," * 20_000 + f"\n{SENTENCE}\n".encode(), SENTENCE),
    harmless("open-quote.csv", lambda: f'a,b\n{SENTENCE},"open\n'.encode() + b"c,d\n" * 20_000, SENTENCE),
    harmless("formulas.csv", lambda: f"Name,Note\n=cmd|'/C calc'!A0,{SENTENCE}\n".encode(), SENTENCE),
    harmless("laughs.html", lambda: f"{_LAUGHS}<html><p>{SENTENCE}</p><p>&c;</p></html>".encode(), SENTENCE, "haha"),
    harmless(
        "outside-entity.html",
        lambda: f'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>{SENTENCE}</p><p>&x;</p>'.encode(),
        SENTENCE,
        "root:",
    ),
    harmless("fetching.html", lambda: html(f"{_FETCHING}<p>{SENTENCE}</p>"), SENTENCE, "evil", "root:", SECRET),
    harmless(
        "huge-spans.html",
        lambda: html(f"<table><tr><td>{SENTENCE}" + "<td rowspan=999999999 colspan=999999999>a" * 200 + "</table>"),
        SENTENCE,
    ),
    harmless(
        "many-attributes.html", lambda: html(f"<p {' '.join(f'a{at}=b' for at in range(50_000))}>{SENTENCE}"), SENTENCE
    ),
    harmless(
        "many-selectors.html",
        lambda: html(
            f"<p>{SENTENCE}</p>" * 50,
            "<style>" + "".join(f".a{at} p:not(.b) > i {{display:none}}" for at in range(9_000)) + "</style>",
        ),
        SENTENCE,
    ),
    harmless(
        "greedy-selector.html",
        lambda: html("<p>" * 500 + SENTENCE, "<style>" + "* " * 30 + "b {display:none}</style>"),
        SENTENCE,
    ),
    harmless("wrong-charset.html", lambda: html(f"<p>{SENTENCE}</p>", "<meta charset=utf-7>"), SENTENCE),
    harmless("endless-heading.html", lambda: html(f"<h1>{'Heading ' * 100_000}</h1><p>{SENTENCE}</p>"), SENTENCE),
    harmless(
        "control-characters.txt", lambda: (SENTENCE + "\x1b[2J\x07\x08\x9b31m").encode(), SENTENCE, "\x1b", "\x9b"
    ),
)
