"""What every test needs: a home of its own, and one language."""

import os

import pytest

os.environ.setdefault("CSM_XL_LANG", "en")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Logs and safety copies go to a folder of the test, not to the user's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CSM_XL_HOME", str(folder))
    return folder
