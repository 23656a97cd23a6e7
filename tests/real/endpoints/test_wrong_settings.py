"""Settings of a Django project that name no Health and no Life refuse the start, in four parts."""

import subprocess
import sys

import pytest
from tests.real.programs import need_driver

pytestmark = pytest.mark.real

_PROGRAM = """
import sys
from django.conf import settings
settings.configure(ROOT_URLCONF=(), MIDDLEWARE=[sys.argv[1]], **eval(sys.argv[2]))
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
WSGIHandler()
"""
_HEALTH = "holdfast.health.django.HealthMiddleware"
_LIFE = "holdfast.life.django.LifeMiddleware"


@pytest.mark.parametrize(
    ("middleware", "settings", "told"),
    [
        (_HEALTH, "{}", "HOLDFAST_HEALTH in Django's settings\n  found: None; expected the dotted"),
        (_HEALTH, "{'HOLDFAST_HEALTH': 'os.path'}", "found: 'os.path'; expected the dotted path"),
        (_LIFE, "{}", "HOLDFAST_LIFE in Django's settings\n  found: None; expected the dotted"),
        (_LIFE, "{'HOLDFAST_LIFE': 'os.path'}", "found: 'os.path'; expected the dotted path"),
        (_LIFE, "{'HOLDFAST_LIFE': 'no.such.life'}", "No module named 'no'"),
    ],
)
def test_missing_and_wrong_names(middleware: str, settings: str, told: str) -> None:
    """The server does not come up, and its last words say what to write."""
    need_driver("django")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, middleware, settings],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert told in done.stderr
