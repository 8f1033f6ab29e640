"""Models by name and version, and new versions in place of old ones."""

import asyncio
import shutil
from pathlib import Path

import pytest
import small
from explained import predictor
from gated import Gated, Lying, answer_to, ask, opened, run

from tenor.config.service import ServiceConfig
from tenor.errors import ConfigError, ModelError
from tenor.inference.predictor import load
from tenor.service.errors import ServiceError
from tenor.service.service import Service
from tenor.service.sources import Found, Source, parse_all

ENGINES = {"old": {"a": 1.0}, "new": {"a": -1.0}, "third": {"b": 1.0}}


def engines():
    return {name: Gated(**weights) for name, weights in ENGINES.items()}


def served(service, name=None):
    return {
        version: service.registry.get(name, version).found.fingerprint for version in versions(service, name)
    }


def versions(service, name=None):
    return service.registry.versions(name or service.registry.default)


def test_several_models_and_versions() -> None:
    sources = [Lying("one", v2="old", v10="new"), Lying("two", v1="third")]
    service = opened(sources=sources, engines=engines())

    async def steps(app):
        async def label(**which):
            answer = (await ask(app, body={"text": "a", **which})).json
            return answer["model"], answer["version"], answer["predictions"][0]["label"]

        assert await label() == ("one", "10", "no")
        assert await label(version="2") == ("one", "2", "yes")
        assert await label(model="two") == ("two", "1", "no")
        unknown = (await ask(app, body={"text": "a", "model": "three"})).json
        assert "there are one, two" in unknown["error"]
        assert "there are 2, 10" in (await ask(app, body={"text": "a", "version": "3"})).json["error"]
        listed = (await ask(app, "/v1/models")).json
        assert listed["default"] == "one"
        assert [(one["name"], one["version"], one["versions"]) for one in listed["models"]] == [
            ("one", "10", ["2", "10"]),
            ("two", "1", ["1"]),
        ]

    run(steps, service)


def test_a_new_version_takes_over_while_requests_are_under_way() -> None:
    known = engines()
    source = Lying(v1="old")
    service = opened(sources=[source], engines=known)

    async def steps(app):
        known["old"].gate.clear()
        before = [asyncio.create_task(ask(app, body={"text": "a"}))]
        await known["old"].is_entered()
        before += [asyncio.create_task(ask(app, body={"text": "a"})) for _ in range(3)]
        while service.metrics.queue.labels("toy")._value.get() < 3:
            await asyncio.sleep(0)
        source.put(v1="old", v2="new")
        await service.registry.refresh()
        after = asyncio.create_task(ask(app, body={"text": "a"}))
        known["old"].gate.set()
        answers = [(await one).json for one in (*before, after)]
        return [(one["version"], one["predictions"][0]["label"]) for one in answers]

    assert run(steps, service) == [("1", "yes")] * 4 + [("2", "no")]


def test_a_version_that_goes_and_one_that_is_replaced() -> None:
    source = Lying(v1="old", v2="new")
    service = opened(sources=[source], engines=engines())

    async def steps(_):
        kept = service.registry.get(version="2")
        source.put(v2="new", v3="third")
        await service.registry.refresh()
        assert served(service) == {"2": "new", "3": "third"}
        assert service.registry.get(version="2") is kept
        source.put(v2="old", v3="third")
        await service.registry.refresh()
        assert served(service) == {"2": "old", "3": "third"}
        with pytest.raises(ServiceError):
            service.registry.get(version="1")

    run(steps, service)
    info = service.metrics.registry.get_sample_value
    assert info("tenor_model_info", {"model": "toy", "version": "3"}) == 1
    assert info("tenor_model_info", {"model": "toy", "version": "1"}) is None


def test_what_is_damaged_or_gone_changes_nothing(caplog) -> None:
    source = Lying(v1="old")
    service = opened(sources=[source], engines=engines())

    def failures():
        return [one.fields["reason"] for one in caplog.records if one.getMessage() == "version_failed"]

    async def steps(_):
        for lying in ({"v1": "damaged"}, {"v1": "old", "v2": "damaged"}):
            source.put(**lying)
            for _ in range(3):
                await service.registry.refresh()
            assert served(service) == {"1": "old"}
        source.found = {}
        await service.registry.refresh()
        assert served(service) == {"1": "old"}
        source.put(v1="damaged", v2="new")
        await service.registry.refresh()
        assert served(service) == {"1": "old", "2": "new"}

    run(steps, service)
    assert failures() == ["damaged is damaged"] * 2  # each once, however often it was looked at


