"""Tiny random encoders of Hugging Face's library, as folders and as shapes; nothing is downloaded."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = (*"abcdefgh.", "good", "bad", "film", "the", "not", "was", "##s", "##ly")
# The special tokens do not lie where vocabularies made here have theirs.
PIECES = ("[CLS]", "[PAD]", *WORDS, "[MASK]", "[SEP]", "[UNK]")
PAD, UNKNOWN, FIRST, LAST = 1, 21, 0, 20
LONGEST = 30


def shape(kind="bert", **changes):
    """Return a config.json: vectors of 8 numbers, and two layers."""
    counted_from_padding = kind in ("roberta", "camembert", "xlm-roberta", "mpnet")
    values = {
        "model_type": kind,
        "vocab_size": len(PIECES),
        "hidden_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 12,
        "max_position_embeddings": LONGEST + 2 + (PAD + 1) * counted_from_padding,
        "pad_token_id": PAD,
        "hidden_dropout_prob": 0.1,
    }
    own = {
        "distilbert": {"dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 12},
        "electra": {"embedding_size": 6},
        "albert": {"embedding_size": 6},
        "deberta-v2": {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
        "modernbert": {f"{name}_token_id": LAST for name in ("bos", "cls", "eos", "sep")},
    }
    return {**values, **own.get(kind, {}), **changes}


def library_network(kind="bert", *, fresh=False, **changes):
    """Return the library's network, `fresh` or with nothing in it at 0, where a mistake would hide."""
    from transformers import AutoConfig, AutoModel

    values = shape(kind, **changes)
    torch.manual_seed(5)
    network = AutoModel.from_config(AutoConfig.for_model(values.pop("model_type"), **values)).eval()
    for parameter in () if fresh else network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network


def tokenizer():
    """Return BERT's way of cutting, over PIECES."""
    made = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.BertProcessing(("[SEP]", LAST), ("[CLS]", FIRST))
    made.add_special_tokens(["[CLS]", "[PAD]", "[MASK]", "[SEP]", "[UNK]"])
    made.enable_truncation(4)  # as published files often have; it is no part of the tokens
    made.enable_padding(pad_id=PAD, pad_token="[PAD]", length=9)
    return made


def write_folder(path: Path, kind="bert", network=None, **changes) -> Path:
    """Write config.json, tokenizer.json and model.safetensors as the library does."""
    from safetensors.torch import save_file

    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text(json.dumps(shape(kind, **changes)))
    tokenizer().save(str(path / "tokenizer.json"))
    network = network or library_network(kind, **changes)
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, path / "model.safetensors", {"format": "pt"})
    return path
