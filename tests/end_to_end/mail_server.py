"""A local SMTP server (Debian's aiosmtpd) that records mails and misbehaves on request.

    with MailServer(pki) as server:                  # STARTTLS on offer, with the PKI's certificate
        ...                                          # something sends to server.url
        server.mails[0].message                      # the exact bytes

Runs a thread of its own; everything may be looked at and changed while it runs.
"""

import asyncio
import dataclasses
import logging
import ssl
import threading
import warnings

from aiosmtpd.smtp import MISSING, SMTP, AuthResult

STALL = object()  # as an answer: none, ever
_PATIENCE = 10.0  # seconds for starting and stopping

# What clients do to it on purpose is no news.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")


@dataclasses.dataclass
class Mail:
    """One mail that was accepted, or would have been but for the answer to DATA."""
    sender: str
    recipients: list
    message: bytes
    under_tls: bool
    username: str | None  # who signed in


class _Session(SMTP):
    """One connection. Notes every byte that the client said, as it was inside of TLS."""

    def __init__(self, owner, **options):
        super().__init__(owner.handler, **options)
        self._owner = owner
        self._greeted = False
        self._heard = bytearray()
        owner.heard.append(self._heard)

    def data_received(self, data):
        self._heard += data
        super().data_received(data)

    async def push(self, status):
        if not self._greeted:
            self._greeted = True
            answer = await self._owner.other_answer("CONNECT")
            status = status if answer is MISSING else answer
        await super().push(status)


class _Handler:
    """aiosmtpd asks it what to say to each command."""

    def __init__(self, owner):
        self._owner = owner

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        answer = await self._owner.other_answer("MAIL")
        if answer is not MISSING:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answer = await self._owner.other_answer("RCPT", address)
        if answer is not MISSING:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        login = session.auth_data.login.decode() if session.authenticated else None
        under_tls = server.transport.get_extra_info("ssl_object") is not None
        self._owner.mails.append(Mail(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content), under_tls,
                                      login))
        answer = await self._owner.other_answer("DATA")
        return f"250 OK queued as {len(self._owner.mails)}" if answer is MISSING else answer


class MailServer:
    """`pki`: None for a server without TLS. `cert`: another one than the PKI's. `implicit_tls`: from the first byte, as
    smtps wants it. `users`: names and passwords, one of which is required then."""

    def __init__(self, pki=None, cert=None, implicit_tls=False, users=None):
        self.mails = []
        self.heard = []  # of each connection: all that the client said
        self.sign_ins = []  # (name, whether it was right)
        self.handler = _Handler(self)
        self._answers = {}
        self._users = {} if users is None else dict(users)
        self._implicit_tls = implicit_tls
        self._context = None
        if pki is not None:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(str(cert or pki.cert), str(pki.key))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail server")
        self._server = None
        self.port = None

    def __enter__(self):
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_PATIENCE)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    @property
    def url(self):
        return f"{'smtps' if self._implicit_tls else 'smtp'}://127.0.0.1:{self.port}"

    def answer(self, moment, text, only_for=None):
        """From now on `text`, such as "450 4.2.1 later", or STALL, instead of what is usual; None for the usual.
        `moment` is CONNECT, MAIL, RCPT (perhaps `only_for` one recipient) or DATA, which means the end of the
        message."""
        self._answers[(moment, only_for)] = text

    async def other_answer(self, moment, recipient=None):
        """For the connections: the answer that was ordered, or MISSING."""
        text = self._answers.get((moment, recipient)) or self._answers.get((moment, None))
        if text is STALL:
            await asyncio.Event().wait()
        return MISSING if text is None else text

    async def _listen(self):
        return await self._loop.create_server(self._session, "127.0.0.1", 0,
                                              ssl=self._context if self._implicit_tls else None)

    async def _close(self):
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _session(self):
        offers_starttls = self._context is not None and not self._implicit_tls
        return _Session(self, hostname="mail.test", loop=self._loop, authenticator=self._authenticate,
                        auth_required=bool(self._users), auth_require_tls=offers_starttls,
                        tls_context=self._context if offers_starttls else None, require_starttls=offers_starttls)

    def _authenticate(self, _server, _session, _envelope, _mechanism, login):
        name = login.login.decode()
        is_right = self._users.get(name) == login.password.decode()
        self.sign_ins.append((name, is_right))
        return AuthResult(success=is_right, handled=False, auth_data=login)
