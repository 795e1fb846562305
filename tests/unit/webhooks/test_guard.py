"""Which URLs may be called, and where a permitted one leads."""

import ast
import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.errors import InvalidInput, Unavailable
from orchestrator.webhooks.addresses import is_public
from orchestrator.webhooks.guard import MAX_ADDRESSES, AddressGuard
from orchestrator.webhooks.models import Target
from tests.fakes.dns import PUBLIC, MemoryResolver, no_answer, no_such_name


def _corpus(name: str) -> list[str]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    urls = [line for line in lines if line and not line.startswith("#")]
    return [str(ast.literal_eval(url)) if url.startswith("'") else url for url in urls]


HOSTILE = _corpus("hostile_urls.txt")
PRIVATE = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "::1",
    "fd00:ec2::254",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
]


def locate(url: str, resolver: MemoryResolver | None = None, *, local: bool = False, **more: str) -> Target:
    return asyncio.run(AddressGuard(resolver or MemoryResolver(), local=local).locate(url, **more))


def admit(url: str, resolver: MemoryResolver, *, local: bool = False) -> None:
    asyncio.run(AddressGuard(resolver, local=local).admit(url))


def test_the_corpus_is_as_large_as_it_is_meant_to_be() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) > 250


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_before_anybody_is_asked_where_it_leads(url: str) -> None:
    resolver = MemoryResolver()
    with pytest.raises(InvalidInput) as refused:
        locate(url, resolver)
    assert (refused.value.field, bool(refused.value.hint)) == ("webhook_url", True)
    assert resolver.asked == []


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://user@example.com/", "user name"),
        ("https://user:password@example.com:8443/a", "user name"),
        ("http://user:password@example.com?x=1", "user name"),
        ("https://example.com/a#b", "# part"),
        ("https://example.com#b", "# part"),
        ("https://example.com:x/", "port"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_repeats_no_password(url: str, word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        locate(url)
    assert word in refused.value.message
    assert "password" not in f"{refused.value.message} {refused.value.hint}"


GOOD = {
    "https://example.com/@user": ("https://example.com/@user", "example.com", 443, "/@user"),
    "https://example.com?to=a@b.c": ("https://example.com/?to=a@b.c", "example.com", 443, "/?to=a@b.c"),
    "https://example.com": ("https://example.com/", "example.com", 443, "/"),
    "https://example.com/": ("https://example.com/", "example.com", 443, "/"),
    "HTTPS://Example.COM/Hook": ("https://example.com/Hook", "example.com", 443, "/Hook"),
    "https://example.com:443/": ("https://example.com/", "example.com", 443, "/"),
    "https://example.com:8443/a": ("https://example.com:8443/a", "example.com", 8443, "/a"),
    "https://example.com?x=1": ("https://example.com/?x=1", "example.com", 443, "/?x=1"),
    "https://a.b-c.example.co.uk/": ("https://a.b-c.example.co.uk/", "a.b-c.example.co.uk", 443, "/"),
    "https://xn--mnchen-3ya.example.com/": (
        "https://xn--mnchen-3ya.example.com/",
        "xn--mnchen-3ya.example.com",
        443,
        "/",
    ),
    "https://my_hook.example.com/": ("https://my_hook.example.com/", "my_hook.example.com", 443, "/"),
    "https://1a.example.com/": ("https://1a.example.com/", "1a.example.com", 443, "/"),
    "https://8.8.8.8/": ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
    "https://[2606:4700:4700::1111]/": ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 443, "/"),
    "https://[2606:4700:4700:0::1111]:8443/": (
        "https://[2606:4700:4700::1111]:8443/",
        "2606:4700:4700::1111",
        8443,
        "/",
    ),
    "https://example.com/a%20b/%E2%82%AC?q=a[]=1&u=https://x.y/@z&e=a%2F..%2Fb": (
        "https://example.com/a%20b/%E2%82%AC?q=a[]=1&u=https://x.y/@z&e=a%2F..%2Fb",
        "example.com",
        443,
        "/a%20b/%E2%82%AC?q=a[]=1&u=https://x.y/@z&e=a%2F..%2Fb",
    ),
    "https://example.com/..a/b../...": (
        "https://example.com/..a/b../...",
        "example.com",
        443,
        "/..a/b../...",
    ),
}


@pytest.mark.parametrize("url", GOOD)
def test_a_public_https_url_is_let_through_in_its_one_spelling(url: str) -> None:
    target = locate(url)
    assert (target.url, target.host, target.port, target.path) == GOOD[url]
    assert target.addresses == (target.host if target.host[0] in "28" else PUBLIC,)
    assert locate(target.url) == target


def test_a_url_may_be_2048_characters_long_and_no_longer() -> None:
    longest = "https://example.com/".ljust(2048, "a")
    assert locate(longest).url == longest
    with pytest.raises(InvalidInput, match="longer than 2048"):
        locate(longest + "a")


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("order", [1, -1])
def test_one_bad_address_among_good_ones_refuses_the_name(address: str, order: int) -> None:
    answer = [PUBLIC, address][::order]
    with pytest.raises(InvalidInput) as refused:
        locate("https://rebind.example.com/", MemoryResolver({"rebind.example.com": answer}))
    assert address not in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize("answer", [(), ("not an address",), (PUBLIC, "")])
def test_an_answer_that_is_none_refuses_the_name(answer: Sequence[str]) -> None:
    with pytest.raises(InvalidInput):
        locate("https://odd.example.com/", MemoryResolver({"odd.example.com": answer}))


def test_the_number_of_addresses_is_capped_after_all_were_judged() -> None:
    many = [f"8.8.{number // 256}.{number % 256}" for number in range(1000)]
    assert locate("https://many.example.com/", MemoryResolver({"many.example.com": many})).addresses == tuple(
        many[:MAX_ADDRESSES]
    )
    with pytest.raises(InvalidInput):
        locate("https://many.example.com/", MemoryResolver({"many.example.com": [*many, "10.0.0.1"]}))


def test_the_field_the_url_came_in_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"^callback_url ") as refused:
        locate("http://example.com/", field="callback_url")
    assert refused.value.field == "callback_url"


