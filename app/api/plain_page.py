"""Pages without scripts, for documents and for the login: one skeleton in the reader's language and colours."""

from html import escape

from app.ui.look import Look

VARYING = {"Vary": "Accept-Language, Cookie"}
"""Headers of every such page."""

_PAGE = """<!doctype html>
<html lang="{language}"{colours}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
<title>{title} · CoE Assistant</title>
<link rel="stylesheet" href="/viewer.css">
</head>
<body>
<nav><a href="/">CoE Assistant</a></nav>
{main}
</body>
</html>
"""


def plain_page(look: Look, title: str, main: str) -> str:
    """A page with a title, which may be any text, around its main part, which is HTML."""
    return _PAGE.format(
        language=look.words.language,
        colours=f' data-colours="{look.colours}"' if look.colours else "",
        scheme=look.colours or "light dark",
        title=escape(title),
        main=main,
    )
