"""From YAML files, recipe names and key=value settings to a configuration, and back to plain values."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields, is_dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from typing_extensions import Doc

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import at, flat, nested
from tenor.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Values = dict[str, Any]
_Config = TypeVar("_Config")


@dataclass(frozen=True)
class Setting:
    """One setting as the help shows it."""

    key: str  # dotted, such as training.epochs
    type: str
    default: object
    meaning: str


def recipes() -> dict[str, str]:
    """Return the shipped recipes: name -> first line of the description."""
    found = {}
    for file in sorted(resources.files("tenor").joinpath("recipes").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            text = str(_load_yaml(file.read_text("utf-8")).get("description", ""))
            found[file.name.removesuffix(".yaml")] = text.strip().partition("\n")[0]
    return found


def read(file_or_recipe: str) -> Values:
    """Return the values of a YAML file, or of the shipped recipe of that name."""
    import yaml

    path = Path(file_or_recipe)
    if path.suffix in {".yaml", ".yml", ".json"} or path.is_file():
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            raise ConfigError(f"no configuration file {path}; recipes are {', '.join(recipes())}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read {path}: {error}") from error
    elif file_or_recipe in recipes():
        text = resources.files("tenor").joinpath("recipes", f"{file_or_recipe}.yaml").read_text("utf-8")
    else:
        raise ConfigError(
            f"{file_or_recipe!r} is neither a YAML file nor a recipe; recipes are {', '.join(recipes())}"
            + _did_you_mean(file_or_recipe, recipes())
        )
    try:
        values = _load_yaml(text)
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise ConfigError(f"{file_or_recipe} is not valid YAML: {where}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{file_or_recipe} holds {type(values).__name__}, not sections with settings")
    return values


def assignments(settings: Iterable[str]) -> Values:
    """Turn key=value strings (training.epochs=5) into nested values; a value is read as YAML."""
    import yaml

    found: Values = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key:
            raise ConfigError(f"setting {setting!r} is not of the form key=value; --help has the keys")
        try:
            value = _load_yaml(text)
        except yaml.YAMLError as error:
            raise ConfigError(f"the value of {key} is not valid YAML: {text!r}") from error
        found[key.strip()] = value
    return nested(found)


def merge(*layers: Mapping[str, Any]) -> Values:
    """Merge nested values; later layers win."""
    merged: Values = {}
    for layer in layers:
        for key, value in layer.items():
            if isinstance(value, Mapping) and isinstance(merged.get(key), dict):
                merged[key] = merge(merged[key], value)
            else:
                merged[key] = merge(value) if isinstance(value, Mapping) else value
    return merged


def parse(values: Mapping[str, Any]) -> ClassificationConfig:
    """Build the configuration of a classifier; see `parse_as`."""
    return parse_as(ClassificationConfig, values)


def parse_as(cls: type[_Config], values: Mapping[str, Any]) -> _Config:
    """Build a configuration; unknown keys, wrong types and values out of range are refused."""
    from pydantic import TypeAdapter, ValidationError

    _refuse_unknown(cls, values, (), cls)
    known = {setting.key: setting for setting in settings(cls)}
    try:
        # By way of JSON: there a list is a tuple and a whole number a float, and nothing else is converted.
        return TypeAdapter(cls).validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors()[0]
        # The location goes on into the members of a union: the setting is its longest known beginning.
        where = [str(part) for part in first["loc"]]
        key = next(k for n in range(len(where), -1, -1) if (k := ".".join(where[:n])) in known or not n)
        found = repr(at(values, key)) if key else "unusable"
        expected = f" ({known[key].type}: {known[key].meaning})" if key in known else ""
        raise ConfigError(f"{key or 'the configuration'} is {found}: {first['msg']}{expected}") from None
    except TypeError as error:
        raise ConfigError(f"a configuration holds numbers, text and lists, nothing else: {error}") from None


def parse_flat(cls: type[_Config], values: Mapping[str, Any], owner: str) -> _Config:
    """Build a configuration without sections, such as that of `owner`; refuses what `parse` refuses."""
    from pydantic import TypeAdapter, ValidationError

    known = {setting.key: setting for setting in settings(cls)}
    for key in values:
        if key not in known:
            raise ConfigError(
                f"unknown setting {key}; {owner} has {', '.join(known)}{_did_you_mean(key, known)}"
            )
    try:
        return TypeAdapter(cls).validate_json(json.dumps(values))
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        meaning = f" ({known[key].type}: {known[key].meaning})"
        raise ConfigError(f"{key} is {values[key]!r}: {first['msg']}{meaning}") from None
    except TypeError as error:
        raise ConfigError(f"a configuration holds numbers, text and lists, nothing else: {error}") from None


def to_values(config: "DataclassInstance") -> Values:
    """Return a configuration as nested JSON-ready values; `parse_as` reads them back."""
    values: Values = json.loads(json.dumps(asdict(config)))
    return values


def changed(values: Mapping[str, Any], every: Iterable[Setting] | None = None) -> Values:
    """Return those of nested JSON-ready values that differ from their defaults, by their dotted keys.

    `every` are the settings there are; None: those of a classifier.
    """
    # By way of JSON, where a tuple is a list.
    known = settings() if every is None else every
    defaults = {setting.key: json.loads(json.dumps(setting.default)) for setting in known}
    return {key: value for key, value in flat(values).items() if value != defaults.get(key)}


def settings(cls: type = ClassificationConfig, prefix: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Yield every setting below a configuration class, in the order of definition."""
    hints = get_type_hints(cls, include_extras=True)
    for field in fields(cls):
        plain, meaning = _unwrap(hints[field.name])
        key = (*prefix, field.name)
        if is_dataclass(plain):
            yield from settings(plain, key)  # type: ignore[arg-type]
        else:
            yield Setting(".".join(key), _type_name(plain), _default(field), meaning)