def test_a_name_that_does_not_resolve_for_the_moment_may_be_tried_again() -> None:
    for answer in (no_answer(), no_such_name()):
        with pytest.raises(Unavailable):
            locate("https://away.example.com/", MemoryResolver({"away.example.com": answer}))


def test_a_request_is_accepted_while_dns_does_not_answer_but_not_for_a_name_that_does_not_exist() -> None:
    admit("https://away.example.com/", MemoryResolver({"away.example.com": no_answer()}))
    with pytest.raises(InvalidInput, match="does not exist"):
        admit("https://typo.example.com/", MemoryResolver({"typo.example.com": no_such_name()}))


def test_a_laptop_without_a_network_accepts_any_name_but_no_hostile_url() -> None:
    resolver = MemoryResolver({"your-app.com": no_such_name()})
    admit("https://your-app.com/webhook/callback", resolver, local=True)
    with pytest.raises(InvalidInput):
        admit("https://169.254.169.254/", resolver, local=True)


def test_accepting_a_url_judges_where_it_leads_now() -> None:
    with pytest.raises(InvalidInput):
        admit("https://rebind.example.com/", MemoryResolver({"rebind.example.com": ["10.0.0.1"]}))


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://localhost:8000/webhook/callback/test", ("127.0.0.1", "::1")),
        ("http://api.localhost/", ("127.0.0.1", "::1")),
        ("http://127.0.0.1:9/", ("127.0.0.1",)),
        ("https://[::1]:9/", ("::1",)),
        ("http://example.com/", (PUBLIC,)),
    ],
)
def test_a_laptop_may_call_itself_and_use_http(url: str, addresses: tuple[str, ...]) -> None:
    assert locate(url, local=True).addresses == addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://u@localhost/",
    ],
)
def test_a_laptop_reaches_no_further_than_itself_and_the_internet(url: str) -> None:
    with pytest.raises(InvalidInput):
        locate(url, local=True)


