from datetime import date, datetime

import pytest
from docx import Document as new_document
from docx.shared import Pt, RGBColor
from fpdf import FPDF
from fpdf.fonts import FontFace
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import DocumentRejected
from ingest.formats.text import clean
from ingest.loaders import LOADERS, load
from ingest.types import Block
from tests.ingest import files


@pytest.fixture
def blocks_of(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(path).blocks

    return read


def _shown(blocks):
    return [(block.kind, block.text) for block in blocks]


def test_every_format_has_a_good_file():
    assert sorted(LOADERS) == sorted(name.removeprefix("good") for name in files.GOOD)


# Cleaning


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\u202eb\u202cc", "abc", id="direction override"),
        pytest.param("a\u200bb\ufeffc\u00add", "abcd", id="zero width"),
        pytest.param("a\U000e0041\U000e0042b", "ab", id="tag characters"),
        pytest.param("a\x00b\x07c\x9fd", "abcd", id="control characters"),
        pytest.param("a\ud800b", "ab", id="half a character"),
        pytest.param("a \t\n\u00a0\u2003 b\r\n", "a b", id="white space"),
        pytest.param("Cafe\u0301", "Café", id="composed"),
        pytest.param("\uf0b7 point", "point", id="private use"),
        pytest.param("Тбилиси, الأردن, 東京 – ½", "Тбилиси, الأردن, 東京 – ½", id="other scripts stay"),
    ],
)
def test_cleaning(text, cleaned):
    assert clean(text) == cleaned


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once
    once.encode()


# Plain text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Été à Tbilissi".encode(), id="UTF-8"),
        pytest.param("Été à Tbilissi".encode("utf-8-sig"), id="UTF-8 with mark"),
        pytest.param("Été à Tbilissi".encode("utf-16"), id="UTF-16 with mark"),
        pytest.param("\ufeffÉté à Tbilissi".encode("utf-16-be"), id="UTF-16 the other way round"),
    ],
)
def test_encodings(content, blocks_of):
    assert _shown(blocks_of("a.txt", content)) == [("paragraph", "Été à Tbilissi")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Региональный секретариат открылся в Ташкенте, и страны договорились о следующих шагах.", "cp1251"),
        ("La réunion s'est tenue à Tbilissi, et les pays se sont mis d'accord sur l'étape à venir.", "cp1252"),
        ("افتتحت الأمانة الإقليمية في طشقند واتفقت البلدان على الخطوات التالية", "cp1256"),
        ("The centre said “we agree” – it’s done.", "cp1252"),
    ],
    ids=["Russian", "French", "Arabic", "English"],
)
def test_a_text_of_before_unicode_is_read_when_one_reading_is_likely(text, encoding, blocks_of):
    assert _shown(blocks_of("a.txt", text.encode(encoding))) == [("paragraph", text)]


def test_a_text_falls_into_paragraphs_and_items(blocks_of):
    text = "One\nline.\r\n\r\nTwo.\n- first\n  goes on\n• second\n\n\n12-14 June"
    assert _shown(blocks_of("a.txt", text)) == [
        ("paragraph", "One line."),
        ("paragraph", "Two."),
        ("item", "first goes on"),
        ("item", "second"),
        ("paragraph", "12-14 June"),
    ]


def test_hidden_characters_do_not_stop_a_text(blocks_of):
    assert _shown(blocks_of("a.txt", "Signed\0 by \u202eAnn\u202c.\n\n\u200f\u0627\n")) == [
        ("paragraph", "Signed by Ann."),
        ("paragraph", "ا"),
    ]


# Markdown


