"""How the commands say what several of them say. They speak English, to whoever looks after the server."""

from datetime import datetime

import clock


def helsinki(instant: datetime) -> str:
    return f"{clock.in_helsinki(instant):%d.%m.%Y %H.%M} Helsinki time"
