"""The shared page: what a supervisor writes, every worker reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.life.page import CLOSING, DRAINING, SERVING, VARIABLE, create_page, open_page
from holdfast.life.settings import LifeError

WORKER = """
import os
from holdfast.life.page import open_page
page = open_page(os.environ)
page.mark_in_use()
page.mark_ready()
page.mark_request(12.5)
print(page.state, page.end)
"""


def test_worker_of_another_process_shares_it() -> None:
    """An executed child reads the state, and what it writes flows back."""
    page = create_page()
    page.set_end(99.25)
    page.advance(DRAINING)
    environment = {**os.environ, VARIABLE: page.path}
    done = subprocess.run(
        [sys.executable, "-c", WORKER], env=environment, capture_output=True, text=True, check=True
    )
    Path(page.path).unlink()

    assert done.stdout.split() == ["1", "99.25"]
    assert (page.ready, page.in_use, page.last_request) == (True, True, 12.5)


def test_state_only_grows() -> None:
    """A late writer cannot make a draining service look as if it served."""
    page = open_page({})
    page.advance(CLOSING)
    page.advance(SERVING)
    page.advance(DRAINING)

    assert page.state == CLOSING
    assert not page.shared


def test_only_its_owner_may_write_it() -> None:
    """Another user of the machine cannot make a service drain."""
    page = create_page()
    mode = Path(page.path).stat().st_mode & 0o777
    Path(page.path).unlink()

    assert mode == 0o600


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_page_that_cannot_be_mapped_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    """A service that believes it is supervised, and is not, would lose its drain silently."""
    path = tmp_path / "page"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(LifeError) as refused:
        open_page({VARIABLE: str(path)})

    assert "holdfast run" in str(refused.value)
