"""--fetch: politely, within limits, and nothing without it. The web is a server of this process."""

import gzip
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import dedup
from dedup.model import Article, RecordError
from dedup.read import read
from dedup.read.web import AGENT, Fetcher
from tests.commands import WIRE, data, told, within

FEED = (
    "<rss><channel><title>Meridian Wire</title>"
    "<item><guid>one</guid><description>Été sur l'île, et du brouillard.</description></item>"
    "<item><guid>two</guid><description>Another text.</description></item></channel></rss>"
)
PAGE = f"<html><head><title>The ferry</title></head><body><article><p>{WIRE}</p></article></body></html>"


class Site:
    """What the server answers: path -> (status, headers, body), and the requests that came."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.at = ""

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        raw = body if isinstance(body, bytes) else body.encode()
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)
        return self.at + path

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site(monkeypatch) -> Iterator[Site]:
    own = Site()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            own.asked.append((self.path, dict(self.headers)))
            status, headers, body = own.pages.get(self.path, (404, {}, b""))
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                if name not in ("Drip", "Claim"):
                    self.send_header(name, value)
            self.send_header("Content-Length", headers.get("Claim", str(len(body))))
            self.end_headers()
            pause = float(headers.get("Drip", 0))
            try:
                for start in range(0, len(body), 10 if pause else len(body) or 1):
                    self.wfile.write(body[start : start + 10 if pause else None])
                    time.sleep(pause)
            except OSError:
                pass
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    own.at = f"http://127.0.0.1:{server.server_port}"
    yield own
    server.shutdown()
    server.server_close()
    thread.join()


def quick(**more: object) -> Fetcher:
    return Fetcher(pause=0.0, **more)


def reason(*inputs: str, **more: object) -> str:
    [found] = read(inputs, fetch=quick(**more))
    assert isinstance(found, RecordError), found
    assert found.reason.isprintable()
    return found.reason


def test_a_feed_and_a_page_are_read_by_their_media_type(site):
    feed = site.put("/feed", FEED.encode("latin-1"), Content_Type="text/xml; charset=iso-8859-1")
    page = site.put("/page?a=1&b=2", gzip.compress(PAGE.encode()), Content_Type="text/html; charset=utf-8",
                    Content_Encoding="gzip")  # fmt: skip
    lines = site.put("/a.jsonl", json.dumps({"text": "plain"}), Content_Type="application/octet-stream")
    found = list(read([feed, page, lines], fetch=quick()))
    assert [one.id for one in found] == ["one", "two", page, f"{lines}#1"]
    assert (found[0].text, found[0].source) == ("Été sur l'île, et du brouillard.", "Meridian Wire")
    assert found[2].title == "The ferry"
    assert "night ferry between Norrhamn" in found[2].text
    assert {headers["User-Agent"] for _, headers in site.asked} == {AGENT}


def test_without_the_option_nothing_is_fetched(site, tmp_path):
    url = site.put("/feed", FEED, Content_Type="text/xml")
    for command in ("run", "add"):
        done = within(command, url, "--index", tmp_path / "i.db", "--quiet")
        assert told(done, 3) == f"{url}: an address on the web: it is read with --fetch only"
    (tmp_path / "a.txt").write_text(WIRE)
    for command in (["check", url, "--index", tmp_path / "i.db"], ["compare", url, tmp_path / "a.txt"]):
        assert within(*command).returncode == 3
    assert site.asked == []


def test_what_has_not_changed_is_not_sent_again(site, tmp_path):
    url = site.put(
        "/feed", FEED, Content_Type="text/xml", ETag='"v1"', Last_Modified="Tue, 11 Mar 2025 06:12:00 GMT"
    )
    add = ["add", "--fetch", url, "--index", tmp_path / "i.db", "--format", "json"]
    assert data(within(*add))["added"] == 2
    again = data(within(*add))
    assert (again["articles"], again["unchanged"], again["added"]) == (2, 2, 0)
    assert site.asked[-1][1]["If-None-Match"] == '"v1"'
    assert site.asked[-1][1]["If-Modified-Since"] == "Tue, 11 Mar 2025 06:12:00 GMT"
    more = FEED.replace("</channel>", "<item><guid>3</guid><description>x</description></item></channel>")
    site.put("/feed", more, Content_Type="text/xml", ETag='"v2"')
    assert data(within(*add))["added"] == 1
    data(within(*add, "--again"))
    assert "If-None-Match" not in site.asked[-1][1]
    with dedup.open(tmp_path / "i.db") as index:
        index.remove(["one"])
    assert data(within(*add))["added"] == 1  # who removed an article and asks again wants it again


def test_what_a_missing_package_kept_from_being_read_is_asked_for_again(site, tmp_path, monkeypatch):
    url = site.put("/page", PAGE, Content_Type="text/html", ETag='"p1"')
    add = ["add", "--fetch", url, "--index", tmp_path / "i.db", "--format", "json"]
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "trafilatura", None)
        assert data(within(*add), 3)["added"] == 0
    assert data(within(*add))["added"] == 1


def test_what_was_too_old_is_sent_again_once_it_is_not(site, tmp_path):
    old = FEED.replace("</guid>", "</guid><pubDate>Tue, 11 Mar 2025 06:12:00 GMT</pubDate>")
    url = site.put("/feed", old, Content_Type="text/xml", ETag='"v1"')
    add = ["add", "--fetch", url, "--index", tmp_path / "i.db", "--format", "json"]
    for keep in ("1d", "1d"):
        assert data(within(*add, "--keep", keep))["articles"] == 0
    assert site.asked[-1][1]["If-None-Match"] == '"v1"'
    assert data(within(*add))["added"] == 2
    assert data(within(*add, "--keep", "1d"))["pruned"] == 2
    assert data(within(*add, "--keep", "1d"))["unchanged"] == 0
    assert site.asked[-1][1]["If-None-Match"] == '"v1"'
    assert data(within(*add))["added"] == 2


def test_what_was_not_committed_is_asked_for_again(site, tmp_path):
    url = site.put("/feed", FEED, Content_Type="text/xml", ETag='"v1"')
    bad = site.put("/bad", "<rss>", Content_Type="text/xml", ETag='"b1"')
    strict = within("add", "--fetch", url, bad, "--strict", "--index", tmp_path / "i.db")
    assert strict.returncode == 3
    within("add", "--fetch", url, "--index", tmp_path / "i.db")
    assert "If-None-Match" not in site.asked[-1][1]


def test_redirections_are_followed_to_a_limit_and_to_the_web_only(site):
    there = site.put("/there", FEED, Content_Type="application/rss+xml")
    moved = site.put("/moved", "", 301, Location="/there")
    assert [one.id for one in read([moved], fetch=quick())] == ["one", "two"]
    site.put("/round", "", 302, Location="/round")
    assert reason(site.at + "/round") == "more than 5 redirections"
    local = site.put("/local", "", 302, Location="file:///etc/passwd")
    assert reason(local) == "only http and https are fetched, not file"
    assert there


def test_robots_txt_is_obeyed_also_where_a_redirection_leads(site):
    site.put(
        "/robots.txt",
        "User-agent: *\nDisallow: /private\nUser-agent: dedup\nDisallow: /private\nDisallow: /x",
    )
    site.put("/private/a", PAGE, Content_Type="text/html")
    site.put("/x", PAGE, Content_Type="text/html")
    site.put("/open", "", 302, Location="/private/a")
    for path in ("/private/a", "/x", "/open"):
        assert reason(site.at + path) == "the robots.txt of the site forbids it"
    assert site.paths() == ["/open"]
    site.put("/robots.txt", "User-agent: *\nDisallow: /*?print=\nDisallow: /news\nAllow: /news/open")
    for path in ("/a?print=1", "/news/1"):
        assert reason(site.at + path) == "the robots.txt of the site forbids it"
    assert reason(site.at + "/news/open/1") == "the server answers 404 Not Found"
    site.put("/robots.txt", "", 503)
    asked = len(site.asked)
    found = list(read([site.at + "/x", site.at + "/y"], fetch=quick()))
    assert [error.reason for error in found] == 2 * [
        "the robots.txt of the site cannot be had: the server answers 503 Service Unavailable"
    ]
    assert len(site.asked) == asked + 1  # a host that is down is asked once


def test_a_host_is_not_asked_more_often_than_it_likes(site, monkeypatch):
    slept = []
    monkeypatch.setattr("dedup.read.web.time.sleep", slept.append)
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 7")
    feed = site.put("/feed", FEED, Content_Type="text/xml")
    fetcher = Fetcher()
    list(read([feed, site.at + "/other", site.at + "/third"], fetch=fetcher))
    slept = [seconds for seconds in slept if seconds]  # the server of this test sleeps for no time
    assert [6 < seconds <= 7 for seconds in slept] == [True, True]


def test_what_a_server_refuses_is_one_line(site):
    assert reason(site.at + "/none") == "the server answers 404 Not Found"
    busy = site.put("/busy", "", 429, Retry_After="120")
    assert reason(busy) == "the server answers 429 Too Many Requests, to be asked again in 120 s"
    assert reason(site.put("/304", "", 304)) == "the server answers 304 Not Modified"


def test_a_slow_or_a_silent_server_does_not_hold_us(site):
    drip = site.put("/drip", PAGE, Content_Type="text/html", Drip="0.02")
    assert reason(drip, patience=0.2) == "not all there within 0.2 s"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert reason(url, timeout=0.2).endswith("no answer within 0.2 s")
    assert "cannot be reached" in reason(url, timeout=0.2)


def test_headers_that_drip_do_not_hold_us(site):
    def drip(server: socket.socket) -> None:
        for _ in range(2):  # robots.txt, and the page
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(4096)
                if thread.name == "robots":
                    connection.sendall(b"HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    thread.name = "page"
                    continue
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    connection.sendall(b"a")
                    time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), name="robots")
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert "0.3 s" in reason(url, patience=0.3) or "not an answer" in reason(url, patience=0.3)
        thread.join()


@pytest.mark.parametrize(
    "rules",
    [f"Crawl-delay: {'9' * 400}", f"Crawl-delay: {'9' * 5000}", "Crawl-delay: ²", "Disallow: http://["],
)
def test_rules_that_cannot_be_understood_are_left_out(site, rules, monkeypatch):
    monkeypatch.setattr("dedup.read.web._LONGEST_PAUSE", 0.0)
    site.put("/robots.txt", f"User-agent: *\n{rules}\nDisallow: /private\n")
    feed = site.put("/feed", FEED, Content_Type="text/xml")
    found = list(read([feed, site.at + "/private/a"], fetch=quick()))
    assert found.pop().reason == "the robots.txt of the site forbids it"
    assert [type(each) for each in found] == 2 * [Article]


def test_a_redirection_to_no_address_costs_one_address(site):
    assert "not an address" in reason(site.put("/away", "", 302, Location="http://["))
    declared = site.put("/feed", FEED, Content_Type="text/xml; charset=undefined")
    assert len(list(read([declared], fetch=quick()))) == 2


def test_what_is_too_large_or_breaks_off_is_refused(site):
    huge = site.put("/huge", b" " * 2_000_000, Content_Type="text/html")
    assert reason(huge, limit=1 << 20) == "larger than 1 MiB"
    bomb = site.put(
        "/bomb", gzip.compress(bytes(5_000_000)), Content_Type="text/html", Content_Encoding="gzip"
    )
    assert reason(bomb, limit=1 << 20) == "larger than 1 MiB"
    short = site.put("/short", FEED, Content_Type="text/xml", Claim="9999")
    assert "broke off" in reason(short) or "incomplete" in reason(short).lower()


@pytest.mark.parametrize(
    "url",
    ["ftp://site.example/a", "file:///etc/passwd", "gopher://x/", "http://", "http://a b/", "https://[::1",
     "http://x:99999999/", "http://\u00e9\u202e..x/", "javascript://alert(1)"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url):
    [found] = read([url], fetch=quick(timeout=0.2))
    assert isinstance(found, RecordError)
    assert found.reason.isprintable()
    assert len(found.reason) < 250


def test_a_wire_of_pages_ends_with_status_3_and_keeps_the_rest(site, tmp_path):
    feed = site.put("/feed", FEED, Content_Type="text/xml")
    done = within("add", "--fetch", feed, site.at + "/gone", "--index", tmp_path / "i.db", "--format", "json")
    assert (data(done, 3)["added"], done.stderr.count("\n")) == (2, 1)
    assert isinstance(dedup.open(tmp_path / "i.db").article("one"), Article)


def test_check_asks_for_a_page_with_fetch_only(site, tmp_path, monkeypatch):
    monkeypatch.setattr(Fetcher, "get", lambda self, address, get=Fetcher.get: get(_unhurried(self), address))
    address = site.put("/a.jsonl", json.dumps({"id": "new", "text": WIRE}), Content_Type="application/jsonl")
    index = tmp_path / "news.db"
    within("add", address, "--fetch", "--index", index)
    count = len(site.asked)
    refused = within("check", address, "--index", index)
    assert (refused.returncode, len(site.asked)) == (3, count)
    assert "read with --fetch only" in refused.stderr
    told = within("check", address, "--fetch", "--index", index, "--format", "json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["verdict"] == "duplicate"
    assert len(site.asked) > count


def _unhurried(fetcher: Fetcher) -> Fetcher:
    fetcher.pause = 0.0
    return fetcher
