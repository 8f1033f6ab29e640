"""What a language model promises, with every encoder that reads one way."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small import SMALL, VOCABULARY

from tenor.config.language_model import ONE_WAY, OutputConfig
from tenor.config.network import HAS_DIRECTIONS, RatioConfig
from tenor.errors import ConfigError
from tenor.nn.build import build, build_language_model, load_arrays, to_arrays
from tenor.nn.chunks import framed
from tenor.nn.language_model import NOTHING, LanguageModel
from tenor.nn.scoring import token_losses
from tenor.text.tokens import Tokens

ADAPTIVE = OutputConfig(softmax="adaptive", cutoffs=(5, 11))
OUTPUTS = {
    "tied": OutputConfig(),
    "own": OutputConfig(tied=False),
    "adaptive": ADAPTIVE,
    "own-adaptive": replace(ADAPTIVE, tied=False),
}
CPU = torch.device("cpu")


def network(encoder: str = "lstm", **changes):
    return replace(SMALL, encoder=encoder, bidirectional=False, **changes)


def model(encoder: str = "lstm", output: OutputConfig = ADAPTIVE) -> LanguageModel:
    torch.manual_seed(3)
    return build_language_model(network(encoder), output, vocabulary_size=VOCABULARY).eval()


def texts(*lengths: int) -> Tokens:
    generator = np.random.default_rng(7)
    return Tokens.of([generator.integers(2, VOCABULARY, n).tolist() for n in lengths])


@pytest.mark.parametrize("encoder", ONE_WAY)
def test_carried_state_chunked_is_whole(encoder: str) -> None:
    module, ids = model(encoder), torch.from_numpy(texts(11, 11, 11).padded())
    targets = ids.roll(-1, 1)
    whole, after = module.losses(ids, targets, module.initial_state(3))
    state, parts = module.initial_state(3), []
    for start, end in ((0, 4), (4, 5), (5, 11)):
        found, state = module.losses(ids[:, start:end], targets[:, start:end], state)
        parts.append(found.view(3, -1))
    torch.testing.assert_close(torch.cat(parts, 1), whole.view(3, -1), atol=1e-5, rtol=1e-5)
    for one, other in zip(state, after, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("encoder", ONE_WAY)
def test_a_tiny_text_is_learned_by_heart(encoder: str) -> None:
    """From the third time on, each token says the next one."""
    torch.manual_seed(1)
    wide = replace(
        network(encoder, embedding_size=24, embedding_dropout=0.0, output_dropout=0.0, word_dropout=0.0),
        recurrent=replace(SMALL.recurrent, hidden_size=24, layers=1),
        mingru=replace(SMALL.mingru, hidden_size=24),
        cnn=replace(SMALL.cnn, filters=24),
    )
    module = build_language_model(wide, ADAPTIVE, vocabulary_size=VOCABULARY)
    text = torch.tensor([[0, *([3, 7, 12, 5, 19, 22, 9, 2] * 3)]])
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
    for _ in range(150):
        losses, _ = module.losses(text[:, :-1], text[:, 1:], module.initial_state(1))
        optimizer.zero_grad()
        losses.mean().backward()
        optimizer.step()
    module.eval()
    assert module.losses(text[:, :-1], text[:, 1:], module.initial_state(1))[0].max() < 0.05


@pytest.mark.parametrize("output", OUTPUTS)
def test_probabilities_sum_to_one_and_losses_are_theirs(output: str) -> None:
    module = model(output=OUTPUTS[output]).double()
    for parameter in module.output.parameters():
        torch.nn.init.normal_(parameter)
    hidden = torch.randn(VOCABULARY, module.vectors.shape[1], dtype=torch.float64)
    every = torch.arange(VOCABULARY)
    found = module.output.log_probabilities(hidden, module.vectors)
    torch.testing.assert_close(found.exp().sum(1), torch.ones(VOCABULARY, dtype=torch.float64))
    losses = module.output.losses(hidden, module.vectors, every)
    torch.testing.assert_close(losses, -found[every, every])


def test_cutoffs_beyond_the_vocabulary_leave_one_softmax() -> None:
    beyond = build_language_model(
        network(), OutputConfig(softmax="adaptive", cutoffs=(VOCABULARY,)), vocabulary_size=VOCABULARY
    )
    assert {name for name, _ in beyond.output.named_parameters()} == {"bias"}


def test_gradients_are_those_of_finite_differences() -> None:
    module = model().double()
    ids = torch.from_numpy(texts(6, 6).padded())
    module.losses(ids[:, :-1], ids[:, 1:], module.initial_state(2))[0].sum().backward()
    for name in ("embedding.weight", "output.clusters", "projection.weight"):
        parameter = module.get_parameter(name)
        place = parameter.grad.abs().argmax()
        value, step = parameter.data.view(-1)[place].item(), 1e-6
        ends = []
        for moved in (value + step, value - step):
            with torch.no_grad():
                parameter.view(-1)[place] = moved
                ends.append(module.losses(ids[:, :-1], ids[:, 1:], module.initial_state(2))[0].sum().item())
                parameter.view(-1)[place] = value
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
            parameter.grad.view(-1)[place].item(), rel=1e-5
        )


def test_tied_weights_are_one_tensor() -> None:
    tied, own = model(), model(output=OUTPUTS["own"])
    assert tied.vectors is tied.embedding.weight
    assert "output_weight" not in tied.state_dict()
    assert own.vectors is own.output_weight
    assert own.projection is None
    arrays = to_arrays(tied)
    again = build_language_model(network(), ADAPTIVE, vocabulary_size=VOCABULARY)
    load_arrays(again, arrays)
    assert again.vectors is again.embedding.weight
    assert torch.equal(again.vectors, tied.vectors)


def test_modules_that_a_classifier_has_too_have_its_names() -> None:
    classifier = build(network("gru"), vocabulary_size=VOCABULARY, classes=2).state_dict()
    shared = {name: t.shape for name, t in classifier.items() if name.startswith(("embedding.", "encoder."))}
    own = {name: tensor.shape for name, tensor in model("gru").state_dict().items()}
    assert shared.items() <= own.items()


@pytest.mark.parametrize("encoder", ONE_WAY)
def test_texts_side_by_side_score_as_alone(encoder: str) -> None:
    module, tokens = model(encoder), framed(texts(5, 150, 1, 70, 3), boundary=0)
    together = token_losses(module, tokens, boundary=0, device=CPU)
    assert len(together) == 5 + 150 + 1 + 70 + 3 + 5
    alone = [token_losses(module, tokens.select(np.array([row])), boundary=0, device=CPU) for row in range(5)]
    np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-5)
    state, read = module.initial_state(1), []
    for token, following in zip(tokens.ids[:6].tolist(), tokens.ids[1:7].tolist(), strict=True):
        found, state = module.next_log_probabilities(torch.tensor([[token]]), state)
        read.append(-found[0, following].item())
    np.testing.assert_allclose(together[:6], read, atol=1e-5)


def test_targets_that_do_not_count_are_left_out() -> None:
    module, ids = model(), torch.from_numpy(texts(6, 6).padded())
    targets = ids.clone()
    targets[1, 2:] = NOTHING
    found, _ = module.losses(ids, targets, module.initial_state(2))
    every, _ = module.losses(ids, ids, module.initial_state(2))
    torch.testing.assert_close(found, torch.cat((every[:6], every[6:8])))


def test_dropout_is_the_same_at_every_token() -> None:
    module = model()
    module.embedding_dropout.p = 0.5
    dropped = module.embedding_dropout.train()(torch.ones(3, 7, 40))
    assert (dropped == dropped[:, :1]).all()
    assert 0 < (dropped == 0).double().mean() < 1
    assert torch.equal(module.embedding_dropout.eval()(torch.ones(2, 3, 4)), torch.ones(2, 3, 4))


@pytest.mark.parametrize("encoder", [name for name in HAS_DIRECTIONS if name not in ONE_WAY])
def test_what_sees_all_at_once_is_refused(encoder: str) -> None:
    with pytest.raises(ConfigError, match=f"{encoder} sees the whole text at once; choose one of rnn, lstm"):
        build_language_model(network(encoder), ADAPTIVE, vocabulary_size=VOCABULARY)


def test_other_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"leave out network\.ratios\.use"):
        build_language_model(network(ratios=RatioConfig(use=True)), ADAPTIVE, vocabulary_size=VOCABULARY)
    with pytest.raises(ConfigError, match="unknown encoder 'lsmt'"):
        build_language_model(network("lsmt"), ADAPTIVE, vocabulary_size=VOCABULARY)