def test_markdown_is_stored_without_its_markup(blocks_of):
    text = """# *Round* table

A **bold** [link](https://example.org "title") and `code`,
on the next line \\*as it is\\* &amp; <b>raw</b>  ![A map](map.png).

1. One
   - Inner

> Quoted.

<div>Gone.</div>

```
x = 1
```

| Country | Joined | Note |
| --- | --- | --- |
| **Kenya** | 2013 |  |
|  | 2014 | `a` |
"""
    assert blocks_of("a.md", text) == (
        Block("heading", "Round table", level=1),
        Block("paragraph", "A bold link and code, on the next line *as it is* & raw A map."),
        Block("item", "One"),
        Block("item", "Inner"),
        Block("paragraph", "Quoted."),
        Block("paragraph", "x = 1"),
        Block("row", "Country: Kenya; Joined: 2013"),
        Block("row", "Joined: 2014; Note: a"),
    )


def test_front_matter_of_markdown_is_kept_as_written(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: A\nstart: 2021-06\n---\nText.\n", encoding="utf-8")
    assert load(path).metadata == {"title": "A", "start": "2021-06"}


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_delimiter(delimiter, blocks_of):
    rows = [["Country", "Joined", "Note"], ["Kenya", "2013", '"a, b; c"'], ["Ghana", "", "x"]]
    content = "\n".join(delimiter.join(row) for row in rows)
    assert _shown(blocks_of("a.csv", content)) == [
        ("row", "Country: Kenya; Joined: 2013; Note: a, b; c"),
        ("row", "Country: Ghana; Note: x"),
    ]


def test_csv_without_a_header_keeps_every_row(blocks_of):
    assert _shown(blocks_of("a.csv", "Kenya,2013\nGhana,2014\n")) == [
        ("row", "Kenya | 2013"),
        ("row", "Ghana | 2014"),
    ]


# HTML


def test_html_is_read_as_it_is_seen(blocks_of):
    page = """<html><head><title>Site</title><style>.gone, #x {display: none} @media print {p {display: none}}
    </style><script>alert(1)</script></head><body><nav>Menu</nav><header>Banner</header><main>
    <h1>Round <em>table</em></h1><p>One<br>two <a href="https://example.org">link</a>.<!-- no --></p>
    <p class="gone">Not seen.</p><p id="x">Not seen.</p><p style="display:none">Not seen.</p><p hidden>Not seen.</p>
    <p style="color:#FFF">Not seen.</p><div style="background:#000"><p style="color:white">Seen.</p></div>
    <ul><li>First<ul><li><p>Inner</p></li></ul></li></ul>Loose text<div>in a box</div>
    <table><tr><th>Country</th><th>Joined</th></tr><tr><td rowspan="2"><b>K</b>enya</td><td>2013</td></tr>
    <tr><td>2014</td></tr></table><table><tr><th>Venue</th><td>Tbilisi</td></tr></table>
    </main><footer>Imprint</footer></body></html>"""
    assert blocks_of("a.html", page) == (
        Block("heading", "Round table", level=1),
        Block("paragraph", "One two link."),
        Block("paragraph", "Seen."),
        Block("item", "First"),
        Block("item", "Inner"),
        Block("paragraph", "Loose text"),
        Block("paragraph", "in a box"),
        Block("row", "Country: Kenya; Joined: 2013"),
        Block("row", "Country: Kenya; Joined: 2014"),
        Block("row", "Venue: Tbilisi"),
    )


def test_html_in_the_encoding_it_declares(blocks_of):
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Ташкент'
    assert _shown(blocks_of("a.html", page.encode("cp1251"))) == [("paragraph", "Ташкент")]


def test_html_without_a_main_part_is_read_whole(blocks_of):
    assert _shown(blocks_of("a.htm", "<form><p>One.</p><input value=x></form>")) == [("paragraph", "One.")]


# PDF


def _pdf(*pages):
    document = FPDF()
    document.set_font("helvetica", size=11)
    for draw in pages:
        document.add_page()
        draw(document)
    return bytes(document.output())


def _write(text):
    return lambda document: document.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")


def test_a_pdf_is_joined_to_headings_paragraphs_and_rows(blocks_of):
    sentences = f"{files.SENTENCE} The national focal points agreed on the next steps of the work. " * 3
    assert blocks_of("a.pdf", files.pdf()) == (
        Block("heading", "Report on Central Asia", level=1, page=1),
        Block("heading", "1. Opening", level=2, page=1),
        Block("paragraph", sentences.strip(), page=1),
        Block("paragraph", "A second paragraph is short.", page=1),
        Block("row", "Country: Kenya; Joined: 2013", page=1),
        Block("row", "Country: Ghana; Joined: 2014", page=1),
        Block("paragraph", "The meeting closed on Friday.", page=1),
    )


def test_a_pdf_row_keeps_cells_of_several_lines_together(blocks_of):
    def draw(document):
        with document.table() as table:
            for cells in (("Country", "Agency"), ("Kenya", "An agency whose name is long " * 4)):
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    name = ("An agency whose name is long " * 4).strip()
    assert _shown(blocks_of("a.pdf", _pdf(draw))) == [("row", f"Country: Kenya; Agency: {name}")]


def test_names_in_the_middle_of_their_columns_are_the_header_of_a_pdf_table(blocks_of):
    def draw(document):
        with document.table(text_align="LEFT", headings_style=FontFace(emphasis="BOLD")) as table:
            names = table.row()
            for name in ("Country", "Joined"):
                names.cell(name, align="CENTER")
            for cells in (("Kenya", "2013"), ("Ghana", "2014")):
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    assert _shown(blocks_of("a.pdf", _pdf(draw))) == [
        ("row", "Country: Kenya; Joined: 2013"),
        ("row", "Country: Ghana; Joined: 2014"),
    ]


def test_a_word_cut_at_a_line_end_is_whole_again(blocks_of):
    text = "Chemical decontam-\nination of long-\nterm stores. A long-term plan."
    assert _shown(blocks_of("a.pdf", _pdf(_write(text)))) == [
        ("paragraph", "Chemical decontamination of long-term stores. A long-term plan.")
    ]


def test_what_pdf_pages_repeat_is_dropped(blocks_of):
    def page(number, text):
        def draw(document):
            document.text(20, 10, "Secretariat - report of 2021")
            document.text(100, 280, f"{number}")
            document.text(20, 285, f"Page {number} of 3")
            document.set_y(40)
            _write(text)(document)

        return draw

    content = _pdf(page(1, "One thing."), page(2, "Another."), page(3, "2014"))
    assert blocks_of("a.pdf", content) == (
        Block("paragraph", "One thing.", page=1),
        Block("paragraph", "Another.", page=2),
        Block("paragraph", "2014", page=3),
    )


def test_bullets_of_a_pdf_are_items(blocks_of):
    text = "- The first point goes on and on until the line is full and the rest of it stands below.\n- Second"
    assert _shown(blocks_of("a.pdf", _pdf(_write(text)))) == [
        ("item", text.partition("\n")[0][2:]),
        ("item", "Second"),
    ]


def test_a_pdf_that_opens_without_a_password_is_read(blocks_of):
    document = FPDF()
    document.set_encryption(owner_password="owner", user_password="")
    document.set_font("helvetica", size=11)
    document.add_page()
    _write(files.SENTENCE)(document)
    assert _shown(blocks_of("a.pdf", bytes(document.output()))) == [("paragraph", files.SENTENCE)]


# Office files


def test_a_word_file_is_read_in_order(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(files.docx())
    loaded = load(path)
    assert loaded.title == "Report on Central Asia"
    assert loaded.blocks == (
        Block("heading", "Report on Central Asia", level=1),
        Block("heading", "Opening", level=1),
        Block("paragraph", files.SENTENCE),
        Block("item", "Kazakhstan"),
        Block("paragraph", "Shown."),
        Block("row", "Country: Kenya; Joined: 2013"),
        Block("heading", "Closing", level=2),
        Block("paragraph", "The meeting closed on Friday."),
    )


def test_text_that_word_does_not_show_is_dropped(blocks_of, tmp_path):
    document = new_document()
    paragraph = document.add_paragraph("Seen.")
    paragraph.add_run(" White.").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run(" Tiny.").font.size = Pt(1)
    paragraph.add_run(" Grey.").font.color.rgb = RGBColor(200, 200, 200)
    document.save(tmp_path / "b.docx")
    assert _shown(blocks_of("a.docx", (tmp_path / "b.docx").read_bytes())) == [("paragraph", "Seen. Grey.")]


def test_changes_that_word_marks_are_taken_as_made(blocks_of):
    body = (
        b"<w:p><w:r><w:t>It joined in </w:t></w:r><w:del><w:r><w:delText>2012</w:delText></w:r></w:del>"
        b"<w:ins><w:r><w:t>2013</w:t></w:r></w:ins></w:p>"
    )
    assert _shown(blocks_of("a.docx", files.raw_docx(body))) == [("paragraph", "It joined in 2013")]


def test_merged_cells_of_word_count_in_every_row(blocks_of, tmp_path):
    document = new_document()
    table = document.add_table(rows=3, cols=3)
    rows = (("Country", "Year", "Note"), ("Kenya", "2013", "a"), ("", "2014", "b"))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(tmp_path / "b.docx")
    assert _shown(blocks_of("a.docx", (tmp_path / "b.docx").read_bytes())) == [
        ("row", "Country: Kenya; Year: 2013; Note: a"),
        ("row", "Country: Kenya; Year: 2014; Note: b"),
    ]


def test_slides_are_pages(blocks_of):
    assert blocks_of("a.pptx", files.pptx()) == (
        Block("heading", "Partners", level=2, page=1),
        Block("item", files.SENTENCE, page=1),
        Block("item", "It serves five countries.", page=1),
        Block("heading", "Members", level=2, page=2),
        Block("row", "Country: Kenya; Joined: 2013", page=2),
        Block("paragraph", "Say that figures change.", page=2),
    )


def test_sheets_are_pages_and_values_read_as_shown(blocks_of):
    book = files.workbook()
    book.active.append(["Portfolio of 2021"])
    book.active.append([])
    book.active.append(["Project", "Start", "Budget", "Share", "Rate"])
    book.active.append([46, date(2021, 6, 3), 3_000_000.0, 0.455, 0.1 + 0.2])
    book.active.append(["P 47", datetime(2021, 6, 3, 9, 30), None, None, None])
    book.active["D4"].number_format = "0.0%"
    hidden = book.create_sheet("Drafts")
    hidden.append(["Not seen"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Notes").append(["Only one cell"])
    assert blocks_of("a.xlsx", files.xlsx(book)) == (
        Block("heading", "Projects", level=2, page=1),
        Block("paragraph", "Portfolio of 2021", page=1),
        Block("row", "Project: 46; Start: 2021-06-03; Budget: 3000000; Share: 45.5%; Rate: 0.3", page=1),
        Block("row", "Project: P 47; Start: 2021-06-03 09:30", page=1),
        Block("heading", "Notes", level=2, page=3),
        Block("paragraph", "Only one cell", page=3),
    )


def test_a_table_of_words_in_two_columns_is_not_given_a_header(blocks_of):
    book = files.workbook()
    book.active.append(["Venue", "Tbilisi"])
    book.active.append(["Chair", "A. Example"])
    assert _shown(blocks_of("a.xlsx", files.xlsx(book)))[1:] == [
        ("row", "Venue | Tbilisi"),
        ("row", "Chair | A. Example"),
    ]


def test_a_workbook_without_values_holds_no_text(blocks_of):
    with pytest.raises(DocumentRejected) as rejected:
        blocks_of("a.xlsx", files.xlsx(files.workbook()))
    assert rejected.value.reason_code == "no_text_found"
