"""What a network is, in words, from its settings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tenor.report.numbers import count

Values = Mapping[str, Any]

_POOLINGS = {
    "last": "what it holds at the end",
    "mean": "the mean over the tokens",
    "max": "the maximum over the tokens",
    "mean-max": "mean and maximum over the tokens",
    "attention": "attention over the tokens",
    "dot-attention": "scaled dot-product attention over the tokens",
}
_MERGES = {"concat": "side by side", "sum": "added", "mean": "averaged", "product": "multiplied"}


def network_sentence(network: Values, *, vocabulary: int, classes: int) -> str:
    """Say how a text becomes logits, for the settings of `NetworkConfig` as JSON."""
    encoder = str(network["encoder"])
    ratios = network.get("ratios", {}).get("use", False)
    hidden = network["hidden"]
    return " ".join(
        [
            f"Each token becomes a vector of {network['embedding_size']:,} numbers "
            f"({count(vocabulary, 'entry', 'entries')} in the vocabulary)"
            + (", beside log-count ratios of words and bigrams." if ratios else "."),
            f"{_ENCODERS.get(encoder, _other)(network)}.",
            f"The text is then one vector: {_POOLINGS.get(network['pooling'], network['pooling'])}.",
            (f"A ReLU layer of {count(hidden, 'unit')} follows. " if hidden else "")
            + f"A linear layer makes of it the scores of {count(classes, 'class', 'classes')}.",
        ]
    )


def parts_words(parts: Sequence[Values], mixture: Values | None = None) -> str:
    """Say what a model is the sum of, for its parts and mixture as JSON; nothing of one network alone."""
    networks, ngrams = parts[0], next((one for one in parts if one["kind"] == "n-grams"), None)
    words = "" if networks["count"] == 1 else f"the mean of {count(networks['count'], 'network')}"
    if ngrams is None:
        return words
    weight = "" if networks["weight"] == 1 else f"{networks['weight']:.2f} times "
    reason = (mixture or {}).get("reason")
    return (
        f"{weight}{words or 'the network'}, plus {ngrams['weight']:.2f} times a linear model of "
        f"{count(ngrams['count'], 'n-gram')}" + (f" (the default weight: {reason})" if reason else "")
    )


def _recurrent(name: str) -> Callable[[Values], str]:
    def words(network: Values) -> str:
        found = network["recurrent"]
        both = network["bidirectional"]
        merged = f", the two {_MERGES.get(found['merge'], found['merge'])}" if both else ""
        return f"{name} reads them {_reading(network)}, with {_units(found)}{_each(network)}{merged}"

    return words


def _mingru(network: Values) -> str:
    found = network["mingru"]
    return (
        f"A minGRU whose gates see {count(found['width'], 'token')} reads them {_reading(network)}, "
        f"with {_units(found)}{_each(network)}"
    )


def _bag(network: Values) -> str:
    longest = network["bag"]["ngrams"]
    more = f", with hashed n-grams of up to {longest} tokens" if longest > 1 else ""
    return f"They are a bag, whose order is not seen{more}"


def _cnn(network: Values) -> str:
    found = network["cnn"]
    widths = ", ".join(map(str, found["widths"]))
    filters = count(found["filters"], "filter")
    return f"{filters} of each width ({widths} tokens) go over them, in {_layers(found)}"


def _transformer(network: Values) -> str:
    found = network["transformer"]
    return (
        f"A transformer with {_units(found)}, {count(found['heads'], 'head')} and {found['positions']} "
        "positions sees them all at once"
    )


def _pretrained(network: Values) -> str:
    found = network["pretrained"]
    trained = "trained further as a whole" if found["tune"] else "kept as it came"
    layers = "" if found["layers"] is None else f", cut to {_layers(found)}"
    name = "" if found.get("folder") is None else f" ({found['folder']})"
    return f"A pretrained encoder{name}{layers}, {trained}, sees them all at once"


def _other(network: Values) -> str:
    return f"The encoder {network['encoder']} reads them"


def _reading(network: Values) -> str:
    return "in both directions" if network["bidirectional"] else "from left to right"


def _each(network: Values) -> str:
    return " in each direction" if network["bidirectional"] else ""


def _units(found: Values) -> str:
    return f"{_layers(found)} of {count(found['hidden_size'], 'unit')}"


def _layers(found: Values) -> str:
    return count(found["layers"], "layer")


# every encoder -> the words for its settings
_ENCODERS: dict[str, Callable[[Values], str]] = {
    "rnn": _recurrent("A plain recurrent network (RNN)"),
    "lstm": _recurrent("A long short-term memory (LSTM)"),
    "gru": _recurrent("A gated recurrent unit (GRU)"),
    "mingru": _mingru,
    "bag": _bag,
    "cnn": _cnn,
    "transformer": _transformer,
    "pretrained": _pretrained,
}
