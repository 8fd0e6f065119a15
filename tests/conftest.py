"""What every test needs: a home of its own, and one language."""

import os

import pytest
from hypothesis import HealthCheck, settings

from csm_xl.language import set_language

os.environ.setdefault("CSM_XL_LANG", "en")
# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "csm-xl",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # A change is judged by the same examples each time; new ones are looked for outside CI.
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("csm-xl")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Logs and safety copies go to a folder of the test, not to the user's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CSM_XL_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _own_language():
    """A command that chooses a language chooses it for its process: here, for one test."""
    yield
    set_language(None)
