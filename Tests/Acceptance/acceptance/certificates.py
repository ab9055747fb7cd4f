"""Client certificates, made by openssl."""

import subprocess


def self_signed(folder):
    """One that stands for itself: (its file and its key's, its SHA-1 and SHA-256 thumbprints)."""
    files = (str(folder / "client.pem"), str(folder / "client.key"))
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=anything", "-out", files[0], "-keyout", files[1])
    prints = [
        _openssl("x509", "-in", files[0], "-noout", "-fingerprint", f"-{hash}").split("=")[1].strip().replace(":", "")
        for hash in ("sha1", "sha256")]
    return files, prints


def _openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True, timeout=20).stdout
