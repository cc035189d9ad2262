"""What those who mean harm do to a listener of ours, for the tests of each of them."""

import contextlib
import resource
import socket
import threading
import time
import zlib

MIB = 1 << 20
MOST_GROWTH = 16 * MIB
TOGETHER = 1000


def allow_many_connections():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Attacks:
    """Mixed into a test case that has `port`, `pid` (of the process that listens), ask() and, for its own ends, finish()."""

    def rss(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def ask(self):
        """A request that is answered as ever; fails when it is not."""
        raise NotImplementedError

    def finish(self):
        """Whatever the listener is there for is none the worse."""
        self.ask()

    def connect(self):
        return self.enterContext(socket.create_connection(("127.0.0.1", self.port), timeout=10))

    def flood(self, start, piece, times):
        """Sends for as long as the listener lets us; what it answered, and how many bytes it took."""
        connection, taken, answer = self.connect(), 0, b""
        with contextlib.suppress(OSError):
            connection.sendall(start)
            for _ in range(times):
                connection.sendall(piece)
                taken += len(piece)
        with contextlib.suppress(OSError):
            while chunk := connection.recv(65536):
                answer += chunk
        return answer, taken

    def check_small(self):
        self.assertLess(self.rss() - self.size, MOST_GROWTH)

    def test_bodies_and_heads_without_end_take_no_memory(self):
        host = f"Host: 127.0.0.1:{self.port}\r\n".encode()
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = bomb.compress(bytes(100 * MIB)) + bomb.flush()
        attacks = {
            "a line without end": (b"GET / HTTP/1.1\r\nX: ", b"A" * MIB, 200),
            "a path without end": (b"GET /", b"a" * MIB, 200),
            "a million headers": (b"GET / HTTP/1.1\r\n" + host, b"H: v\r\n" * 10_000, 100),
            "a chunked body": (b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n",
                               b"100000\r\n" + b"B" * MIB + b"\r\n", 200),
            "a body without length": (b"GET /nothing HTTP/1.1\r\n" + host + b"\r\n", b"B" * MIB, 200),
            "a gzip bomb": (b"GET /nothing HTTP/1.1\r\n" + host + b"Content-Encoding: gzip\r\n\r\n", bomb, 20),
        }
        for name, (start, piece, times) in attacks.items():
            with self.subTest(name):
                answer, taken = self.flood(start, piece, times)
                self.assertLess(taken, 32 * MIB, "what the sockets hold, and no more")
                self.assertNotIn(b" 200 ", answer[:20])
                self.check_small()
        self.finish()

    def test_a_thousand_that_drip_keep_nobody_out(self):
        dripping, stop = [], threading.Event()

        def drip():
            while not stop.wait(0.2):
                for connection in list(dripping):
                    with contextlib.suppress(OSError):
                        connection.sendall(b"a")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            waits = []
            for number in range(TOGETHER):
                connection = self.connect()
                with contextlib.suppress(OSError):
                    connection.sendall(b"GET / HTTP/1.1\r\nX: ")
                dripping.append(connection)
                if number % 10 == 9:
                    began = time.monotonic()
                    self.ask()
                    waits.append(time.monotonic() - began)
            # A quarter of a second on a quiet machine (it takes a few milliseconds); tests share theirs.
            self.assertLess(sorted(waits)[len(waits) * 95 // 100], 1.0)
            self.check_small()
        finally:
            stop.set()
            thread.join(10)
        self.finish()

    def test_headers_that_claim_to_be_somebody_change_nothing(self):
        for line in (b"REMOTE_ADDR: 6.6.6.6", b"X-In : a", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                     b"Host: 127.0.0.1:%d" % self.port, b"X: a\nSet-Cookie: evil=1"):
            connection = self.connect()
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % self.port + line + b"\r\n\r\n")
            answer = connection.recv(65536)
            self.assertRegex(answer, rb"^HTTP/1.1 (400|413|501) ")
            self.assertNotIn(b"evil", answer)
            self.assertNotIn(b"6.6.6.6", answer)
        self.finish()
