"""Services of their own for faults: on a small disk, with the call of one text, to be killed and started again."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import IN_CI, ROOT


@pytest.fixture
def calls_dir(tmp_path: Path) -> Path:
    """A folder with the call ``text`` alone."""
    folder = tmp_path / "calls"
    folder.mkdir()
    shutil.copy(ROOT / "tests/calls/text.toml", folder)
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes in memory; it can be filled and made read-only. Needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        (pytest.fail if IN_CI else pytest.skip)("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
