"""Who learns, and a course of two lessons."""

import pytest

from training.tests.builders import make_course, write_course


@pytest.fixture
def short(bank, tmp_path):
    """A course that is read in no time."""
    return make_course(write_course(tmp_path / "short"))


@pytest.fixture
def learner(manager, client_of):
    """The manager's browser."""
    return client_of(manager)
