"""fastText (Joulin et al. 2017): 10 epochs, 50 dimensions, learning rate 0.3, two threads.

    python -m peers.fasttext_process NAME train.parquet test.parquet [--serve | --predictions]

Runs in the environment `FASTTEXT` of `environments`, so it imports nothing but fastText, pyarrow and the
standard library. Raw text becomes fastText's input (lower case, marks apart) within every measured time.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NGRAMS = {"fasttext-unigrams": 1, "fasttext-bigrams": 2}

_LABEL = "__label__"


def normalised(text: str) -> str:
    """Return the text in lower case, in one line, its marks set apart. A chain of replacements is fastest."""
    text = text.lower().replace("<br />", " ").replace("\n", " ").replace("\r", " ")
    for mark in ".,!?()\"':;":
        text = text.replace(mark, f" {mark} ")
    return text


def fit(name: str, texts: Sequence[str], labels: Sequence[int], seed: int = 0) -> Any:
    """Train a model; the library wants a file and reads it in its order, so rows are shuffled."""
    import fasttext  # type: ignore[import-not-found]

    rows = list(zip(texts, labels, strict=True))
    random.Random(seed).shuffle(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        with path.open("w") as file:
            for text, label in rows:
                file.write(f"{_LABEL}{label} {normalised(text)}\n")
        return fasttext.train_supervised(
            str(path), epoch=10, dim=50, lr=0.3, wordNgrams=NGRAMS[name], thread=2, verbose=0
        )


def read(file: Path) -> tuple[list[str], list[int]]:
    """Return texts and labels of a Parquet file."""
    import pyarrow.parquet as pq

    table = pq.read_table(file, columns=["text", "label"])
    return table["text"].to_pylist(), table["label"].to_pylist()


def main() -> None:
    """Do as the arguments say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=NGRAMS)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--predictions", action="store_true", help="print the label of each test text, too")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the training texts; default: 0")
    options = parser.parse_args()
    model = fit(options.name, *read(options.train), options.seed)
    test, labels = read(options.test)

    def predict(texts: list[str]) -> list[str]:
        found, _ = model.predict([normalised(text) for text in texts])
        return [row[0] for row in found]

    if options.serve:
        from peers import serving

        serving.serve(predict, test)
        return
    predicted = predict(test)
    right = sum(a == f"{_LABEL}{b}" for a, b in zip(predicted, labels, strict=True))
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        model.save_model(file.name)
        size = Path(file.name).stat().st_size
    found: dict[str, Any] = {"right": right, "rows": len(labels), "model_bytes": size}
    if options.predictions:
        found["predictions"] = [int(label.removeprefix(_LABEL)) for label in predicted]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
