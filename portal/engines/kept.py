"""Settings of a data folder, kept with it: what was encrypted there can be read again next time."""

from __future__ import annotations

import json
import os
from pathlib import Path

from portal.engines.trial import secrets_of_settings

SECRETS = "secrets.json"


def kept_settings(folder: Path) -> dict[str, str]:
    """Give what the settings read, for work on this machine; secrets are made once and kept for this user alone."""
    folder.mkdir(parents=True, exist_ok=True)  # servers named by the environment leave none
    kept = folder / SECRETS
    if not kept.exists():
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(secrets_of_settings(), file)
    own: dict[str, str] = json.loads(kept.read_text())
    return own | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "FILES_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "SECURE": "0",
    }
