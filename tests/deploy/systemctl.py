"""``systemctl`` on the machine: hands its words over, and says what came of them."""

import socket
import sys
from pathlib import Path

with socket.socket(socket.AF_UNIX) as control:
    control.connect(str(Path(sys.argv[1]) / "control"))
    control.sendall(" ".join(sys.argv[2:]).encode() + b"\n")
    said = control.makefile().read()
print(said[1:], end="", file=sys.stderr)
sys.exit(int(said[0]))
