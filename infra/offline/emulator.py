"""AWS on loopback for infra/offline/run: moto, plus what this configuration needs and moto 5.2.5 lacks.

emulator.py PORT FOLDER      runs until SIGTERM; writes sent mails and a log of the functions to FOLDER

http://127.0.0.1:PORT        AWS
http://site.localhost:PORT   the site as its distribution serves it (edge.py), for the functions http://localhost:PORT
http://api.localhost:PORT    the API behind the CDN, for requests that bypass the CDN
"""

import base64
import io
import json
import re
import sys
import uuid
from pathlib import Path

from moto.awslambda.models import EventSourceMapping, LambdaFunction
from moto.budgets.models import budgets_backends
from moto.budgets.responses import BudgetsResponse
from moto.dynamodb.models.table import StreamShard
from moto.logs.responses import LogsResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey
from moto.ses.models import ConfigurationSet, EmailIdentity, SESBackend
from moto.sesv2.models import SESV2Backend
from moto.sesv2.responses import SESV2Response
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

import cloudfront
import edge
import policy
from runtime import Failed

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
ENDPOINT = f"http://127.0.0.1:{PORT}"
LOG = (FOLDER / "functions.log").open("a")


def around(owner, name):
    """Replaces a method with a function, which receives the original method as its first argument."""

    def put(new):
        old = getattr(owner, name, None)
        setattr(owner, name, lambda self, *args, **named: new(old, self, *args, **named))

    return put


# ---- Budgets: subscribers and tags ----
budget_tags = {}


@around(BudgetsResponse, "create_budget")
def _(create, self):
    name = self._get_param("Budget")["BudgetName"]
    budget_tags[f"arn:aws:budgets::{edge.ACCOUNT}:budget/{name}"] = self._get_param("ResourceTags") or []
    return create(self)


@around(BudgetsResponse, "list_tags_for_resource")
def _(_old, self):
    return json.dumps({"ResourceTags": budget_tags.get(self._get_param("ResourceARN"), [])})


@around(BudgetsResponse, "describe_subscribers_for_notification")
def _(_old, self):
    wanted = self._get_param("Notification")
    budget = budgets_backends[self.current_account][self.partition].budgets[edge.ACCOUNT][self._get_param("BudgetName")]
    same = ("NotificationType", "ComparisonOperator", "Threshold")
    for known in budget.notifications:
        if all(str(known.details.get(key)) == str(wanted.get(key)) for key in same):
            return json.dumps({"Subscribers": known.subscribers})
    return json.dumps({"Subscribers": []})


# ---- CloudWatch Logs: saved queries ----
queries = {}


@around(LogsResponse, "put_query_definition")
def _(_old, self):
    sent = {name: self._get_param(name) for name in ("name", "queryString", "logGroupNames")}
    identity = self._get_param("queryDefinitionId") or str(uuid.uuid4())
    queries[identity] = sent | {"queryDefinitionId": identity}
    return json.dumps({"queryDefinitionId": identity})


@around(LogsResponse, "describe_query_definitions")
def _(_old, self):
    wanted = self._get_param("queryDefinitionNamePrefix") or ""
    return json.dumps({"queryDefinitions": [query for query in queries.values() if query["name"].startswith(wanted)]})


@around(LogsResponse, "delete_query_definition")
def _(_old, self):
    return json.dumps({"success": queries.pop(self._get_param("queryDefinitionId"), None) is not None})


# ---- SES: the response format of version 2, DKIM tokens, and each mail as a file ----
@around(ConfigurationSet, "to_dict_v2")
def _(old, self):
    answer = old(self)
    enabled = answer["SendingOptions"]["SendingEnabled"]
    if isinstance(enabled, dict):
        answer["SendingOptions"]["SendingEnabled"] = enabled.get("SendingEnabled", True)
    return {key: value for key, value in answer.items() if value or key not in ("TrackingOptions", "VdmOptions")}


@around(SESV2Backend, "list_tags_for_resource")
def _(old, self, resource_arn):
    return old(self, resource_arn) or old(self, resource_arn.replace(":identity/", ":email-identity/"))


@around(EmailIdentity, "__init__")
def _(old, self, *args, **named):
    old(self, *args, **named)
    self.dkim_attributes |= {
        "Tokens": [uuid.uuid4().hex for _ in range(3)],
        "SigningEnabled": True,
        "Status": "SUCCESS",
    }


@around(SESBackend, "send_raw_email")
def _(old, self, source, destinations, raw_data):
    sent = old(self, source, destinations, raw_data)
    (FOLDER / f"mail-{len(self.sent_messages)}.eml").write_text(raw_data)
    return sent


# Keeps the tags of the last mail that has any, in the form in which an event of SES contains them.
@around(SESV2Response, "send_email")
def _(old, self):
    mail = base64.b64decode(json.loads(self.body)["Content"]["Raw"]["Data"])
    for receiver, status, error in [(b"weigert@", 400, "MessageRejected"), (b"wacht@", 429, "TooManyRequestsException")]:
        if receiver in mail:
            return status, {"status": status, "x-amzn-errortype": error}, json.dumps({"message": error})
    if tags := json.loads(self.body).get("EmailTags"):
        (FOLDER / "tags.json").write_text(json.dumps({tag["Name"]: [tag["Value"]] for tag in tags}))
    return old(self)


