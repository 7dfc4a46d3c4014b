"""The commands in recipes for CI services, as those would run them: in order, with the variables that the recipe sets."""

import dataclasses
import json
import re
import shlex

from documents_blocks import Wrong


@dataclasses.dataclass
class Recipe:
    """What a job does, and the paths that it keeps from one run to the next."""

    # Each runs in a shell of its own.
    commands: list
    variables: dict = dataclasses.field(default_factory=dict)
    cached: list = dataclasses.field(default_factory=list)
    # What the service does itself, and can't be run here.
    services: list = dataclasses.field(default_factory=list)


def recipe(block):
    try:
        found = {"yaml": from_yaml, "groovy": from_jenkinsfile, "dockerfile": from_dockerfile}[block.language](block.text)
    except Exception as error:
        raise Wrong("{}: this isn't understood: {}".format(block.place, error))
    if not found.commands:
        raise Wrong("{}: there is no command in it".format(block.place))
    return found


def from_yaml(text):
    import yaml

    document = yaml.safe_load(text)
    if "jobs" in document:
        (job,) = document["jobs"].values()
        return from_circleci(job) if "docker" in job else from_github(job)
    (job,) = (value for value in document.values() if isinstance(value, dict) and "script" in value)
    return from_gitlab(job)


def from_github(job):
    found = Recipe([], _strings(job.get("env")))
    for step in job["steps"]:
        if "run" in step:
            found.commands.append(exports(_strings(step.get("env"))) + step["run"])
        else:
            found.services.append(step["uses"])
            if step["uses"].startswith("actions/cache"):
                found.cached += step["with"]["path"].split()
    return found


def from_gitlab(job):
    cached = job.get("cache", {})
    return Recipe(
        ["\n".join([*job.get("before_script", []), *job["script"]])],
        _strings(job.get("variables")),
        list(cached.get("paths", [])),
        [name for name in ("image", "cache") if name in job],
    )


def from_circleci(job):
    found = Recipe([], _strings(job.get("environment")))
    for step in job["steps"]:
        (name, value), = step.items() if isinstance(step, dict) else [(step, None)]
        if name == "run":
            found.commands.append(value if isinstance(value, str) else value["command"])
        else:
            found.services.append(name)
            if name == "save_cache":
                found.cached += value["paths"]
    return found


def from_jenkinsfile(text):
    """A declarative pipeline, with its commands in `sh '…'`."""
    if text.count("{") != text.count("}"):
        raise ValueError("braces without a match")
    variables = re.search(r"environment \{(.*?)\}", text, re.DOTALL)
    cached = re.findall(r"arbitraryFileCache\(path: '([^']+)'(?:, includes: '([^']+)')?", text)
    return Recipe(
        re.findall(r"\bsh '([^']+)'", text),
        dict(re.findall(r"(\w+) = '([^']*)'", variables.group(1)) if variables else []),
        [includes or path for path, includes in cached],
        sorted(set(re.findall(r"\b(cache|checkout|agent)\b", text))),
    )


def from_dockerfile(text):
    """What RUN and CMD run, with what ENV sets. The project is there already, as after COPY."""
    found = Recipe([])
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word in ("RUN", "CMD"):
            found.commands.append(shlex.join(json.loads(rest)) if rest.startswith("[") else rest)
        elif word == "ENV":
            found.variables.update([rest.split("=", 1)])
        elif word:
            found.services.append(line)
    return found


def exports(variables):
    """The lines that set these variables in a shell."""
    return "".join("export {}={}\n".format(name, shlex.quote(value)) for name, value in variables.items())


def _strings(variables):
    """Variables as a service sets them: `true` without quotes is a word, too."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in (variables or {}).items()}
