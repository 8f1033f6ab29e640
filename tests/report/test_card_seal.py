import pytest

from tenor.report.card_seal import intact, sealed

TEXT = "# a card\n\nwith lines\n"


def test_what_was_written_is_intact_with_any_line_breaks() -> None:
    assert intact(sealed(TEXT))
    assert intact(sealed(TEXT).replace("\n", "\r\n"))
    assert intact(sealed(TEXT).rstrip("\n"))
    assert sealed(TEXT).startswith(TEXT)


@pytest.mark.parametrize(
    "changed",
    [
        "",
        TEXT,
        sealed(TEXT).replace("lines", "words"),
        sealed(TEXT) + "a line below\n",
        "above\n" + sealed(TEXT),
        sealed(TEXT).replace("<!--", "<!-- "),
    ],
)
def test_any_change_is_seen(changed: str) -> None:
    assert not intact(changed)
