"""The stages of a Dockerfile carried out in chroots: what an image builder does, without a container engine.

The base image of a stage is made by debootstrap, and this machine's own Swift toolchain, bound read-only, stands for
what the swift image adds to Debian. Everything else is the Dockerfile's own: each step runs as it is written.
"""

import dataclasses
import fnmatch
import os
import pathlib
import shutil
import subprocess

from image import dockerfile

MINUTES = 60
# Each step of the Dockerfile, and making a base: the release build is the longest.
STEP_LIMIT = 40 * MINUTES
# What swift's image for Debian holds beside the toolchain: the C library, the linker's files, and how to fetch packages.
TOOLCHAIN_PACKAGES = [
    "binutils", "ca-certificates", "git", "libc6-dev", "libcurl4", "libedit2", "libgcc-12-dev", "libncurses6", "libpython3.11",
    "libsqlite3-0", "libstdc++-12-dev", "libxml2", "libz3-4", "pkg-config", "tzdata",
]
# How this machine reaches its package registries, which a base just made does not know.
REGISTRY_FILES = [
    "/etc/resolv.conf", "/etc/hosts", "/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/apt.conf.d",
    "/etc/ssl/certs/ca-certificates.crt", "/etc/gitconfig", "/root/.gitconfig",
]


@dataclasses.dataclass
class Stage:
    """A root under construction and what its configuration says so far."""

    root: pathlib.Path
    name: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    volumes: list = dataclasses.field(default_factory=list)
    ports: list = dataclasses.field(default_factory=list)
    entrypoint: list = dataclasses.field(default_factory=list)
    command: list = dataclasses.field(default_factory=list)
    health: list = dataclasses.field(default_factory=list)
    stop_signal: str = "SIGTERM"
    binds: list = dataclasses.field(default_factory=list)

    def inside(self, path):
        """A path of the image as a path of this machine."""
        return self.root / str(pathlib.PurePosixPath(self.workdir) / path).lstrip("/")


class Builder:
    def __init__(self, context, folder, say):
        self.context, self.folder, self.say = context, folder, say
        self.stages = []

    def build(self, text):
        """The last stage of the Dockerfile, its root filled."""
        for step in dockerfile.steps(text):
            self.say(f"line {step.line}: {step.instruction} {step.text[:100]}")
            if step.instruction != "FROM" and not self.stages:
                raise dockerfile.DockerfileError(f"line {step.line}: {step.instruction} before FROM")
            getattr(self, f"carry_out_{step.instruction.lower()}")(step)
        return self.stages[-1]

    def carry_out_from(self, step):
        """`FROM swift:…-bookworm [AS name]` or `FROM scratch`."""
        words = step.text.split()
        image, name = words[0], words[2] if len(words) == 3 and words[1].upper() == "AS" else ""
        stage = Stage(self.folder / f"stage-{len(self.stages)}", name)
        stage.root.mkdir(parents=True)
        if image != "scratch":
            base, _, tag = image.partition(":")
            if base != "swift" or not tag.endswith("-bookworm"):
                raise dockerfile.DockerfileError(f"line {step.line}: no base is known here for {image}")
            self.make_base(stage)
        self.stages.append(stage)

    def make_base(self, stage):
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=" + ",".join(TOOLCHAIN_PACKAGES), "bookworm", str(stage.root)],
            check=True, stdout=subprocess.DEVNULL, timeout=STEP_LIMIT)
        for path in map(pathlib.Path, REGISTRY_FILES):
            target = stage.root / str(path).lstrip("/")
            if path.is_dir():
                shutil.copytree(path, target, dirs_exist_ok=True, symlinks=True)
            elif path.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
        toolchain = pathlib.Path(shutil.which("swift")).resolve().parents[1]
        stage.binds = [str(toolchain), *git_mirrors()]
        stage.environment["PATH"] = f"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{toolchain}/bin"

    def carry_out_run(self, step):
        stage = self.stages[-1]
        self.in_root(stage, ["/bin/sh", "-c", step.text])

    def in_root(self, stage, command):
        """The command in the stage's root, with /proc and /dev, as the builder's root user."""
        mounts = [f"mount -t proc proc '{stage.root}/proc'", f"mount --rbind /dev '{stage.root}/dev'"]
        for source in stage.binds:
            mounts.append(f"mkdir -p '{stage.root}{source}' && mount --bind -o ro '{source}' '{stage.root}{source}'")
        script = " && ".join([*mounts, f"exec chroot '{stage.root}' /usr/bin/env --chdir='{stage.workdir}' \"$@\""])
        environment = {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", **stage.environment}
        subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-ec", script, "sh", *command], check=True,
            env={"PATH": os.environ["PATH"], **environment}, stdin=subprocess.DEVNULL, timeout=STEP_LIMIT)

    def carry_out_copy(self, step):
        flags, words = step.flags_and_words()
        *sources, target = words
        unknown = set(flags) - {"from", "chown"}
        if unknown or len(sources) != 1:
            raise dockerfile.DockerfileError(f"line {step.line}: COPY knows --from, --chown and one source here")
        stage = self.stages[-1]
        destination = stage.inside(target)
        if "from" in flags:
            source = self.stage(flags["from"], step).inside(sources[0])
            ignored = None
        else:
            source = self.context / sources[0]
            ignored = self.ignored_by_dockerignore
        if source.is_dir():
            shutil.copytree(source, destination, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        else:
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, destination / source.name if target.endswith("/") else destination)
        user, _, group = flags.get("chown", "0:0").partition(":")
        subprocess.run(["chown", "-R", f"{int(user)}:{int(group or user)}", str(destination)], check=True)

    def stage(self, name, step):
        for stage in self.stages[:-1]:
            if stage.name == name:
                return stage
        raise dockerfile.DockerfileError(f"line {step.line}: no stage is named {name}")

    def ignored_by_dockerignore(self, folder, names):
        """What .dockerignore keeps out; its patterns are names at the top of the context."""
        if pathlib.Path(folder) != self.context:
            return []
        patterns = (self.context / ".dockerignore").read_text().split()
        return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]

    def carry_out_workdir(self, step):
        stage = self.stages[-1]
        stage.workdir = str(pathlib.PurePosixPath(stage.workdir) / step.text)
        stage.inside(".").mkdir(parents=True, exist_ok=True)

    def carry_out_env(self, step):
        for word in step.flags_and_words()[1]:
            name, _, value = word.partition("=")
            self.stages[-1].environment[name] = value

    def carry_out_user(self, step):
        self.stages[-1].user = step.text

    def carry_out_volume(self, step):
        self.stages[-1].volumes += step.text.split()

    def carry_out_expose(self, step):
        self.stages[-1].ports += map(int, step.text.split())

    def carry_out_healthcheck(self, step):
        _, _, command = step.text.partition("CMD ")
        self.stages[-1].health = dockerfile.Step(step.line, "HEALTHCHECK", command).exec_form()

    def carry_out_stopsignal(self, step):
        self.stages[-1].stop_signal = step.text

    def carry_out_entrypoint(self, step):
        self.stages[-1].entrypoint = step.exec_form()

    def carry_out_cmd(self, step):
        self.stages[-1].command = step.exec_form()


def git_mirrors():
    """Folders of this machine that its git configuration puts in the place of a remote address."""
    asked = subprocess.run(["git", "config", "--get-regexp", r"^url\..*\.insteadof$"], capture_output=True, text=True)
    folders = {line.split()[0][len("url."):-len(".insteadof")] for line in asked.stdout.splitlines()}
    return sorted(folder.rstrip("/") for folder in folders if folder.startswith("/"))
