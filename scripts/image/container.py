"""The image's process as a container engine starts it: process 1 of its own process, mount and network spaces, its root
read-only, the image's user, no capability, no way to gain one."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

# A client command beside the process; each takes far less.
COMMAND_LIMIT = 60


class Container:
    def __init__(self, image, volume, folder):
        self.image = image
        root = folder / "root"
        root.mkdir(exist_ok=True)
        self.said = folder / "said"
        script = " && ".join([
            "ip link set lo up",
            f"mount --bind '{image.root}' '{root}'",
            # What every engine puts into a container; Swift reads its command line in /proc.
            f"mkdir -p '{root}/proc' '{root}/dev'",
            f"mount -t proc proc '{root}/proc'",
            f"mount --rbind /dev '{root}/dev'",
            f"mount -o remount,bind,ro '{root}'",
            f"mount --bind '{volume}' '{root}{image.volumes[0]}'",
            'exec "$@"',
        ])
        drop = [shutil.which("setpriv"), "--no-new-privs"]
        enter = [shutil.which("chroot"), f"--userspec={image.user}", "--groups=", str(root)]
        command = [*drop, *enter, *image.entrypoint, *image.command]
        self.child = subprocess.Popen(
            [shutil.which("unshare"), "--mount", "--pid", "--net", "--fork", "--kill-child", "/bin/sh", "-ec", script, "sh", *command],
            env={**image.environment, "PATH": f"{image.environment['PATH']}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL, stdout=open(self.said, "wb"), stderr=sys.stderr)

    def output(self):
        return self.said.read_text()

    def first_process(self):
        """Process 1 of the container by its number on this machine; None before it runs and when it has ended."""
        children = pathlib.Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def run(self, *words):
        """What an engine's `exec` does: a program of the image, in the container, as its user."""
        user, _, group = self.image.user.partition(":")
        return self.enter(["--mount", "--pid", "--net", "--root", "--wd", f"--setuid={user}", f"--setgid={group}"], words,
                          self.image.environment)

    def from_outside(self, *words):
        """A program of this machine in the container's network only."""
        return self.enter(["--net"], words, os.environ)

    def enter(self, spaces, words, environment):
        return subprocess.run(
            [shutil.which("nsenter"), f"--target={self.first_process()}", *spaces, "--", *words], env=environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_LIMIT)

    def memory(self):
        """Resident bytes of process 1."""
        status = pathlib.Path(f"/proc/{self.first_process()}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))

    def stop(self, limit):
        """The image's stop signal; how the process ended."""
        os.kill(self.first_process(), getattr(signal, self.image.stop_signal))
        return self.child.wait(limit)

    def kill(self):
        self.child.kill()
        self.child.wait()
