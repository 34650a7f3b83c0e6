"""The contrast of every colour of static/app.css, in each way to see it."""

import re

import pytest

from tests.conftest import ROOT

STYLE = (ROOT / "static/app.css").read_text()
GROUNDS = ("paper", "field", "care-tint", "bad-tint", "here-tint")
# What is read, on what it is read from (1.4.3): 4.5 to 1 at any size.
TEXT = [
    *[(ink, ground) for ink in ("ink", "link") for ground in GROUNDS],
    *[("soft", ground) for ground in ("paper", "field")],
    *[(ink, ground) for ink in ("ok", "bad", "care") for ground in ("paper", "field")],
    ("bad", "bad-tint"),
    ("ok", "ok-tint"),
    ("care", "care-tint"),
    ("paper", "bad"),
    ("act-ink", "act"),
    ("act-ink", "act-over"),
    ("go-ink", "go"),
    ("go-ink", "go-over"),
    ("band-ink", "band"),
    ("band-soft", "band"),
]
# What must be seen to use the page: borders of fields, buttons, signs, the focus (1.4.11, 2.4.7): 3 to 1.
SEEN = [
    *[("focus", ground) for ground in GROUNDS],
    *[("edge", ground) for ground in ("paper", "field")],
    *[(border, ground) for border in ("bad", "care", "ok") for ground in ("paper", "field")],
    *[("link", ground) for ground in GROUNDS],
    *[(button, "paper") for button in ("act", "act-over", "go", "go-over")],
    ("act", "field"),
    ("act", "here-tint"),
    ("mark", "band"),
]
# Lines between things that their place and headings part already: nothing is lost with them.
DECORATION = {"line"}

THEMES = {
    "light": [],
    "dark": ["prefers-color-scheme: dark"],
    "light, more contrast": ["prefers-contrast: more"],
    "dark, more contrast": ["prefers-color-scheme: dark", "prefers-contrast: more"],
}


def tokens_in(block: str) -> dict[str, str]:
    return {
        name: value
        for name, value in re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block)
        if re.fullmatch(r"#[0-9a-f]{6}|var\(--[a-z-]+\)", value)
    }


def root_of(condition: str | None) -> dict[str, str]:
    """The colour tokens that one :root of the style sets."""
    media = re.escape(f"@media ({condition}) {{") if condition else "^"
    found = re.search(media + r"(?:(?!@media)[\s\S])*?:root \{([^}]*)\}", STYLE)
    assert found, condition
    return tokens_in(found[1])


def palette(theme: str) -> dict[str, str]:
    colours = root_of(None)
    for condition in THEMES[theme]:
        colours |= root_of(condition)
    return {name: colours[value[6:-1]] if value.startswith("var(") else value for name, value in colours.items()}


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        share = int(part, 16) / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_keep_their_contrast(theme: str) -> None:
    colours = palette(theme)
    pairs = [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in SEEN]
    weak = [
        f"{front} {colours[front]} on {back} {colours[back]}: {contrast(colours[front], colours[back]):.2f} < {least}"
        for front, back, least in pairs
        if contrast(colours[front], colours[back]) < least
    ]
    assert weak == []


def test_every_colour_has_its_pair() -> None:
    paired = {name for pair in TEXT + SEEN for name in pair} | DECORATION
    used = set(re.findall(r"var\(--([a-z-]+)\)", STYLE))
    colours = set(root_of(None))
    # One that nothing uses has no ground to be judged on.
    assert colours & used - paired == set()
    assert colours - used == set(), "no longer used"
    for theme in THEMES:
        assert set(palette(theme)) == colours


def test_every_colour_is_a_token() -> None:
    rules = re.sub(r"--[a-z0-9-]+:[^;]*;|/\*[\s\S]*?\*/", "", STYLE)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(", rules) == []
