"""One archive with everything about a person: JSON, and the files that belong to it (reliability.md 6)."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.pictures import Gallery


def archive(out: Path, copy: Mapping[str, Sequence[Mapping[str, Any]]], gallery: Gallery) -> int:
    """Write the archive, readable by its owner alone; returns how many files went in."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.touch(mode=0o600)
    out.chmod(0o600)
    files = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(copy, ensure_ascii=False, indent=2, default=str))
        for line in copy.get("media", ()):
            path = gallery.path(str(line["name"]))
            if path is not None:
                packed.write(path, f"media/{path.name}")
                files += 1
    return files
