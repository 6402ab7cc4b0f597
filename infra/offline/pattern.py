"""Event patterns of EventBridge and of Lambda's event source mappings, as far as this configuration uses them.

pattern.py PATTERN LIST <JSON   prints the JSON with only those elements of LIST that the pattern matches
"""

import json
import sys


def matches(pattern, event):
    """Returns whether an event matches a pattern: for each key, one of the listed values."""
    return isinstance(event, dict) and all(
        matches(wanted, event.get(key)) if isinstance(wanted, dict) else any_of(wanted, event.get(key))
        for key, wanted in pattern.items()
    )


def any_of(wanted, value):
    values = value if isinstance(value, list) else [value]
    return any(one_of(each, found) for each in wanted for found in values)


def one_of(wanted, value):
    if isinstance(wanted, dict):
        [(kind, word)] = wanted.items()
        if kind != "prefix":
            raise NotImplementedError(f"pattern with `{kind}`")
        return isinstance(value, str) and value.startswith(word)
    return wanted == value


if __name__ == "__main__":
    wanted, name = json.loads(sys.argv[1]), sys.argv[2]
    given = json.load(sys.stdin)
    given[name] = [each for each in given[name] if matches(wanted, each)]
    json.dump(given, sys.stdout)
