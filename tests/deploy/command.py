"""``systemd-run`` on the machine: one command with the services' settings, in their folder."""

import os
import sys
from pathlib import Path

from tests.deploy.systemd import Units, moved

units = Units(Path(sys.argv[1]))
words = [moved(units.root, word) for word in sys.argv[2:]]
while words[0].startswith("--"):
    words.pop(0)
os.chdir(units.folder())
os.execve(words[0], words, units.environment())
