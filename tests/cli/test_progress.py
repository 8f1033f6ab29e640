import io

import pytest
from rich.console import Console

from tenor.cli.console import Terminal
from tenor.cli.progress import Bar, parts


def terminal(*, quiet: bool = False, interactive: bool = True) -> tuple[Terminal, io.StringIO]:
    made, written = Terminal(), io.StringIO()
    made.quiet = quiet
    made.err = Console(file=written, force_terminal=interactive, width=80, markup=False)
    return made, written


def test_a_bar_stands_between_its_texts_and_begins_anew() -> None:
    shown, written = terminal()
    bar = Bar(shown, timed=True)
    bar.update(3, left="before it is there")
    bar.show(7, completed=2, left="two", right="of seven")
    bar.update(3.5, left="three")
    bar.show(9, left="again 👍")
    bar.close()
    bar.close()
    said = written.getvalue()
    assert "again 👍" in said
    assert "before it is there" not in said
    assert "0:00:0" in said


@pytest.mark.parametrize("given", [{"quiet": True}, {"interactive": False}])
def test_without_a_terminal_and_when_quiet_there_is_none(given: dict[str, bool]) -> None:
    shown, written = terminal(**given)
    bar = Bar(shown)
    bar.show(7, left="two")
    bar.update(3)
    bar.close()
    with parts(shown) as begin:
        begin("words", 3)(1)
    assert written.getvalue() == ""


def test_each_part_has_a_bar() -> None:
    shown, written = terminal()
    with parts(shown) as begin:
        begin("words", 3)(3)
        begin("pairs", 5)(2)
    said = written.getvalue()
    assert "words" in said
    assert "3/3" in said
    assert "2/5" in said
