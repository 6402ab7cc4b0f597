"""Implements the part of CloudFront's API that Terraform and the AWS command use. Stores everything exactly as
it was sent. moto has no policies and cannot publish functions, and it loses part of a distribution."""

import base64
import uuid
import xml.etree.ElementTree as ET

from werkzeug.wrappers import Response

NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
LONG_AGO = "2020-01-01T00:00:00Z"
POLICIES = {
    "cache-policy": "CachePolicy",
    "origin-request-policy": "OriginRequestPolicy",
    "response-headers-policy": "ResponseHeadersPolicy",
}
ET.register_namespace("", NAMESPACE)

policies, functions, distributions = {}, {}, {}


def all_of(node, path):
    """Returns the elements at a path."""
    return node.findall("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))


def text(node, path):
    """Returns the text of the first element at a path, or an empty string."""
    found = all_of(node, path)
    return (found[0].text or "") if found else ""


def config_of(kind, ident):
    """Returns a policy as it was sent, or `None` if there is none."""
    return ET.fromstring(policies[kind, ident][0]) if (kind, ident) in policies else None


def only_distribution():
    """Returns the only distribution, as it was sent."""
    [distribution] = distributions.values()
    return ET.fromstring(distribution["config"])


def only_arn():
    """Returns the ARN of the only distribution."""
    [distribution] = distributions.values()
    return distribution["arn"]


def etag():
    return "E" + uuid.uuid4().hex[:13].upper()


def xml(body, tag=None, status=200):
    response = Response('<?xml version="1.0"?>\n' + body, status, mimetype="text/xml")
    if tag:
        response.headers["ETag"] = tag
    return response


def error(status, code):
    return xml(
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message>'
        "</Error><RequestId>offline</RequestId></ErrorResponse>",
        status=status,
    )


def canonical(data):
    return ET.tostring(ET.fromstring(data), encoding="unicode")


def policy(request, kind, rest):
    root = POLICIES[kind]
    ident, _, tail = rest.partition("/")
    status = 200
    if request.method == "POST":
        ident, status = str(uuid.uuid4()), 201
    elif (kind, ident) not in policies:
        return error(404, f"NoSuch{root}")
    elif request.method == "DELETE":
        del policies[kind, ident]
        return Response(status=204)
    if request.method in ("POST", "PUT"):
        policies[kind, ident] = (canonical(request.data), etag())
    config, tag = policies[kind, ident]
    if tail == "config" and request.method == "GET":
        return xml(config, tag)
    return xml(
        f'<{root} xmlns="{NAMESPACE}"><Id>{ident}</Id><LastModifiedTime>{LONG_AGO}</LastModifiedTime>{config}</{root}>',
        tag,
        status,
    )


def as_answered(config):
    """Adds `OriginGroups` if the request left it out: AWS always returns it, and the provider relies on that."""
    if not all_of(config, "OriginGroups"):
        groups = ET.SubElement(config, f"{{{NAMESPACE}}}OriginGroups")
        ET.SubElement(groups, f"{{{NAMESPACE}}}Quantity").text = "0"
    return ET.tostring(config, encoding="unicode")


def distribution_xml(ident):
    found = distributions[ident]
    nobody = "<Enabled>false</Enabled><Quantity>0</Quantity>"
    return (
        f'<Distribution xmlns="{NAMESPACE}"><Id>{ident}</Id><ARN>{found["arn"]}</ARN><Status>Deployed</Status>'
        f"<LastModifiedTime>{LONG_AGO}</LastModifiedTime><InProgressInvalidationBatches>0</InProgressInvalidationBatches>"
        f"<DomainName>{ident.lower()}.cloudfront.net</DomainName><ActiveTrustedSigners>{nobody}</ActiveTrustedSigners>"
        f"<ActiveTrustedKeyGroups>{nobody}</ActiveTrustedKeyGroups>{found['config']}</Distribution>"
    )


def distribution(request, rest):
    ident, _, tail = rest.partition("/")
    if request.method == "POST" and not rest:
        body = ET.fromstring(request.data)
        tags = {text(tag, "Key"): text(tag, "Value") for tag in body.iter(f"{{{NAMESPACE}}}Tag")}
        body = (all_of(body, "DistributionConfig") or [body])[0]
        ident = etag()
        arn = f"arn:aws:cloudfront::123456789012:distribution/{ident}"
        distributions[ident] = {"arn": arn, "config": as_answered(body), "etag": etag(), "tags": tags, "forgotten": {}}
        return xml(distribution_xml(ident), distributions[ident]["etag"], 201)
    found = distributions.get(ident)
    if found is None:
        return error(404, "NoSuchDistribution")
    if tail.startswith("invalidation"):
        return invalidation(request, found, tail.partition("/")[2])
    if request.method in ("PUT", "DELETE") and request.headers.get("If-Match") != found["etag"]:
        return error(412, "PreconditionFailed")
    if request.method == "DELETE":
        if text(ET.fromstring(found["config"]), "Enabled") == "true":
            return error(409, "DistributionNotDisabled")
        del distributions[ident]
        return Response(status=204)
    if request.method == "PUT":
        found |= {"config": as_answered(ET.fromstring(request.data)), "etag": etag()}
    is_config = tail == "config" and request.method == "GET"
    return xml(found["config"] if is_config else distribution_xml(ident), found["etag"])


def invalidation(request, found, ident):
    if request.method == "POST":
        ident = etag()
        found["forgotten"][ident] = canonical(request.data)
    if ident not in found["forgotten"]:
        return error(404, "NoSuchInvalidation")
    return xml(
        f'<Invalidation xmlns="{NAMESPACE}"><Id>{ident}</Id><Status>Completed</Status><CreateTime>{LONG_AGO}</CreateTime>'
        f"{found['forgotten'][ident]}</Invalidation>",
        status=201 if request.method == "POST" else 200,
    )


def tagging(request, _rest):
    found = next((d for d in distributions.values() if d["arn"] == request.args.get("Resource")), None)
    if found is None:
        return error(404, "NoSuchResource")
    if request.method == "POST":
        body = ET.fromstring(request.data)
        if request.args.get("Operation") == "Tag":
            found["tags"] |= {text(tag, "Key"): text(tag, "Value") for tag in body.iter(f"{{{NAMESPACE}}}Tag")}
        else:
            found["tags"] = {k: v for k, v in found["tags"].items() if k not in [key.text for key in body.iter()]}
        return Response(status=204)
    items = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in found["tags"].items())
    return xml(f'<Tags xmlns="{NAMESPACE}"><Items>{items}</Items></Tags>')


