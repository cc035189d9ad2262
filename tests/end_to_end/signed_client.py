"""A client of the Ads API that signs with oauthlib: what tests of the two servers ask with."""

import http.client
import json
import ssl
import urllib.parse

from oauthlib.oauth1 import Client


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The first error's code."""
        return self.json["errors"][0]["code"]


class SignedClient:
    """One connection for each request, so that a test sees the fate of each apart."""

    def __init__(self, pki, base_url, consumer_key, consumer_secret, token, token_secret):
        self.base_url = base_url
        self._credentials = (consumer_key, consumer_secret, token, token_secret)
        self._context = ssl.create_default_context(cafile=str(pki.ca))

    @classmethod
    def for_token(cls, fake, world, name):
        token = world.secret(name)
        app = next(known for known in world.apps if known["name"] == token["app"])
        return cls(fake.pki, fake.base_url, app["consumer_key"], app["consumer_secret"], token["token"],
                   token["secret"])

    def authorization(self, path, **parts):
        """The header for GET of this path; parts such as timestamp or nonce replace what oauthlib would choose."""
        consumer_key, consumer_secret, token, token_secret = self._credentials
        client = Client(consumer_key, client_secret=consumer_secret, resource_owner_key=token,
                        resource_owner_secret=parts.pop("token_secret", token_secret), **parts)
        return client.sign(self.base_url + path)[1]["Authorization"]

    def get(self, path, authorization=None, timeout=5.0, method="GET", **parts):
        headers = {"Authorization": authorization or self.authorization(path, **parts)}
        return self.send(path, headers, timeout, method)

    def send(self, path, headers, timeout=5.0, method="GET"):
        """With exactly these headers, signed or not."""
        host, port = urllib.parse.urlsplit(self.base_url).netloc.split(":")
        connection = http.client.HTTPSConnection(host, int(port), timeout=timeout, context=self._context)
        try:
            connection.request(method, path, headers=headers)
            reply = connection.getresponse()
            return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        finally:
            connection.close()
