"""One request to somebody else's server: no redirects, no private address, whatever its name resolves to."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

TIMEOUT_SECONDS: Final = 10
READ_AT_MOST: Final = 200
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # ends in the IPv4 address that a gateway leads to (RFC 6052)
NOT_PUBLIC: Final = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))


class AddressRefused(Exception):
    """The address is not https, names a user, holds what cannot be seen, or leads into a private network."""


def checked(url: str, *, anywhere: bool) -> SplitResult:
    """Take an address apart.

    :param anywhere: allow plain http and private addresses, as the demo does.
    :raises AddressRefused: when it is none that we send to.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(url) from error
    schemes = {"https", "http"} if anywhere else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or port == 0:
        raise AddressRefused(url)
    if not url.isprintable() or not (anywhere or _may_be_public(parts.hostname)):
        raise AddressRefused(url)
    return parts


def _may_be_public(host: str) -> bool:
    """Tell whether a host is no private address in figures; what a name resolves to is not known yet."""
    try:
        return _is_public(host)
    except ValueError:
        return True


def resolved(parts: SplitResult, *, anywhere: bool) -> str:
    """Resolve a host to the one address that is then connected to, so that the name cannot change in between.

    :raises AddressRefused: when any of its addresses is not a public one.
    :raises OSError: when the name does not resolve.
    """
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not anywhere and not all(_is_public(each) for each in addresses):
        raise AddressRefused(parts.hostname)
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in NOT_PUBLIC):
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or (mapped.is_global and not mapped.is_multicast))


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def post(url: str, body: bytes, headers: Mapping[str, str], *, anywhere: bool) -> tuple[int, str]:
    """Post a body and give the answer's status and the beginning of its text.

    :raises AddressRefused: when the address is none that we send to.
    :raises OSError: when it cannot be reached in time.
    """
    parts = checked(url, anywhere=anywhere)
    address = resolved(parts, anywhere=anywhere)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    made = socket.create_connection((address, _port(parts)), timeout=TIMEOUT_SECONDS)
    connection = _connection(parts, made)
    try:
        with _in_time(connection.sock):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("POST", path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(READ_AT_MOST).decode("utf-8", "replace")
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        connection.close()


@contextmanager
def _in_time(sock: socket.socket) -> Iterator[None]:
    """Hang up when the time is over: the socket's own limit begins anew with every byte that trickles in.

    :raises TimeoutError: when it was, whatever was read.
    """
    over = threading.Event()

    def hang_up() -> None:
        over.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(TIMEOUT_SECONDS, hang_up)
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError


def _connection(parts: SplitResult, made: socket.socket) -> http.client.HTTPConnection:
    """Speak over what was connected to the checked address, under the name that the certificate must bear."""
    host = str(parts.hostname)
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(host, _port(parts))
        connection.sock = made
        return connection
    secured = http.client.HTTPSConnection(host, _port(parts))
    context = ssl.create_default_context()
    secured.sock = context.wrap_socket(made, server_hostname=host, do_handshake_on_connect=False)
    return secured