def settings_in(config: "DataclassInstance") -> Iterator[Setting]:
    """Yield every setting of a configuration, its value there as default: sections may have other ones."""
    values = to_values(config)
    for setting in settings(type(config)):
        value = at(values, setting.key)
        yield replace(setting, default=tuple(value) if isinstance(value, list) else value)


def _default(field: "Field[Any]") -> object:
    return field.default if field.default is not MISSING else None


def _unwrap(hint: Any) -> tuple[Any, str]:
    if get_origin(hint) is not Annotated:
        return hint, ""
    plain, *metadata = get_args(hint)
    return plain, next((m.documentation for m in metadata if isinstance(m, Doc)), "")


def _type_name(hint: Any) -> str:
    arguments = get_args(hint)
    if hint is type(None):
        return "null"
    if not arguments:
        return str(getattr(hint, "__name__", hint))
    if get_origin(hint) is tuple:
        return f"list of {_type_name(_unwrap(arguments[0])[0])}"
    # Literal or a union
    return " | ".join(a if isinstance(a, str) else _type_name(a) for a in arguments)


def _refuse_unknown(cls: type, values: Any, prefix: tuple[str, ...], whole: type) -> None:
    where = ".".join(prefix)
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} is {values!r}; it is a section with settings of its own")
    hints = get_type_hints(cls)
    for key, value in values.items():
        if key not in hints or key.startswith("_"):
            known = [f.name for f in fields(cls)]
            full = {s.key.rpartition(".")[2]: s.key for s in settings(whole)}
            elsewhere = f"; did you mean {full[key]}?" if key in full else _did_you_mean(str(key), known)
            raise ConfigError(
                f"unknown setting {'.'.join((*prefix, str(key)))}; "
                f"{where or 'the configuration'} has {', '.join(known)}{elsewhere}"
            )
        if is_dataclass(hints[key]):
            _refuse_unknown(hints[key], value, (*prefix, key), whole)


def _load_yaml(text: str) -> Any:
    """Read YAML with 1e-3 as a number, as YAML 1.2 and everyone but PyYAML has it."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_implicit_resolver(
        "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
    )
    return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
