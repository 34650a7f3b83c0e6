"""One rule for what a typed text is, wherever it comes from: counted, stored, compared and printed the same.

Line breaks become one ``\\n`` (browsers send two characters for one, and people were refused for it), letters are
composed (NFC), control characters that no database or printer takes are removed. White space stays as typed and
nothing is cut.
"""

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?")
# Lone surrogates come from hostile requests only; no encoder takes them.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("[\n\t\u2028\u2029]+")


def clean_text(typed: str) -> str:
    """A text of several lines by the rule of this module. Its length in characters is ``len``: code points."""
    return _CONTROLS.sub("", unicodedata.normalize("NFC", _BREAKS.sub("\n", typed)))


def clean_line(typed: str) -> str:
    """The same for a field of one line: breaks and tabs, which can only be pasted into it, become one blank."""
    return _LINE_ENDS.sub(" ", clean_text(typed))
