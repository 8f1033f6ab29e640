"""Tenor as it predicts: `python -m peers.tenor_model MODEL test.parquet` answers serving requests."""

import argparse
from pathlib import Path

import texts

import tenor
from peers import serving


def main() -> None:
    """Load the model and the texts, then answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("test", type=Path)
    options = parser.parse_args()
    given, _ = texts.read(options.test)
    serving.serve(tenor.load(options.model).predict, given)


if __name__ == "__main__":
    main()
