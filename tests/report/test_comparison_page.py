"""The page of a comparison: its sentences follow its numbers."""

import csv
import io

import pytest
from comparisons import comparison, difference, model
from hypothesis import given, settings
from hypothesis import strategies as st
from markup import read

from tenor.report.comparison_csv import comparison_csv
from tenor.report.comparison_page import comparison_page, comparison_plots
from tenor.report.comparison_summary import comparison_summary

EVIL = "<script>alert('x')</script>"


def summary(*arguments, **changes):
    return " ".join(comparison_summary(comparison(*arguments, **changes)))


def test_leader_and_what_its_lead_is_worth():
    models = [model("gru", 0.89), model("lstm", 0.90), model("rnn", 0.8)]
    text = summary(models, [difference("gru", "lstm", -0.01, False), difference("rnn", "lstm", -0.1, True)])
    assert "lstm leads: it reads 90.0 % (89.0-91.0) of 200 test texts right (3 trainings)" in text
    assert "The lead of lstm over rnn (+10.0 points) holds" in text
    assert "over gru (+1.0 point) is not shown" in text
    assert "Of 2 differences between models, 1 holds" in text


def test_a_tie_has_two_leaders():
    text = summary([model("gru", 0.9), model("lstm", 0.9)], [difference("gru", "lstm", 0.0, False)])
    assert "gru and lstm lead together" in text
    assert "The lead of" not in text


@given(st.lists(st.floats(0.3, 0.99), min_size=2, max_size=5, unique=True))
@settings(max_examples=40, deadline=None)
def test_the_leader_is_always_the_most_accurate(accuracies):
    models = [model(f"m{place}", accuracy) for place, accuracy in enumerate(accuracies)]
    best = max(models, key=lambda one: one["accuracy"]["value"])["name"]
    assert summary(models).startswith(f"{best} leads: ")


def test_one_training_is_said_to_be_one():
    assert "trained once" in summary([model("gru", 0.9, seeds=1), model("lstm", 0.8, seeds=1)])
    # A baseline has one training whatever the seeds of the others.
    assert "trained once" not in summary([model("tfidf", 0.9, seeds=1), model("lstm", 0.8)])


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [(0.895, "is rnn: 89.5 % after 2.0 s of training instead of 10 s, 5.0 times as fast"),
     (0.8, "No cheaper model comes within the interval of gru")],
)  # fmt: skip
def test_the_cheapest_within_the_interval(accuracy, expected):
    assert expected in summary([model("gru", 0.9), model("rnn", accuracy, seconds=2.0)])


@pytest.mark.parametrize(("hard", "verdict"), [(0.9, "do not overlap"), (0.52, "overlap")])
def test_order_blind_models_are_held_against_recurrent_ones_where_they_are_worst(hard, verdict):
    blind = [model(name, 0.8, kinds={"plain": 0.95, "negated": 0.5}) for name in ("bag-mean", "tfidf")]
    text = summary(
        [*blind, model("bilstm", 0.92, kinds={"plain": 0.95, "negated": hard}), model("majority", 0.1)]
    )
    assert "(bag-mean and tfidf), are worst on kind = negated (100 texts): 50.0 %" in text
    assert f"(bilstm) reach {100 * hard:.1f} %; the intervals {verdict}." in text


def test_the_best_baseline_is_held_against_the_best_network():
    models = [model("gru", 0.9), model("tfidf", 0.92)]
    text = summary(models, [difference("gru", "tfidf", -0.02, True)])
    assert "gru, is worse than the best baseline, tfidf (-2.0 points, which holds)" in text


def test_gru_against_lstm():
    models = [model("bigru-last", 0.9, parameters=75, seconds=8.0), model("bilstm-last", 0.9, parameters=100)]
    text = summary(models, [difference("bigru-last", "bilstm-last", 0.0, False)])
    assert "bigru-last against bilstm-last: 25 % fewer parameters, 0.80 times the training time" in text
    assert "accuracy +0.0 points, which is not shown" in text


def test_failures_are_reported_and_the_rest_goes_on():
    failed = [{"model": "cnn", "seed": 1, "work": "costs", "reason": f"out of memory {EVIL}"}]
    models = [model("gru", 0.9), model("cnn", None, failed="out of memory")]
    found = read(comparison_page(comparison(models, failures=failed)))
    assert "cnn failed 1 time;" in found.text
    assert f"out of memory {EVIL}" in found.text
    assert "costs" in found.text


def test_nothing_trained_at_all(tmp_path):
    values = comparison([model("cnn", None, failed="out of memory")])
    assert "No model could be trained" in read(comparison_page(values)).text
    assert comparison_plots(values, tmp_path) == ()
    assert len(comparison_csv(values).splitlines()) == 2


def test_whatever_names_and_texts_hold_they_stay_text():
    values = comparison(
        [model(EVIL, 0.9, kinds={EVIL: 0.9, "$x^2$": 0.8}), model("$\\frac$ " + "x" * 80, 0.85)],
        [difference(EVIL, "$\\frac$ " + "x" * 80, 0.05, True)],
    )
    values["data"]["source"] = EVIL
    values["texts"][0]["text"] = EVIL
    values["data"]["warnings"] = [EVIL]
    assert read(comparison_page(values)).text.count(EVIL) > 10


def test_every_model_reads_the_same_texts_and_they_can_be_left_out():
    values = comparison([model("gru", 0.9), model("rnn", 0.8)])
    text = read(comparison_page(values)).text
    assert "wrong: gru: negative, 80.0 %" in text
    assert "right: rnn: positive, 80.0 %" in text
    assert "Read wrong by 1 of 2" in text
    assert "not a bad film" not in comparison_page(values, texts=False)


def test_the_worst_part_of_each_model_is_marked():
    text = read(comparison_page(comparison([model("gru", 0.9, kinds={"plain": 0.95, "negated": 0.7})]))).text
    assert "▼ 70.0 %" in text
    assert "▼ 95.0 %" not in text


def test_a_sweep_is_drawn():
    models = [model(f"gru hidden_size={size}", 0.8 + size / 1000) for size in (32, 64, 128)]
    values = comparison(models, sweep={"key": "hidden_size", "values": [32, 64, 128]})
    found = read(comparison_page(values))
    assert "sweep" in found.ids
    assert "Accuracy against hidden_size" in found.text
    assert "sweep" not in read(comparison_page(comparison(models))).ids


def test_pictures_and_table(tmp_path):
    values = comparison([model("majority", 0.5), model("gru", 0.9), model("cnn", None, failed="no memory")])
    for path in comparison_plots(values, tmp_path):
        assert path.read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {"accuracy.png", "cost.png"}
    rows = list(csv.DictReader(io.StringIO(comparison_csv(values))))
    assert [row["model"] for row in rows] == ["majority", "gru", "cnn"]
    assert float(rows[1]["accuracy"]) == 0.9
    assert float(rows[1]["accuracy_both_low"]) == pytest.approx(0.89)
    assert (rows[2]["accuracy"], rows[2]["failed"]) == ("", "no memory")
