"""Shared access signatures made here, so that the server's own signer is not its judge (rest.md section 2)."""

import base64
import hashlib
import hmac
import time
import urllib.parse


def signature(key, sr, se):
    """base64(HMAC-SHA256(key, sr LF se)) over both exactly as they stand in the token."""
    digest = hmac.new(base64.b64decode(key), f"{sr}\n{se}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def token(sr, key, policy=None, se=None, encode=True, quote_signature=True):
    """A token over `sr`; `encode` percent-encodes the resource, `policy` adds `skn`."""
    raw = urllib.parse.quote(sr, safe="") if encode else sr
    expiry = int(time.time()) + 3600 if se is None else se
    sig = signature(key, raw, expiry)
    text = f"SharedAccessSignature sr={raw}&sig={urllib.parse.quote(sig, safe='') if quote_signature else sig}&se={expiry}"
    return text if policy is None else f"{text}&skn={policy}"


def device_resource(host, device, module=None):
    """`host/devices/d[/modules/m]` with each id percent-encoded once, as the device SDKs write it."""
    resource = f"{host}/devices/{urllib.parse.quote(device, safe='')}"
    return resource if module is None else f"{resource}/modules/{urllib.parse.quote(module, safe='')}"
