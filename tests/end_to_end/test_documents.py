"""What the program says of itself: help, manual pages, completions, the journal's catalog. None may lag behind it."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import daemon_binary, run_command
from verb_case import VerbCase

ROOT = pathlib.Path(__file__).parent.parent.parent
# Keys of rows in other files: a scenario's. Those of api.error_codes are told with it.
OTHER_TABLES = {"scenario.cpp"}


def commands():
    """Every command that does something, as a list of words, by what the completions know: one without commands below it,
    or with arguments of its own."""
    script = run_command("completion", "bash").stdout
    paths = [path for path in re.findall(r"(?m)^  '([^']*)'\) printf", script) if path]
    return [path.split() for path in paths
            if not any(other.startswith(path + " ") for other in paths) or f"'{path}/1')" in script]


class Help(unittest.TestCase):
    def test_every_command_has_help_with_an_example_that_names_it(self):
        known = commands()
        self.assertGreaterEqual(len(known), 30)
        for words in known:
            with self.subTest(command=" ".join(words)):
                shown = run_command(*words, "--help")
                self.assertEqual(shown.returncode, 0, shown.stderr)
                example = re.search(r"Example: (.*)", shown.stdout)
                self.assertTrue(example, shown.stdout)
                self.assertIn("adsauditd " + " ".join(words), example[1])


class ManualPages(unittest.TestCase):
    def test_the_page_of_commands_has_every_command_and_option(self):
        manual = run_command("__manual").stdout
        for words in commands():
            name = " ".join(words)
            self.assertIn(f"*adsauditd {name}*", manual)
            section = manual.split(f"*adsauditd {name}*", 1)[1].split("\n*adsauditd ")[0]
            for option in re.findall(r"(?m)^  (?:-\w,)?--([a-z-]+)", run_command(*words, "--help").stdout):
                if option not in ("help", "config", "json"):
                    self.assertIn(f"*--{option}*", section, name)

    def test_the_page_of_settings_has_every_key(self):
        page = (ROOT / "config/man/adsauditd.yaml.5.scd").read_text()
        keys = {key for file in sorted((ROOT / "lib/settings").glob("*.cpp")) if file.name not in OTHER_TABLES
                for key in re.findall(r'\{"([a-z_]+)", Need::k', file.read_text())}
        self.assertGreaterEqual(len(keys), 80)
        bold = " ".join(re.findall(r"(?<!\\)\*(.+?)(?<!\\)\*", page)).replace("\\", "")
        headings = " ".join(re.findall(r"(?m)^# (.*)", page)).lower()
        missing = [key for key in sorted(keys) if not re.search(rf"(?<![a-z_]){key}(?![a-z_])", bold + " " + headings)]
        self.assertEqual(missing, [])

    @unittest.skipUnless(shutil.which("scdoc"), "NOT TESTED: there is no scdoc")
    def test_the_pages_are_well_formed(self):
        commands_text = run_command("__manual").stdout
        pages = sorted((ROOT / "config/man").glob("*.scd"))
        self.assertEqual(len(pages), 3)
        for page in pages:
            text = page.read_text().replace("@COMMANDS@", commands_text)
            rendered = subprocess.run(["scdoc"], input=text, capture_output=True, text=True, check=False)
            self.assertEqual(rendered.returncode, 0, page.name + ": " + rendered.stderr)
            self.assertNotIn("@COMMANDS@", rendered.stdout)


class Catalog(unittest.TestCase):
    def test_every_cause_has_an_entry_of_its_own(self):
        catalog = run_command("__catalog").stdout
        causes = json.loads(run_command("explain", "--json").stdout)["causes"]
        ids = re.findall(r"(?m)^-- ([0-9a-f]{32})$", catalog)
        self.assertEqual(len(set(ids)), len(causes))
        flat = " ".join(catalog.split())
        for cause in causes:
            self.assertIn(f"Subject: {cause['title']} (@ADSAUDITD_CAUSE@)", flat)
            self.assertIn(" ".join(cause["repair"].split()), flat)

    @unittest.skipUnless(shutil.which("journalctl"), "NOT TESTED: there is no journalctl")
    def test_journalctl_takes_it(self):
        with tempfile.TemporaryDirectory() as root:
            folder = pathlib.Path(root) / "usr/lib/systemd/catalog"
            folder.mkdir(parents=True)
            (folder / "adsauditd.catalog").write_text(run_command("__catalog").stdout)
            made = subprocess.run(["journalctl", f"--root={root}", "--update-catalog"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual((made.returncode, made.stderr), (0, ""))
            self.assertTrue((pathlib.Path(root) / "var/lib/systemd/catalog/database").exists())

    def test_ids_never_change(self):
        self.assertIn("-- 8104522b26302fe78cc82d0f6714bc01\nSubject: Access token revoked ", run_command("__catalog").stdout)


class Completion(VerbCase):
    def completed(self, shell, line):
        """What a shell offers at the end of `line`, sorted."""
        script = self.directory / f"adsauditd.{shell}"
        script.write_text(run_command("completion", shell).stdout)
        (self.directory / "adsauditd").unlink(missing_ok=True)
        (self.directory / "adsauditd").symlink_to(daemon_binary())
        words = line.split(" ")
        if shell == "bash":
            quoted = " ".join(f"'{word}'" for word in words)
            program = (f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; compopt() {{ :; }}; "
                       "_adsauditd; printf '%s\\n' \"${COMPREPLY[@]}\"")
            command = ["bash", "--norc", "-c", program]
        elif shell == "fish":
            command = ["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"]
        else:  # zsh completes in its line editor alone: what it would add is told instead
            quoted = " ".join(f"'{word}'" for word in words)
            program = ("compdef() { :; }; _describe() { print -l -- ${(P)2%%:*}; }; compadd() { shift; print -l -- $@; }; "
                       f"_files() {{ print files; }}; source {script}; words=({quoted}); CURRENT={len(words)}; _adsauditd")
            command = ["zsh", "-f", "-c", program]
        environment = {"PATH": f"{self.directory}:/usr/bin:/bin", "HOME": str(self.directory), "LC_ALL": "C.UTF-8"}
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
        self.assertEqual(run.stderr, "", line)
        return sorted(row.split("\t")[0] for row in run.stdout.splitlines() if row)

    def check(self, shell):
        if shutil.which(shell) is None:
            self.skipTest(f"NOT TESTED: there is no {shell}")
        at = f"adsauditd --config {self.file} "
        self.assertIn("blast-radius", self.completed(shell, "adsauditd "))
        self.assertNotIn("__complete", self.completed(shell, "adsauditd "))
        self.assertLessEqual({"add", "import", "list", "remove"}, set(self.completed(shell, "adsauditd token ")))
        self.assertIn("--kind", self.completed(shell, "adsauditd token add brand-x --app agency --"))
        self.assertEqual(self.completed(shell, at + "token remove "), ["brand-a", "brand-b"])
        self.assertEqual(self.completed(shell, at + "history --token "), ["brand-a", "brand-b"])
        self.assertEqual(self.completed(shell, at + "who-had-access "), ["18ce5a1", "18ce5a2"])
        self.assertEqual(self.completed(shell, at + "alerts test "), ["ops", "siem"])
        self.assertIn("token.revoked", self.completed(shell, "adsauditd explain "))
        self.assertEqual(self.completed(shell, "adsauditd --config /nonexistent token remove "), [])

    def test_bash(self):
        self.check("bash")

    def test_zsh(self):
        self.check("zsh")

    def test_fish(self):
        self.check("fish")

    def test_an_unknown_shell_is_2(self):
        self.refused(2, "one of bash, zsh, fish", "completion", "tcsh")


class Json(VerbCase):
    def test_what_prints_can_print_json(self):
        self.audit()
        for words in (["status"], ["incidents"], ["history"], ["budget"], ["token", "list"], ["account", "list"],
                      ["alerts", "list"], ["alerts", "dead"], ["mute", "list"], ["explain"], ["version"],
                      ["config", "check"], ["config", "show"], ["db", "verify"], ["blast-radius", "brand-a"],
                      ["who-had-access", "18ce5a1", "--at", "2026-11-23"], ["simulate", "--list"], ["report"], ["bugreport", "--offline"],
                      ["expect-change", "--list"], ["audit", "--once"]):
            with self.subTest(command=" ".join(words)):
                run = self.command(*words, "--json")
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertIsInstance(json.loads(run.stdout), (dict, list))


if __name__ == "__main__":
    unittest.main()
