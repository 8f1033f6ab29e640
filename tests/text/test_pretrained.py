"""The tokenizer of a pretrained encoder's folder: its own tokens and ids, and no folder needed afterwards."""

import json
import pickle
import shutil
from pathlib import Path

import encoders
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

import tenor.text.pipeline
from tenor.config.text import TextConfig
from tenor.errors import ModelError
from tenor.text.effort import Effort
from tenor.text.pipeline import TextPipeline
from tenor.text.pretrained import PretrainedTokenizer, read
from tenor.text.tokenizer import from_json

TEXTS = ["The films was goodly, not BAD.", "good [SEP] bad [PAD]", "bäd 電 \ud83d", "", "a" * 300]


def tokenizer_file(folder: Path, tokenizer: Tokenizer | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (tokenizer or encoders.tokenizer()).save(str(folder / "tokenizer.json"))
    return folder


def byte_level() -> Tokenizer:
    """RoBERTa's kind: padding is 1, unknown 3, and no piece is ever unknown."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *letters, "go", "od", "good", "Ġgood", "<mask>"]
    merges = [("g", "o"), ("o", "d"), ("go", "od"), ("Ġ", "good")]
    made = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tokenizer_file(tmp_path_factory.mktemp("encoder")))


@pytest.fixture(scope="module")
def pipeline(folder: str) -> TextPipeline:
    return TextPipeline.build(["never read"], TextConfig(pretrained=folder, max_length=None))


def test_ids_are_those_of_the_library(folder: str, pipeline: TextPipeline) -> None:
    from transformers import PreTrainedTokenizerFast

    library = PreTrainedTokenizerFast(tokenizer_file=str(Path(folder) / "tokenizer.json"))
    for text in ("The films was goodly, not BAD.", "bäd", "film film", "electric"):
        assert pipeline.encode([text]).ids.tolist() == library.encode(text, add_special_tokens=False)


def test_the_vocabulary_is_the_folders_own(pipeline: TextPipeline) -> None:
    vocabulary = pipeline.vocabulary
    assert vocabulary.tokens == encoders.PIECES
    assert (vocabulary.pad, vocabulary.unknown) == (encoders.PAD, encoders.UNKNOWN)


def test_truncation_and_padding_of_the_file_are_no_part_of_the_tokens(pipeline: TextPipeline) -> None:
    assert len(pipeline.tokenizer.tokenize("good bad film the not")) == 5


def test_no_text_reaches_a_special_token(pipeline: TextPipeline) -> None:
    specials = {encoders.FIRST, encoders.LAST, encoders.PAD, encoders.PIECES.index("[MASK]")}
    assert not specials & set(pipeline.encode(["[CLS] good [SEP][PAD] [MASK]"]).ids.tolist())


def test_start_and_end_are_told_and_not_added(folder: str) -> None:
    assert read(folder)[0].specials() == ((encoders.FIRST,), (encoders.LAST,))


@given(st.text(st.sampled_from("good bädFILM,.電[SEP]")))
def test_pieces_stand_where_they_say(text: str) -> None:
    tokenizer = PretrainedTokenizer(encoders.tokenizer().to_str())
    tokens = tokenizer.spans(text)
    assert tokenizer.tokenize(text) == [token.text for token in tokens]
    for token in tokens:
        here = text[token.start : token.end].lower().replace("ä", "a")
        assert token.text in ("[UNK]", here, f"##{here}")


@pytest.mark.parametrize("texts", [TEXTS])
def test_many_texts_are_read_as_one(
    pipeline: TextPipeline, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, lengths = pipeline.encode_with_lengths(texts)
    monkeypatch.setattr(tenor.text.pipeline, "EFFORT", Effort(0, 0, 0))
    together, same_lengths = pipeline.encode_with_lengths(texts)
    assert together.ids.tolist() == alone.ids.tolist()
    assert together.offsets.tolist() == alone.offsets.tolist()
    assert same_lengths.tolist() == lengths.tolist()
    assert set(together.ids[together.offsets[3] :][:1]) == {encoders.UNKNOWN}  # a text without tokens


def test_saved_or_pickled_it_is_the_same_without_the_folder(tmp_path: Path) -> None:
    folder = tokenizer_file(tmp_path / "encoder")
    pipeline = TextPipeline.build([], TextConfig(pretrained=str(folder)))
    stored = json.dumps(pipeline.to_json())
    shutil.rmtree(folder)
    for again in (TextPipeline.from_json(json.loads(stored)), pickle.loads(pickle.dumps(pipeline))):
        assert again == pipeline
        assert again.encode(TEXTS).ids.tolist() == pipeline.encode(TEXTS).ids.tolist()
    assert str(tmp_path) not in stored


def test_pieces_of_bert_in_a_text_file(tmp_path: Path) -> None:
    """vocab.txt with BERT's rules is the same as the tokenizer.json made from both."""
    whole = tokenizer_file(tmp_path / "whole")
    old = tmp_path / "old"
    old.mkdir()
    (old / "vocab.txt").write_text("\n".join(encoders.PIECES) + "\n", "utf-8")
    (tokenizer, vocabulary), (expected, same) = read(str(old)), read(str(whole))
    assert vocabulary == same
    assert tokenizer.specials() == expected.specials()
    assert [tokenizer.spans(text) for text in TEXTS] == [expected.spans(text) for text in TEXTS]
    (old / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    assert read(str(old))[0].tokenize("GOOD good") == ["[UNK]", "good"]


def test_bytes_have_padding_and_unknown_elsewhere(tmp_path: Path) -> None:
    tokenizer, vocabulary = read(str(tokenizer_file(tmp_path, byte_level())))
    assert (vocabulary.pad, vocabulary.unknown) == (1, 3)
    assert tokenizer.specials() == ((0,), (2,))
    text = "good good 電</s>"
    spans = tokenizer.spans(text)
    assert [token.text for token in spans[:2]] == ["good", "Ġgood"]
    assert [text[token.start : token.end].strip() for token in spans[:2]] == ["good", "good"]
    starts = [token.start for token in spans]
    assert starts == sorted(starts)
    assert not {0, 1, 2, 3} & set(vocabulary.ids([token.text for token in spans]))


def test_names_of_the_specials_come_from_the_settings(tmp_path: Path) -> None:
    folder = tokenizer_file(
        tmp_path, Tokenizer(models.WordPiece({"none": 0, "a": 1, "rest": 2}, unk_token="none"))
    )
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": {"content": "rest"}}))
    vocabulary = read(str(folder))[1]
    assert (vocabulary.pad, vocabulary.unknown) == (2, 0)


def test_a_setting_that_is_missing_names_no_piece(tmp_path: Path) -> None:
    pieces = {"None": 0, "a": 1, "<pad>": 2, "<unk>": 3}
    folder = tokenizer_file(tmp_path, Tokenizer(models.BPE(pieces, [])))
    for settings in ({}, {"pad_token": None, "unk_token": None}):
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        vocabulary = read(str(folder))[1]
        assert (vocabulary.pad, vocabulary.unknown) == (2, 3)
        assert vocabulary.ids(["None"]) == [0]


def test_ids_that_the_library_skips_are_kept(tmp_path: Path) -> None:
    pieces = {"[UNK]": 0, "[PAD]": 3, "a": 5}
    vocabulary = read(str(tokenizer_file(tmp_path, Tokenizer(models.WordPiece(pieces, unk_token="[UNK]")))))[
        1
    ]
    assert len(vocabulary) == 6
    assert vocabulary.ids(["a"]) == [5]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "there is no folder .*nothing is downloaded"),
        ({}, "holds no tokenizer .*save_pretrained"),
        ({"tokenizer.json": "{"}, "tokenizer.json.* cannot be read"),
        ({"tokenizer.json": "[]"}, "tokenizer.json.* cannot be read"),
        ({"tokenizer.json": '{"model": {"type": "Other"}}'}, "tokenizer.json.* cannot be read"),
        ({"vocab.txt": "a\nb\n[UNK]\n"}, r"vocab.txt has no line \[CLS\]"),
        ({"vocab.txt": "a\n[CLS]\n[SEP]\n[UNK]"}, "no token for padding"),
    ],
)
def test_folders_without_a_tokenizer_are_refused(
    tmp_path: Path, files: dict[str, str] | None, said: str
) -> None:
    folder = tmp_path / "encoder"
    if files is not None:
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_text(content)
    with pytest.raises(ModelError, match=said) as caught:
        read(str(folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [{"name": "pretrained"}, {"name": "pretrained", "tokenizer": {"model": 3}}])
def test_a_damaged_state_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        from_json(value)
