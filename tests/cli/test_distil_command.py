"""`tenor distil` on the command line."""

import json
from pathlib import Path

import pytest
import sources
from shell import tenor, write_reviews

QUICK = [
    *("--config", "session", "--model", "lstm-mean", "--set", "network.recurrent.layers=1"),
    *("--set", "text.min_count=1", "--set", "training.threads=1", "--set", "training.precision=float32"),
    *("--set", "network.embedding_size=6", "--set", "network.recurrent.hidden_size=6"),
    *("--set", "evaluation.resamples=100", "--epochs", "2"),
]


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory, reviews: Path) -> Path:
    file = tmp_path_factory.mktemp("more") / "more.csv"
    known = reviews.read_text("utf-8").splitlines()[1].partition(",")[0]
    file.write_text(
        f"body,in_test\n<b>quite</b> new 😀,false\n{known},false\na dull עברית film,false\nkept apart,true\n",
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="module")
def student(trained: Path, more: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "small"
    arguments = ("--unlabelled", more, "--unlabelled-column", "body", "--drop-where", "in_test")
    arguments += ("--temperature", 3, "--labels", 0.25)
    result = tenor("distil", trained, *arguments, *QUICK, "--out", out)
    assert result.status == 0, result.err
    for said in ("Teacher and student on", "teacher", "student", "Student minus teacher:", "points ("):
        assert said in result.out
    assert "and 2 unlabelled texts" in " ".join(result.err.split())
    assert "1 of 3 texts were left out, since they also stand in train" in " ".join(result.err.split())
    return out


def test_the_student_is_an_ordinary_model_that_names_its_teacher(
    student: Path, trained: Path, reviews: Path
) -> None:
    assert tenor("predict", student, "the film was great").status == 0
    found = json.loads(tenor("info", student, "--json").out)
    teacher = json.loads(tenor("info", trained, "--json").out)
    # Data and tokenizer are those of the teacher, since nothing else was said.
    assert found["config"]["data"] == teacher["config"]["data"]
    assert found["config"]["text"]["tokenizer"] == teacher["config"]["text"]["tokenizer"] == "words"
    lesson = found["config"]["distillation"]
    assert (lesson["temperature"], lesson["labels"]) == (3.0, 0.25)
    assert found["config"]["unlabelled"]["text_column"] == "body"
    assert found["data"]["teacher"]["seen"]
    assert found["data"]["teacher"]["digest"] == lesson["digest"]
    shown = " ".join(tenor("info", student).out.split())
    assert f"learned from the bilstm-mean-max in {trained}, trained on {reviews}" in shown
    page = (student / "report.html").read_text("utf-8")
    assert "Beside its teacher" in page
    assert "Student minus teacher" in page


def test_the_card_names_the_teacher_without_its_place(student: Path) -> None:
    assert tenor("card", student).status == 0
    card = (student / "model" / "README.md").read_text("utf-8")
    assert "teacher, whose probabilities were learned" in card
    assert str(student.parent.parent) not in card
    (student / "model" / "README.md").unlink()


def test_resuming_names_nothing_and_json_is_all_there_is(student: Path) -> None:
    before = (student / "model" / "weights.safetensors").read_bytes()
    result = tenor("distil", "--resume", "--out", student, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    beside = found["beside_teacher"]
    assert found["path"] == str(student)
    assert beside["rows"] == found["test"]["rows"]
    apart = beside["student"]["accuracy"]["value"] - beside["teacher"]["accuracy"]["value"]
    assert beside["difference"]["value"] == pytest.approx(apart)
    assert beside == json.loads((student / "teacher.json").read_text())
    assert (student / "model" / "weights.safetensors").read_bytes() == before


def test_what_cannot_be_is_one_line_and_leaves_nothing(trained: Path, reviews: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    stars = tmp_path / "stars.csv"
    stars.write_text("".join(["text,label\n", *(f"text {n},{n % 3}\n" for n in range(60))]))
    none = tmp_path / "none.csv"
    none.write_text("text,label\n")
    sources.write(tmp_path / "lm")
    there = sorted(tmp_path.iterdir())
    refused = {
        (): "there is no TEACHER",
        (tmp_path / "lm",): "holds a language model, which says no class",
        (tmp_path / "nothing",): "does not exist",
        (trained, "--unlabelled", empty): "holds no text",
        (trained, "--unlabelled", tmp_path / "nothing.txt"): "does not exist",
        (trained, stars): "the classes of stars.csv are 0, 1, 2, and those of the teacher",
        (trained, none): "none.csv",
        (trained, "--temperature", 0): "distillation.temperature is 0",
        (trained, "--labels", 1): "distillation.labels is 1",
        (trained, "--validation", 0.3): "are not those that the teacher",
        (trained, "--set", "distillation.digest=abc"): "distillation.digest is abc",
        (trained, "--resume", "--force"): "give one of them",
    }
    for arguments, said in refused.items():
        result = tenor("distil", *arguments, *QUICK, "--out", tmp_path / "run")
        assert result.status == 2, result.err
        assert said in result.error
    assert "needs the folder" in tenor("distil", trained, "--resume").error
    assert "holds the teacher" in tenor("distil", trained, *QUICK, "--out", trained, "--force").error
    assert sorted(tmp_path.iterdir()) == there


def test_training_texts_that_changed_are_refused(reviews: Path, tmp_path: Path) -> None:
    data = write_reviews(tmp_path / "reviews.csv")
    assert tenor("train", data, *QUICK, "--epochs", 1, "--out", tmp_path / "teacher").status == 0
    write_reviews(data, seed=1)
    result = tenor("distil", tmp_path / "teacher", *QUICK, "--out", tmp_path / "student")
    assert result.status == 2
    assert "the training texts of reviews.csv are not those that the teacher" in result.error
    assert not (tmp_path / "student").exists()
