import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.services import Services
from app.settings import Settings
from app.types import Answer, Event, Finished, Question
from app.ui.page import EXAMPLES, mount_page
from ingest.errors import LibraryMissing, UnknownDocument
