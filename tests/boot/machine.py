"""Inside the machine: the service as systemd shows it, its settings, and commands as root or as its user."""

import base64
import pathlib
import secrets
import subprocess

from canaries import canary, webhook_secret
from harness import wait_until
from world import World
from yaml_text import to_yaml

ETC = pathlib.Path("/etc/adsauditd")
DATABASE = pathlib.Path("/var/lib/adsauditd/adsauditd.db")
PACKAGE = "/opt/boot/adsauditd.deb"
UNIT = "adsauditd.service"


def run(*command, stdin=None, timeout=60):
    """A CompletedProcess with text output."""
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)


def must(*command, stdin=None):
    done = run(*command, stdin=stdin)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}\n"
                             f"{journal()[-3000:]}")
    return done.stdout


def show(name, unit=UNIT):
    return must("systemctl", "show", unit, f"--property={name}", "--value").strip()


def main_pid():
    return int(show("MainPID"))


def is_active():
    return run("systemctl", "is-active", "--quiet", UNIT).returncode == 0


def wait_for_another(pid, timeout=30):
    """Until the service is active with another main process than `pid`; that one."""
    return wait_until(lambda: main_pid() not in (0, pid) and is_active() and main_pid(), timeout, every=0.1,
                      what=f"another process than {pid}; {run('systemctl', 'status', UNIT).stdout}")


def journal(*arguments):
    return run("journalctl", "--no-pager", f"--unit={UNIT}", *arguments).stdout


def drop_in(name, text):
    """A drop-in of the unit; an empty text removes it."""
    directory = pathlib.Path(f"/etc/systemd/system/{UNIT}.d")
    directory.mkdir(exist_ok=True)
    if text:
        (directory / f"{name}.conf").write_text(text)
    else:
        (directory / f"{name}.conf").unlink(missing_ok=True)
    must("systemctl", "daemon-reload")


class Credentials:
    """Plays SecretFiles for settings that name systemd credentials, in the directory that the unit loads."""

    def reference(self, name, text):
        file = ETC / "credentials" / name
        file.touch(0o600)
        file.write_text(text + "\n")
        return "${cred:" + name + "}"

    def encrypted(self, name, text):
        must("systemd-creds", "encrypt", "--with-key=host", f"--name=encrypted_{name}", "-",
             str(ETC / "credentials.encrypted" / name), stdin=text)
        return "${cred:" + name + "}"


def make_world():
    world = World()
    world.options["revoked"] = "code_89"
    for number in (1, 2, 3):
        world.add_token(f"brand-{number}", f"241704570{number}", {f"18ce5acme{number}": ["AD_MANAGER"]})
    world.add_token("owner", "2417045709", {"18ce5home1": ["ACCOUNT_ADMIN"]}, app="own")
    return world


def make_settings(fake, world):
    """For the daemon under systemd: every secret is a credential, one of them encrypted."""
    credentials = Credentials()
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "api": {"base_url": fake.base_url, "identity_url": fake.base_url, "ca_file": str(fake.pki.ca), "deadline": "3s"},
        "store": {"key": credentials.reference("adsauditd.key", key)},
        "apps": world.settings_apps(credentials),
        "tokens": world.settings_tokens(credentials),
        "audit": {"interval": "1s", "discovery_interval": "1h", "confirm": {"count": 2, "spacing": "1s"},
                  "control_token": "owner"},
        "budget": {"share": "100%", "reserve": 20},
        "destinations": [
            {"name": "ops", "type": "slack", "allow_private": True,
             "url": credentials.reference("slack.url", fake.sink_url("/slack/" + canary("slackUrl")))},
            {"name": "siem", "type": "webhook", "allow_private": True, "url": fake.sink_url("/hook/siem"),
             "secret": credentials.encrypted("siem.secret", webhook_secret())},
        ],
        "status": {"listen": "off"},
    }


def write_settings(settings):
    file = ETC / "adsauditd.yaml"
    file.write_text(to_yaml(settings))
    must("systemd-tmpfiles", "--create", "adsauditd.conf")  # its owner and mode
    return file
