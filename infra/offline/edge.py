"""Answers visitors as CloudFront would for the deployed distribution: its behaviours, function, policies and
origins. Uses only what Terraform sent, and knows nothing about the site itself."""

import base64
import fnmatch
import json
import subprocess

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.models import lambda_backends
from moto.s3.models import s3_backends
from werkzeug.wrappers import Response

import cloudfront
import policy
from cloudfront import all_of, text
from policy import ACCOUNT, REGION, Denied
from runtime import Failed, Function

VIEWER = "192.0.2.7:50000"
NODE = (
    "const fs=require('fs');const [code,event]=JSON.parse(fs.readFileSync(0));"
    "process.stdout.write(JSON.stringify(new Function(code+';return handler')()(event)))"
)

# The instances of each version that are free.
free = {}


def invoke(name, qualifier, event, endpoint, log):
    """Invokes the version of a function that a qualifier points at, in an instance that does nothing else."""
    function = lambda_backends[ACCOUNT][REGION].get_function(name, qualifier)
    instances = free.setdefault((name, function.version), [])
    try:
        instance = instances.pop()
    except IndexError:
        instance = Function(
            name,
            str(function.version),
            function.code_bytes,
            function.environment_vars | {"AWS_ACCESS_KEY_ID": policy.key_of(function.role)},
            int(function.timeout),
            endpoint,
            log,
        )
    try:
        return instance.invoke(event)
    finally:
        instances.append(instance)


def matches(route, request):
    """Returns whether a route of an HTTP API matches a request."""
    if route == "$default":
        return True
    method, pattern = route.split(" ")
    prefix = pattern.removesuffix("{proxy+}")
    return method in ("ANY", request.method) and request.path.startswith(prefix) and request.path != prefix


def api(host, request, headers, cookies, endpoint, log):
    """Answers as the HTTP API of a host: finds the route, integration and alias, and sends a version 2.0 event."""
    backend = apigatewayv2_backends[ACCOUNT][REGION]
    found = backend.apis.get(host.split(".")[0])
    for route in found.routes.values() if found else []:
        if not matches(route.route_key, request):
            continue
        arn = found.integrations[route.target.removeprefix("integrations/")].integration_uri.split("/functions/")[1]
        name, qualifier = arn.removesuffix("/invocations").split(":")[6:8]
        body = request.get_data()
        event = {
            "version": "2.0",
            "routeKey": route.route_key,
            "rawPath": request.path,
            "rawQueryString": "",
            "headers": {"host": host, "x-forwarded-proto": "https"} | headers,
            "cookies": cookies,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": found.api_id,
                "domainName": host,
                "domainPrefix": found.api_id,
                "http": {
                    "method": request.method, "path": request.path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "Amazon CloudFront",
                },
                "requestId": "id", "routeKey": route.route_key, "stage": "$default",
                "time": "25/Nov/2026:12:00:00 +0000", "timeEpoch": 1795608000000,
            },
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }  # fmt: skip
        source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{found.api_id}/$default/{request.method}{request.path}"
        if lambda_backends[ACCOUNT][REGION].get_function(name).reserved_concurrency in (0, "0"):
            return Response('{"message":"Service Unavailable"}', 503)
        try:
            policy.check_invocation(name, qualifier, "apigateway.amazonaws.com", source)
            answer = invoke(name, qualifier, event, endpoint, log)
        except (Failed, Denied) as failed:
            print(f"FUNCTION FAILED: {failed}", file=log, flush=True)
            return Response('{"message":"Internal Server Error"}', 500)
        content = answer.get("body") or ""
        content = base64.b64decode(content) if answer.get("isBase64Encoded") else content
        response = Response(content, answer["statusCode"], answer.get("headers", {}))
        for cookie in answer.get("cookies", []):
            response.headers.add("set-cookie", cookie)
        return response
    return Response('{"message":"Not Found"}', 404)


def bucket(name, path):
    """Returns a file of the bucket, if the CDN may read it. A missing one is 404 only for who may list the bucket."""
    key, distribution = path.removeprefix("/"), cloudfront.only_arn()
    found = s3_backends[ACCOUNT]["aws"].get_object(name, key)
    action, resource = ("s3:GetObject", f"arn:aws:s3:::{name}/{key}") if found else ("s3:ListBucket", f"arn:aws:s3:::{name}")
    if not policy.bucket_allows(name, action, resource, distribution):
        return Response("AccessDenied", 403)
    if found is None:
        return Response("NoSuchKey", 404)
    kept = {name: value for name, value in found.metadata.items() if name.lower() in ("content-type", "cache-control")}
    return Response(found.value, 200, kept)


def behaviour_of(config, path):
    """Returns the first behaviour whose pattern matches, or the default one."""
    for behaviour in all_of(config, "CacheBehaviors/Items/CacheBehavior"):
        if fnmatch.fnmatchcase(path, text(behaviour, "PathPattern")):
            return behaviour
    return all_of(config, "DefaultCacheBehavior")[0]


