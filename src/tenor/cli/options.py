"""Options that several commands share, and the configuration that they say together.

Names, meanings and defaults of settings come from the metadata of config/; here is only which of them have an
option of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from tenor.cli import completion
from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import flat, nested
from tenor.config.load import Setting, Values, assignments, merge, parse, read, settings, to_values
from tenor.config.names import named
from tenor.experiments import choosing
from tenor.experiments.settling import adopted

SETTINGS = {setting.key: setting for setting in settings()}

# Name of a command's parameter -> the setting it stands for.
SHORTCUTS: Mapping[str, str] = {
    "data": "data.source",
    "text_column": "data.text_column",
    "label_column": "data.label_column",
    "label_names": "data.label_names",
    "positive_from": "data.positive_from",
    "negative_to": "data.negative_to",
    "group_by": "data.group_by",
    "validation": "data.validation",
    "test": "data.test",
    "empty": "data.empty",
    "encoding": "data.encoding",
    "augment": "data.augment.share",
    "templates": "data.augment.templates",
    "augment_seed": "data.augment.seed",
    "tokenizer": "text.tokenizer",
    "max_length": "text.max_length",
    "source": "transfer.source",
    "extend_vocabulary": "transfer.extend_vocabulary",
    "unlabelled": "unlabelled.sources",
    "drop_where": "unlabelled.drop_where",
    "epochs": "training.epochs",
    "seed": "training.seed",
    "device": "training.device",
    "track": "training.track",
}
# Those whose value is a list, here written with commas.
_LISTS = {"label_names", "track"}
# Settings with which a network is given, or what it needs: then no recipe is chosen.
_OF_NETWORK = ("network.", "transfer.", "text.pretrained", "text.vectors")


def meaning(setting: Setting) -> str:
    """Return what a setting means, with its choices."""
    choices = completion.words(setting.type)
    return f"{setting.meaning} (one of {', '.join(choices)})" if choices else setting.meaning


def shown_default(setting: Setting) -> str:
    """Return a default as it is written in YAML; empty where there is none to speak of."""
    if setting.default in (None, (), ""):
        return ""
    if isinstance(setting.default, tuple):
        return f"[{', '.join(map(str, setting.default))}]"
    return str(setting.default).lower() if isinstance(setting.default, bool) else str(setting.default)


def help_of(setting: Setting) -> str:
    """Return meaning and default of a setting as the help has them, which is rich markup."""
    default = f" [default: {shown}]" if (shown := shown_default(setting)) else ""
    return f"{meaning(setting)}{default}".replace("[", r"\[")


def shortcut(flag: str, setting: Setting, panel: str, *, metavar: str | None = None, also: str = "") -> Any:
    """Return the option of a setting."""
    return typer.Option(
        flag,
        help=help_of(setting) + also,
        show_default=False,
        metavar=metavar,
        rich_help_panel=panel,
        autocompletion=completion.among(completion.words(setting.type)),
    )


def _help(key: str) -> str:
    return help_of(SETTINGS[key])


def _shortcut(flag: str, key: str, panel: str, *, metavar: str | None = None, also: str = "") -> Any:
    return shortcut(flag, SETTINGS[key], panel, metavar=metavar, also=also)


def _quiet(context: typer.Context, value: bool) -> bool:
    if context.obj is not None:  # while the shell completes there is no terminal
        context.obj.quiet = context.obj.quiet or value
    return value


def _debug(context: typer.Context, value: bool) -> bool:
    if context.obj is not None:
        context.obj.debug = context.obj.debug or value
    return value


_DATA, _TEXT, _TRAINING, _OUTPUT = "Data", "Text", "Training", "Output"
_CONFIDENCE = "Confidence"

Data = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        help=_help("data.source"),
        show_default=False,
        autocompletion=completion.sources,
    ),
]
MODEL = "a run folder, its model folder, or a .onnx file of tenor export"
Model = Annotated[str, typer.Argument(metavar="MODEL", help=MODEL, show_default=False)]
# Of commands that need what an exported file does not hold.
ModelFolder = Annotated[
    str, typer.Argument(metavar="MODEL", help="a run folder or its model folder", show_default=False)
]
TextColumn = Annotated[str | None, _shortcut("--text-column", "data.text_column", _DATA, metavar="NAME")]
LabelColumn = Annotated[str | None, _shortcut("--label-column", "data.label_column", _DATA, metavar="NAME")]
LabelNames = Annotated[
    str | None,
    _shortcut("--label-names", "data.label_names", _DATA, metavar="A,B,...", also="; here with commas"),
]
PositiveFrom = Annotated[float | None, _shortcut("--positive-from", "data.positive_from", _DATA)]
NegativeTo = Annotated[float | None, _shortcut("--negative-to", "data.negative_to", _DATA)]
GroupBy = Annotated[str | None, _shortcut("--group-by", "data.group_by", _DATA, metavar="COLUMN")]
Validation = Annotated[
    str | None,
    _shortcut(
        "--validation",
        "data.validation",
        _DATA,
        metavar="FILE|SHARE",
        also=f"; or a number: {_help('data.validation_fraction')}",
    ),
]
Test = Annotated[
    str | None,
    _shortcut(
        "--test",
        "data.test",
        _DATA,
        metavar="FILE|SHARE",
        also=f"; or a number: {_help('data.test_fraction')}",
    ),
]
Empty = Annotated[str | None, _shortcut("--empty", "data.empty", _DATA, metavar="POLICY")]
Encoding = Annotated[str | None, _shortcut("--encoding", "data.encoding", _DATA, metavar="NAME")]
Augment = Annotated[float | None, _shortcut("--augment", "data.augment.share", _DATA, metavar="SHARE")]
Templates = Annotated[str | None, _shortcut("--templates", "data.augment.templates", _DATA, metavar="FILE")]
AugmentSeed = Annotated[int | None, _shortcut("--seed", "data.augment.seed", _DATA)]
Tokenizer = Annotated[str | None, _shortcut("--tokenizer", "text.tokenizer", _TEXT, metavar="NAME")]
MaxLength = Annotated[int | None, _shortcut("--max-length", "text.max_length", _TEXT)]
From = Annotated[str | None, _shortcut("--from", "transfer.source", _TRAINING, metavar="FOLDER")]
ExtendVocabulary = Annotated[
    bool | None, _shortcut("--extend-vocabulary", "transfer.extend_vocabulary", _TRAINING)
]
Unlabelled = Annotated[
    list[str] | None,
    _shortcut("--unlabelled", "unlabelled.sources", _TRAINING, metavar="FILE", also="; may be given again"),
]
DropWhere = Annotated[
    list[str] | None,
    _shortcut(
        "--drop-where", "unlabelled.drop_where", _TRAINING, metavar="COLUMN", also="; may be given again"
    ),
]
Epochs = Annotated[int | None, _shortcut("--epochs", "training.epochs", _TRAINING)]
Seed = Annotated[int | None, _shortcut("--seed", "training.seed", _TRAINING)]
Device = Annotated[str | None, _shortcut("--device", "training.device", _TRAINING, metavar="NAME")]
Track = Annotated[
    str | None,
    _shortcut(
        "--track", "training.track", _TRAINING, metavar="NAME,...", also="; here with commas, and '' for none"
    ),
]

Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE|RECIPE",
        help="YAML file with settings, or a recipe that comes with Tenor",
        autocompletion=completion.recipe_names,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="any setting, such as training.epochs=5; beats everything else, and may be given again",
        autocompletion=completion.setting_keys,
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="the network by its name, [bi]encoder[-pooling], such as bilstm-attention".replace("[", r"\["),
        autocompletion=completion.model_names,
    ),
]
Quality = Annotated[
    str | None,
    typer.Option(
        "--quality",
        metavar="NAME",
        help=f"what the recipe that is chosen should be: {', '.join(choosing.QUALITIES)}; one is chosen "
        "where neither --config nor --model nor a setting of the network is given "
        f"\\[default: {choosing.DEFAULT}]",
        show_default=False,
        autocompletion=completion.among(list(choosing.QUALITIES)),
    ),
]
AbstainBelow = Annotated[
    float | None,
    typer.Option(
        "--abstain-below",
        metavar="P",
        help="call predictions of a lower probability ambiguous",
        show_default=False,
        rich_help_panel=_CONFIDENCE,
    ),
]
TargetAccuracy = Annotated[
    float | None,
    typer.Option(
        "--target-accuracy",
        metavar="A",
        help="the same, with the lowest P at which a share A of the rest is right, by validation texts",
        show_default=False,
        rich_help_panel=_CONFIDENCE,
    ),
]
PerClass = Annotated[
    bool,
    typer.Option(
        "--per-class",
        help="a P for each predicted class, so that each reaches A by itself",
        rich_help_panel=_CONFIDENCE,
    ),
]
AbstainUnfamiliar = Annotated[
    bool,
    typer.Option(
        "--abstain-unfamiliar",
        help="call texts ambiguous, too, that have more unknown words than 99 of 100 validation texts",
        rich_help_panel=_CONFIDENCE,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="print JSON to stdout, and nothing else there", rich_help_panel=_OUTPUT)
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="print results and errors only", callback=_quiet, rich_help_panel=_OUTPUT
    ),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="print the traceback of an error", callback=_debug, rich_help_panel=_OUTPUT),
]


def configuration(
    context: typer.Context, *, base: ClassificationConfig | None = None
) -> ClassificationConfig:
    """Return the configuration a command line says.

    Later ones win: defaults (or `base`), --config, DATA and shortcuts with --model, --set. What training
    starts from (transfer.source) decides what none of these says.
    """
    chosen = context.params.get("config")
    before = {} if base is None else to_values(base), read(chosen) if chosen else {}
    return parse(adopted(said(context, *before)))


def said(context: typer.Context, *before: Mapping[str, Any], keys: Mapping[str, str] = SHORTCUTS) -> Values:
    """Return the settings that stand `before` with those of DATA, shortcuts, --model and --set over them."""
    given = context.params
    values = merge(*before, shortcuts(given, keys))
    if given.get("model_name"):
        values = named(values, given["model_name"])
    return merge(values, assignments(given.get("settings") or ()))


def names_network(context: typer.Context) -> str | None:
    """Return the option of a command line that says what is trained; None: nothing does, so one chooses."""
    given = context.params
    for name, flag in {"config": "--config", "model_name": "--model", "source": "--from"}.items():
        if given.get(name):
            return flag
    for key in flat(assignments(given.get("settings") or ())):
        if key.startswith(_OF_NETWORK):
            return f"--set {key}"
    return None


def evaluated(context: typer.Context, trained: ClassificationConfig) -> ClassificationConfig:
    """Return the configuration for evaluating a model: what is not said is as it was trained."""
    source = context.params["data"]
    if source is not None and source != trained.data.source:
        # The files that came with the training data are not those of other data.
        trained = replace(trained, data=replace(trained.data, validation=None, test=None))
    return configuration(context, base=trained)


def encoding(given: str | None) -> str:
    """Return the encoding of a command that reads texts alone: as given, or the default of the setting."""
    return given or str(SETTINGS["data.encoding"].default)


def shortcuts(given: Mapping[str, Any], keys: Mapping[str, str] = SHORTCUTS) -> Values:
    """Return the settings that a command's parameters give, as nested values."""
    found: Values = {}
    for name, key in keys.items():
        value = given.get(name)
        if value is None or value in ([], ()):  # an option that may be given again, and was not
            continue
        if name in _LISTS:
            found[key] = [part.strip() for part in value.split(",")] if value else []
        elif key.rpartition(".")[2] in {"validation", "test"} and (share := _number(value)) is not None:
            found[f"{key}_fraction"] = share
        else:
            found[key] = value
    return nested(found)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
