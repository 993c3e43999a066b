"""The page: the template filled with data, style and script, the latter two named by hash in the policy."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dedup.patterns import pattern

STYLES = ("base", "overview", "group", "read", "print")
SCRIPTS = (
    "dom", "windowed", "words", "align", "times", "data", "route", "meaning", "charts", "strands", "story",
    "overview", "group", "paragraphs", "read", "keys", "main",
)  # fmt: skip
"""The modules of the script, each after those that it imports."""
LISTED = 200
"""Stories, and sets of each kind, that are listed for readers without JavaScript."""

_IMPORT = pattern(r"^import \{[^}]*\} from \"\./[a-z]+\.js\";\n", re.MULTILINE)
_EXPORT = pattern(r"^export (?=(?:async )?function |const |class |let )", re.MULTILINE)


def _resource(folder: str, name: str) -> str:
    return files(__package__).joinpath(folder, name).read_text(encoding="utf-8")


def style() -> str:
    """All style sheets as one."""
    return "\n".join(_resource("style", f"{name}.css") for name in STYLES)


def script() -> str:
    """All modules as one: a page from file:// cannot import, so the imports and exports are taken out."""
    parts = [_EXPORT.sub("", _IMPORT.sub("", _resource("script", f"{name}.js"))) for name in SCRIPTS]
    return "\n".join(parts)


def pack(block: dict[str, Any]) -> str:
    """A block of data as deflated JSON in base64: versions of one story compress very well."""
    return base64.b64encode(zlib.compress(orjson.dumps(block), 6)).decode()


def embedded(value: dict[str, Any]) -> Markup:
    """JSON for a script element: nothing in it can end the element or open a comment."""
    text = orjson.dumps(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  (escaped just above)


def _source(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _listed(overview: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """The stories, and each kind of sets that are none: a heading, what a row counts, and the rows."""
    kinds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ("", "across", "quote", "template")}
    for row in overview["groups"]:
        kind = "across" if row.get("x") else overview["relations"][row["r"]]
        kinds[kind if kind in kinds else ""].append(row)
    return [
        ("", "versions", kinds[""]),
        ("No stories, but articles with parts of several:", "articles", kinds["across"]),
        ("No stories, but articles with the same quotation:", "articles", kinds["quote"]),
        ("No stories, but articles of the same form:", "articles", kinds["template"]),
    ]


def render(
    overview: dict[str, Any], blocks: Sequence[tuple[int, str]], *, title: str, made: datetime, version: str
) -> str:
    """A whole page. `blocks` are pairs of a row's number in the overview and its packed data."""
    css, code = style(), script()
    policy = (
        f"default-src 'none'; script-src {_source(code)}; style-src {_source(css)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    environment = Environment(
        loader=FunctionLoader(lambda name: _resource("templates", name)),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        title=title,
        made=f"{made.day} {made:%B %Y, %H:%M} UTC",
        version=version,
        policy=policy,
        style=Markup(css),  # noqa: S704  (our own)
        script=Markup(code),  # noqa: S704
        overview=overview,
        listed=_listed(overview),
        most=LISTED,
        data=embedded(overview),
        blocks=[(number, Markup(packed)) for number, packed in blocks],  # noqa: S704  (base64)
    )
