"""A world for the fake X Ads API, and the daemon's settings that fit it."""

import base64
import contextlib
import os
import pathlib
import secrets
import socket

from canaries import canary, webhook_secret
from yaml_text import to_yaml


class World:
    """Apps, users, tokens, accounts and grants, for the fake and for the daemon's settings at once."""

    def __init__(self):
        self.options, self.apps, self.users, self.tokens, self.accounts, self.grants = {}, [], [], [], [], []
        self._kinds, self._wanted_accounts, self._labels = {}, {}, {}

    def add_app(self, name="agency"):
        self.apps.append({"name": name, "consumer_key": canary(name + "Key"), "consumer_secret": canary(name + "Secret")})
        return name

    def add_account(self, account, name=None):
        self.accounts.append({"id": account, "name": name or "Account " + account})
        return account

    def add_token(self, name, user, permissions, app="agency", kind="advertiser", discovered=False,
                  labels=None):
        """A token of `user` with {account: [permission, ...]}. `discovered` leaves its accounts out of the settings."""
        if all(app != known["name"] for known in self.apps):
            self.add_app(app)
        if all(user != known["id"] for known in self.users):
            self.users.append({"id": user, "screen_name": "user" + user})
        for account, granted in permissions.items():
            if all(account != known["id"] for known in self.accounts):
                self.add_account(account)
            self.grants.append({"account": account, "user": user, "permissions": granted})
        self.tokens.append({"name": name, "app": app, "user": user, "token": f"{user}-{canary(name + 'Token')}",
                            "secret": canary(name + "TokenSecret")})
        self._kinds[name] = kind
        self._labels[name] = labels or {}
        self._wanted_accounts[name] = None if discovered else list(permissions)
        return name

    def for_fake(self):
        return {"options": self.options, "apps": self.apps, "users": self.users, "tokens": self.tokens,
                "accounts": self.accounts, "grants": self.grants}

    def secret(self, token):
        return next(known for known in self.tokens if known["name"] == token)

    def settings_apps(self, secret_files):
        return [{"name": app["name"], "consumer_key": secret_files.reference(app["name"] + ".key", app["consumer_key"]),
                 "consumer_secret": secret_files.reference(app["name"] + ".secret", app["consumer_secret"])}
                for app in self.apps]

    def settings_tokens(self, secret_files):
        entries = []
        for token in self.tokens:
            name = token["name"]
            entry = {"name": name, "app": token["app"], "kind": self._kinds[name],
                     "access_token": secret_files.reference(name + ".token", token["token"]),
                     "access_token_secret": secret_files.reference(name + ".token-secret", token["secret"])}
            if self._wanted_accounts[name] is not None:
                entry["accounts"] = self._wanted_accounts[name]
            if self._labels[name]:
                entry["labels"] = self._labels[name]
            entries.append(entry)
        return entries


class SecretFiles:
    """Files that the settings refer to, readable by the owner alone."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def reference(self, name, text):
        file = self.directory / name
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        return f"${{file:{file}}}"


def free_port():
    """A port that was free a moment ago."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_settings(directory, fake, world, hook_secret=None, **overrides):
    """Settings as a dict: every token of the world, a Slack sink and a webhook sink at the fake, intervals of a second.

    `overrides` replace members of the top level; a dict is merged into the dict that is there. None leaves one out.
    """
    directory = pathlib.Path(directory)
    files = SecretFiles(directory / "secrets")
    hook_secret = hook_secret or webhook_secret()
    settings = {
        "api": {"base_url": fake.base_url, "identity_url": fake.base_url, "version": "12", "ca_file": str(fake.pki.ca),
                "deadline": "3s", "max_in_flight": 64},
        "store": {"path": str(directory / "adsauditd.db"),
                  "key": files.reference("adsauditd.key", base64.b64encode(secrets.token_bytes(32)).decode())},
        "apps": world.settings_apps(files),
        "tokens": world.settings_tokens(files),
        "audit": {"interval": "1s", "jitter": "10%", "discovery_interval": "2s",
                  "confirm": {"count": 2, "spacing": "1s"}},
        "budget": {"share": "100%", "reserve": 20},
        "destinations": [
            {"name": "ops", "type": "slack", "url": files.reference("ops.url", fake.sink_url("/slack/x")),
             "allow_private": True},
            {"name": "siem", "type": "webhook", "url": fake.sink_url("/hook/siem"),
             "secret": files.reference("siem.secret", hook_secret), "allow_private": True},
        ],
        "routes": [{"to": ["ops", "siem"]}],
        "status": {"listen": f"127.0.0.1:{free_port()}"},
        "log": {"level": "info", "format": "text"},
    }
    for name, value in overrides.items():
        if value is None:
            settings.pop(name, None)
        elif isinstance(value, dict) and isinstance(settings.get(name), dict):
            settings[name] = {**settings[name], **value}
        else:
            settings[name] = value
    return settings


def write_settings(file, settings):
    file = pathlib.Path(file)
    file.write_text(to_yaml(settings), encoding="utf-8")
    return file
