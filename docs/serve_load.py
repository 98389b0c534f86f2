"""Asks a server of `mos serve` as many clients would, and says how fast it answers.

python3 docs/serve_load.py http://127.0.0.1:5000 sentences.txt --clients 64 --requests 10000
"""
import argparse
import http.client
import itertools
import json
import threading
import time
import urllib.parse
import urllib.request

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url")
parser.add_argument("sentences", help="a file with one sentence a line")
parser.add_argument("--clients", type=int, default=64)
parser.add_argument("--requests", type=int, default=10_000)
options = parser.parse_args()

address = urllib.parse.urlsplit(options.url).netloc
with open(options.sentences, encoding="utf-8") as file:
    sentences = [line.strip() for line in file if line.strip()]
numbers = itertools.count()
lock = threading.Lock()
seconds, failures = [], []


def target_tokens():
    with urllib.request.urlopen(options.url.rstrip("/") + "/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("mos_target_tokens_total "))


def client():
    connection = http.client.HTTPConnection(address, timeout=120)
    while True:
        with lock:
            number = next(numbers)
        if number >= options.requests:
            return
        body = json.dumps({"q": sentences[number % len(sentences)]})
        start = time.perf_counter()
        try:
            connection.request("POST", "/translate", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            good = answer.status == 200 and "translatedText" in json.loads(text)
            failure = None if good else f"{answer.status} {text[:200]!r}"
        except OSError as broken:
            connection.close()
            failure = repr(broken)
        with lock:
            seconds.append(time.perf_counter() - start)
            if failure:
                failures.append(failure)


before, begin = target_tokens(), time.perf_counter()
threads = [threading.Thread(target=client) for _ in range(options.clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
took = time.perf_counter() - begin
tokens = target_tokens() - before
seconds.sort()
p50, p95, p99 = (1000 * seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95, 0.99))
print(f"{options.clients} clients, {len(seconds)} requests in {took:.1f} s, {len(failures)} errors {failures[:3]}")
print(f"latency p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms")
print(f"{len(seconds) / took:.1f} requests/s, {tokens / took:.0f} target tokens/s")
