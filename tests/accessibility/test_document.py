"""docs/accessibility.md says of every criterion who vouches for it."""

import re

from tests.conftest import ROOT
from tests.test_house import expect_known_tests

PAGE = (ROOT / "docs/accessibility.md").read_text()
# WCAG 2.2, levels A and AA. 4.1.1 was removed.
CRITERIA = "1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10"
CRITERIA += " 1.4.11 1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11"
CRITERIA += (
    " 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7"
)
CRITERIA += " 3.3.8 4.1.2 4.1.3"


def test_every_criterion_has_a_line_and_somebody_who_vouches_for_it() -> None:
    lines = re.findall(r"^\| (\d\.\d\.\d+) [^|]+\| [^|]+\| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert [criterion for criterion, _ in lines] == CRITERIA.split()
    for criterion, by in lines:
        assert re.search(r"`test_|\baxe\b|\bLook [AB]\b", by), criterion
    expect_known_tests(PAGE)


def test_every_look_has_its_date() -> None:
    looks = set(re.findall(r"Look ([A-Z])\b", PAGE))
    assert looks == set(re.findall(r"^\*Look ([A-Z])\* \(\d{1,2}\.\d{1,2}\.\d{4}\)", PAGE, re.MULTILINE))


def test_every_test_of_accessibility_is_vouched_by() -> None:
    """A test that vouches for no criterion is not known where one looks for it."""
    known = set(re.findall(r"`(test_[a-z0-9_]+)`", PAGE))
    beside = {"test_contrast_is_computed_as_the_standard_says", "test_every_pair_of_two_ways_occurs"}
    for path in (ROOT / "tests/accessibility").glob("test_*.py"):
        if path.stem != "test_document":
            found = set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
            assert found - known - beside == set(), path
