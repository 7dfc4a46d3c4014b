"""How this plugin gets into the workers of xdist.

Every worker gets this very plugin, whatever is installed there: it may be missing, or be of another version. Without it a
worker would select by whatever data file it finds.
"""
import inspect
import os

from . import receiver


def with_plugin(remote_module, is_here):
    """The source of what xdist is to run in a worker in place of a module of its own, which runs after that.

    :param remote_module: the module, or its source
    :param is_here: whether the worker has this Python's file system, and so reads the plugin's files
    """
    # In one piece: execnet may run a second piece beside the main thread, although the first has ended, and signal
    # handlers can't be set there: https://github.com/pytest-dev/execnet/issues/96.
    if inspect.ismodule(remote_module):
        source, file = inspect.getsource(remote_module), inspect.getsourcefile(remote_module)
    else:
        source, file = remote_module, "<remote exec>"
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return "%s\n\nreceive(%r, %r)\nexec(compile(%r, %r, 'exec'))\n" % (
        inspect.getsource(receiver),
        folder,
        None if is_here else _sources(folder),
        source,
        file,
    )


def _sources(folder):
    names = [name for name in os.listdir(os.path.join(folder, receiver.PACKAGE)) if name.endswith(".py")]
    paths = [receiver.PACKAGE + "/" + name for name in names] + [receiver.PLUGIN + ".py"]
    sources = {}
    for path in paths:
        with open(os.path.join(folder, path), encoding="utf-8") as file:
            sources[path] = file.read()
    return sources
