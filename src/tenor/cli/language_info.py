"""What `tenor info` says of a language model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tenor.cli.console import Terminal
from tenor.config.load import to_values
from tenor.config.names import reader_name
from tenor.report.numbers import count, size


def show_language_model(terminal: Terminal, path: Path, *, json: bool) -> None:
    """Print what the language model in a folder is."""
    from tenor.folder import find
    from tenor.pretrained_model import PretrainedModel, unit_of
    from tenor.report.tables import facts

    model = PretrainedModel.load(path)
    bytes_ = sum(file.stat().st_size for file in find(path).iterdir())
    parameters = sum(array.size for array in model.arrays.values())
    data: Mapping[str, Any] = model.data or {}
    if json:
        terminal.json(
            {
                "path": str(path),
                "kind": model.kind,
                "unit": unit_of(model.pipeline),
                "vocabulary": len(model.pipeline.vocabulary),
                "parameters": parameters,
                "bytes": bytes_,
                "digest": model.digest,
                "network": to_values(model.config),
                "output": to_values(model.output),
                "data": model.data,
                "metrics": model.metrics,
            }
        )
        return
    shown = {
        "language model": f"{path} ({size(bytes_)})",
        "network": f"{reader_name(model.config)}, {count(parameters, 'parameter')}",
        "trained on": str(data.get("source", "data that was not named")),
        "text": f"{model.pipeline.tokenizer.name}, vocabulary {len(model.pipeline.vocabulary):,}",
        "says": f"the next {unit_of(model.pipeline)}",
    }
    for split, figures in (model.metrics or {}).items():
        shown[f"{split} perplexity"] = f"{figures['perplexity']['value']:.4g}"
    terminal.show(facts(shown))