def spellings(address: IPv4Address) -> list[str]:
    """Ways in which C libraries, browsers and IPv6 spell an IPv4 address."""
    number, parts = int(address), address.packed
    a, b, c, d = parts
    mapped, low = f"::ffff:{address}", f"{number >> 16:x}:{number & 0xFFFF:x}"
    return [
        str(address),
        str(number),
        hex(number),
        oct(number).replace("0o", "0"),
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        ".".join(hex(part) for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        f"{a:03}.{b}.{c}.{d:04}",
        f"{address}.",
        f"[{mapped}]",
        f"[::ffff:{low}]",
        f"[::{low}]",
        f"[64:ff9b::{low}]",
        f"[64:ff9b:1::{low}]",
        f"[2002:{low}::]",
        f"[::ffff:0:{low}]",
        f"[2606:4700::5efe:{low}]",
        "".join(chr(0xFEE0 + ord(sign)) if sign != "." else "。" for sign in str(address)),
    ]


@given(st.ip_addresses(v=4), st.data())
@example(IPv4Address("169.254.169.254"), None)
def test_an_address_that_is_not_public_is_refused_in_any_spelling(
    address: IPv4Address, data: st.DataObject | None
) -> None:
    # Only what IANA calls global passes, whatever the lists of our own say.
    hidden = not address.is_global or address.is_multicast
    for spelled in spellings(address):
        try:
            target = locate(f"https://{spelled}/")
        except InvalidInput:
            continue
        assert not hidden, spelled
        reached = ip_address(target.addresses[0])
        assert reached.packed[-4:] == address.packed, spelled


@given(st.ip_addresses(v=6))
@example(IPv6Address("2001:db8::1"))
@example(IPv6Address("::ffff:1.0.0.0"))
def test_an_ipv6_address_passes_only_if_it_is_global_unicast(address: IPv6Address) -> None:
    meant = address.ipv4_mapped or address
    if is_public(meant):
        assert meant.is_global
        assert not meant.is_multicast
        assert locate(f"https://[{address.exploded}]/").addresses == (str(meant),)
    else:
        with pytest.raises(InvalidInput):
            locate(f"https://[{address}]/")


@pytest.mark.parametrize("address", ["64:ff9b::808:808", "2606:4700::5efe:808:808", "2a00:1450:4001::1"])
def test_public_addresses_of_an_ipv6_only_network_pass(address: str) -> None:
    assert locate("https://v6.example.com/", MemoryResolver({"v6.example.com": [address]})).addresses == (
        address,
    )


PIECES = [
    *(
        "https://",
        "HTTP://",
        "//",
        "example.com",
        "127.0.0.1",
        "0x7f.1",
        "10.1",
        "[::1]",
        "[2606:4700::1]",
        "xn--",
    ),
    *(
        "@",
        ":",
        ":443",
        ":0",
        "/",
        "\\",
        "?",
        "#",
        "%2e",
        "%00",
        "..",
        ".",
        " ",
        "\t",
        "\n",
        "０",
        "。",
        ";",
        "&",
        "a",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_whoever_else_reads_a_url_that_passes_reads_the_same(rest: str) -> None:
    url = f"https://{rest}"
    try:
        target = locate(url)
    except InvalidInput:
        return
    split, client = urlsplit(url), httpx2.URL(url)
    assert {split.hostname, client.host, target.host} == {target.host}
    assert {split.port or 443, client.port or 443} == {target.port}
    assert (split.username, split.password, client.userinfo) == (None, None, b"")


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://example.com", "https://example.com/"]))
def test_whatever_the_text_the_answer_is_a_target_or_a_refusal(text: str, prefix: str) -> None:
    try:
        target = locate(prefix + text)
    except InvalidInput:
        return
    assert locate(target.url) == target
    assert target.url.isascii()
    assert target.url.isprintable()
