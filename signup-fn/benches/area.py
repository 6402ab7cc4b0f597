#!/usr/bin/env python3
"""Measures the organisers' area: its pages with many people in a session, and the cold starts of the three Lambdas.

usage: area.py [--people 1000] [--runs 7]
Needs, from the root of the project:
    cargo build --release -p site-gen && cargo build --release -p signup-fn --example store --example area
    cargo build --profile lambda -p signup-fn --bin signup-fn --bin organiser --bin mailer

Cold: from the start of the process to its first response, which is a page that needs no log-in for the organisers'
area, a stored sign-up for signup-fn, and an empty round for the mailer. The store is in memory.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import compare


def page(path):
    got = compare.event("")
    got["requestContext"]["http"] |= {"method": "GET", "path": path}
    return got | {"rawPath": path}


def cold(program, event, function):
    """Returns the milliseconds from the start of a program to its first response, and its CPU time until then."""
    api = compare.Api()
    # The program is killed with its connections open.
    api.server.handle_error = lambda *_: None
    with compare.Store() as store:
        environment = {
            "PATH": os.environ["PATH"], **compare.LOCAL, "LAMBDA_TASK_ROOT": str(function),
            "ORGANISERS": "Ria Vos <ria@pos.example>", "MAIL_FROM": "POS <post@pos.example>",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server.server_address[1]}",
            "AWS_ENDPOINT_URL_DYNAMODB": store.endpoint,
        }
        api.events.append(event)
        api.wake.set()
        start = time.perf_counter()
        process = subprocess.Popen([compare.LAMBDA / program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        api.pid = process.pid
        try:
            if not api.answered.wait(30) or api.answer.get("statusCode", 200) not in (200, 303):
                process.kill()
                raise SystemExit(f"{program}: {api.answer} {process.stderr.read()}")
            return 1000 * (api.at - start), api.init_cpu or 0.0
        finally:
            process.kill()
            process.wait()
            api.server.shutdown()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    events = {
        "signup-fn": compare.event(compare.FORM.format("cold")), "organiser": page("/beheer/inloggen/"), "mailer": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        function = compare.function_folder(pathlib.Path(folder))
        subprocess.run([compare.RELEASE / "examples/area", function, str(options.people)], check=True)
        print("\n| | cold start to first answer | init CPU | size |\n|---|---:|---:|---:|")
        for program, event in events.items():
            runs = [cold(program, event, function) for _ in range(options.runs)]
            first, init = (statistics.median(column) for column in zip(*runs))
            size = (compare.LAMBDA / program).stat().st_size / 1e6
            print(f"| {program} | {first:.0f} ms | {init:.1f} ms | {size:.1f} MB |")


if __name__ == "__main__":
    main()