def rewritten(behaviour, request):
    """Runs the behaviour's function on the request. Returns a path and no response, or no path and a response."""
    for association in all_of(behaviour, "FunctionAssociations/Items/FunctionAssociation"):
        code = cloudfront.functions[text(association, "FunctionARN").rsplit("/", 1)[1]]["LIVE"]["code"].decode()
        query = {name: {"value": values[0]} for name, values in request.args.lists()}
        query |= {n: {"multiValue": [{"value": v} for v in vs]} for n, vs in request.args.lists() if len(vs) > 1}
        event = {"request": {"method": request.method, "uri": request.path, "querystring": query, "headers": {"host": {"value": request.headers.get("x-host", "www.pos.test")}}}}
        ran = subprocess.run(
            ["node", "-e", NODE], input=json.dumps([code, event]), capture_output=True, text=True, check=True
        )
        made = json.loads(ran.stdout)
        if "statusCode" in made:
            return None, Response(
                "", made["statusCode"], {name: each["value"] for name, each in made["headers"].items()}
            )
        return made["uri"], None
    return request.path, None


def add_headers(config, response):
    """Adds the policy's headers. Keeps a header from the origin, unless the policy overrides it."""
    wanted = {}
    security = all_of(config, "SecurityHeadersConfig")[0]
    hsts = all_of(security, "StrictTransportSecurity")[0]
    parts = [f"max-age={text(hsts, 'AccessControlMaxAgeSec')}"]
    parts += ["includeSubDomains"] if text(hsts, "IncludeSubdomains") == "true" else []
    parts += ["preload"] if text(hsts, "Preload") == "true" else []
    wanted["strict-transport-security"] = ("; ".join(parts), text(hsts, "Override"))
    wanted["x-content-type-options"] = ("nosniff", text(security, "ContentTypeOptions/Override"))
    for header, element, value in [
        ("content-security-policy", "ContentSecurityPolicy", "ContentSecurityPolicy"),
        ("x-frame-options", "FrameOptions", "FrameOption"),
        ("referrer-policy", "ReferrerPolicy", "ReferrerPolicy"),
    ]:
        found = all_of(security, element)[0]
        wanted[header] = (text(found, value), text(found, "Override"))
    for item in all_of(config, "CustomHeadersConfig/Items/ResponseHeadersPolicyCustomHeader"):
        wanted[text(item, "Header")] = (text(item, "Value"), text(item, "Override"))
    for header, (value, override) in wanted.items():
        if override == "true" or header not in response.headers:
            response.headers[header] = value


def from_origin(config, behaviour, request, path, endpoint, log):
    """Forwards a request to the behaviour's origin, with the allowed viewer headers and the origin's custom headers."""
    origin = next(
        o for o in all_of(config, "Origins/Items/Origin") if text(o, "Id") == text(behaviour, "TargetOriginId")
    )
    host = text(origin, "DomainName")
    if ".s3." in host:
        return bucket(host.split(".")[0], path)
    headers = {
        text(h, "HeaderName").lower(): text(h, "HeaderValue")
        for h in all_of(origin, "CustomHeaders/Items/OriginCustomHeader")
    }
    forwarded = cloudfront.config_of("origin-request-policy", text(behaviour, "OriginRequestPolicyId"))
    for name in all_of(forwarded, "HeadersConfig/Headers/Items/Name") if forwarded is not None else []:
        value = VIEWER if name.text == "CloudFront-Viewer-Address" else request.headers.get(name.text)
        if value:
            headers[name.text.lower()] = value
    wanted = {name.text for name in all_of(forwarded, "CookiesConfig/Cookies/Items/Name")} if forwarded is not None else set()
    cookies = [f"{name}={value}" for name, value in request.cookies.items() if name in wanted]
    return api(host, request, headers, cookies, endpoint, log)


def answer(request, endpoint, log):
    """Answers a request to the only distribution."""
    config = cloudfront.only_distribution()
    behaviour = behaviour_of(config, request.path)
    methods = [method.text for method in all_of(behaviour, "AllowedMethods/Items/Method")]
    if request.method not in methods:
        return Response("not allowed by the distribution", 403)
    path, response = rewritten(behaviour, request)
    if response is not None:
        return response
    response = from_origin(config, behaviour, request, path, endpoint, log)
    for page in all_of(config, "CustomErrorResponses/Items/CustomErrorResponse"):
        if text(page, "ResponsePagePath") and text(page, "ErrorCode") == str(response.status_code):
            default = all_of(config, "DefaultCacheBehavior")[0]
            response = from_origin(config, default, request, text(page, "ResponsePagePath"), endpoint, log)
            response.status_code = int(text(page, "ResponseCode"))
    headers = cloudfront.config_of("response-headers-policy", text(behaviour, "ResponseHeadersPolicyId"))
    if headers is not None:
        add_headers(headers, response)
    return response


def past_the_cdn(request, endpoint, log):
    """Sends a request directly to the API, with only the client's own headers."""
    name = "pos-organiser" if request.path.startswith("/beheer/") else "pos-signup"
    [found] = [api for api in apigatewayv2_backends[ACCOUNT][REGION].apis.values() if api.name == name]
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [f"{name}={value}" for name, value in request.cookies.items()]
    return api(f"{found.api_id}.execute-api.{REGION}.amazonaws.com", request, headers, cookies, endpoint, log)
