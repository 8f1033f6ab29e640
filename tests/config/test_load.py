"""Configurations: read, merged, checked, written, read again."""

from dataclasses import fields, is_dataclass

import pytest

from tenor.config.classification import ClassificationConfig
from tenor.config.load import assignments, changed, merge, parse, read, recipes, settings, to_values
from tenor.errors import ConfigError


def test_defaults_come_from_the_dataclasses() -> None:
    assert parse({}) == ClassificationConfig()


def test_values_go_there_and_back() -> None:
    config = parse(
        assignments(["training.class_weights=[1, 2.5]", "text.max_length=null", "data.stratify=no"])
    )
    assert parse(to_values(config)) == config
    assert config.training.class_weights == (1.0, 2.5)


@pytest.mark.parametrize(
    ("text", "value"), [("1e-3", 0.001), ("5", 5.0), ("0.5", 0.5), ("2.5E-4", 2.5e-4), ("1e1", 10.0)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse(assignments([f"training.learning_rate={text}"])).training.learning_rate == value


def test_changed_are_the_settings_that_differ_from_their_defaults() -> None:
    assert changed(to_values(ClassificationConfig())) == {}
    given = ["training.epochs=99", "network.cnn.widths=[7]", "text.max_length=null"]
    expected = {"text.max_length": None, "network.cnn.widths": [7], "training.epochs": 99}
    assert changed(to_values(parse(assignments(given)))) == expected


def test_later_layers_win_and_leave_the_rest() -> None:
    merged = merge(
        {"training": {"epochs": 3, "seed": 1}}, {"training": {"epochs": 5}}, {"text": {"min_count": 1}}
    )
    assert merged == {"training": {"epochs": 5, "seed": 1}, "text": {"min_count": 1}}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("training.epocs=3", r"unknown setting training\.epocs.*did you mean epochs\?"),
        ("epochs=3", r"unknown setting epochs.*did you mean training\.epochs\?"),
        ("trainig.epochs=3", r"unknown setting trainig.*did you mean training\?"),
        ("network.recurrent.hiden_size=3", r"did you mean hidden_size\?"),
        ("training.epochs=many", r"training\.epochs is 'many'.*int"),
        ("training.epochs=2.5", r"training\.epochs is 2\.5"),
        ("training.epochs=0", r"training\.epochs is 0.*greater than or equal to 1"),
        ("training.epochs=true", r"training\.epochs is True"),
        ("training.learning_rate=-1", r"training\.learning_rate is -1.*greater than 0"),
        ("training.class_weights=heavy", r"training\.class_weights is 'heavy'.*balanced"),
        ("training.class_weights=[1, x]", r"training\.class_weights is \[1, 'x'\]"),
        ("training=3", r"training is 3; it is a section"),
        ("text.tokenizer=moses", r"text\.tokenizer is 'moses'.*basic_english"),
        ("network.pooling=[a]", r"network\.pooling is \['a'\]"),
        ("data.source={a: 1}", r"data\.source is \{'a': 1\}"),
    ],
)
def test_wrong_settings_get_one_clear_line(setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse(assignments([setting]))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("setting", ["epochs", "=3", "a: [1"])
def test_settings_of_another_form_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match="key=value"):
        assignments([setting])


def test_a_value_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(ConfigError, match="not valid YAML"):
        assignments(["training.epochs=[1"])


def test_every_setting_says_what_it_means_and_of_what_type_it_is() -> None:
    found = list(settings())
    assert len({s.key for s in found}) == len(found)
    for setting in found:
        assert setting.meaning, setting.key
        assert setting.type, setting.key


def test_no_section_can_take_unknown_keys() -> None:
    def walk(value: object) -> None:
        assert is_dataclass(value)
        assert type(value).__pydantic_config__ == {"extra": "forbid", "strict": True}
        for field in fields(value):
            inner = getattr(value, field.name)
            if is_dataclass(inner):
                walk(inner)

    walk(ClassificationConfig())


@pytest.mark.parametrize("name", recipes())
def test_recipes_are_valid_and_described(name: str) -> None:
    config = parse(read(name))
    assert recipes()[name]
    assert config.description.strip()


def test_unknown_recipe_says_which_there_are() -> None:
    with pytest.raises(ConfigError, match=r"chapter.*did you mean notebook"):
        read("notebok")


def test_missing_file(tmp_path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        read(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [1", "not valid YAML"),
        ("- 1\n- 2\n", "not sections"),
        ("\xff", "cannot read|not valid YAML|not sections"),
    ],
)
def test_broken_files(tmp_path, content: str, message: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(content, "latin-1")
    with pytest.raises(ConfigError, match=message):
        read(str(file))
