"""The sign-up of signup-fn for Python, written idiomatically with boto3, and the event loop of Lambda's runtime."""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import time
import urllib.parse
import uuid

import boto3
from botocore.config import Config

CLIENT = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
TABLE = os.environ["TABLE_NAME"]
KEY = bytes.fromhex(os.environ["IDENTITY_KEY"])


def page(status, html):
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": html}


def handler(event):
    body = base64.b64decode(event["body"]).decode() if event.get("isBase64Encoded") else event["body"]
    form = {name: values[0].strip() for name, values in urllib.parse.parse_qs(body).items()}
    email, name, session = form.get("email", ""), form.get("full_name", ""), form.get("session")
    if "@" not in email or not name or not session:
        return page(422, "<p>Fout</p>")
    digest = hmac.new(KEY, f"person\0lnpo-2028\0{email.lower()}".encode(), hashlib.sha256).digest()
    person = base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
    attempt, now = uuid.uuid4().hex, int(time.time())
    text, number = (lambda value: {"S": value}), (lambda value: {"N": str(value)})
    pk = text("event#lnpo-2028")
    item = {
        "pk": pk, "sk": text(f"person#{person}"), "reference": text(person[:8]), "signup_id": text(attempt),
        "status": text("confirmed"), "session": text(session), "full_name": text(name), "email": text(email),
        "organisation": text(form.get("organisation", "")), "role": text(form.get("role", "")),
        "signed_up_at": text(datetime.datetime.now(datetime.timezone.utc).isoformat()),
        "privacy_notice_version": text("1"), "version": number(now), "mailed_at": number(now),
        "attempt_id": text(attempt), "forget_at": number(now + 86400),
    }
    mail = {
        "pk": pk, "sk": text(f"mail#{person}#{attempt}"), "kind": text("confirmation"), "session": text(session),
        "sequence": number(now), "created_at": number(now), "forget_at": number(now + 86400),
    }
    absent = {"ConditionExpression": "attribute_not_exists(pk)", "TableName": TABLE}
    seat = {
        "TableName": TABLE, "Key": {"pk": pk, "sk": text(f"session#{session}")}, "UpdateExpression": "ADD taken :one",
        "ConditionExpression": "(attribute_not_exists(taken) OR taken < :capacity) AND attribute_not_exists(waiting[0])",
        "ExpressionAttributeValues": {":one": number(1), ":capacity": number(100000)},
    }
    try:
        CLIENT.transact_write_items(
            ClientRequestToken=attempt,
            TransactItems=[{"Put": {"Item": item, **absent}}, {"Update": seat}, {"Put": {"Item": mail, **absent}}],
        )
    except CLIENT.exceptions.TransactionCanceledException:
        return page(409, "<p>Vol</p>")
    except Exception:
        return page(503, "<p>Later</p>")
    return {"statusCode": 303, "headers": {"location": f"/aanmelden/lnpo-2028/{session}/ontvangen/{person[:8]}/"}, "body": ""}


def main():
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", "/2018-06-01/runtime/invocation/next")
        answer = connection.getresponse()
        event, request = json.loads(answer.read()), answer.headers["lambda-runtime-aws-request-id"]
        body = json.dumps(handler(event))
        connection.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", body)
        connection.getresponse().read()


main()
