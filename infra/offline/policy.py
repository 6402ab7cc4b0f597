"""Decides what the deployed policies allow, as "Policy evaluation logic" in the IAM User Guide describes it for one
account. moto evaluates neither conditions nor the policies of functions.

A function's access key names its role (`key_of`), so the emulator knows the role behind each of its requests.
"""

import base64
import fnmatch
import json
import re
from email import message_from_bytes
from email.utils import parseaddr

from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

ACCOUNT, REGION = "123456789012", "eu-central-1"
KEY = re.compile(r"Credential=role\.([^/]+)/")
OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatch.fnmatchcase,
    "ArnEquals": fnmatch.fnmatchcase,
    "ArnLike": fnmatch.fnmatchcase,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


class Denied(Exception):
    """No policy allows it."""


def listed(value):
    return value if isinstance(value, list) else [value]


def holds(condition, context):
    """Returns whether a condition holds. A key that the request lacks makes it fail."""
    for operator, tests in (condition or {}).items():
        for key, wanted in tests.items():
            value = context.get(key.lower())
            if value is None or not any(OPERATORS[operator](value, one) for one in listed(wanted)):
                return False
    return True


def is_for(statement, principal):
    """Returns whether a statement is about a principal; the statements of a role have none."""
    named = statement.get("Principal")
    if principal is None or named in (None, "*"):
        return True
    return any(principal in listed(each) or "*" in listed(each) for each in named.values())


def evaluate(documents, action, resource, context, principal=None):
    """Returns whether policies allow an action: some statement does, and none denies it."""
    allowed = False
    for document in documents:
        for statement in listed(document["Statement"]):
            is_meant = (
                is_for(statement, principal)
                and any(fnmatch.fnmatchcase(action.lower(), each.lower()) for each in listed(statement["Action"]))
                and any(fnmatch.fnmatchcase(resource, each) for each in listed(statement["Resource"]))
                and holds(statement.get("Condition"), context)
            )
            if is_meant and statement["Effect"] == "Deny":
                return False
            allowed = allowed or is_meant
    return allowed


def key_of(role_arn):
    """Returns the access key that stands for a role."""
    return "role." + role_arn.rsplit("/", 1)[1]


def role_named(name):
    [found] = [role for role in iam_backends[ACCOUNT]["aws"].roles.values() if role.name == name]
    return found


def check_role(name, action, resource, context=None):
    """Raises `Denied` unless the policies of a role allow it."""
    role = role_named(name)
    attached = [policy.document for policy in role.managed_policies.values()]
    documents = [json.loads(each) for each in [*role.policies.values(), *attached]]
    if not evaluate(documents, action, resource, context or {}):
        raise Denied(f"{name} may not {action} {resource}")


def check_trust(name, service):
    """Raises `Denied` unless a service may take on a role."""
    document = json.loads(role_named(name).assume_role_policy_document)
    for statement in document["Statement"]:
        statement.setdefault("Resource", "*")
    if not evaluate([document], "sts:AssumeRole", "*", {"aws:sourceaccount": ACCOUNT}, service):
        raise Denied(f"{service} may not take on {name}")


def check_invocation(name, qualifier, service, source):
    """Raises `Denied` unless the policy of a function lets a service invoke it."""
    resource = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:{qualifier}"
    statements = lambda_backends[ACCOUNT][REGION].get_function(name).policy.statements
    context = {"aws:sourcearn": source, "aws:sourceaccount": ACCOUNT}
    if not evaluate([{"Statement": statements}], "lambda:InvokeFunction", resource, context, service):
        raise Denied(f"{service} may not invoke {resource} for {source}")


def bucket_allows(bucket, action, resource, distribution):
    """Returns whether the policy of a bucket lets the CDN do something over TLS."""
    document = s3_backends[ACCOUNT]["aws"].buckets[bucket].policy
    context = {"aws:sourcearn": distribution, "aws:securetransport": "true"}
    return document is not None and evaluate(
        [json.loads(document)], action, resource, context, "cloudfront.amazonaws.com"
    )


def check_request(request):
    """Raises `Denied` if a role sent the request and may not do what it asks for."""
    found = KEY.search(request.headers.get("authorization", ""))
    if found is None:
        return
    for action, resource, context in asked(request):
        check_role(found[1], action, resource, context)


def asked(request):
    """Returns what a request asks for: actions, each with its resource and context."""
    target = request.headers.get("x-amz-target", "")
    if target.startswith("DynamoDB_20120810."):
        operation, body = target.split(".")[1], json.loads(request.get_data())
        if operation == "TransactWriteItems":
            # DynamoDB authorises a transaction by the individual actions in it.
            names = {"ConditionCheck": "ConditionCheckItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
            items = [(names[kind], item["TableName"]) for each in body["TransactItems"] for kind, item in each.items()]
        elif operation == "BatchGetItem":
            items = [(operation, table) for table in body["RequestItems"]]
        else:
            items = [(operation, body["TableName"])]
        return [(f"dynamodb:{name}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}", {}) for name, table in items]
    if request.path == "/v2/email/outbound-emails":
        return asked_of_ses(request.get_json())
    raise Denied(f"a function calls {request.method} {request.path} {target}, which this emulator does not know")


def asked_of_ses(body):
    """SES checks the identity of the sender and the configuration set. In the sandbox it also checks the recipient's."""
    message = message_from_bytes(base64.b64decode(body["Content"]["Raw"]["Data"]))
    sender = parseaddr(message["From"])[1]
    context = {"ses:fromaddress": sender}
    arn = f"arn:aws:ses:{REGION}:{ACCOUNT}"
    recipient = parseaddr(message["To"])[1]
    resources = [
        f"{arn}:identity/{sender.split('@')[1]}",
        f"{arn}:identity/{recipient}",
        f"{arn}:configuration-set/{body['ConfigurationSetName']}",
    ]
    return [("ses:SendRawEmail", resource, context) for resource in resources]
