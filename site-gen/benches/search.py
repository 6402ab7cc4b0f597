#!/usr/bin/env python3
"""Compares the site's own search with Pagefind's, in Chromium, and times it on a throttled processor.

usage: search.py --corpus FOLDER [--posts 10000] [--folder /dev/shm]

FOLDER is `docs` of a checkout of github.com/MinBZK/Algoritmekader (some 250 pages of Dutch text), at the commit that
docs/performance.md names. Needs `cargo build --release -p site-gen`, Pagefind (`pip install pagefind-bin`) and
chromedriver.

Both search the same built site: this project's templates and content, with the corpus as articles. The queries and the
pages that answer them (search-queries.json) were chosen by the titles, before either was tried. The times are on a site
with so many posts of compare.py on top, from the last letter until the answer is on the page.
"""
import argparse
import functools
import http.server
import importlib.util
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import compare

QUERIES = json.loads((compare.HERE / "search-queries.json").read_text())
# Words of the corpus, and the beginning of some, as somebody types them.
TYPED = ["school", "ondersteuning", "begeleid", "kwaliteit jaarplan", "gesprek ouders", "samenw", "inclusie"]
HARNESS = """<!doctype html><script type="module">
window.pagefind = await import("/pagefind/pagefind.js"); await window.pagefind.init();</script>"""


def text_of(file):
    """Returns the title and the text of a page of the corpus, in the Markdown that site-gen reads."""
    text = file.read_text()
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    body = text[front.end():] if front else text
    named = re.search(r"^title: *[\"']?(.+?)[\"']?$", front[1], re.MULTILINE) if front else None
    heading = re.search(r"^# +(.+)$", body, re.MULTILINE)
    title = named[1] if named else heading[1] if heading else file.stem
    body = re.sub(r"^# .*$", "", body, count=1, flags=re.MULTILINE)
    body = re.sub(r"<!--.*?-->|\{.*?\}+|<[^>]+>", " ", body, flags=re.DOTALL)
    body = re.sub(r"!?\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])", r"\1", body)
    body = re.sub(r"^(!!!|\?\?\?).*$", "", body, flags=re.MULTILINE)
    body = re.sub(r"^( *)(#+) ", r"\1## ", body, flags=re.MULTILINE)
    body = re.sub(r"^ {4}", "", body, flags=re.MULTILINE)
    return title.strip(), re.sub(r"[\[\]|`*_~^\\{}<>]", " ", body)


def slug(corpus, file):
    name = str(file.relative_to(corpus).with_suffix("")).replace("/index", "")
    return "kader-" + re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")


def write_corpus(corpus, content):
    slugs = {}
    for number, file in enumerate(file for file in sorted(corpus.rglob("*.md")) if file.exists()):
        title, body = text_of(file)
        name = slug(corpus, file)
        slugs[str(file.relative_to(corpus).with_suffix(""))] = f"/nieuws/{name}/"
        date = f"20{10 + number // 28 // 12:02}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        (content / f"{name}.md").write_text(compare.page({"title": json.dumps(title, ensure_ascii=False), "date": date}, body))
    return slugs


def build(root):
    built = subprocess.run([compare.SITE_GEN, "build", ".", "--out", "dist"], cwd=root, capture_output=True, text=True)
    if built.returncode:
        raise SystemExit(built.stderr[-3000:])
    return root / "dist/site"


class Browser:
    """Chromium without a window, through chromedriver."""

    def __init__(self, port):
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"]}
        for _ in range(50):
            time.sleep(0.2)
            try:
                made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
                break
            except OSError:
                pass
        self.base += f"/session/{made['sessionId']}"
        self.call("POST", "/timeouts", {"script": 60_000})

    def call(self, method, path, body=None):
        sent = urllib.request.Request(self.base + path, method=method, data=json.dumps(body or {}).encode())
        with urllib.request.urlopen(sent, timeout=90) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/async", {"script": script, "args": arguments})

    def throttle(self, rate):
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setCPUThrottlingRate", "params": {"rate": rate}})

    def close(self):
        self.driver.terminate()


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


