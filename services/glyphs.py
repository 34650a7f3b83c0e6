"""Which signs the fonts of a document can draw, and what stands for the others."""

import re
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFontFile

MARK = "\ufffd"
"""Stands for a sign that no font has. It is explained wherever it is printed; the data keep the sign itself."""

# Bullets, ticks and arrows of word processors, by the ones that the fonts have.
_ALIKE = {**dict.fromkeys("▪▫●○◦▸►▶➢➤❖", "•"), **dict.fromkeys("✔✅", "✓"), "⇒": "→"}


def font_folders() -> tuple[Path, ...]:
    """Where the fonts' files are: the text's, and that of the signs which the first lacks. Files of packages."""
    return tuple(_folder(package) for package in ("font_source_sans_pro", "font_roboto"))


@cache
def _folder(package: str) -> Path:
    with as_file(files(package) / "files") as folder:
        return folder


@cache
def _undrawn() -> re.Pattern[str]:
    """Matches what neither font has, in text or in bold, and what is not to be seen."""
    text, more = font_folders()
    families = ((text, "SourceSansPro"), (more, "Roboto"))
    drawn: set[int] = set()
    for folder, name in families:
        regular, bold = (
            set(TTFontFile(str(folder / f"{name}-{face}.ttf")).charToGlyph) for face in ("Regular", "Bold")
        )
        drawn |= regular & bold
    # Fonts have glyphs for soft hyphens and joiners too, and they would be drawn.
    seen = {sign for sign in drawn if unicodedata.category(chr(sign)) != "Cf"} | {ord("\n"), ord("\t")}
    ranges = "".join(f"\\U{sign:08x}" for sign in sorted(seen))
    return re.compile(f"[^{ranges}]")


def legible(text: str) -> str:
    """The text with nothing in it that would come out blank or as a box."""
    return _undrawn().sub(lambda found: _instead(found[0]), text)


def _instead(sign: str) -> str:
    if sign in _ALIKE:
        return _ALIKE[sign]
    match unicodedata.category(sign):
        case "Zs":
            return " "
        # Invisible wherever it stands: soft hyphens, joiners, marks of direction. A search finds the word without them.
        case "Cf":
            return ""
    return "" if "VARIATION SELECTOR" in unicodedata.name(sign, "") else MARK
