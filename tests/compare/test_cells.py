"""Which cells a comparison has, on equal terms."""

from dataclasses import replace

import pytest
import sources
import toy

from tenor.compare.cells import BASELINE, NETWORK, Cell, cells_of, jobs_of, swept_settings, trials_of
from tenor.compare.work import data_fingerprint, result_fingerprint
from tenor.config.augmentation import AugmentConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.deciding import deciding
from tenor.config.load import parse, to_values
from tenor.config.transfer import TransferConfig
from tenor.errors import ConfigError

BASE = replace(toy.config(), training=replace(toy.config().training, threads=None, precision="auto"))
SMALL = ComparisonConfig(models=("lstm", "bigru-mean"), baselines=("tfidf",), seeds=2)


def test_every_model_comes_once_before_any_comes_twice():
    cells = cells_of(BASE, SMALL)
    assert [(cell.model, cell.kind, cell.seed) for cell in cells] == [
        ("tfidf", BASELINE, 0),
        ("lstm", NETWORK, 0),
        ("bigru-mean", NETWORK, 0),
        ("lstm", NETWORK, 1),
        ("bigru-mean", NETWORK, 1),
    ]
    assert len({cell.name for cell in cells}) == len({cell.fingerprint for cell in cells}) == 5


def test_only_network_and_seed_differ():
    cells = [cell for cell in cells_of(BASE, SMALL) if cell.kind == NETWORK]
    for cell in cells:
        assert cell.config.data == BASE.data
        assert cell.config.text == BASE.text
        assert replace(cell.config.training, seed=0) == cells[0].config.training
        assert cell.config.training.seed == cell.seed


def test_seeds_count_from_the_first():
    base = replace(BASE, training=replace(BASE.training, seed=5))
    assert {cell.seed for cell in cells_of(base, SMALL)} == {5, 6}


def test_figures_do_not_depend_on_the_number_of_jobs():
    """Neither on a stopwatch: threads are one, the precision is float32."""
    for jobs in (1, 2, None):
        for cell in cells_of(BASE, replace(SMALL, jobs=jobs)):
            assert cell.config.training.threads == 1
            assert cell.config.training.precision == "float32"


def test_a_budget_of_time_takes_one_cell_at_a_time():
    timed = replace(SMALL, budget_seconds=90.0)
    assert jobs_of(BASE, timed) == 1
    assert {cell.config.training.minutes for cell in cells_of(BASE, timed)} == {1.5}


def test_with_a_limit_in_time_threads_decide_the_result():
    cell = cells_of(BASE, replace(SMALL, budget_seconds=90.0))[1]
    training = replace(cell.config.training, threads=7)
    assert replace(cell, config=replace(cell.config, training=training)).fingerprint != cell.fingerprint


def test_minutes_are_a_budget():
    base = replace(BASE, training=replace(BASE.training, minutes=2.0))
    assert cells_of(base, SMALL) == cells_of(BASE, replace(SMALL, budget_seconds=120.0))


def test_variants_are_told_by_the_texts_and_not_by_the_setting():
    """Or results of before there were any could not be taken."""
    cell = cells_of(BASE, SMALL)[1]
    data = replace(cell.config.data, augment=AugmentConfig(share=0.3))
    assert replace(cell, config=replace(cell.config, data=data)).fingerprint == cell.fingerprint
    plain = toy.dataset()
    larger = replace(plain, splits={**plain.splits, "train": plain.split("train") * 2})
    assert data_fingerprint(larger) != data_fingerprint(plain)


def test_settings_that_change_nothing_change_no_fingerprint():
    cell = cells_of(BASE, SMALL)[1]
    training = cell.config.training
    for other, same in (
        (replace(training, threads=7), True),
        (replace(training, checkpoint_minutes=1.0), True),
        (replace(training, learning_rate=0.5), False),
        (replace(training, epochs=99), False),
    ):
        changed = replace(cell, config=replace(cell.config, training=other))
        assert (changed.fingerprint == cell.fingerprint) == same


def test_parts_are_a_models_own_and_by_default_no_part_of_a_fingerprint():
    models = ("lstm", "lstm:ensemble.members=3", "lstm:ensemble.ngrams.use=true:ensemble.ngrams.orders=2")
    cells = cells_of(BASE, ComparisonConfig(models=models, baselines=(), seeds=1))
    assert [cell.config.ensemble.members for cell in cells] == [1, 3, 1]
    assert len({cell.fingerprint for cell in cells}) == 3
    assert ["ensemble" in deciding(to_values(cell.config)) for cell in cells] == [False, True, True]


def test_json_and_back():
    for cell in cells_of(BASE, SMALL):
        assert Cell.from_json(cell.to_json()) == cell


def test_a_model_may_have_settings_of_its_own():
    name = "gru:training.learning_rate=0.5:network.recurrent.layers=3"
    plain, own = cells_of(BASE, replace(SMALL, models=("gru", name), baselines=(), seeds=1))
    assert own.model == name
    assert (own.config.training.learning_rate, own.config.network.recurrent.layers) == (0.5, 3)
    rate = plain.config.training.learning_rate
    assert replace(own.config.training, learning_rate=rate) == plain.config.training


def test_learning_rates_are_tried_with_the_first_seed_and_kept_for_all():
    given = replace(SMALL, rates=(0.1, 0.2))
    trials = trials_of(BASE, given)
    assert [(cell.model, cell.seed, cell.config.training.learning_rate) for cell in trials] == [
        ("lstm", 0, 0.1), ("lstm", 0, 0.2), ("bigru-mean", 0, 0.1), ("bigru-mean", 0, 0.2),
    ]  # fmt: skip
    cells = cells_of(BASE, given, {"lstm": 0.2, "bigru-mean": 0.1})
    kept = {(cell.model, cell.config.training.learning_rate) for cell in cells if cell.kind == NETWORK}
    assert kept == {("lstm", 0.2), ("bigru-mean", 0.1)}
    assert trials[1] in cells  # what was tried need not be trained again
    assert len({cell.name for cell in (*trials, *cells)}) == 4 + 2 + 1
    assert trials_of(BASE, SMALL) == []


