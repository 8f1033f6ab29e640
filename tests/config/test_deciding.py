"""What decides a result: later additions at their defaults and places of models do not."""

from dataclasses import replace

import toy

from tenor.config.deciding import deciding
from tenor.config.load import to_values
from tenor.config.subset import SubsetConfig
from tenor.config.transfer import TransferConfig


def test_what_came_later_counts_once_it_is_used() -> None:
    values = to_values(toy.config())
    found = deciding(values)
    assert not {"ensemble", "unlabelled", "distillation", "transfer"} & found.keys()
    assert not {"drop_where", "subset"} & found["data"].keys()
    assert "average" not in found["training"]
    assert found["network"] == values["network"]
    used = replace(toy.config(), data=replace(toy.config().data, subset=SubsetConfig(rows=5)))
    used = replace(used, training=replace(used.training, average=0.9))
    found = deciding(to_values(used))
    assert found["data"]["subset"]["rows"] == 5
    assert found["training"]["average"] == 0.9
    config = toy.config(ensemble={"members": 2}, unlabelled={"sources": ["more.txt"]})
    assert {"ensemble", "unlabelled"} <= deciding(to_values(config)).keys()


def test_a_model_elsewhere_counts_by_its_digest() -> None:
    def start(**changes: object) -> dict[str, object]:
        transfer = replace(TransferConfig(source="here", digest="ab"), **changes)
        return deciding(to_values(replace(toy.config(), transfer=transfer)))

    assert start() == start(source="there") != start(digest="cd")
    assert start(digest=None) != start(digest=None, source="there")
    assert "head" not in start()["transfer"]
    assert start() != start(head=True) != start(head=True, replay=0.5)
