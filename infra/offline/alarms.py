"""Lets each deployed alarm fire once, with data of the shape that AWS and the programs of this run send.

alarms.py NAMES ALARMS FILTERS FORMAT LOG   prints which alarms fired; fails if one does not, or does on a quiet day

NAMES: the ids that AWS gave, as JSON. ALARMS and FILTERS: what CloudWatch says it has. FORMAT: of the API's access log.
LOG: what the functions logged. Metrics and dimensions are those of each service's guide.
"""

import json
import re
import sys

names, alarms, filters, access_format = [json.loads(argument) for argument in sys.argv[1:5]]
lines = [json.loads(line) for line in open(sys.argv[5]) if line.startswith("{")]

LAMBDA = {name: {"FunctionName": f"pos-{name}"} for name in ("signup-fn", "organiser", "mailer")}
API = {name: {"ApiId": names[f"pos-{name}"]} for name in ("signup", "organiser")}
TABLE, QUEUE = {"TableName": "pos-signups"}, {"QueueName": "pos-mailer-dead"}
CDN = {"DistributionId": names["distribution"], "Region": "Global"}
REWRITE = {"FunctionName": "pos-rewrite", "Region": "Global"}
RULE = {"RuleName": "pos-next-deployment"}


def logged(message, **changed):
    """Returns the data points that the deployed filters make of a line with this message, as a program logged it."""
    line = next((line for line in lines if line.get("message") == message), None)
    if line is None:
        raise SystemExit(f"no program logged `{message}` in this run")
    return points_of(line | changed)


def refused():
    """Returns the data points of a request that the API's throttle refused ("Customize HTTP API access logs")."""
    known = {"error.responseType": "THROTTLED", "status": "429", "httpMethod": "POST"}
    line = re.sub(r"\$context\.([\w.]+)", lambda found: known.get(found[1], "-"), json.dumps(access_format))
    return points_of(json.loads(line))


def points_of(line):
    points = []
    for each in filters:
        if all(holds(term, line) for term in each["filterPattern"].strip("{} ").split(" && ")):
            for made in each["metricTransformations"]:
                value = made["metricValue"]
                value = line[value.removeprefix("$.")] if value.startswith("$.") else float(value)
                points.append((made["metricNamespace"], made["metricName"], {}, [value]))
    return points


def holds(term, line):
    """Returns whether a line meets a term of a filter pattern, such as `$.a = "b"` or `$.n >= 0`."""
    name, operator, value = re.fullmatch(r"\$\.(\w+) (=|>=) (.*)", term.strip()).groups()
    found, wanted = line.get(name), json.loads(value)
    return found == wanted if operator == "=" else isinstance(found, (int, float)) and found >= wanted


