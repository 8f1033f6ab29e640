"""`settled`: a configuration with everything filled in that what training starts from decides.

That is the folder of a pretrained encoder (`network.pretrained.folder`) or a trained model of Tenor's
(`transfer.source`); of a teacher (`distillation.teacher`) the digest is noted.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import nested
from tenor.config.load import Values, merge, to_values
from tenor.config.text import TextConfig
from tenor.errors import ConfigError


def settled(config: ClassificationConfig) -> ClassificationConfig:
    """Return the configuration as it is trained and stored; settled again it stays as it is.

    With the encoder pretrained, `network.pretrained.folder` alone decides tokenizer, vocabulary, embedding
    size and shape. With `transfer.source` tokenizer and network must be those of the source, whose digest is
    noted. Other configurations are left as they are. What is wrong with a folder is said here, before any
    data is read.

    Raises:
        ConfigError: a setting contradicts the encoder, the source or the vocabulary, or lets texts be longer
            than the encoder can read.
        ModelError: the folder holds nothing that can be used.
    """
    if config.distillation.teacher is not None:
        from tenor.experiments.teacher import Teacher

        if config.unlabelled.objective.asked_for():
            raise ConfigError(
                "a student learns what its teacher says of the texts and nothing beside it; leave out "
                "unlabelled.objective, or distillation.teacher"
            )
        teacher = Teacher.read(config.distillation.teacher, config.distillation.digest)
        config = replace(config, distillation=replace(config.distillation, digest=teacher.digest))
    if config.transfer.source is not None:
        from tenor.training.source import Source

        source = Source.read(config.transfer.source)
        source.agree(to_values(config))
        return replace(config, transfer=replace(config.transfer, digest=source.digest))
    if config.ensemble.ngrams.use and (
        config.network.encoder == "pretrained" or config.text.pretrained is not None
    ):
        raise ConfigError(
            "n-grams are counted over a vocabulary made from the training texts, and a pretrained encoder or "
            "text.pretrained brings another; leave out that or ensemble.ngrams.use"
        )
    if config.network.encoder != "pretrained":
        if config.network.ratios.use and config.text.pretrained is not None:
            # They know padding and unknown by the ids these have in a vocabulary made here.
            raise ConfigError(
                "log-count ratios are counted over a vocabulary made from the training texts, and "
                "text.pretrained brings another; leave out network.ratios.use or text.pretrained"
            )
        return config
    from tenor.nn.architecture import Architecture
    from tenor.nn.architecture import settled as settled_network
    from tenor.nn.pretrained import weight_files
    from tenor.text.pretrained import existing

    network, text = settled_network(config.network), config.text
    folder = network.pretrained.folder
    if folder is None:
        raise ConfigError("network.pretrained.folder is not set, and training starts with the weights in it")
    weight_files(existing(folder))
    architecture = Architecture.of_json(str(network.pretrained.architecture))
    if architecture != Architecture.of_folder(folder):
        raise ConfigError(
            f"network.pretrained.architecture is not that of {folder}; leave it out, and it is read again"
        )
    if text.pretrained not in (None, folder) or text.tokenizer != TextConfig.tokenizer:
        raise ConfigError(
            "a pretrained encoder reads the tokens of its own tokenizer; leave out text.tokenizer and "
            "text.pretrained"
        )
    if text.vectors is not None:
        raise ConfigError("a pretrained encoder brings its own word vectors; leave out text.vectors")
    longest = architecture.longest
    if text.max_length is None or text.max_length > longest:
        given = "null" if text.max_length is None else text.max_length
        raise ConfigError(
            f"text.max_length is {given}, and the encoder in {folder} reads at most {longest} tokens; "
            f"set text.max_length={longest} or fewer"
        )
    return replace(config, network=network, text=replace(text, pretrained=folder))


def decided_by_source(config: ClassificationConfig) -> tuple[str, frozenset[str]]:
    """Return the name of what training starts from, and the settings it decides; without one, no settings.

    Raises:
        ModelError: there is nothing that training can start from.
    """
    if config.transfer.source is None:
        return "", frozenset()
    from tenor.training.source import Source

    source = Source.read(config.transfer.source)
    return source.name, frozenset({*source.settings(), "text.pretrained", "text.vectors"})


def adopted(values: Mapping[str, Any]) -> Values:
    """Return what a user set, with the tokenizer and the network that `transfer.source` decides.

    Only here is it known what the user set and what has its default: a setting that is there and contradicts
    the source is refused, one that is not there is taken from it.

    Raises:
        ConfigError: a setting contradicts the source; its line names both values.
        ModelError: there is nothing that training can start from.
    """
    transfer = values.get("transfer")
    path = transfer.get("source") if isinstance(transfer, Mapping) else None
    if not isinstance(path, str):
        return merge(values)
    from tenor.training.source import Source, starts_with_head

    source = Source.read(path)
    source.agree(values)
    decided = source.settings(head=starts_with_head(values))
    return merge(values, nested({**decided, "transfer.digest": source.digest}))
