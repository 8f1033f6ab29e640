"""The tokenizer "reviews": words, numbers, emoticons, emoji, `!` and `?`, for opinions found on the web.

Words are lower-cased and keep inner apostrophes, so that a negation is one token (`don't`); a typographic
apostrophe is the same as a straight one. Numbers keep their inner marks, so that a rating is one token
(`8/10`, `3.5`). HTML entities are decoded, once, before tags are dropped. Other punctuation is dropped, and
so are the skin tones and joiners of emoji: every thumbs-up is the same token. Words are found by what stands
between them; for languages written without spaces choose `bpe`.
"""

import html
import re

from tenor.text.alignment import blank, substitute
from tenor.text.bulk import Bulk
from tenor.text.cutting import MARKS, last_place
from tenor.text.token import Token
from tenor.text.words import lowered

# Named and numbered entities with their semicolon; html.unescape knows the names.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
# A tag, a closing tag or a comment; `<3` and `a < b` are none.
_TAG = re.compile(r"<(?:/?[a-z]|!)[^<>]*>")
# A tag that is still open may swallow what follows.
_TAG_OR_PLACE = re.compile(rf"<(?:/?[a-z]|!)[^<>]*(?:>|\Z)|([\s{MARKS}])")
# Read on lower-cased text.
_TOKEN = re.compile(
    r"""
      [^\W_]+ (?: '[^\W_]+ | (?<=\d)[./,]\d+ )*     # good, don't, 3.5, 8/10, 1,000
    | [!?]
    | [:;=] ['o-]? (?: [()\[\]\\|*] | /(?!/) )      # :) ;-) =( :'( :-/, but not http://
    | (?<![^\W_]) [:;=] -? [dpo] (?![^\W_])         # :D :-P :o
    | </?3(?!\d) | \^_?\^ | -_-
    | [\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001f3fa\U0001f400-\U0001faff]
    | [\U0001f1e6-\U0001f1ff]{2}                    # a flag is two letters
    """,
    re.VERBOSE,
)


def tokenize(text: str) -> list[str]:
    """Return the tokens of the text."""
    return _TOKEN.findall(_prepared(_ENTITY.sub(_unescape, text)))


def cut(text: str) -> int:
    """Return where the last white space or mark ends that stands in no tag, be it of entities."""
    if "&" not in text:
        return last_place(_TAG_OR_PLACE, lowered(text))
    aligned = substitute(_ENTITY, _unescape, text)
    end = last_place(_TAG_OR_PLACE, lowered(aligned.text))
    return aligned.ends[end - 1] if end else 0


def bulk() -> Bulk:
    """Return the compiled form of `tokenize`."""
    from tenor.text.scan.reviews import scan
    from tenor.text.scan.scanner import Scanner

    return Scanner(scan, _settled)


def _settled(text: str) -> str:
    """Return the text without entities, and in lower case if that depends on context: only Σ does."""
    if "&" in text:
        text = _ENTITY.sub(_unescape, text)
    return lowered(text.replace("’", "'")) if "Σ" in text else text


def spans(text: str) -> list[Token]:
    """Return the tokens with their places; what an entity stands for has the entity's place."""
    aligned = substitute(_ENTITY, _unescape, text)
    return [aligned.token(match[0], *match.span()) for match in _TOKEN.finditer(_prepared(aligned.text))]


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _prepared(text: str) -> str:
    """Return the text in lower case, with straight apostrophes and blanks for tags, of the same length."""
    return _TAG.sub(blank, lowered(text.replace("’", "'")))
