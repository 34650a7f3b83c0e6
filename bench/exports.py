"""What exports cost: ``make bench-exports``. The command itself, on as many applications as ``EXPORTS`` says."""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app import create_app
from bench.applications import Pattern
from models.database import database, migrate
from services.exports import FORMATS
from settings import Settings
from tests.applicant import CALL

NUMBER = int(os.environ.get("EXPORTS", "5000"))


def fill(settings: Settings) -> None:
    """The sample application, all areas and texts at their limits, again and again; with the one document of it."""
    app = create_app(settings)
    migrate()
    pattern = Pattern(app)
    with database.connection_context(), database.atomic():
        for _ in range(NUMBER - 1):
            pattern.version(pattern.application())


def most_memory(process: subprocess.Popen[bytes]) -> int:
    """The most that a process has had in memory at once, in kilobytes, when it has ended; read as long as it runs."""
    most = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        most = max([most, *map(int, re.findall(r"VmHWM:\s+(\d+) kB", status))])
        time.sleep(0.05)
    assert process.returncode == 0
    return most


def processor_seconds() -> float:
    """What the processes that have ended so far took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(kind: str, folder: Path) -> None:
    out = folder / f"export.{kind}"
    command = [sys.executable, "-m", "flask", "call", "export", CALL, "--format", kind, "--out", str(out)]
    environment = {**os.environ, "VAR_DIR": str(folder), "SECRET_KEY": "x" * 32}
    start, before = time.perf_counter(), processor_seconds()
    memory = most_memory(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    seconds, cpu, size = time.perf_counter() - start, processor_seconds() - before, out.stat().st_size
    figures = f"{seconds:6.0f} s ({cpu:4.0f} of processor) {memory / 1024:5.0f} MB of memory, file {size / 1e6:4.0f} MB"
    print(f"{kind:5} {figures}", flush=True)
    out.unlink()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        held = frozenset({CALL})
        fill(Settings(var_dir=Path(folder), held_open=held, mail_server="", secret_key="x" * 32))
        print(f"{NUMBER} applications", flush=True)
        for kind in FORMATS:
            measure(kind, Path(folder))


if __name__ == "__main__":
    main()