# ---- Lambda: runs the deployed programs, and keeps the logging configuration ----
@around(LambdaFunction, "__init__")
def _(old, self, account_id, spec, *args, **named):
    self.logging = spec.get("LoggingConfig")
    old(self, account_id, spec, *args, **named)


@around(LambdaFunction, "get_configuration")
def _(old, self, on_create=False):
    return old(self, on_create) | ({"LoggingConfig": self.logging} if self.logging else {})


@around(LambdaFunction, "update_configuration")
def _(old, self, updates):
    self.logging = updates.get("LoggingConfig", self.logging)
    return old(self, updates)


@around(LambdaFunction, "invoke")
def _(_old, self, body, _headers, response_headers):
    try:
        answer = edge.invoke(self.function_name, str(self.version), json.loads(body or "{}"), ENDPOINT, LOG)
    except Failed as failed:
        response_headers["x-amz-function-error"] = "Unhandled"
        answer = {"errorMessage": str(failed)}
    return json.dumps(answer).encode()


# Keeps the alias in the function ARN of an event source mapping.
@around(EventSourceMapping, "__init__")
def _(old, self, spec):
    old(self, spec)
    self.function_arn = spec["FunctionName"]


# Adds records without triggering the event source mapping, because the run reads the stream and invokes the
# mailer itself.
@around(StreamShard, "add")
def _(old, self, *args, **named):
    mappings, self.table.lambda_event_source_mappings = self.table.lambda_event_source_mappings, {}
    try:
        return old(self, *args, **named)
    finally:
        self.table.lambda_event_source_mappings = mappings


# ---- S3: moto ignores conditions, and loopback has no TLS; edge.py evaluates the policy for the CDN ----
@around(FakeBucket, "get_permission")
def _(_old, self, _action, _resource):
    return PermissionResult.NEUTRAL


# Backdates a file that has `old` in its metadata, so that the run can test the deletion of unused files.
written = FakeKey.last_modified_ISO8601
FakeKey.last_modified_ISO8601 = property(
    lambda self: cloudfront.LONG_AGO if "x-amz-meta-old" in self.metadata else written.fget(self)
)


# ---- SES: event destinations of configuration sets ----
destinations = {}
DESTINATIONS = re.compile(r"^/v2/email/configuration-sets/([^/]+)/event-destinations(?:/([^/]+))?$")


def event_destinations(request, configuration_set, name):
    """Stores event destinations as they were sent."""
    known = destinations.setdefault(configuration_set, {})
    if request.method == "GET":
        return Response(json.dumps({"EventDestinations": list(known.values())}), mimetype="application/json")
    if request.method == "DELETE":
        del known[name]
    else:
        sent = request.get_json()
        name = name or sent["EventDestinationName"]
        known[name] = sent["EventDestination"] | {"Name": name}
    return Response("{}", mimetype="application/json")


# Lets a delete marker be deleted too; moto calls `dispose`, which delete markers lack.
FakeDeleteMarker.dispose = lambda self, garbage=False: None

# ---- what the deployed policies allow, for infra/offline/checks ----
MAY = "/offline/may"


def may(request):
    """Answers 200 if a role may do something or be taken on, or a service may invoke a function; otherwise 403."""
    asked = request.args
    try:
        if "service" in asked and "role" in asked:
            policy.check_trust(asked["role"], asked["service"])
        elif "service" in asked:
            policy.check_invocation(asked["function"], asked["qualifier"], asked["service"], asked["source"])
        else:
            policy.check_role(asked["role"], asked["action"], asked["resource"])
    except policy.Denied as denied:
        print(f"EMULATOR DENIES: {denied}", file=sys.stderr, flush=True)
        return Response(str(denied), 403)
    return Response("yes")


KINDS = "|".join(["distribution", "function", "tagging", *cloudfront.POLICIES])
CLOUDFRONT = re.compile(rf"^/2020-05-31/({KINDS})(?:/(.*))?$")
moto = DomainDispatcherApplication(create_backend_app)


def emulator(environ, start_response):
    """Dispatches a request by its host, then by its path."""
    request = Request(environ)
    host = request.host.split(":")[0]
    if host in ("site.localhost", "localhost"):
        return edge.answer(request, ENDPOINT, LOG)(environ, start_response)
    if host == "api.localhost":
        return edge.past_the_cdn(request, ENDPOINT, LOG)(environ, start_response)
    if found := CLOUDFRONT.match(request.path):
        return cloudfront.call(request, found[1], found[2] or "")(environ, start_response)
    if found := DESTINATIONS.match(request.path):
        return event_destinations(request, *found.groups())(environ, start_response)
    if request.path == MAY:
        return may(request)(environ, start_response)
    try:
        policy.check_request(request)
    except policy.Denied as denied:
        print(f"EMULATOR DENIES: {denied}", file=sys.stderr, flush=True)
        body = json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "message": str(denied)})
        return Response(body, 400, mimetype="application/x-amz-json-1.0")(environ, start_response)
    environ["wsgi.input"] = io.BytesIO(request.get_data())
    try:
        return moto(environ, start_response)
    except NotImplementedError as missing:  # clients would retry moto's 500 for minutes
        print(f"EMULATOR LACKS: {missing}", file=sys.stderr, flush=True)
        body = json.dumps({"__type": "NotImplemented", "message": str(missing)})
        return Response(body, 400, mimetype="application/x-amz-json-1.1")(environ, start_response)


if __name__ == "__main__":
    run_simple("127.0.0.1", PORT, emulator, threaded=True, request_handler=MotoRequestHandler)
