"""Reports for pipelines, held against what reads them: junit.xsd with xmllint, sarif.json and gitlab.json with
python3-jsonschema, TAP with Perl's prove, workflow commands of GitHub with a reader of our own. Each function yields faults."""

import collections
import json
import pathlib
import re
import subprocess

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent


def schema_faults(name, value):
    schema = json.loads((HERE / name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        yield f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[-200:]}"


def junit(text):
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", str(HERE / "junit.xsd"), "-"], input=text.encode(),
                          capture_output=True)
    if done.returncode:
        yield done.stderr.decode("utf-8", "replace")[:600]


def sarif(text):
    value = json.loads(text)
    yield from schema_faults("sarif.json", value)
    run, = value["runs"]
    rules = run["tool"]["driver"]["rules"]
    keys = collections.Counter(result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"])
    for result in run["results"]:
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"ruleIndex of {result['ruleId']}"
        if keys[result["partialFingerprints"]["primaryLocationLineHash"]] > 1:
            yield f"{result['ruleId']}: its fingerprint stands twice"
    if len(text.encode()) > 10 << 20:
        yield "larger than GitHub takes, were it not compressed"


def gitlab(text):
    if text[:1] != "[":
        yield "a byte order mark, or no list"
    value = json.loads(text)
    yield from schema_faults("gitlab.json", value)
    keys = collections.Counter(issue["fingerprint"] for issue in value)
    yield from (f"fingerprint {key} stands {count} times" for key, count in keys.items() if count > 1)


def tap(text):
    """prove's parser has to understand every line and agree with the plan."""
    script = ('use TAP::Parser; local $/; my $p = TAP::Parser->new({tap => <STDIN>});'
              'while (my $r = $p->next) { print "unknown: ", $r->as_string, "\\n" if $r->is_unknown; }'
              'print "parse error: $_\\n" for $p->parse_errors; print "no plan\\n" unless defined $p->plan;'
              'print "plan is off\\n" if $p->tests_planned != $p->tests_run;')
    done = subprocess.run(["perl", "-e", script], input=text.encode(), capture_output=True)
    yield from (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    for block in re.findall(r"^  ---\n(.*?)^  \.\.\.\n", text, re.M | re.S):
        import yaml
        try:
            yaml.safe_load(block)
        except yaml.YAMLError as error:
            yield f"its YAML: {' '.join(str(error).split())}"


COMMAND = re.compile(r"^::(error|warning|notice) ((?:[a-z]+=[^,:]*)(?:,[a-z]+=[^,:]*)*)::(.+)$")


def commands(text):
    """(level, properties, message) of each workflow command, as GitHub reads it; None for what it would not understand."""
    def plain(s):
        for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            s = s.replace(code, char)
        return s
    for line in text.splitlines():
        if not line.startswith("::"):
            continue
        match = COMMAND.match(line)
        yield match and (match[1], {k: plain(v) for k, v in (p.split("=", 1) for p in match[2].split(","))}, plain(match[3]))


def github(text):
    for number, command in enumerate(commands(text), 1):
        if not command:
            yield f"command {number} is none"
        elif not set(command[1]) <= {"file", "line", "title"}:
            yield f"command {number}: {command[1]}"
        elif command[1].get("line", "1") == "0" or ("line" in command[1]) != ("file" in command[1]):
            yield f"command {number}: no line of a file"
    for line in text.splitlines():
        if not re.match(r"::|(GO|NO-GO|HOLD) ", line):
            yield f"a line of its own: {line[:80]!r}"


READERS = {"junit": junit, "sarif": sarif, "gitlab": gitlab, "tap": tap, "github": github}
