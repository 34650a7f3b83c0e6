"""One rule for what a typed text is, wherever it comes from: counted, stored, compared and printed the same.

Line breaks of every kind become one ``\\n`` (browsers send two characters for one, and people were refused for it),
signs that only a word processor can show become the ordinary ones, control characters that no database or printer
takes are removed, letters are composed (NFC). White space stays as typed and nothing is cut.
"""

import re
import unicodedata

# Word ends a line within a paragraph by VT and a page by FF; the last two are Unicode's own.
_BREAKS = re.compile("\r\n?|[\v\f\u2028\u2029]")
# Lone surrogates come from hostile requests only; no encoder takes them.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_ORDINARY = {
    # Dashes and quotes whose text was once taken for ISO 8859-1: C1 stands for Windows-1252, as in the HTML standard.
    **{code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)},
    # Word's own hyphen that keeps a word on one line.
    0x1E: "\u2011",
    # Bullets, ticks, boxes, dash and arrow of the fonts Symbol and Wingdings, which lie in the private use area.
    **dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF076), "•"),
    0xF0FC: "✓",
    0xF0A8: "☐",
    0xF0FE: "☑",
    0xF02D: "–",
    0xF0E0: "→",
}
_STRANGE = re.compile("[" + "".join(map(chr, _ORDINARY)) + "]")
_LINE_ENDS = re.compile("[\n\t]+")


def clean_text(typed: str) -> str:
    """A text of several lines by the rule of this module. Its length in characters is ``len``: code points."""
    # Composing comes last: a sign taken from between a letter and its accent leaves the two to be composed.
    ordinary = _STRANGE.sub(lambda found: _ORDINARY[ord(found[0])], _BREAKS.sub("\n", typed))
    return unicodedata.normalize("NFC", _CONTROLS.sub("", ordinary))


def clean_line(typed: str) -> str:
    """The same for a field of one line: breaks and tabs, which can only be pasted into it, become one blank."""
    return _LINE_ENDS.sub(" ", clean_text(typed))
