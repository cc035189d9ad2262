"""No secret is seen anywhere: every one of them is a canary, and every place where it could leak is searched."""

import base64
import pathlib
import re
import tempfile
import time
import unittest

from harness import Daemon, FakeApi, World, canary, leaked_canaries, make_pki, make_settings, wait_until
from sign_in import browse
from world import free_port


def seen_pages(port, token):
    """All that the status listener shows to whoever knows the token, and what it says to who does not."""
    headers = {"Authorization": f"Bearer {token}"}
    overview = browse(port, "/", headers=headers)[2]
    paths = ["/metrics", "/api/v1/status", "/api/v1/pairs", "/api/v1/incidents?all=yes", "/api/v1/history",
             *re.findall(r'href="(/(?:incidents|accounts)/[^"]+)"', overview)]
    paths += ["/api/v1" + path for path in paths if path.startswith("/incidents/")]
    assert len(paths) >= 8, paths
    pages = [browse(port, path, headers=headers) for path in paths]
    assert all(status == 200 for status, _, _ in pages), [status for status, _, _ in pages]
    return [overview, *(page for _, _, page in pages), browse(port, "/")[2]]


class Secrets(unittest.TestCase):
    def test_no_canary_in_database_log_alerts_or_proc(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        world = World()
        world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"]})
        fake = self.enterContext(FakeApi(make_pki(directory), world.for_fake()))
        slack_path = "/slack/" + canary("slackUrl")
        status_token = canary("statusToken")
        (directory / "status-token").write_text(status_token)
        (directory / "status-token").chmod(0o400)
        port = free_port()
        settings = make_settings(directory, fake, world, log={"level": "trace"}, metrics={"per_account": True},
                                 status={"listen": f"127.0.0.1:{port}", "token": f"${{file:{directory}/status-token}}"})
        url_file = directory / "secrets" / "ops.url"
        url_file.unlink()
        url_file.write_text(fake.sink_url(slack_path))
        url_file.chmod(0o400)
        database = pathlib.Path(settings["store"]["path"])
        with Daemon(settings, directory) as daemon:
            added = daemon.command("token", "add", "brand-b", "--app", "agency", "--kind", "developer",
                                   "--account", "18ce5a1", stdin=f"{canary('added')}\n{canary('addedSecret')}\n")
            self.assertEqual(added.returncode, 0, added.stderr)
            wait_until(lambda: daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0] >= 1, 15)
            fake.do("revoke", token="brand-a")
            fake.sink_behaviour("/slack/*", status=500, times=1)
            wait_until(lambda: fake.posts("/slack/*") and fake.posts("/hook/*"), 30)
            time.sleep(0.5)
            proc = pathlib.Path(f"/proc/{daemon.pid}")
            places = {name: (proc / name).read_bytes() for name in ("cmdline", "environ")}
            outputs = [daemon.command(*verb).stdout for verb in
                       (("status",), ("status", "--json"), ("history", "--json"), ("incidents", "--json"),
                        ("token", "list", "--json"), ("config", "check"), ("config", "show"), ("doctor", "--json"),
                        ("bugreport",), ("top", "--once"), ("events",), ("alerts", "list", "--json"),
                        *(("report", "--since", "2026-01-01", "--format", form) for form in
                          ("markdown", "csv", "json", "html")))]
            outputs += seen_pages(port, status_token)
            bodies = [post["body_bytes"] for post in fake.posts()]
            self.assertEqual(leaked_canaries(*places.values(), *outputs, *bodies, daemon.log(), added.stdout,
                                             added.stderr), [])
            for file in (database, pathlib.Path(f"{database}-wal")):
                self.assertEqual(leaked_canaries(file), [])
            daemon.kill()  # what a crash leaves behind
        files = [file for file in directory.iterdir() if file.name.startswith(database.name)]
        self.assertGreaterEqual(len(files), 2)
        self.assertEqual(leaked_canaries(*files, daemon.log_file), [])
        encoded = [base64.b64encode(entry["secret"].encode())[:-4] for entry in world.tokens]
        for file in [*files, daemon.log_file]:
            content = file.read_bytes()
            self.assertFalse([text for text in encoded if text in content], file)

    def test_the_database_is_readable_by_its_owner_alone(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        world = World()
        world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"]})
        fake = self.enterContext(FakeApi(make_pki(directory), world.for_fake()))
        settings = make_settings(directory, fake, world, status={"listen": "off"})
        with Daemon(settings, directory) as daemon:
            self.assertEqual(daemon.database.stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
