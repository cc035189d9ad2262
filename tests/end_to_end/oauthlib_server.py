"""A small Ads API whose signatures are checked by oauthlib, a third implementation of RFC 5849.

Our signer and our fake were written by the same people; this server keeps them from merely agreeing with each other.
It answers authenticated_user_access, GET accounts in pages with awkward cursors, verify_credentials, and the two steps of
a sign-in; approve() plays the user in between.
"""

import http.server
import json
import ssl
import string
import threading
import time
import urllib.parse

from oauthlib.oauth1 import AccessTokenEndpoint, RequestTokenEndpoint, RequestValidator, SignatureOnlyEndpoint

# Every character that signers and URL writers get wrong: reserved ones, a blank, and two- to four-byte UTF-8.
ODD_CURSOR = "p%2+/=&?#;,~'()*! \u00fc\u2603\U0001f600-"
PAGE = 2


class Validator(RequestValidator):
    """Knows one app and its tokens, takes X's key shapes, and accepts each nonce once. A request token works once."""

    enforce_ssl = True
    timestamp_lifetime = 300
    client_key_length = (1, 128)
    nonce_length = (8, 128)
    allowed_signature_methods = ("HMAC-SHA1",)
    safe_characters = set(string.ascii_letters + string.digits + "-_.~")
    dummy_client = "no-such-client"
    dummy_access_token = "no-such-token"
    dummy_request_token = "no-such-token"
    request_token_length = (20, 64)
    verifier_length = (7, 64)

    def __init__(self, consumer_key, consumer_secret, token_secrets):
        super().__init__()
        self.reused_nonces = 0
        self._consumer = (consumer_key, consumer_secret)
        self._token_secrets = token_secrets
        self._nonces = set()
        self.request_secrets, self.callbacks, self.verifiers = {}, {}, {}  # by request token
        self._lock = threading.Lock()

    def validate_client_key(self, client_key, request):
        return client_key == self._consumer[0]

    def get_client_secret(self, client_key, request):
        return self._consumer[1] if client_key == self._consumer[0] else "no-such-secret"

    def get_access_token_secret(self, client_key, token, request):
        return self._token_secrets.get(token, "no-such-secret")

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None,
                                     access_token=None):
        with self._lock:
            is_new = nonce not in self._nonces
            self._nonces.add(nonce)
            self.reused_nonces += 0 if is_new else 1
        return is_new


    # A sign-in. Realms are none of X's.

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def check_realms(self, realms):
        return not realms

    def validate_requested_realms(self, client_key, realms, request):
        return not realms

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri.startswith(("http://127.0.0.1:", "https://"))

    def save_request_token(self, token, request):
        self.request_secrets[token["oauth_token"]] = token["oauth_token_secret"]
        self.callbacks[token["oauth_token"]] = request.redirect_uri

    def get_request_token_secret(self, client_key, token, request):
        return self.request_secrets.get(token, "no-such-secret")

    def validate_request_token(self, client_key, token, request):
        return token in self.request_secrets

    def validate_verifier(self, client_key, token, verifier, request):
        return self.verifiers.get(token) == verifier

    def save_access_token(self, token, request):
        self._token_secrets[token["oauth_token"]] = token["oauth_token_secret"]

    def invalidate_request_token(self, client_key, request_token, request):
        del self.request_secrets[request_token]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        # The handshake belongs to the connection's own thread: a silent client must not stop the others.
        self.request.settimeout(30)
        self.request.do_handshake()
        super().setup()

    def do_GET(self):
        self.server.owner.answer(self)

    def do_POST(self):
        self.server.owner.answer_sign_in(self)

    def log_message(self, *_):
        pass

    def send_form(self, status, text):
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")  # as X calls it
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def send(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(text)))
        # As X has been seen to answer: far above the five list reads that it documents, so that pages need not wait.
        self.send_header("x-rate-limit-limit", "2000")
        self.send_header("x-rate-limit-remaining", "1900")
        self.send_header("x-rate-limit-reset", str(int(time.time()) + 600))
        self.end_headers()
        self.wfile.write(text)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class OauthlibServer:
    """Serves on a free port until stop(). `verified` and `failed` count requests; `failures` tells what failed."""

    def __init__(self, pki, consumer_key, consumer_secret, token, token_secret, user="2417045708",
                 accounts=("18ce54d4x5t",), permissions=("ACCOUNT_ADMIN", "TWEET_COMPOSER")):
        self.verified, self.failed, self.failures, self.paths = 0, 0, [], []
        self.validator = Validator(consumer_key, consumer_secret, {token: token_secret})
        self._endpoint = SignatureOnlyEndpoint(self.validator)
        self._request_tokens = RequestTokenEndpoint(self.validator)
        self._access_tokens = AccessTokenEndpoint(self.validator)
        self._user, self._accounts, self._permissions = user, list(accounts), list(permissions)
        self._lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(pki.cert, pki.key)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.base_url = f"https://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _verify(self, handler):
        uri = f"https://{handler.headers['Host']}{handler.path}"
        try:
            valid, _ = self._endpoint.validate_request(uri, handler.command, None, dict(handler.headers.items()))
            why = "" if valid else "oauthlib refused it"
        except ValueError as error:  # oauthlib raises on characters that a query must not hold
            valid, why = False, str(error)
        with self._lock:
            self.paths.append(handler.path)
            self.verified += 1 if valid else 0
            if not valid:
                self.failed += 1
                self.failures.append((handler.path, why))
        return valid

    def approve(self, request_token, verifier="7654321"):
        """The user says yes; the call-back that the app gave."""
        self.validator.verifiers[request_token] = verifier
        return self.validator.callbacks[request_token]

    def answer_sign_in(self, handler):
        uri = f"https://{handler.headers['Host']}{handler.path}"
        body = handler.rfile.read(int(handler.headers.get("content-length", 0))).decode()
        headers = dict(handler.headers.items())
        if handler.path == "/oauth/request_token":
            _, text, status = self._request_tokens.create_request_token_response(uri, "POST", body, headers)
        else:
            _, text, status = self._access_tokens.create_access_token_response(
                uri, "POST", body, headers, credentials={"user_id": self._user, "screen_name": "example"})
        with self._lock:
            self.paths.append(handler.path)
            self.verified += 1 if status == 200 else 0
            if status != 200:
                self.failed += 1
                self.failures.append((handler.path, text))
        handler.send_form(status, text or "")

    def answer(self, handler):
        if not self._verify(handler):
            handler.send(401, {"errors": [{"code": 32, "message": "Could not authenticate you."}]})
            return
        url = urllib.parse.urlsplit(handler.path)
        parts = url.path.strip("/").split("/")
        if parts == ["1.1", "account", "verify_credentials.json"]:
            handler.send(200, {"id": int(self._user), "id_str": self._user, "screen_name": "example"})
        elif parts == ["12", "accounts"]:
            handler.send(*self._list(dict(urllib.parse.parse_qsl(url.query, strict_parsing=bool(url.query)))))
        elif len(parts) == 4 and parts[:2] == ["12", "accounts"] and parts[3] == "authenticated_user_access":
            handler.send(*self._access(parts[2]))
        else:
            handler.send(404, {"errors": [{"code": "ROUTE_NOT_FOUND", "message": "no such route"}],
                               "request": {"params": {}}})

    def _access(self, account):
        params = {"params": {"account_id": account}}
        if account not in self._accounts:
            return 404, {"errors": [{"code": "NOT_FOUND", "message": f"Account {account} was not found"}],
                         "request": params}
        return 200, {"data": {"user_id": self._user, "permissions": self._permissions}, "request": params}

    def _list(self, query):
        """Two accounts a page, whatever `count` says: a client must follow next_cursor and not its own arithmetic."""
        cursor = query.get("cursor", ODD_CURSOR + "0")
        place = cursor[len(ODD_CURSOR):]
        if not cursor.startswith(ODD_CURSOR) or not place.isdigit():
            return 400, {"errors": [{"code": "INVALID_PARAMETER", "message": "cursor is not one that was given out",
                                     "parameter": "cursor", "value": cursor}], "request": {"params": query}}
        begin = int(place)
        end = begin + PAGE
        accounts = [{"id": account, "name": "Account " + account, "deleted": False, "approval_status": "ACCEPTED",
                     "timezone": "Europe/Berlin", "business_name": None, "business_id": None,
                     "timezone_switch_at": "2016-07-21T07:00:00Z", "created_at": "2016-07-21T22:42:09Z",
                     "updated_at": "2017-07-06T16:51:04Z"} for account in self._accounts[begin:end]]
        following = ODD_CURSOR + str(end) if end < len(self._accounts) else None
        return 200, {"request": {"params": query}, "next_cursor": following, "data": accounts}
