"""Makes the pages of docs/ that hold figures: a text with the tables and figures of the results.

    python benchmarks/publish.py            writes the pages
    python benchmarks/publish.py --check    ends with 1 if a page is another

In a template `{{ NAME }}` is a table of `tables.TABLES`, and `{{ RESULT PATH FORMAT }}` a figure, such as
`{{ recipe-chapter test_accuracy.value .1% }}`. What has not been measured yet is said so.
"""

import argparse
import re
import sys
from pathlib import Path

import record
from results import MissingResultError, Results
from tables import TABLES

_HERE = Path(__file__).resolve().parent
# template -> page
PAGES = {
    _HERE / "page.md": record.ROOT / "docs" / "benchmarks.md",
    _HERE / "accuracy.md": record.ROOT / "docs" / "accuracy.md",
    _HERE / "architectures.md": record.ROOT / "docs" / "architectures.md",
    _HERE / "attribution.md": record.ROOT / "docs" / "attribution.md",
    _HERE / "forecasting.md": record.ROOT / "docs" / "forecasting.md",
    _HERE / "reference.md": record.ROOT / "docs" / "reference.md",
}

_PLACE = re.compile(r"\{\{ (?P<name>[\w-]+)(?: (?P<path>[\w.-]+) (?P<spec>\S+))? \}\}")


def page(template: str, results: Results) -> str:
    """Return the template with every place filled."""

    def fill(match: re.Match[str]) -> str:
        name, path, spec = match["name"], match["path"], match["spec"]
        try:
            if path is None:
                return TABLES[name](results)
            shown = format(results.value(name, path), spec)
        except MissingResultError as missing:
            return "(not measured yet)" if path is not None else str(missing)
        return f"{shown[:-1]} %" if shown.endswith("%") else shown

    return _PLACE.sub(fill, template)


def main() -> None:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    results = Results.read(record.RESULTS)
    for template, target in PAGES.items():
        made = page(template.read_text("utf-8"), results)
        if not options.check:
            target.write_text(made, "utf-8")
        elif made != target.read_text("utf-8"):
            sys.exit(f"{target} is not what the results say; make it with: python benchmarks/publish.py")


if __name__ == "__main__":
    main()
