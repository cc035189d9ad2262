"""The status page as people see it: in Chromium, wide and narrow, light and dark, and in a browser of a terminal."""

import os
import pathlib
import shutil
import subprocess
import unittest

from browser import Browser
from canaries import leaked_canaries
from harness import wait_until
from sign_in import browse
from verb_case import ACCOUNT, VerbCase
from world import free_port

EVIL = "<script>alert(1)</script>\"'&<b>"
SHOTS = os.environ.get("ADSAUDITD_SCREENSHOTS")  # a directory to look at them


class StatusPage(VerbCase):
    def enlarge(self, world):
        for number in range(9):
            world.add_account(f"18ce6{number}", EVIL * 3)
            world.add_token(f"client-{number}", str(100 + number), {f"18ce6{number}": ["AD_MANAGER", "TWEET_COMPOSER"]},
                            labels={"client": EVIL + "w" * 60}, discovered=number == 8)

    def start(self):
        self.port = free_port()
        self.write(status={"listen": f"127.0.0.1:{self.port}"})
        self.daemon()
        wait_until(lambda: sum(pair["answer"] is not None for pair in self.answer("status")["pairs"]) == 12, 30, what="all answered")
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: self.answer("incidents")["incidents"], 30, what="an incident")
        return self.answer("incidents")["incidents"][0]["id"]

    def look(self, browser, path, name):
        for width in (1280, 390):
            for dark in (False, True):
                with self.subTest(path=path, width=width, dark=dark):
                    browser.open(f"http://127.0.0.1:{self.port}{path}", width, dark)
                    # Chromium itself says that there is no such page.
                    self.assertEqual([said for said in browser.messages if "404 (Not Found)" not in said or path != "/nothing"], [])
                    self.assertLessEqual(browser.overflow(), 0)
                    self.assertEqual(browser.complaints_of_axe(), [])
                    if SHOTS:
                        browser.screenshot(pathlib.Path(SHOTS) / f"{name}-{width}-{'dark' if dark else 'light'}.png")

    def test_everybody_can_read_it(self):
        incident = self.start()
        with Browser() as browser:
            for path, name in (("/", "overview"), (f"/incidents/{incident}", "incident"), (f"/accounts/{ACCOUNT}", "account"),
                               ("/nothing", "missing")):
                self.look(browser, path, name)
            browser.open(f"http://127.0.0.1:{self.port}/")
            self.assertIn("1 open incident", browser.evaluate("document.querySelector('h1').textContent"))
            self.assertEqual(browser.evaluate("document.scripts.length"), 0)
            self.assertIn(EVIL, browser.evaluate("document.body.textContent"))
            browser.evaluate("document.querySelector('input[name=token]').value = 'client-3';"
                             "document.querySelector('form').submit()")
            wait_until(lambda: browser.evaluate("location.search") == "?token=client-3&account=", 10)
            self.assertEqual(browser.evaluate("document.querySelectorAll('tbody')[0].rows.length"), 1)
        self.check_terminal(incident)

    def test_a_newcomer_is_told_what_to_do(self):
        self.port = free_port()
        self.write(tokens=[], status={"listen": f"127.0.0.1:{self.port}"})
        self.daemon()
        wait_until(lambda: browse(self.port, "/-/ready")[0] == 200, 20)
        with Browser() as browser:
            self.look(browser, "/", "empty")
            self.assertIn("Nothing is watched yet", browser.evaluate("document.querySelector('h1').textContent"))
            self.assertIn("adsauditd token authorize", browser.evaluate("document.body.textContent"))

    def check_terminal(self, incident):
        pages = [browse(self.port, path)[2] for path in ("/", f"/incidents/{incident}", f"/accounts/{ACCOUNT}")]
        self.assertEqual(leaked_canaries("".join(pages)), [])
        if shutil.which("w3m") is None:
            self.skipTest("w3m not installed: nobody reads the page in a terminal")
        shown = subprocess.run(["w3m", "-dump", "-cols", "100", f"http://127.0.0.1:{self.port}/"], capture_output=True,
                               text=True, timeout=20, check=True, env={**os.environ, "HOME": str(self.directory)}).stdout
        words = " ".join(shown.split())
        self.assertIn("1 open incident", words)
        self.assertIn("adsauditd token authorize --for brand-a", words)


if __name__ == "__main__":
    unittest.main()
