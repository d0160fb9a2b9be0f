"""Two worker processes of scripted services, for the data folder and the rate that the command line names."""

import sys
from pathlib import Path

from app.serve import serve
from app.services import Services
from tests.app.api.script import Script, settings


def build(_: object) -> Services:
    return Script().services()


if __name__ == "__main__":
    serve(settings(port=0, data_dir=Path(sys.argv[1]), ask_rate=sys.argv[2]), build, workers=2)
