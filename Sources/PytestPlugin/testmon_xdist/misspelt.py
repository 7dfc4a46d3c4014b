"""Variables of ours that nobody reads: most likely somebody has misspelt one, and wonders why nothing is coordinated.

Where coordination is on, the executable refuses them.
"""
import os

from . import messages, testmon_api, variables


def warn(config):
    """Names them, where testmon is asked for: else nobody waits for coordination."""
    if not testmon_api.is_asked_for(config):
        return
    messages.begin("pytest")
    for name in sorted(os.environ):
        if name.startswith(variables.PREFIX) and name not in variables.ALL:
            meant = _closest(name)
            what = "did you mean %s?" % meant if meant else "unset it: unset %s" % name
            messages.warn("%s: unknown variable, and this run isn't coordinated; %s" % (name, what))


def _closest(name):
    import difflib

    rest = name[len(variables.PREFIX) :]
    if rest == "ENABLED":  # that is how settings files call it
        return variables.SWITCH
    known = [known[len(variables.PREFIX) :] for known in variables.SETTINGS]
    found = difflib.get_close_matches(rest.upper(), known, n=1, cutoff=0.55)
    return variables.PREFIX + found[0] if found else None
