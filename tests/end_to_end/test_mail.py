"""Mail leaves through SMTP under TLS or not at all: the transport against Debian's aiosmtpd."""

import base64
import json
import os
import subprocess
import tempfile
import unittest

from mail_server import STALL, MailServer
from pki import make_pki

MESSAGE = (b"From: adsauditd@example.com\r\nTo: ops@example.com\r\nSubject: token revoked\r\n\r\n"
           b".a line that begins with a dot\r\n\r\n.\r\nthe end\r\n")
PASSWORD = "correct horse battery staple"
PASSWORD_FORMS = (PASSWORD, base64.b64encode(PASSWORD.encode()).decode(),
                  base64.b64encode(b"\0ops\0" + PASSWORD.encode()).decode())


class MailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = make_pki(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def send(self, *servers, reach="private", deadline="5s", to=("ops@example.com",), **members):
        """What became of a mail to each server, in the order of the answers. No word holds the password."""
        order = {"url": [getattr(server, "url", server) for server in servers], "ca_file": str(self.pki.ca),
                 "reach": reach, "deadline": deadline, "from": "adsauditd@example.com", "to": list(to),
                 "message": MESSAGE.decode(), **members}
        run = subprocess.run([os.environ["SEND_MAIL"]], input=json.dumps(order), capture_output=True, text=True,
                             timeout=30, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for form in PASSWORD_FORMS:
            self.assertNotIn(form, run.stdout)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def send_one(self, server, **members):
        [answer] = self.send(server, **members)
        return answer

    def server(self, **options):
        return self.enterContext(MailServer(**options))


class Delivery(MailTest):
    def test_a_mail_arrives_under_tls_byte_for_byte(self):
        server = self.server(pki=self.pki)
        answer = self.send_one(server, to=("ops@example.com", "boss@example.com"))
        self.assertEqual((answer["status"], answer["text"]), (250, "250 OK queued as 1"))
        [mail] = server.mails
        self.assertTrue(mail.under_tls)
        self.assertEqual(mail.message, MESSAGE)
        self.assertEqual((mail.sender, mail.recipients),
                         ("adsauditd@example.com", ["ops@example.com", "boss@example.com"]))

    def test_smtps_is_under_tls_from_the_first_byte(self):
        server = self.server(pki=self.pki, implicit_tls=True)
        self.assertEqual(self.send_one(server)["status"], 250)
        self.assertTrue(server.mails[0].under_tls)

    def test_a_host_name_is_verified_too(self):
        server = self.server(pki=self.pki)
        answer = self.send_one(f"smtp://localhost:{server.port}")
        self.assertEqual(answer["status"], 250)

    def test_signing_in_works(self):
        server = self.server(pki=self.pki, users={"ops": PASSWORD})
        self.assertEqual(self.send_one(server, username="ops", password=PASSWORD)["status"], 250)
        self.assertEqual(server.mails[0].username, "ops")

    def test_a_private_server_without_starttls_is_served_where_that_is_allowed(self):
        server = self.server()
        self.assertEqual(self.send_one(server, reach="private")["status"], 250)
        self.assertFalse(server.mails[0].under_tls)


class Refusal(MailTest):
    def test_codes_and_texts_are_reported_as_they_are(self):
        server = self.server(pki=self.pki)
        for moment, text in (("CONNECT", "554 5.7.1 not you"), ("MAIL", "452 4.3.1 no room"),
                             ("RCPT", "450 4.2.1 later"), ("RCPT", "550 5.1.1 unknown"),
                             ("DATA", "450 4.7.1 greylisted"), ("DATA", "550 5.7.1 spam")):
            with self.subTest(moment=moment, text=text):
                server.answer(moment, text)
                answer = self.send_one(server)
                self.assertEqual((answer.get("status"), answer["text"]), (int(text[:3]), text))
                server.answer(moment, None)
        self.assertEqual(self.send_one(server)["status"], 250)

    def test_one_refused_recipient_refuses_the_mail(self):
        server = self.server(pki=self.pki)
        server.answer("RCPT", "550 5.1.1 unknown", only_for="gone@example.com")
        answer = self.send_one(server, to=("ops@example.com", "gone@example.com"))
        self.assertEqual(answer["status"], 550)
        self.assertEqual(server.mails, [])

    def test_a_wrong_password_is_refused_and_not_repeated(self):
        server = self.server(pki=self.pki, users={"ops": "another"})
        answer = self.send_one(server, username="ops", password=PASSWORD)
        self.assertEqual(answer["status"], 535)
        self.assertEqual(server.sign_ins, [("ops", False)])

    def test_a_server_that_wants_a_sign_in_says_so(self):
        server = self.server(pki=self.pki, users={"ops": PASSWORD})
        self.assertEqual(self.send_one(server)["status"], 530)


class Protection(MailTest):
    def assert_nothing_was_told(self, server):
        """Beyond greetings: neither who writes to whom, nor what, nor as whom."""
        heard = b"".join(bytes(said) for said in server.heard)
        for command in (b"MAIL", b"RCPT", b"DATA", b"AUTH", b"token revoked"):
            self.assertNotIn(command, heard)
        self.assertEqual(server.mails, [])

    def test_a_wrong_certificate_is_told_nothing(self):
        for cert in (self.pki.other_name_cert, self.pki.expired_cert):
            with self.subTest(cert=cert.name):
                server = self.server(pki=self.pki, cert=cert)
                answer = self.send_one(server, username="ops", password=PASSWORD)
                self.assertEqual(answer.get("stage"), "handshake")
                self.assert_nothing_was_told(server)

    def test_an_authority_that_is_not_ours_is_told_nothing(self):
        stranger = make_pki(self.enterContext(tempfile.TemporaryDirectory()))
        server = self.server(pki=stranger)
        answer = self.send_one(server, username="ops", password=PASSWORD)
        self.assertEqual(answer.get("stage"), "handshake")
        self.assert_nothing_was_told(server)

    def test_a_server_without_starttls_is_told_nothing(self):
        server = self.server()
        answer = self.send_one(server, reach="any", username="ops", password=PASSWORD)
        self.assertEqual(answer.get("stage"), "handshake")
        self.assert_nothing_was_told(server)

    def test_a_public_reach_does_not_even_connect_to_loopback(self):
        server = self.server()
        for url in (server.url, f"smtp://localhost:{server.port}"):
            self.assertEqual(self.send_one(url, reach="public").get("stage"), "refused")
        self.assertEqual(server.heard, [])


class Time(MailTest):
    def test_a_stall_ends_by_the_deadline(self):
        server = self.server(pki=self.pki)
        for moment in ("CONNECT", "MAIL", "RCPT", "DATA"):
            with self.subTest(moment=moment):
                server.answer(moment, STALL)
                answer = self.send_one(server, deadline="400ms")
                self.assertEqual(answer.get("stage"), "deadline")
                self.assertTrue(400 <= answer["took_ms"] < 2000, answer)
                server.answer(moment, None)

    def test_slow_servers_delay_no_other(self):
        slow = [self.server(pki=self.pki) for _ in range(5)]
        for server in slow:
            server.answer("DATA", STALL)
        fast = self.server(pki=self.pki)
        answers = self.send(*slow, *slow, *slow, *slow, fast, deadline="3s")
        self.assertEqual(answers[0]["url"], fast.url)
        self.assertEqual(answers[0].get("status"), 250)
        self.assertLess(answers[0]["took_ms"], 2500)
        self.assertEqual([answer.get("stage") for answer in answers[1:]], ["deadline"] * 20)


if __name__ == "__main__":
    unittest.main()
