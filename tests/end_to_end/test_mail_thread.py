"""Mails are read as one thread only when every mail program would do so."""

import unittest

from mail_thread import text_of, threads


def mail(identity, parents=(), subject="Token revoked", reply_to=None):
    lines = [f"Subject: {subject}", "From: adsauditd@example.com", "To: ops@example.com"]
    if identity:
        lines.append(f"Message-ID: {identity}")
    if parents:
        lines += [f"In-Reply-To: {reply_to or parents[-1]}", "References: " + " ".join(parents)]
    return ("\r\n".join(lines) + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCafé\r\n").encode()


class Threads(unittest.TestCase):
    def test_replies_are_found_by_what_they_refer_to(self):
        first, second = threads([mail("<a@x>"), mail("<b@x>", subject="Role reduced"), mail("<a2@x>", ["<a@x>"]),
                                 mail("<a3@x>", ["<a@x>", "<a2@x>"])])
        self.assertEqual([message["Message-ID"] for message in first], ["<a@x>", "<a2@x>", "<a3@x>"])
        self.assertEqual([message["Subject"] for message in second], ["Role reduced"])
        self.assertEqual(text_of(first[0]).strip(), "Café")

    def test_what_some_programs_would_show_apart_is_refused(self):
        for broken in ([mail(None)], [mail("<a@x>"), mail("<a@x>")], [mail("<b@x>", ["<a@x>"])],
                       [mail("<a@x>"), mail("<b@x>", ["<a@x>"], reply_to="<z@x>")],
                       [mail("<a@x>"), mail("<b@x>", ["<a@x>"]).replace(b"In-Reply-To", b"X-Other")],
                       [mail("<a@x>"), mail("<b@x>", ["<a@x>"]).replace(b"References", b"X-Other")]):
            self.assertRaises(AssertionError, threads, broken)


if __name__ == "__main__":
    unittest.main()
