"""A process that keeps turns as fast as it can, and tells each one that is kept."""

import sys
from pathlib import Path

from app.conversations.types import MAX_KEPT_TURNS
from tests.app.conversations.samples import archive, exchanged


def main() -> None:
    kept = archive(Path(sys.argv[1])).conversations
    id = kept.create(sys.argv[2])
    for number in range(MAX_KEPT_TURNS):
        kept.append(sys.argv[2], id, exchanged(f"question {number}"))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
