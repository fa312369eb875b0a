"""A small OpenID Connect provider on loopback: it lets one person in, and asks nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@contextmanager
def provider(client_id: str, person: Mapping[str, Any]) -> Iterator[str]:
    """Serve a provider until the block ends; gives the address of its metadata.

    Who comes is `person`: the claims of the token, besides those that all tokens have.
    """
    key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
    nonces: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(asked.query).items()}
            if asked.path == "/authorize":
                code = f"code{len(nonces)}"
                nonces[code] = given["nonce"]
                back = urlencode({"code": code, "state": given["state"]})
                self.send_response(302)
                self.send_header("Location", f"{given['redirect_uri']}?{back}")
                self.end_headers()
            elif asked.path == "/keys":
                self._tell({"keys": [key.as_dict(private=False)]})
            else:
                self._tell(
                    {
                        "issuer": url,
                        "authorization_endpoint": f"{url}/authorize",
                        "token_endpoint": f"{url}/token",
                        "jwks_uri": f"{url}/keys",
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            code = parse_qs(body)["code"][0]
            now = int(time.time())
            claims = {"iss": url, "aud": client_id, "sub": "1", "nonce": nonces.pop(code)}
            claims |= {"iat": now, "exp": now + 600, **person}
            token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
            self._tell({"access_token": "a", "token_type": "Bearer", "id_token": token})

        def log_message(self, *_: object) -> None:
            pass

        def _tell(self, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{url}/.well-known/openid-configuration"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
