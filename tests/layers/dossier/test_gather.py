"""A dossier tells the same of the same, cites the law of its day, and shows people to whom they may be shown."""

import pytest
from tiles_look import look

from layers.watch.dossier.canonical import write_canonical


@pytest.mark.parametrize("day", ["2024-05-19", "2026-01-26"])
def test_look(matter, day):
    m = matter(day)
    told = m.gather()
    look(m, told, day)
    assert write_canonical(told) == write_canonical(m.gather())
