"""From HTML to PDF, in a process beside the web server's workers where one was started.

A document takes a third of a second of processor and touches most of the libraries' memory: in a worker it would slow
the saves of others down, and what it took would stay. The process is forked before the workers are and forks again for
each document, so nothing of one outlives it. Where there is no such process (commands), or it died, a document is made
where it is asked for. Why not multiprocessing's own: docs/decisions/0018-documents-beside-the-workers.md.
"""

import os
import signal
import socket
from collections.abc import Callable
from io import BytesIO
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from reportlab.platypus import Flowable, KeepTogether
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc, PmlParagraph

import logs
from services.glyphs import font_folders

log = logs.get(__name__)

_MOST_SECONDS = 100
"""How long one document may take on a busy server: less than a worker is waited for (gunicorn.conf.py)."""
_FIRST_LINES = 3
"""Lines of a text that stay with its heading."""
_AT_ONCE = 2
"""Documents that are made at the same time; more wait, so that they leave memory and processor to those who write."""
_NICENESS = 5
"""By how much a document comes after the workers where the processor is short."""
_MADE, _FAILED = b"1", b"0"
"""The first byte of an answer; the document follows, or what went wrong."""

_control: socket.socket | None = None
"""Where the process is asked: each message brings a file with HTML, and the end of a pipe for the answer."""


class PdfError(Exception):
    """The PDF could not be made; what it would have shown is not touched by that."""


class _HeadingWithText(KeepTogether):
    """Keeps a heading on the page of the first lines of its text; ReportLab's own wants the whole paragraph there."""

    def split(self, width: float, height: float) -> list[Flowable]:
        *headings, text = self._content
        if isinstance(text, PmlParagraph):
            # The space between two blocks is the larger of what each asks for; here both are counted.
            taken = sum(block.wrapOn(self.canv, width, height)[1] + block.getSpaceBefore() + 4 for block in headings)
            if height - taken >= _FIRST_LINES * text.style.leading:
                return list(self._content)
        return list(super().split(width, height))


PmlBaseDoc._initArgs = {**PmlBaseDoc._initArgs, "keepTogetherClass": _HeadingWithText}


def typeset(html: str) -> bytes:
    """The PDF of a page of HTML. Raises PdfError."""
    page = html.encode(errors="surrogatepass")
    pipe = _ask(page)
    if pipe is None:
        return _typeset(page)
    with pipe:
        if not pipe.poll(_MOST_SECONDS + 10):
            raise PdfError("no answer")
        try:
            answer = pipe.recv_bytes()
        except (OSError, EOFError) as error:
            # Not tried here: what ended that process would end this one.
            raise PdfError("its process ended") from error
    if answer[:1] != _MADE:
        raise PdfError(answer[1:].decode())
    return answer[1:]


def _ask(page: bytes) -> Connection | None:
    """Where the answer comes; None where there is nobody to ask."""
    if _control is None:
        return None
    ours, theirs = Pipe()
    with theirs, open(os.memfd_create("page"), "wb") as file:
        file.write(page)
        file.flush()
        try:
            socket.send_fds(_control, [b"."], [file.fileno(), theirs.fileno()])
        except OSError:
            log.warning("typesetter_gone")
            ours.close()
            return None
    return ours


def _typeset(page: bytes) -> bytes:
    html, out = page.decode(errors="surrogatepass"), BytesIO()
    # Answers are hostile: nothing is fetched but the fonts' own files, and time and memory are bounded.
    own, *more = font_folders()
    policy = ResourceAccessPolicy.server(
        own, allow_remote=False, extra_roots=tuple(more), max_render_seconds=_MOST_SECONDS
    )
    try:
        result = pisa.CreatePDF(html, dest=out, resource_policy=policy, path=str(own))
    except Exception as error:
        raise PdfError(type(error).__name__) from error
    if result.err:
        raise PdfError(f"{result.err} errors")
    return out.getvalue()


def start() -> None:
    """Fork the process, from one with a single thread. It ends when nobody is left who could ask."""
    global _control  # noqa: PLW0603 - one for all that are forked after it
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork():
        asked.close()
        _control = asking
        return
    asking.close()
    # What stops or renews the web server from a terminal is not for this one: workers that still send mails ask it.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    _then_end(_work, asked)


def _then_end(work: Callable[..., None], *arguments: Any) -> NoReturn:
    """What a fork does, and nothing of what it was forked from after that."""
    try:
        work(*arguments)
    except Exception:
        log.exception("typesetter_failed")
    finally:
        os._exit(0)


def _work(asked: socket.socket) -> None:
    running = 0
    while True:
        message, files, *_ = socket.recv_fds(asked, 1, 2)
        if not message:
            return
        while running and os.waitpid(-1, os.WNOHANG if running < _AT_ONCE else 0)[0]:
            running -= 1
        if os.fork() == 0:
            asked.close()
            _then_end(_answer, *files)
        running += 1
        for file in files:
            os.close(file)


def _answer(page: int, pipe: int) -> None:
    """Make a document of what the file ``page`` holds. Ends by itself when it takes too long."""
    signal.alarm(_MOST_SECONDS + 5)
    os.nice(_NICENESS)
    with Connection(pipe) as ours, open(page, "rb") as file:
        file.seek(0)
        try:
            answer = _MADE + _typeset(file.read())
        except PdfError as error:
            log.warning("document_failed", reason=str(error))
            answer = _FAILED + str(error).encode()
        ours.send_bytes(answer)