# What happens in each period until the alarm fires. Nothing at all, for an alarm on something that is missing.
FIRES = {
    "signup-throttles": [("AWS/Lambda", "Throttles", LAMBDA["signup-fn"], [1])],
    "signup-slow": [("AWS/Lambda", "Duration", LAMBDA["signup-fn"], [8100])],
    "requests-refused": refused(),
    "organiser-throttles": [("AWS/Lambda", "Throttles", LAMBDA["organiser"], [1])],
    "organiser-errors": [("AWS/ApiGateway", "5xx", API["organiser"], [1, 1, 1])],
    "mailer-errors": [("AWS/Lambda", "Errors", LAMBDA["mailer"], [1])],
    "mailer-throttles": [("AWS/Lambda", "Throttles", LAMBDA["mailer"], [1])],
    "mailer-behind": [("AWS/Lambda", "IteratorAge", LAMBDA["mailer"], [20, 600_000])],
    "mailer-silent": [],
    "trial-missed": [],
    "trial-failed": logged("trial failed"),
    "mail-late": logged("mail sent", waited_s=400),
    "mail-waiting": logged("mail failed", waited_s=4000),
    "mail-parked": logged("mail parked"),
    "mail-dead": [("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, [1])],
    "mail-bounces": [("AWS/SES", "Reputation.BounceRate", {}, [0.05])],
    "mail-complaints": [("AWS/SES", "Reputation.ComplaintRate", {}, [0.001])],
    "table-throttles": [("AWS/DynamoDB", "ReadThrottleEvents", TABLE, [0]), ("AWS/DynamoDB", "WriteThrottleEvents", TABLE, [1])],
    "deployment-missed": [("AWS/Events", "FailedInvocations", RULE, [1])],
    "deployment-old": [],
    "unanswered-fast": [("AWS/ApiGateway", "5xx", API["signup"], [5]), ("AWS/ApiGateway", "Count", API["signup"], [30])],
    "unanswered-slow": [("AWS/ApiGateway", "5xx", API["signup"], [7]), ("AWS/ApiGateway", "Count", API["signup"], [100])],
    "cdn-errors": [("AWS/CloudFront", "5xxErrorRate", CDN, [6])],
    "cdn-function": [("AWS/CloudFront", "FunctionExecutionErrors", REWRITE, [1])],
}

# A day on which nothing is wrong: two errors are not yet too many, and a mail may take a few seconds.
QUIET = [
    *((ns, metric, of, [0]) for ns, metric, of, _ in sum(FIRES.values(), []) if ns.startswith("AWS/") and metric != "Count"),
    ("AWS/ApiGateway", "5xx", API["signup"], [1, 1]),
    ("AWS/ApiGateway", "Count", API["signup"], [10]),
    ("AWS/Lambda", "Duration", LAMBDA["signup-fn"], [40]),
    ("pos", "Deployed", {}, [1]),
    *logged("mail sent", waited_s=3),
    *logged("mail failed", waited_s=60),
    *logged("rounds made"),
    *logged("trial passed"),
]


def statistic(kind, values):
    ordered = sorted(values)
    if kind.startswith("p"):
        return ordered[min(len(ordered) - 1, int(len(ordered) * float(kind[1:]) / 100))]
    return {"Sum": sum, "Maximum": max, "Average": lambda v: sum(v) / len(v)}[kind](values)


def metric(namespace, name, dimensions, kind, points):
    """Returns the statistic of the data points of a metric, or `None` if there are none."""
    of = {each["Name"]: each["Value"] for each in dimensions}
    values = [value for ns, metric, dims, values in points if (ns, metric, dims) == (namespace, name, of) for value in values]
    return statistic(kind, values) if values else None


def value(alarm, points):
    if "MetricName" in alarm:
        kind = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return metric(alarm["Namespace"], alarm["MetricName"], alarm.get("Dimensions", []), kind, points)
    known, expression = {}, None
    for query in alarm["Metrics"]:
        if "MetricStat" in query:
            asked = query["MetricStat"]
            of = asked["Metric"]
            known[query["Id"]] = metric(of["Namespace"], of["MetricName"], of.get("Dimensions", []), asked["Stat"], points)
        else:
            expression = query["Expression"]
    if None in known.values():
        return None
    functions = {"IF": lambda condition, then, other: then if condition else other, "SUM": sum, "METRICS": lambda: list(known.values())}
    return eval(expression, {"__builtins__": {}}, functions | known)


def fires(alarm, points):
    """Returns whether an alarm fires after all its periods were like this."""
    found = value(alarm, points)
    if found is None:
        return alarm["TreatMissingData"] == "breaching"
    if alarm["ComparisonOperator"] == "LessThanThreshold":
        return found < alarm["Threshold"]
    return found >= alarm["Threshold"]


wrong = []
by_name = {alarm["AlarmName"].removeprefix("pos-"): alarm for alarm in alarms}
if by_name.keys() != FIRES.keys():
    wrong.append(f"other alarms are deployed than tried: {sorted(by_name.keys() ^ FIRES.keys())}")
for name in sorted(by_name.keys() & FIRES.keys()):
    if not fires(by_name[name], FIRES[name]):
        wrong.append(f"{name} does not fire")
    if fires(by_name[name], QUIET):
        wrong.append(f"{name} fires on a quiet day")
    if not by_name[name]["AlarmActions"]:
        wrong.append(f"{name} tells nobody")
print("\n".join(wrong) or f"{len(by_name)} alarms fired, and none on a quiet day")
sys.exit(bool(wrong))