def function_summary(name, stage):
    version = functions[name][stage]
    return (
        f'<FunctionSummary xmlns="{NAMESPACE}"><Name>{name}</Name><Status>UNASSOCIATED</Status><FunctionConfig>'
        f"<Comment>{version['comment']}</Comment><Runtime>{version['runtime']}</Runtime></FunctionConfig>"
        f"<FunctionMetadata><FunctionARN>arn:aws:cloudfront::123456789012:function/{name}</FunctionARN>"
        f"<Stage>{stage}</Stage><CreatedTime>{LONG_AGO}</CreatedTime><LastModifiedTime>{LONG_AGO}</LastModifiedTime>"
        "</FunctionMetadata></FunctionSummary>"
    )


def function(request, rest):
    name, _, tail = rest.partition("/")
    stage = request.args.get("Stage", "DEVELOPMENT")
    if request.method in ("POST", "PUT") and not tail:
        body = ET.fromstring(request.data)
        name = name or text(body, "Name")
        version = {
            "comment": text(body, "FunctionConfig/Comment"),
            "runtime": text(body, "FunctionConfig/Runtime"),
            "code": base64.b64decode(text(body, "FunctionCode")),
            "etag": etag(),
        }
        functions.setdefault(name, {})["DEVELOPMENT"] = version
        return xml(function_summary(name, "DEVELOPMENT"), version["etag"], 201 if request.method == "POST" else 200)
    found = functions.get(name, {})
    if stage not in found:
        return error(404, "NoSuchFunctionExists")
    if request.method == "DELETE":
        del functions[name]
        return Response(status=204)
    if tail == "publish":
        found["LIVE"] = dict(found["DEVELOPMENT"])
        return xml(function_summary(name, "LIVE"))
    if tail == "describe":
        return xml(function_summary(name, stage), found[stage]["etag"])
    return Response(found[stage]["code"], headers={"ETag": found[stage]["etag"]}, mimetype="application/octet-stream")


def call(request, kind, rest):
    """Handles one API call."""
    calls = {"distribution": distribution, "function": function, "tagging": tagging}
    return calls[kind](request, rest) if kind in calls else policy(request, kind, rest)
