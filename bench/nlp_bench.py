"""Speed and size of understanding, as ratios beside `jieba.lcut` and a plain scikit-learn pipeline in the same run.

Run by hand: `.venv/bin/python bench/nlp_bench.py` (about a minute; `--count` and `--rounds` change the sample), on one
core where the system allows it. The sample is drawn with a fixed seed from our own sentences; the readers are warmed up
with other ones, so nothing measured was read before in the same process. Times are CPU times, so that other programs of
the machine count little; `--rounds` repeats everything but the pipeline in fresh processes, and the least time of each
message counts. The pipeline is TF-IDF over characters (1 to 3) and logistic regression, trained on what is outside
the sample and called with one message at a time. Prints times, ratios, memory, load and the cold command.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = 2026
WARM_UP = 300
NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
LINE = json.dumps({"id": "1", "text": "厨房水管漏水了，明天下午有人"}, ensure_ascii=False) + "\n"
READERS = ("guanjia", "jieba.lcut", "tfidf+logreg")
Read = Callable[[str], object]


def sentences() -> list[tuple[str, str]]:
    """(text, first intent) of our own corpus, in a fixed order."""
    found = []
    for path in sorted((ROOT / "nlp" / "data" / "intents").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                raw = json.loads(line)
                found.append((raw["text"], raw["acts"][0]["intent"]))
    random.Random(SEED).shuffle(found)
    return found


def reader(name: str, train: list[tuple[str, str]]) -> Read:
    """One of `READERS`, ready for its first message."""
    if name == "guanjia":
        from nlp.understand import load  # noqa: PLC0415 - only in the process that measures it

        understander = load()
        return lambda text: understander.understand(text, NOW)
    if name == "jieba.lcut":
        import jieba  # noqa: PLC0415 - only in the process that measures it

        jieba.setLogLevel("ERROR")
        jieba.initialize()
        return jieba.lcut
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - only in the process that measures it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only in the process that measures it
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - only in the process that measures it

    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2), LogisticRegression(max_iter=60)
    )
    pipeline.fit([text for text, _ in train], [intent for _, intent in train])
    return lambda text: pipeline.predict_proba([text])


def memory_mb() -> float:
    """Resident memory of this process."""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def child(name: str, count: int) -> None:
    """Load one reader, warm it up, read the sample; print load time, memory and the times as JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    known = sentences()
    sample, rest = known[:count], known[count:]
    began = time.process_time()
    read = reader(name, rest)
    loaded = time.process_time() - began
    for text, _ in rest[:WARM_UP]:
        read(text)
    times = []
    for text, _ in sample:
        start = time.process_time()
        read(text)
        times.append((time.process_time() - start) * 1e3)
    json.dump({"load": loaded, "memory": memory_mb(), "times": times}, sys.stdout)


def measure(name: str, count: int, rounds: int) -> tuple[float, float, float, float]:
    """Median and p99 in milliseconds, load in seconds and memory in MB of one reader; the best of the rounds."""
    command = [sys.executable, __file__, "--child", name, "--count", str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment).stdout)
        for _ in range(rounds)
    ]
    best = [min(each) for each in zip(*(run["times"] for run in runs), strict=True)]
    return (
        statistics.median(best),
        statistics.quantiles(best, n=100)[98],
        min(run["load"] for run in runs),
        max(run["memory"] for run in runs),
    )


def cold(rounds: int) -> tuple[float, float]:
    """Seconds by the wall clock and of CPU of the whole command for one line, the best of the rounds."""
    walls, cpus = [], []
    for _ in range(rounds):
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "bot", "understand", "--now", NOW.isoformat()],
            input=LINE.encode(),
            check=True,
            capture_output=True,
            cwd=ROOT,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append(time.perf_counter() - began)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(walls), min(cpus)


def main() -> None:
    """Measure all three and the command, or be the process of one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--child", choices=READERS)
    options.add_argument("--count", type=int, default=1500)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    if chosen.child:
        child(chosen.child, chosen.count)
        return
    figures = {name: measure(name, chosen.count, 1 if name == "tfidf+logreg" else chosen.rounds) for name in READERS}
    own = figures["guanjia"]
    for name, (median, p99, load, memory) in figures.items():
        print(
            f"{name:13} median {median:6.3f} ms ({own[0] / median:5.2f}x)  p99 {p99:6.3f} ms ({own[1] / p99:5.2f}x)  "
            f"ready after {load:5.2f} s  {memory:4.0f} MB"
        )
    print("(x: what guanjia takes as a multiple of it; ready: importing and loading, for the pipeline also training)")
    wall, cpu = cold(chosen.rounds)
    print(f"cold `guanjia understand` of one line: {wall:.2f} s by the clock, {cpu:.2f} s of CPU")
    print("goals: median <= 1 ms, p99 <= 5 ms, <= 250 MB, load < 1 s, cold <= 2 s")


if __name__ == "__main__":
    main()
