"""Log lines for the host: one JSON object a line on standard error."""

import json
import sys
from datetime import datetime, timezone


def debug(message: str, **facts: object) -> None:
    """Writes one line. The message is constant text; what varies is a fact. Nobody reads it once the host is gone."""
    time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    line = {"@level": "debug", "@message": message, "@timestamp": time, "@module": "render", **facts}
    try:
        print(json.dumps(line), file=sys.stderr, flush=True)
    except OSError:
        pass
