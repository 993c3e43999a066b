"""Make the pictures of README from the fixtures: the report in a browser, and the terminal.

    python tests/pictures.py [FOLDER]        (.pictures unless told)

It needs Debian's chromium and chromium-driver, and selenium.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import CHROMIUM, DRIVER, Browser, browser  # noqa: E402

from dedup import open as open_index  # noqa: E402
from dedup.report.html import build, gather  # noqa: E402

FIXTURES = "fixtures/articles"
VIEWS = {
    "overview": ("#/", "light", 1200, 860),
    "versions": ("#/g/{group}", "light", 1200, 860),
    "paragraphs": ("#/g/{group}/text", "light", 1200, 860),
    "side-by-side": ("#/g/{pair}/read", "light", 1200, 860),
    "side-by-side-dark": ("#/g/{pair}/read", "dark", 1200, 860),
    "phone": ("#/g/{group}", "light", 390, 844),
}
COLUMNS = 112


def dedup(*arguments: str, colours: bool = False) -> str:
    """What a command prints, as on a terminal of COLUMNS cells if with colours."""
    shown = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color"}
    env = {**os.environ, **(shown if colours else {}), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "dedup", *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


def shoot(chrome: Browser, file: Path) -> None:
    """The window as a PNG."""
    shot = chrome.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    file.write_bytes(base64.b64decode(shot["data"]))
    print(f"{file}  {file.stat().st_size:,} bytes")


def terminal_page(command: str, printed: str) -> str:
    """A page that shows what a command printed."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(printed))
    inside = console.export_html(theme=MONOKAI, inline_styles=True, code_format="{code}")
    style = (
        "body{margin:0;background:#16161a;color:#e6e1d6}"
        "pre{margin:0;padding:18px 22px;font:14px/1.35 'DejaVu Sans Mono',monospace;width:max-content}"
    )
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style><pre>{inside}</pre>'


def main() -> None:
    """Make all pictures."""
    if not CHROMIUM or not DRIVER:
        sys.exit("pictures: install Debian's chromium and chromium-driver")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, browser() as chrome:
        index, page = str(Path(scratch, "news.db")), Path(scratch, "report.html")
        dedup("run", FIXTURES, "--index", index, "--quiet")
        with open_index(index) as opened:
            page.write_bytes(build(gather(opened.groups(), opened.articles)).encode())
            pair = next(
                g.articles for g in opened.groups() if any("lighthouse" in name for name in g.articles)
            )
        chrome.open(page)
        links = chrome.run(
            "return [...document.querySelectorAll('.story h3 a')].map(a => a.getAttribute('href'))"
        )
        keys = [href.removeprefix("#/g/") for href in links]
        ids = {"group": keys[0], "pair": next(key for key in keys if key in pair)}
        for name, (address, theme, width, height) in VIEWS.items():
            chrome.emulate(width, height, theme=theme)
            chrome.open(page, address.format(**ids))
            chrome.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
            shoot(chrome, folder / f"{name}.png")
        for name, command in (("terminal-groups", ["groups"]), ("terminal-show", ["show", *pair])):
            printed = dedup(*command, "--index", index, colours=True)
            shown = Path(scratch, f"{name}.html")
            shown.write_text(terminal_page("dedup " + " ".join(command), printed), encoding="utf-8")
            chrome.emulate(1000, 800)
            chrome.driver.get(shown.as_uri())
            width, height = chrome.run(
                "const b = document.querySelector('pre').getBoundingClientRect();"
                "return [Math.ceil(b.width), Math.min(1100, Math.ceil(b.height))]"
            )
            chrome.emulate(width, height)
            shoot(chrome, folder / f"{name}.png")


if __name__ == "__main__":
    main()