# Types a query, waits until the status names another count, and returns how long that took and the addresses.
OURS = """
const [query, done] = arguments;
const field = document.getElementById("zoekwoorden"), status = document.getElementById("gevonden");
status.textContent = "";
const start = performance.now();
const seen = new MutationObserver(() => {
  if (!status.textContent) return;
  seen.disconnect();
  requestAnimationFrame(() => done([performance.now() - start,
    [...document.querySelectorAll("#paginas a")].slice(0, 10).map((link) => new URL(link.href).pathname)]));
});
seen.observe(status, { childList: true, characterData: true, subtree: true });
field.value = query;
field.dispatchEvent(new Event("input"));
"""
THEIRS = """
const [query, done] = arguments;
const start = performance.now();
window.pagefind.search(query).then((found) => Promise.all(found.results.slice(0, 10).map((one) => one.data())))
  .then((pages) => done([performance.now() - start, pages.map((page) => new URL(page.url, location).pathname)]));
"""


def figures(found, slugs):
    """Returns the shares of queries answered first, of relevant pages among the first five, and the mean 1 ÷ rank."""
    first, five, reciprocal = [], [], []
    for query, relevant in QUERIES.items():
        wanted = {slugs[name] for name in relevant}
        hits = [address in wanted for address in found[query]]
        first.append(bool(hits[:1] and hits[0]))
        five.append(sum(hits[:5]) / min(5, len(wanted)))
        reciprocal.append(1 / (hits.index(True) + 1) if True in hits else 0)
    return [statistics.mean(column) for column in (first, five, reciprocal)]


def precision(browser, corpus, folder):
    root = folder / "corpus"
    compare.write_site(root, "site-gen", 0, "own")
    slugs = write_corpus(corpus, root / "content/nieuws")
    site = build(root)
    binary = next(pathlib.Path(importlib.util.find_spec("pagefind_bin").submodule_search_locations[0]).glob("pagefind*"))
    subprocess.run([binary, "--site", site, "--force-language", "nl"], check=True, stdout=subprocess.DEVNULL)
    (site / "harness.html").write_text(HARNESS)
    url = serve(site)
    found = {}
    for name, page, script in [("ours", "/zoeken/", OURS), ("Pagefind", "/harness.html", THEIRS)]:
        browser.open(url + page)
        time.sleep(2)
        found[name] = {query: browser.run(script, query)[1] for query in QUERIES}
    print("| search | the first answers | of the relevant pages, among the first five | mean of 1 ÷ rank |\n|---|---:|---:|---:|")
    for name in found:
        print(f"| {name} | " + " | ".join(f"{100 * value:.0f}%" for value in figures(found[name], slugs)) + " |")
    print()
    for query, relevant in QUERIES.items():
        wanted = {slugs[name] for name in relevant}
        ranks = {name: [at + 1 for at, address in enumerate(found[name][query]) if address in wanted] for name in found}
        print(f"{query} ({len(wanted)}): {ranks}", file=sys.stderr)


def speed(browser, posts, folder):
    root = folder / "large"
    compare.write_site(root, "site-gen", posts, "own")
    browser.open(serve(build(root)) + "/zoeken/")
    time.sleep(2)
    browser.throttle(4)
    print("| posts | typed, processor four times as slow | answer, parts fetched first | answer, parts there |\n|---:|---|---:|---:|")
    for typed in TYPED:
        first, again = browser.run(OURS, typed)[0], browser.run(OURS, typed)[0]
        print(f"| {posts:,} | {typed} | {first:.0f} ms | {again:.0f} ms |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--folder", default="/dev/shm")
    options = parser.parse_args()
    browser = Browser(9516)
    try:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            precision(browser, options.corpus, pathlib.Path(folder))
            speed(browser, options.posts, pathlib.Path(folder))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
