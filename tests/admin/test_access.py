"""Who gets in, and what every answer forbids the browser."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from tracker.collector.site.access import Access

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse: battery staple, größer"


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """What is protected."""
    await PlainTextResponse("inside")(scope, receive, send)


async def get(
    headers: dict[str, str], *, password: str | None = None, loopback: bool = True
) -> httpx.Response:
    """Ask for an admin page."""
    app: Any = Access(inside, password=password, loopback=loopback)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8700"
    ) as client:
        return await client.get("/admin/", headers=headers)


def basic(password: str, user: str = "") -> dict[str, str]:
    """The header with which a browser signs in."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_what_a_proxy_passes_on_needs_a_password(header: str) -> None:
    """Its Host header may well say 127.0.0.1, which is nginx's default."""
    refused = await get({header: "203.0.113.7"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forwarded")
    assert "TRACKER_ADMIN_PASSWORD" in refused.json()["message"]
    admitted = await get({header: "203.0.113.7", **basic(PASSWORD)}, password=PASSWORD)
    assert admitted.status_code == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8700", "localhost:8700", "LOCALHOST", "[::1]:8700", "[::1]"]
)
async def test_loopback_without_a_password_is_open_to_this_machine(host: str) -> None:
    """By each of its names."""
    assert (await get({"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8700",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8700",
        "192.168.1.5",
        "evil.example:127.0.0.1",
        "",
    ],
)
async def test_loopback_answers_to_no_other_name(host: str) -> None:
    """A page whose name was made to resolve to 127.0.0.1 (DNS rebinding) gets nothing."""
    answer = await get({"Host": host})
    assert answer.status_code == 403
    assert answer.json()["code"] == "host_not_allowed"


async def test_other_addresses_are_closed_without_a_password() -> None:
    """Whatever the Host header says; the answer names the mend."""
    answer = await get({"Host": "127.0.0.1"}, loopback=False)
    assert answer.status_code == 403
    assert answer.json()["code"] == "admin_closed"
    assert "TRACKER_ADMIN_PASSWORD" in answer.json()["message"]


@pytest.mark.parametrize("loopback", [True, False])
async def test_password_opens_any_address(loopback: bool) -> None:  # noqa: FBT001
    """With any user name, and characters that need UTF-8 or are a colon."""
    for user in ("", "admin"):
        answer = await get(
            {"Host": "stats.example", **basic(PASSWORD, user)}, password=PASSWORD, loopback=loopback
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("wrong"),
        basic(PASSWORD[:-1]),
        basic(""),
        {"Authorization": basic(PASSWORD)["Authorization"].replace("Basic", "Bearer")},
        {"Authorization": "Basic not-base64"},
        {"Authorization": "Basic " + b64encode(b"\xff\xfe:\xff").decode()},
        {"Authorization": "Basic"},
    ],
)
@pytest.mark.parametrize("loopback", [True, False])
async def test_wrong_passwords_are_refused(headers: dict[str, str], loopback: bool) -> None:  # noqa: FBT001
    """Also on loopback, once a password is configured; the browser is asked to sign in."""
    answer = await get(headers, password=PASSWORD, loopback=loopback)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.json()["code"] == "unauthorized"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_requests_of_other_sites_are_refused(site: str) -> None:
    """Another port of this machine is another site; so is a frame."""
    for more in (
        {"Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ):
        answer = await get({"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "empty", **more})
        assert answer.status_code == 403
        assert answer.json()["code"] == "cross_site"


async def test_a_link_on_another_site_may_be_followed() -> None:
    """A chart's address can be sent by mail and opened from there."""
    answer = await get(
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Host": "evil.example"}])
async def test_every_answer_has_the_security_headers(headers: dict[str, str]) -> None:
    """Refusals too."""
    answer = await get(headers)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
