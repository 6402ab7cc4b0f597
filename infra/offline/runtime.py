"""Implements the part of the Lambda Runtime API that a bootstrap uses, to run the programs as deployed."""

import io
import json
import queue
import subprocess
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Failed(Exception):
    """The function returned an error, or did not answer in time."""


class Function:
    """A running version of a function."""

    def __init__(self, name, version, code, variables, timeout, endpoint, log):
        """Unpacks the zip and starts its bootstrap, with the function's environment and the emulator's endpoint."""
        self.timeout = timeout
        self.events, self.answers = queue.Queue(), queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Api", (Api,), {"function": self}))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.folder = tempfile.TemporaryDirectory()
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            for entry in archive.infolist():
                Path(archive.extract(entry, self.folder.name)).chmod(entry.external_attr >> 16)
        environment = variables | {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_REGION": "eu-central-1",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_ENDPOINT_URL_SESV2": endpoint,
            "SITE_URL": endpoint.replace("127.0.0.1", "localhost"),
            "LAMBDA_TASK_ROOT": self.folder.name,
        }
        self.process = subprocess.Popen([f"{self.folder.name}/bootstrap"], env=environment, stdout=log, stderr=log)

    def invoke(self, event):
        """Sends an event to the function and returns its answer."""
        self.events.put(event)
        try:
            kind, answer = self.answers.get(timeout=self.timeout)
        except queue.Empty:
            raise Failed("no answer in time") from None
        if kind == "error":
            raise Failed(answer)
        return answer

    def stop(self):
        """Stops the process and the server, and deletes the unpacked files."""
        self.process.kill()
        self.process.wait()
        self.server.shutdown()
        self.folder.cleanup()


class Api(BaseHTTPRequestHandler):
    """Serves the bootstrap's requests: `next`, then `response` or `error`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        event = json.dumps(self.function.events.get()).encode()
        self.send_response(200)
        self.send_header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        self.send_header("lambda-runtime-deadline-ms", str(int((time.time() + self.function.timeout) * 1000)))
        self.send_header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:f")
        self.send_header("content-length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self):
        body = (
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if "content-length" in self.headers
            else self.chunks()
        )
        self.function.answers.put((self.path.rsplit("/", 1)[1], json.loads(body)))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_):
        pass
