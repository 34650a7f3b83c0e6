"""Parts of documents that are drawn from the program: a test compares each, ``make docs`` writes it anew."""

import os
from pathlib import Path

BEGIN, END = "<!-- drawn by make docs -->\n", "<!-- end of what is drawn -->"


def expect_drawn(page: Path, text: str) -> None:
    """The part of a page between the two marks is this text."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n{text.strip()}\n\n{END}{after}"
    if os.environ.get("DRAW") == "anew":
        page.write_text(wanted)
    assert page.read_text() == wanted, "run make docs"
