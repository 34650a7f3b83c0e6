"""Hands on a keyboard: Tab until something is reached, never a mouse."""

from playwright.sync_api import Page

FOCUSED = """selector => {
    const focused = document.activeElement;
    return focused && focused !== document.body && focused.matches(selector);
}"""

STOP = """() => {
    const stop = document.activeElement;
    if (!stop || stop === document.body || stop === document.documentElement) { return ""; }
    return stop.id || `${stop.tagName.toLowerCase()} ${(stop.name || "")} ${stop.textContent.trim().slice(0, 60)}`;
}"""


def is_on(page: Page, selector: str) -> bool:
    return bool(page.evaluate(FOCUSED, selector))


def reach(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Press a key until what the selector names has the focus."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        if is_on(page, selector):
            return
        seen.append(page.evaluate(STOP))
    raise AssertionError(f"{selector} is not reached with {most} times {key}: {seen}")


def write(page: Page, selector: str, text: str) -> None:
    """Go to a field and type."""
    reach(page, selector)
    page.keyboard.type(text)
