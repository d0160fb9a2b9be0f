"""The look of a document's page, light and dark, from a phone to a desk."""

_DARK = """\
  --ground: #0f1514;
  --surface: #17201e;
  --ink: #e4ebe8;
  --quiet: #9fb1ab;
  --line: #33423e;
  --accent: #6fcabf;
  --alarm: #f0a08f;
  --marker: #5c4a0d;
  --marker-ink: #fff3c9;"""

_STYLE = """\
:root {
  color-scheme: light dark;
  --ground: #f5f7f6;
  --surface: #ffffff;
  --ink: #15201e;
  --quiet: #4d5c58;
  --line: #c9d3cf;
  --accent: #0b5551;
  --alarm: #8e2f1d;
  --marker: #ffe28a;
  --marker-ink: #2b2100;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-colours="light"]) {
/* dark */
  }
}
:root[data-colours="light"] { color-scheme: light; }
:root[data-colours="dark"] {
  color-scheme: dark;
/* dark */
}
* { box-sizing: border-box; }
html { scroll-padding-top: 30vh; text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 1.0625rem/1.6 Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Cambria, Georgia, serif;
  overflow-wrap: anywhere;
}
nav, .facts, .page, .notice, .sources { font-family: system-ui, sans-serif; font-size: 0.9375rem; }
nav { padding: 0.75rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--surface); }
nav a { font-weight: 600; text-decoration: none; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1.25rem 6rem; }
h1, h2, h3, h4, h5, h6 { margin: 1.8em 0 0.5em; line-height: 1.25; text-wrap: balance; }
h1 { margin-top: 0.5em; font-size: 1.75rem; }
h2 { font-size: 1.3125rem; }
h3, h4, h5, h6 { font-size: 1.0938rem; }
p { margin: 0 0 1em; }
ul, ol { margin: 0 0 1em; padding-inline-start: 1.5em; }
li { margin-bottom: 0.3em; }
mark { padding: 0.1em 0; background: var(--marker); color: var(--marker-ink); }
.facts, .page { color: var(--quiet); }
.page { margin-top: 2em; padding-top: 0.5em; border-top: 1px solid var(--line); }
figure { margin: 0 0 1.5em; }
figure img { display: block; width: 100%; height: auto; border: 1px solid var(--line); background: #fff; }
figcaption { margin-top: 0.35em; font: 0.875rem/1.4 system-ui, sans-serif; color: var(--quiet); }
.notice { padding: 0.6em 0.9em; border: 1px solid var(--line); border-radius: 4px; background: var(--surface); }
.sources { margin-top: 3rem; padding-top: 0.5rem; border-top: 1px solid var(--line); }
.sources h2 { margin-top: 0.75em; font-size: 1.0625rem; }
.login { max-width: 26rem; font-family: system-ui, sans-serif; }
.login .lead { color: var(--quiet); font-size: 0.9375rem; }
.login .notice { border-left: 4px solid var(--alarm); color: var(--alarm); }
.login form { display: grid; gap: 0.4rem; margin-top: 1.5rem; }
.login label { font-weight: 600; }
.login input, .login button { min-height: 2.75rem; padding: 0.4rem 0.75rem; border-radius: 4px; font: inherit; }
.login input { margin-bottom: 0.6rem; border: 1px solid var(--quiet); background: var(--surface); color: var(--ink); }
.login button { border: 0; background: var(--accent); color: var(--ground); font-weight: 600; cursor: pointer; }
.login input:focus-visible, .login button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media print {
  nav { display: none; }
  main { max-width: none; padding: 0; }
}
"""

VIEWER_CSS = _STYLE.replace("/* dark */", _DARK)