def test_an_unexpected_error_of_loading_changes_nothing() -> None:
    source = Lying(v1="old")
    service = opened(sources=[source], engines=engines())

    def broken():
        raise RuntimeError("the disk is on fire")

    async def steps(_):
        source.versions = broken
        await service.registry.refresh()
        assert served(service) == {"1": "old"}

    run(steps, service)


def test_a_lone_model_counts_its_versions() -> None:
    source = Lying()
    source.found = Found(Path("old"), "old")
    service = opened(sources=[source], engines=engines())

    async def steps(_):
        assert served(service) == {"1": "old"}
        source.found = Found(Path("new"), "new")
        await service.registry.refresh()
        await service.registry.refresh()
        assert served(service) == {"2": "new"}
        source.found = Found(Path("damaged"), "damaged")
        await service.registry.refresh()
        assert served(service) == {"2": "new"}

    run(steps, service)


def test_it_looks_by_itself() -> None:
    source = Lying(v1="old")
    service = opened(sources=[source], engines=engines(), poll_seconds=0.01)

    async def steps(_):
        watching = asyncio.create_task(service.registry.watch())
        source.put(v1="old", v2="new")
        while versions(service) != ["1", "2"]:
            await asyncio.sleep(0.01)
        watching.cancel()

    run(steps, service)


def test_without_a_model_that_can_be_loaded_there_is_no_service() -> None:
    with pytest.raises(ModelError, match="damaged is damaged"):
        opened(sources=[Lying(v1="damaged")])
    service = opened(sources=[Lying(v1="plain", v2="damaged")])
    assert versions(service) == ["1"]
    service.close()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("runs/first", "first"),
        ("runs/first/model", "first"),
        ("x=runs/first", "x"),
        ("my model!", "my-model"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert Source.parse(text).name == name


def test_names_that_will_not_do() -> None:
    with pytest.raises(ConfigError, match="'a/b' is no name"):
        Source.parse("a/b=runs/first")
    with pytest.raises(ConfigError, match="two models are called first"):
        parse_all(["runs/first", "old/first"])


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two model folders that say different things: one, other."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("one", "other"):
        predictor(small.classifier(), small.SMALL).model.save(folder / name)
    return folder


def opened_at(*paths: Path) -> Service:
    return Service.open(parse_all([str(path) for path in paths]), ServiceConfig(), load=load)


def test_folders_with_versions(models: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    shutil.copytree(models / "one", place / "2")
    shutil.copytree(models / "other", place / "10")
    (place / "3").mkdir()  # one that is being copied
    (place / "notes").mkdir()
    service = opened_at(place)
    assert versions(service, "mine") == ["2", "10"]
    assert answer_to(service, body={"text": "a b"}).json["version"] == "10"


def test_a_folder_that_is_replaced_in_place(models: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    shutil.copytree(models / "one", place)
    service = opened_at(place)

    async def steps(app):
        async def asked():
            answer = (await ask(app, body={"text": "a b"})).json
            return answer["version"], answer["predictions"][0]["probabilities"]

        first = await asked()
        (place / "manifest.json").write_text("{}")
        await service.registry.refresh()
        assert await asked() == first
        shutil.rmtree(place)
        await service.registry.refresh()
        assert await asked() == first
        load(models / "other").model.save(place)
        await service.registry.refresh()
        return first, await asked()

    (old, before), (new, after) = run(steps, service)
    assert (old, new) == ("1", "2")
    assert before != after


def test_a_model_that_is_copied_slowly_is_served_once_it_is_whole(models: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    shutil.copytree(models / "one", place / "1")
    service = opened_at(place)

    async def steps(_):
        (place / "2").mkdir()
        for name in ("manifest.json", "model.json", "text.json", "weights.safetensors"):
            assert versions(service, "mine") == ["1"]
            shutil.copy(models / "other" / name, place / "2")
            await service.registry.refresh()
        assert versions(service, "mine") == ["1", "2"]

    run(steps, service)


def test_a_served_model_does_not_need_its_files(models: Path, tmp_path: Path) -> None:
    """What is written over the files of a model, in place, reaches no version that is served."""
    place = tmp_path / "mine"
    shutil.copytree(models / "one", place)
    before = load(models / "one").model.arrays
    copied = load(place, mapped=False).model.arrays
    (place / "weights.safetensors").write_bytes(b"")
    assert before.keys() == copied.keys()
    assert all((before[name] == copied[name]).all() for name in before)
