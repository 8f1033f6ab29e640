"""The usual notebook: plain torch, packed sequences, batches as they come, the last state, Adam."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

from tenor.config.network import NetworkConfig

Example = tuple[Tensor, Tensor]  # ids (T,), target ()
Padded = tuple[Tensor, Tensor, Tensor]  # ids (B, T), lengths (B,), targets (B,)


class Texts(Dataset[Example]):
    """Texts as ids, with 0 or 1 each."""

    def __init__(self, ids: list[Tensor], targets: Tensor) -> None:
        self.ids = ids
        self.targets = targets

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Example:
        return self.ids[index], self.targets[index]


def collate(examples: list[Example]) -> Padded:
    """Pad a batch to its longest text."""
    ids, targets = zip(*examples, strict=True)
    lengths = torch.tensor([len(text) for text in ids])
    return pad_sequence(list(ids), batch_first=True), lengths, torch.stack(targets)


def loader(texts: Texts, batch_size: int, seed: int) -> "DataLoader[Example]":
    """Return batches in random order, texts of all lengths together."""
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(texts, batch_size, shuffle=True, collate_fn=collate, generator=generator)


def forever(texts: Texts, batch_size: int, seed: int) -> Iterator[Padded]:
    """Yield the batches of one epoch after another."""
    batches = loader(texts, batch_size, seed)
    while True:
        yield from batches


CELLS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


class Notebook(nn.Module):
    """Embedding, LSTM or GRU, last states of the last layer, perhaps a ReLU layer, one output."""

    def __init__(self, vocabulary_size: int, config: NetworkConfig) -> None:
        super().__init__()
        recurrent = config.recurrent
        self.embedding = nn.Embedding(vocabulary_size, config.embedding_size, padding_idx=0)
        self.rnn = CELLS[config.encoder](
            config.embedding_size,
            recurrent.hidden_size,
            num_layers=recurrent.layers,
            batch_first=True,
            bidirectional=config.bidirectional,
            dropout=recurrent.dropout,
        )
        size = recurrent.hidden_size * (2 if config.bidirectional else 1)
        self.hidden = nn.Linear(size, config.hidden) if config.hidden else None
        self.output = nn.Linear(config.hidden or size, 1)
        self.embedding_dropout = nn.Dropout(config.embedding_dropout)
        self.output_dropout = nn.Dropout(config.output_dropout)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(B, T), (B,) -> logits of the class 1, (B,)."""
        x = self.embedding_dropout(self.embedding(ids))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, states = self.rnn(packed)
        states = states[0] if isinstance(self.rnn, nn.LSTM) else states  # (layers * directions, B, H)
        last = torch.cat((states[-2], states[-1]), 1) if self.rnn.bidirectional else states[-1]
        last = self.output_dropout(last)
        if self.hidden is not None:
            last = torch.relu(self.hidden(last))
        logits: Tensor = self.output(last).squeeze(1)
        return logits


@dataclass
class Training:
    """The loop of the notebook."""

    network: Notebook
    learning_rate: float

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=self.learning_rate)
        self.criterion = nn.BCEWithLogitsLoss()

    def step(self, batch: Padded) -> float:
        """Take a step; return the loss."""
        ids, lengths, targets = batch
        self.network.train()
        self.optimizer.zero_grad()
        loss = self.criterion(self.network(ids, lengths), targets.float())
        loss.backward()
        self.optimizer.step()
        return float(loss.item())


def tenor_names(network: Notebook) -> dict[str, str]:
    """Return, for each parameter of the notebook, the name that Tenor has for it."""
    return {name: _tenor_name(name) for name, _ in network.named_parameters()}


def from_tenor(network: Notebook, arrays: Mapping[str, Tensor]) -> None:
    """Put the weights of a network of Tenor into the notebook's."""
    network.load_state_dict({own: arrays[name] for own, name in tenor_names(network).items()})


def to_tenor(network: Notebook) -> dict[str, Tensor]:
    """Return the notebook's weights under Tenor's names."""
    own = network.state_dict()
    return {name: own[key].clone() for key, name in tenor_names(network).items()}


def _tenor_name(name: str) -> str:
    module, _, rest = name.partition(".")
    if module == "embedding":
        return name
    if module != "rnn":
        return f"head.{name}"
    direction = 1 if rest.endswith("_reverse") else 0
    kind, _, layer = rest.removesuffix("_reverse").rpartition("_l")
    return f"encoder.layers.{layer}.{direction}.{kind}_l0"
