"""Reading a page as a browser would, and complaining where a browser would not."""

from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "img", "hr", "input", "col", "wbr"}
_LOADING = {"src", "srcset", "data", "poster", "action", "background", "cite"}


class Markup(HTMLParser):
    """What stands in a page; `faults` names what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.references: list[str] = []
        self.svgs: list[set[str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]
        self.faults += [f"id {one} stands twice" for one in set(self.ids) if self.ids.count(one) > 1]
        self.faults += [f"#{one} leads nowhere" for one in self.references if one not in self.ids]
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.faults.append(f"headings begin {self.headings[:2]}")
        steps = zip(self.headings, self.headings[1:], strict=False)
        self.faults += [f"h{a} is followed by h{b}" for a, b in steps if b > a + 1]
        self.faults += ["a picture without title and description" for found in self.svgs if len(found) < 2]

    def handle_starttag(self, tag, attrs):
        self._tag(tag, dict(attrs))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._tag(tag, dict(attrs))

    def handle_endtag(self, tag):
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)
        elif "http" in data or "@import" in data:
            self.faults.append("the style loads something")

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def _tag(self, tag, attrs):  # noqa: PLR0912
        self.tags.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))
        if tag == "svg":
            self.svgs.append(set())
            if attrs.get("role") != "img":
                self.faults.append("a picture without a role")
            self.references += attrs.get("aria-labelledby", "").split()
        if tag in {"title", "desc"} and "svg" in self._open:
            self.svgs[-1].add(tag)
        if tag == "img" and not attrs.get("alt"):
            self.faults.append("an image without alt")
        if tag == "th" and "scope" not in attrs:
            self.faults.append("a th without scope")
        for name, value in attrs.items():
            value = value or ""  # noqa: PLW2901
            if name.startswith("on"):
                self.faults.append(f"{tag} has {name}")
            if name in _LOADING and not value.startswith("data:"):
                self.faults.append(f"{tag} loads {value}")
            if name in {"href", "xlink:href"}:
                if value.startswith("#"):
                    self.references.append(value[1:])
                else:
                    self.faults.append(f"{tag} refers to {value}")
            if "url(" in value:
                self.references.append(value.partition("url(#")[2].partition(")")[0])


def read(page: str) -> Markup:
    """Return a page that was read, after making sure that nothing is wrong with it."""
    assert page.startswith("<!DOCTYPE html>")
    found = Markup(page)
    assert found.faults == []
    assert not {"script", "iframe", "link", "object", "embed", "form"} & set(found.tags)
    assert found.tags.count("table") == found.tags.count("caption")
    return found
