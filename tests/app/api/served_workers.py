"""Two worker processes of scripted services, for the data folder and the rate that the command line names."""

import sys
from pathlib import Path

from app.reception import open_reception
from app.serve import serve
from app.services import Services
from tests.app.api.script import Script, settings


def build(_: object) -> Services:
    return Script().services()


if __name__ == "__main__":
    chosen = settings(port=0, data_dir=Path(sys.argv[1]), ask_rate=sys.argv[2])
    with open_reception(chosen) as reception:
        serve(chosen, build, reception, workers=2)
