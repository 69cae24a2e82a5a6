"""Joins the pages' font pieces into whole fonts for paper: a PDF cannot choose among pieces by character.

Run after the front-end's fonts changed: .venv/bin/python deploy/make_paper_fonts.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "tiles" / "paper" / "fonts"
PIECES = ("latin", "latin-ext", "vietnamese")
SOURCES = {
    "be-vietnam-pro": ("web/static/assets/be-vietnam-pro-{piece}-{weight}-normal-*.woff2", (400, 600)),
    "noto-sans": ("web/static/fonts/noto-sans-{piece}-{weight}.woff2", (400, 600)),
}


def main() -> None:
    for name, (pattern, weights) in SOURCES.items():
        for weight in weights:
            pieces = [next(ROOT.glob(pattern.format(piece=piece, weight=weight))) for piece in PIECES]
            join(pieces, OUT / f"{name}-{weight}.woff2")


def join(pieces: list[Path], out: Path) -> None:
    """One font of several; they must not share a character."""
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for number, piece in enumerate(pieces):
            font = TTFont(piece, recalcTimestamp=False)
            font.flavor = None
            plain.append(str(Path(folder) / f"{number}.ttf"))
            font.save(plain[-1])
        whole = Merger().merge(plain)
    whole.flavor = "woff2"
    whole.recalcTimestamp = False
    whole.save(out)


if __name__ == "__main__":
    main()