def test_a_sweep_trains_every_model_with_every_value():
    swept = replace(SMALL, baselines=(), seeds=1, sweep="hidden_size", values=("4", "6"))
    cells = cells_of(BASE, swept)
    assert [cell.model for cell in cells] == [
        "lstm hidden_size=4", "lstm hidden_size=6", "bigru-mean hidden_size=4", "bigru-mean hidden_size=6",
    ]  # fmt: skip
    assert [cell.config.network.recurrent.hidden_size for cell in cells] == [4, 6, 4, 6]
    assert [cell.config.network.mingru.hidden_size for cell in cells] == [4, 6, 4, 6]


def test_a_model_without_the_setting_is_trained_once():
    swept = replace(
        SMALL, models=("bag", "lstm"), baselines=(), seeds=1, sweep="hidden_size", values=("4", "6")
    )
    assert [cell.model for cell in cells_of(BASE, swept)] == [
        "bag", "lstm hidden_size=4", "lstm hidden_size=6",
    ]  # fmt: skip


def test_a_sweep_by_its_whole_key_changes_that_alone():
    assert swept_settings("text.max_length") == ["text.max_length"]
    swept = replace(SMALL, sweep="network.recurrent.hidden_size", values=("4",))
    cell = cells_of(BASE, swept)[-1]
    assert cell.model == "bigru-mean hidden_size=4"
    assert cell.config.network.mingru == BASE.network.mingru


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": ("lstn",)}, "did you mean lstm"),
        ({"models": ("lstm", "lstm-mean-max")}, "lstm and lstm-mean-max are the same network"),
        ({"models": ("cnn", "cnn:network.mingru.layers=3")}, "are the same network"),
        ({"models": ("cnn:network.bidirectional=true",)}, "a model's own settings"),
        ({"models": ("lstm:text.max_length=9",)}, "a model's own settings are those of network"),
        ({"models": ("lstm:training.epochs=50",)}, "a model's own settings"),
        ({"models": ("lstm:training.seed=7",)}, "a model's own settings"),
        ({"models": ("lstm:network.encoder=gru",)}, "a model's own settings"),
        (
            {"models": ("lstm", "lstm-mean"), "sweep": "pooling", "values": ("mean", "max")},
            "the same network",
        ),
        ({"models": ("lstm:training.learning_rate=-1",)}, "training.learning_rate is -1"),
        ({"baselines": ("tfdif",)}, "did you mean 'tfidf'"),
        ({"models": (), "baselines": ()}, "nothing to compare"),
        ({"sweep": "hiden_size", "values": ("1",)}, "did you mean 'hidden_size'"),
        ({"sweep": "seed", "values": ("1",)}, "cannot be swept"),
        ({"sweep": "hidden_size", "values": ()}, "no values"),
        ({"sweep": "hidden_size", "values": ("many",)}, "hidden_size is 'many'"),
    ],
)
def test_refuses(changes, message):
    with pytest.raises(ConfigError, match=message):
        cells_of(parse({}), replace(SMALL, **changes))


def test_a_source_counts_by_its_digest_and_not_by_its_place(tmp_path):
    one, two = (sources.write(tmp_path / name, seed=seed) for name, seed in (("one", 5), ("two", 6)))
    given = ComparisonConfig(models=("lstm",), baselines=(), seeds=1)
    (first,) = cells_of(sources.started(one), given)
    (other,) = cells_of(sources.started(two), given)
    assert first.fingerprint != other.fingerprint
    (moved,) = cells_of(sources.started(one.rename(tmp_path / "three")), given)
    assert moved.fingerprint == first.fingerprint


def test_a_model_may_do_without_the_source(tmp_path):
    base = sources.started(sources.write(tmp_path))
    without = "lstm:transfer.source=null"
    cells = cells_of(base, ComparisonConfig(models=("lstm", without), baselines=(), seeds=1))
    assert [cell.config.transfer.source for cell in cells] == [str(tmp_path), None]
    assert cells[1].config.transfer == TransferConfig()
    (plain,) = cells_of(
        replace(base, transfer=TransferConfig()), ComparisonConfig(models=("lstm",), baselines=(), seeds=1)
    )
    assert cells[1].fingerprint == plain.fingerprint


def test_a_network_that_contradicts_the_source_is_refused_before_anything_is_trained(tmp_path):
    base = sources.started(sources.write(tmp_path))
    with pytest.raises(ConfigError, match=r"network\.encoder is gru, and that of the language model"):
        cells_of(base, ComparisonConfig(models=("lstm", "gru"), baselines=(), seeds=1))
    with pytest.raises(ConfigError, match="cannot be swept"):
        swept_settings("transfer.source")
    assert swept_settings("factor") == ["transfer.factor"]


def test_other_vectors_under_the_same_name_are_another_result(tmp_path):
    file = tmp_path / "vectors.txt"
    base = toy.config(text={"vectors": str(file)})
    (cell,) = cells_of(base, ComparisonConfig(models=("lstm",), baselines=(), seeds=1))
    found = set()
    for content in ("good 1 2 3 4 5 6\n", "good 1 2 3 4 5 7\n"):
        file.write_text(content)
        found.add(result_fingerprint(cell, "data"))
    assert len(found) == 2
