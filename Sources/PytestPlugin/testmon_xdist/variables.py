"""The environment variables of ours that the plugin knows.

``Sources/Variables/EnvironmentVariable.swift`` says of each who sets it and who reads it.
"""

SWITCH = "TESTMON_XDIST_CONTROLLER_PRECREATION"
EXECUTABLE = "TESTMON_XDIST_EXECUTABLE"

# Below `testmon-xdist controller -- ...` and `testmon-xdist worker ID -- ...`.
RUN_ID = "TESTMON_XDIST_RUN_ID"
WORKER_ID = "TESTMON_XDIST_WORKER_ID"
ENVIRONMENT_ID = "TESTMON_XDIST_ENVIRONMENT_ID"
ENVIRONMENT = "TESTMON_XDIST_ENVIRONMENT"
DATA_VERSION = "TESTMON_XDIST_DATA_VERSION"
ROOTDIR = "TESTMON_XDIST_ROOTDIR"
CONFIG = "TESTMON_XDIST_CONFIG"
QUIET = "TESTMON_XDIST_QUIET"
WORKERS = "TESTMON_XDIST_WORKERS"
PLUGIN_PATH = "TESTMON_XDIST_PLUGIN_PATH"  # the folder that was put into PYTHONPATH
ADDED = "TESTMON_XDIST_ADDED"  # names of variables that the user knows, too, but hasn't set

# What a command's tests must not see.
PRIVATE = (EXECUTABLE, RUN_ID, WORKER_ID, ENVIRONMENT_ID, DATA_VERSION, ROOTDIR, CONFIG, ENVIRONMENT, QUIET, WORKERS)
