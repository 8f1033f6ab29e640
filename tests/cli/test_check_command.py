"""`tenor check`: tables, JSON, page, and the exit status that a gate needs."""

import json
from pathlib import Path

import pytest
from markup import read
from shell import SMALL, tenor, write_reviews

MINE = """
words:
  thing: [film, cast, plot]
  good: [great, lovely, superb]
tests:
  - name: praise
    type: minimum-functionality
    capability: words
    meaning: Words of praise.
    label: positive
    templates: ["the {thing} was {good}"]
  - name: praise taken for blame
    type: minimum-functionality
    meaning: A test that a model should fail.
    label: negative
    templates: ["the {thing} was great <script>alert(1)</script>"]
  - name: swapped
    type: invariance
    pairs: [["the {thing1} was {good}", "the {thing2} was {good}"]]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    return file


def test_a_table_with_rates_and_examples(trained: Path, mine: Path) -> None:
    result = tenor("check", trained, mine)
    assert result.status == 0, result.err
    assert "praise" in result.out
    assert "0.0 % (0.0-29.9)" in result.out  # Wilson's interval of 0 of 9
    assert "100.0 % (43.9-100.0)" in result.out
    assert "was great <script>" in result.out
    assert "3 of 30 cases of mine (3 tests) fail" in result.out
    assert "<script>" not in tenor("check", trained, mine, "--examples", 0).out


def test_json_is_what_the_result_is(trained: Path, mine: Path) -> None:
    result = tenor("check", trained, mine, "--json", "--examples", 2)
    values = json.loads(result.out)
    assert values["passed"] is True
    assert values["model"] == str(trained)
    assert {test["name"]: test["failures"] for test in values["tests"]} == {
        "praise": 0, "praise taken for blame": 3, "swapped": 0,
    }  # fmt: skip
    assert len(values["tests"][1]["examples"]) == 2
    assert values["tests"][1]["examples"][0][0]["label"] == "positive"


@pytest.mark.parametrize(
    ("limits", "status", "said"),
    [
        (["--fail-above", 0.5], 1, "1 of 3 tests fail above 50.0 %: praise taken for blame (100.0 %)"),
        (["--fail-above-overall", 0.05], 1, "10.0 % of all cases fail, above 5.0 %"),
        (["--fail-above-overall", 0.2], 0, ""),
        (["--fail-above", 1], 0, ""),
        (["--fail-above", 0, "--only", "words"], 0, ""),
        (["--fail-above", 0, "--only", "praise", "--only", "swapped"], 0, ""),
    ],
)
def test_the_exit_status_is_a_gate(
    trained: Path, mine: Path, limits: list[object], status: int, said: str
) -> None:
    result = tenor("check", trained, mine, "--json", *limits)
    assert result.status == status
    assert json.loads(result.out)["passed"] is (status == 0)
    assert (said in result.error) if said else (result.err == "")


def test_the_page_holds_tests_and_failures_escaped(trained: Path, mine: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert tenor("check", trained, mine, "--html", page).status == 0
    text = read(page.read_text("utf-8")).text
    assert "A test that a model should fail." in text
    assert "was great <script>alert(1)</script>" in text
    again = tenor("check", trained, mine, "--html", page)
    assert again.status == 2
    assert "--force" in again.error
    assert tenor("check", trained, mine, "--html", page, "--force").status == 0


def test_without_a_suite_it_is_the_one_for_sentiment(trained: Path) -> None:
    values = json.loads(tenor("check", trained, "--json").out)
    assert values["suite"] == "sentiment"
    assert values["cases"] >= 2000
    stored = json.loads((trained / "report.json").read_text("utf-8"))["behaviour"]
    assert {test["name"]: test["failures"] for test in stored["tests"]} == {
        test["name"]: test["failures"] for test in values["tests"]
    }


def test_the_page_of_a_run_shows_it(trained: Path) -> None:
    page = read((trained / "report.html").read_text("utf-8")).text
    assert "Texts that are made to ask one thing at a time" in page
    assert "negated praise" in page


def test_classes_of_other_names_are_said_by_labels(tmp_path: Path) -> None:
    reviews, run = write_reviews(tmp_path / "reviews.csv"), tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--label-names", "bad,fine", "--epochs", 4, "--out", run)
    assert result.status == 0, result.err
    assert json.loads((run / "report.json").read_text("utf-8"))["behaviour"] is None
    refused = tenor("check", run)
    assert refused.status == 2
    assert "the classes of the model are 'bad', 'fine'; say which is which: --labels" in refused.error
    values = json.loads(tenor("check", run, "--labels", "negative=bad, positive=fine", "--json").out)
    assert values["labels"] == {"positive": "fine", "negative": "bad"}
    for wrong in ("negative", "negative=bad,negative=fine", "=bad", ""):
        assert "is not of the form" in tenor("check", run, "--labels", wrong).error


def test_a_list_needs_no_model(mine: Path, trained: Path) -> None:
    own = tenor("check", "--list", mine)
    assert own.status == 0, own.err
    assert "mine: 3 tests, 30 cases" in own.out
    assert "the film was great -> the cast was great" in own.out
    assert tenor("check", trained, mine, "--list").out == own.out
    assert "sentiment" in tenor("check", "--list", "--examples", 0).out
    assert "sentiment" in tenor("check", trained, "--list", "--examples", 0).out
    values = json.loads(tenor("check", "--list", mine, "--json", "--only", "words").out)
    assert [len(test["cases"]) for test in values["tests"]] == [9]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["RUN", "none.yaml"], "none.yaml cannot be read"),
        (["none"], "none"),
        ([], "no model to check"),
        (["RUN", "MINE", "--only", "prais"], "did you mean 'praise'"),
        (["RUN", "MINE", "--fail-above", "2"], "--fail-above"),
        (["RUN", "MINE", "--labels", "neutral=negative"], "the suite has no label 'neutral'"),
    ],
)
def test_bad_input_is_one_line(trained: Path, mine: Path, arguments: list[str], said: str) -> None:
    named = {"RUN": str(trained), "MINE": str(mine)}
    result = tenor("check", *(named.get(one, one) for one in arguments))
    assert result.status == 2
    assert said in result.error
    assert result.out == ""


def test_any_text_may_stand_in_a_suite(trained: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    long = "the plot was great " * 25_000
    texts = ["🎬", "كان الفيلم رائعا", "<b>great</b>", "xyzzy", long]
    values = {"tests": [{"name": "odd", "type": "minimum-functionality", "label": "positive",
                         "templates": texts}]}  # fmt: skip
    file.write_text(json.dumps(values))  # which is YAML
    result = tenor("check", trained, file, "--json", "--examples", 9)
    assert result.status == 0, result.err
    assert json.loads(result.out)["cases"] == len(texts)
