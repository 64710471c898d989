"""The HTML report in a real browser, where one is installed: no script runs, no request leaves."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stack_tui.reports.measures.comparison import compare
from stack_tui.reports.measures.gates import GateResult
from tests.reports.forms import html_report
from tests.reports.views import OTHER_SPEC, hostile_view

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
EVIL = "evil.test"
ATTACK = (
    "</pre></details></style><script>document.title='owned'</script>"
    f"<img src='http://{EVIL}/a.png' onerror=\"document.title='owned'\">"
    f"<link rel=stylesheet href=http://{EVIL}/b.css><iframe src='http://{EVIL}/c'></iframe>"
    f"<svg onload=\"fetch('http://{EVIL}/d');document.title='owned'\"><style>@import "
    f"'http://{EVIL}/e.css';</style><meta http-equiv=refresh content='0;url=http://{EVIL}/f'>"
)


@contextmanager
def proxy() -> Iterator[tuple[int, list[str]]]:
    """A proxy on a port that refuses whatever is asked of it, and keeps what that was."""
    asked: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_CONNECT = do_POST = do_GET  # noqa: N815 - names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def opened(page: str, folder: Path) -> tuple[str, list[str]]:
    """Open the page in a browser; return what it becomes, and what it asked of EVIL."""
    assert BROWSER
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    with proxy() as (port, asked):
        shown = subprocess.run(
            [
                BROWSER,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                f"--proxy-server=http://127.0.0.1:{port}",
                "--proxy-bypass-list=<-loopback>",
                f"--user-data-dir={folder / 'profile'}",
                "--virtual-time-budget=2000",
                "--dump-dom",
                file.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return shown.stdout, [path for path in asked if EVIL in path]


@pytest.mark.e2e
@pytest.mark.skipif(BROWSER is None, reason="neither chromium nor google-chrome is installed")
def test_a_report_full_of_attacks_runs_nothing_and_asks_for_nothing(tmp_path: Path) -> None:
    report = html_report(
        hostile_view(ATTACK),
        comparison=compare(hostile_view(ATTACK), hostile_view(ATTACK, OTHER_SPEC)),
        gates=[GateResult(gate=ATTACK, state="failed", saying=ATTACK)],
    )
    document, asked = opened(report, tmp_path)
    assert "&lt;script&gt;document.title='owned'&lt;/script&gt;" in document
    assert "<title>owned</title>" not in document
    assert asked == []


@pytest.mark.e2e
@pytest.mark.skipif(BROWSER is None, reason="neither chromium nor google-chrome is installed")
def test_the_same_attacks_do_work_where_they_are_not_escaped(tmp_path: Path) -> None:
    page = f"<title>page</title><pre>{ATTACK.partition('<meta')[0]}"
    document, asked = opened(page, tmp_path)
    assert "<title>owned</title>" in document
    assert any(path.endswith("/a.png") for path in asked)
