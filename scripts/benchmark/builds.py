"""The programs that are measured: TwinHub's builds, and the peers."""

import os
import pathlib
import shutil
import subprocess
import sys

from . import peers

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["nginx-light", "redis-server", "redis-tools", "etcd-server", "mosquitto", "wrk", "nghttp2-client"]
PROGRAMS = ["nginx", "redis-server", "redis-benchmark", "etcd", "mosquitto", "wrk", "h2load"]


def install():
    """The peers, by apt, where they are missing."""
    missing = [program for program in PROGRAMS if shutil.which(program, path=peers.PATH) is None]
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit(f"Missing: {', '.join(missing)}. Try: sudo apt-get install {' '.join(PACKAGES)}")
    # Their services must not start: the benchmark runs its own processes.
    policy = pathlib.Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES], check=True, env=quiet)
    finally:
        if ours:
            policy.unlink()


def release(folder=ROOT):
    """The release binary of a checkout, built if need be."""
    subprocess.run(
        ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "twinhub"], cwd=folder, check=True, stdout=sys.stderr)
    return folder / ".build" / "release" / "twinhub"


def ours():
    """The binary that TWINHUB names, or this checkout's release build."""
    named = os.environ.get("TWINHUB")
    return pathlib.Path(named).resolve() if named else release()


def of_commit(reference, folder):
    """The release binary of a commit, built in a checkout of its own that goes again; kept for the next time."""
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()

    name = git("rev-parse", "--verify", f"{reference}^{{commit}}")
    kept = folder / f"twinhub-{name[:12]}"
    if not kept.exists():
        checkout = folder / f"checkout-{name[:12]}"
        git("worktree", "add", "--detach", "--force", checkout, name)
        try:
            shutil.copy2(release(checkout), kept)
        finally:
            git("worktree", "remove", "--force", checkout)
    return kept
