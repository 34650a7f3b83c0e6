"""A person at lynx: reads a screen of text, searches on the page, types into fields, presses what is under the cursor.

lynx runs in a terminal of its own (tmux); the next step waits until the screen shows what the last one did.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.conftest import need

_WIDTH, _HEIGHT = 100, 60
# lynx speaks on the lowest three lines; the page stands above them.
_PAGE = _HEIGHT - 3
_PATIENCE = 40
_PROMPT = "whereis query:"


@dataclass(frozen=True)
class Screen:
    """What stands in the terminal, and where its cursor is: on the field or link that a key would act on."""

    lines: list[str]
    column: int
    row: int

    @property
    def text(self) -> str:
        """Everything on the screen, as one line."""
        return " ".join(" ".join(self.lines).split())

    @property
    def here(self) -> str:
        return self.lines[self.row]

    @property
    def advice(self) -> str:
        """What lynx says of itself and of the field under the cursor."""
        return " ".join(self.lines[_PAGE:])

    @property
    def is_on_page(self) -> bool:
        """Whether the cursor has come to rest on the page, with no question of lynx's open."""
        return self.row < _PAGE and _PROMPT not in self.advice

    def __str__(self) -> str:
        return "\n".join(self.lines) + f"\ncursor: {self.column}, {self.row}"


def _has_moved(column: int, screen: Screen) -> bool:
    return screen.is_on_page and screen.column != column


class TextBrowser:
    """lynx in its own terminal. Use as a context manager."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="lynx-")
        home = Path(self._folder.name)
        (home / "lynx.cfg").write_text("PERSISTENT_COOKIES:FALSE\n")
        # Fields wait for Enter before they take text (-tna), so that searching works wherever the cursor is.
        options = ["-accept_all_cookies", "-display_charset=utf-8", "-show_cursor", "-nopause", "-tna", "-case"]
        command = [need("lynx"), f"-cfg={home / 'lynx.cfg'}", *options, self._address]
        size = ["-x", str(_WIDTH), "-y", str(_HEIGHT)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, *command)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(str(self.screen()))
        self._tmux("kill-server")
        self._folder.cleanup()

    def _tmux(self, *arguments: str) -> str:
        home = self._folder.name
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        command = [need("tmux"), "-S", f"{home}/terminal", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def screen(self) -> Screen:
        told = self._tmux("capture-pane", "-p", ";", "display-message", "-p", "#{cursor_x} #{cursor_y}")
        *lines, cursor = told.splitlines()
        column, row = map(int, cursor.split())
        return Screen(lines, column, row)

    def wait(self, until: Callable[[Screen], bool], wanted: str) -> Screen:
        """The screen, once it is as wanted."""
        deadline = time.monotonic() + _PATIENCE
        while not until(screen := self.screen()):
            assert time.monotonic() < deadline, f"never came: {wanted}"
            time.sleep(0.02)
        return screen

    def expect(self, *words: str) -> Screen:
        """Wait until the screen shows all these words."""
        return self.wait(lambda screen: all(part in screen.text for part in words), " and ".join(words))

    def keys(self, *names: str) -> None:
        self._tmux("send-keys", *names)

    def type(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self.keys("Enter")
            if line:
                self._tmux("send-keys", "-l", "--", line)

    def _search(self, words: str) -> None:
        self.type(f"/{words}")
        self.wait(lambda screen: f"{_PROMPT} {words}" in screen.text, f"a question for {words}")
        self.keys("Enter")

    def find(self, words: str) -> Screen:
        """Go to the link or field in whose line these words stand."""
        self._search(words)
        screen = self.wait(lambda screen: screen.is_on_page and words in screen.here, f"the cursor at {words}")
        # Where several buttons stand in one line, the search stops at the first.
        button = screen.here.rfind("(", 0, screen.here.index(words) + 1)
        while screen.column < button:
            self.keys("Tab")
            screen = self.wait(partial(_has_moved, screen.column), f"the cursor at {words}")
        return screen

    def press(self, words: str) -> None:
        """Follow the link, tick the box or press the button with these words."""
        self.find(words)
        self.keys("Enter")

    def fill(self, label: str, text: str) -> None:
        """Type into the field of one line that stands behind its label."""
        field = self.find(label).here.partition(label)[2]
        assert field.lstrip().startswith("__"), f"no empty field behind {label}"
        self.keys("Enter")
        self.type(text)
        self.expect(f"{label} {text}")
        self.keys("Tab")

    def write(self, heading: str, text: str) -> None:
        """Type into the field of many lines that stands below its heading."""
        self._search(heading)
        self.wait(
            lambda screen: (
                screen.is_on_page
                and "(Textarea) Inactive" in screen.advice
                and any(heading in line for line in screen.lines[: screen.row])
            ),
            f"the cursor in the field below {heading}",
        )
        self.keys("Enter")
        self.type(text)
        self.expect(text.rpartition("\n")[2])
        self.keys("Tab")

    def choose(self, label: str, option: str) -> None:
        """Pick an option of the list behind its label."""
        self.find(f"{label} [")
        self.keys("Enter")
        self.expect("(Choice list)")
        self._search(option)
        self.wait(lambda screen: _PROMPT not in screen.advice, f"the option {option}")
        self.keys("Enter")
        self.expect(f"{label} [{option}")
