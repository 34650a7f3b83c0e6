"""What a person changes in a file that the page opens: names and addresses; sockets stand for ports."""

import re
import sys
from pathlib import Path

from tests.deploy.systemd import moved

root, mail, name = sys.argv[1:]
file = Path(name)
text = file.read_text()
if file.name.endswith(".env"):
    text = re.sub(r"^MAIL_SERVER=.*$", "MAIL_SERVER=127.0.0.1", text, flags=re.MULTILINE)
    text = re.sub(r"^MAIL_PORT=.*$", f"MAIL_PORT={mail}", text, flags=re.MULTILINE)
    text = re.sub(r"^MAIL_USE_TLS=.*$", "MAIL_USE_TLS=false", text, flags=re.MULTILINE)
    text += '\nHELD_OPEN=["strategiarahoitus-2021"]\n'
else:
    text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"listen (\d+)", rf"listen unix:{root}/port-\1", text)
    text = moved(Path(root), text)
file.write_text(text)
