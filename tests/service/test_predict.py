"""POST /v1/predict: what it answers, and what it refuses."""

import pytest
from explained import counting
from gated import Gated, answer_to, ask, opened, run

from tenor.errors import InputError


def test_predictions_in_order() -> None:
    texts = [
        "a",
        "b b",
        "",
        "<script>alert(1)</script>",
        "\u05e9\u05dc\u05d5\u05dd",
        "\U0001f600",
        "\ud800",
        "a " * 20_000,
    ]
    answer = answer_to(opened(), body={"texts": texts})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    expected = [one.to_json() for one in counting(Gated()).predictions(texts)]
    assert answer.json == {"model": "toy", "version": "1", "predictions": expected, "warning": None}


def test_a_single_text_gives_a_list_of_one() -> None:
    answer = answer_to(opened(), body={"text": "b"})
    assert [one["label"] for one in answer.json["predictions"]] == ["no"]


def test_no_texts_give_no_predictions() -> None:
    assert answer_to(opened(), body={"texts": []}).json["predictions"] == []


def test_a_text_of_unknown_words_is_said_to_be_so() -> None:
    assert "no word of this text" in answer_to(opened(), body={"text": "zzz"}).json["warning"]
    assert (
        "no word of 2 of these texts" in answer_to(opened(), body={"texts": ["z", "a", "y"]}).json["warning"]
    )


def test_unsure_predictions_are_marked() -> None:
    answer = answer_to(opened(), body={"texts": ["a", "a a a a a a"], "abstain_below": 0.9})
    assert [one["abstained"] for one in answer.json["predictions"]] == [True, False]
    assert [one["label"] for one in answer.json["predictions"]] == ["yes", "yes"]


DEEP = b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

BAD = {
    "not JSON": (b"{", 400, "invalid_json"),
    "nothing": (b"", 422, "invalid"),
    "not UTF-8": (b'{"text": "\xff\xfe"}', 400, "invalid_json"),
    "deep nesting": (DEEP, 400, "invalid_json"),
    "a number of 5,000 digits": (b'{"text": ' + b"9" * 5000 + b"}", 400, "invalid_json"),
    "an infinite number": (b'{"text": "a", "abstain_below": 1e999}', 422, "invalid"),
    "NaN": (b'{"text": "a", "abstain_below": NaN}', 422, "invalid"),
    "a list": (b"[]", 422, "invalid"),
    "null": (b"null", 422, "invalid"),
    "neither": (b"{}", 422, "invalid"),
    "both": ({"text": "a", "texts": ["b"]}, 422, "invalid"),
    "a number for a text": ({"text": 1}, 422, "invalid"),
    "true for a text": ({"texts": ["a", True]}, 422, "invalid"),
    "a text for texts": ({"texts": "a"}, 422, "invalid"),
    "an object for texts": ({"texts": {"a": 1}}, 422, "invalid"),
    "an unknown field": ({"text": "a", "txt": "b"}, 422, "invalid"),
    "a share above 1": ({"text": "a", "abstain_below": 1.5}, 422, "invalid"),
    "a share as text": ({"text": "a", "abstain_below": "0.5"}, 422, "invalid"),
    "a number for a model": ({"text": "a", "model": 3}, 422, "invalid"),
    "an unknown model": ({"text": "a", "model": "<b>other</b>" * 99}, 404, "unknown_model"),
    "a model of surrogates": (b'{"text": "a", "model": "\\udfff"}', 404, "unknown_model"),
    "an unknown version": ({"text": "a", "version": "7"}, 404, "unknown_version"),
    "many texts": ({"texts": ["a"] * 5}, 413, "too_many_texts"),
    "a long text": ({"texts": ["a", "a" * 51]}, 413, "text_too_long"),
}


@pytest.mark.parametrize(("body", "status", "code"), BAD.values(), ids=BAD)
def test_bad_requests_are_refused_in_json(body, status: int, code: str) -> None:
    engine = Gated()
    answer = answer_to(opened(engine, request_texts=4, text_characters=50), body=body, method="POST")
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json.keys() == {"error", "code"}
    assert 0 < len(answer.json["error"]) < 300
    assert "\n" not in answer.json["error"]
    assert engine.batches == []


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/nothing", "GET", 404, "not_found"),
        ("/v1/nothing", "GET", 404, "not_found"),
        ("/../../etc/passwd", "GET", 404, "not_found"),
        ("/a\x00b", "GET", 404, "not_found"),
        ("/" + "x" * 5000, "GET", 404, "not_found"),
        ("/v1/predict", "GET", 405, "method_not_allowed"),
        ("/v1/models", "DELETE", 405, "method_not_allowed"),
        ("/", "POST", 405, "method_not_allowed"),
    ],
)
def test_other_paths_and_methods(path: str, method: str, status: int, code: str) -> None:
    answer = answer_to(opened(), path, method=method)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert ("allow" in answer.headers) == (status == 405)


def test_another_content_type_is_refused() -> None:
    """What a form of another site can send without asking is not taken for JSON."""
    answer = answer_to(opened(), body=b'{"text": "a"}', headers={"content-type": "text/plain"})
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert "Content-Type: application/json" in answer.json["error"]


def test_an_error_of_ours_is_500_and_says_nothing_of_it(caplog) -> None:
    class Broken:
        def logits(self, tokens):
            raise KeyError("secret text")

    answer = answer_to(opened(Broken()), body={"text": "secret text"})
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.body.decode()
    errors = [record for record in caplog.records if record.getMessage() == "error"]
    assert [record.fields["type"] for record in errors] == ["KeyError"]
    assert "secret" not in str([record.__dict__ for record in caplog.records])


def test_a_text_that_the_model_cannot_read_is_refused_with_its_reason() -> None:
    class Short:
        def logits(self, tokens):
            raise InputError("a text has 9 tokens, and this model reads at most 8")

    answer = answer_to(opened(Short()), body={"text": "a"})
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert "at most 8" in answer.json["error"]


def test_models_are_listed() -> None:
    assert answer_to(opened(), "/v1/models").json == {
        "default": "toy",
        "models": [
            {
                "name": "toy",
                "version": "1",
                "versions": ["1"],
                "classes": ["no", "yes"],
                "encoder": "bilstm-mean-max",
                "streams": counting(Gated()).reads_on,
            }
        ],
    }


def test_the_page_may_load_nothing_from_elsewhere() -> None:
    async def steps(app):
        page = await ask(app, "/")
        assert page.status == 200
        assert "text/html" in page.headers["content-type"]
        for answer in (page, await ask(app, "/v1/models"), await ask(app, "/nothing")):
            policy = dict(
                part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "server" not in answer.headers

    run(steps, opened())


def test_the_openapi_document_names_the_paths() -> None:
    document = answer_to(opened(), "/openapi.json").json
    assert {"/v1/predict", "/v1/models", "/metrics"} <= document["paths"].keys()
