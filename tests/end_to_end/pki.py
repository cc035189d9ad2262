"""Certificates for tests: a CA of our own and what it signs, made with the openssl command."""

import pathlib
import subprocess

DAYS = "3"


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Pki:
    """The files in one directory. `ca`, `cert` and `key` are what a server and its clients need."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.ca = self.directory / "ca.pem"
        self.cert = self.directory / "leaf.pem"
        self.key = self.directory / "leaf.key"
        # Signed by the CA, but for another name, and for the right names, but in the past.
        self.other_name_cert = self.directory / "other-name.pem"
        self.expired_cert = self.directory / "expired.pem"

    def _sign(self, target, names, days):
        extensions = self.directory / (target.stem + ".ext")
        extensions.write_text(
            "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
            f"subjectAltName={names}\n"
        )
        request = self.directory / "leaf.csr"
        _openssl("x509", "-req", "-sha256", "-in", str(request), "-CA", str(self.ca), "-CAkey",
                 str(self.directory / "ca.key"), "-CAcreateserial", "-days", days, "-extfile", str(extensions), "-out",
                 str(target))


def make_pki(directory):
    """A CA and leaves for localhost and 127.0.0.1, all EC P-256."""
    pki = Pki(directory)
    pki.directory.mkdir(parents=True, exist_ok=True)
    ca_key = pki.directory / "ca.key"
    for key in (ca_key, pki.key):
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key))
        key.chmod(0o600)
    _openssl("req", "-x509", "-new", "-sha256", "-key", str(ca_key), "-days", DAYS, "-subj", "/CN=adsauditd test CA",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out",
             str(pki.ca))
    _openssl("req", "-new", "-key", str(pki.key), "-subj", "/CN=localhost", "-out", str(pki.directory / "leaf.csr"))
    pki._sign(pki.cert, "DNS:localhost,IP:127.0.0.1", DAYS)
    pki._sign(pki.other_name_cert, "DNS:wrong.invalid", DAYS)
    pki._sign(pki.expired_cert, "DNS:localhost,IP:127.0.0.1", "-1")
    return pki
