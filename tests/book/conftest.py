"""The built book, a server for it on this machine alone, and the browser that looks at it."""

import contextlib
import functools
import http.server
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("LOWTGLASS_SITE", ROOT / "_build" / "html"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def required():
    """Whether a missing browser or a missing book is a failure (continuous integration) instead of a skip."""
    return os.environ.get("LOWTGLASS_REQUIRE_BROWSER", "") not in ("", "0")


def missing(reason):
    """Skip for a reader, fail where the browser test must run."""
    if required():
        pytest.fail(reason)
    pytest.skip(reason)


def pages():
    """The pages of the built book, relative to its top."""
    found = (path.relative_to(SITE) for path in SITE.rglob("*.html")) if SITE.is_dir() else ()
    return sorted(path.as_posix() for path in found if not {"_static", "_sources"} & set(path.parts))


@pytest.fixture(params=[name for name in pages() if name != "index.html"] or ["index.html"])
def page_name(request):
    """Each page in turn, without the top's index.html, which only leads on (no book: one name; `site` says so)."""
    return request.param


@pytest.fixture(scope="session")
def site():
    """Folder of the built book."""
    if not (SITE / "index.html").is_file():
        missing("the book is not built: make site-test")
    return SITE


@pytest.fixture(scope="session")
def server(site):
    """Address of the book served from this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            # a window closed while a file was on its way
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def chromium():
    """A running headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    named = os.environ.get("LOWTGLASS_CHROMIUM") or os.environ.get("CHROMIUM")
    path = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing(f"no browser: {named or ', '.join(BROWSERS)} not found (LOWTGLASS_CHROMIUM names one)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


# sphinx-thebe writes its constants twice into every page, and the second copy, the same as the first, is refused
NOT_OURS = {"Identifier 'THEBE_JS_URL' has already been declared"}


class Visit:
    """A page with a record of what went wrong on it and of what it asked for outside this machine."""

    def __init__(self, context, origin):
        self.origin = origin
        self.errors = []
        self.outside = []
        context.route("**/*", self._route)
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)  # two windows at a time on a busy machine
        self.page.on("console", lambda message: message.type == "error" and self._error(message.text))
        self.page.on("pageerror", lambda error: self._error(str(error)))

    def _error(self, text):
        if text not in NOT_OURS:
            self.errors.append(text)

    def _route(self, route):
        address = route.request.url
        if address.startswith((self.origin, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()

    def open(self, name):
        """Load a page of the book and wait until its formulas are set."""
        self.page.goto(f"{self.origin}/{name}", wait_until="load")
        self.page.evaluate("window.MathJax && MathJax.startup && MathJax.startup.promise")
        return self.page


@pytest.fixture
def visit(chromium):
    """``visit(origin, **context)`` opens a fresh, unconnected browser window on the book."""
    with contextlib.ExitStack() as stack:

        def open_window(origin, **options):
            context = chromium.new_context(**options)
            stack.callback(context.close)
            return Visit(context, origin)

        yield open_window


@pytest.fixture(params=["server", "file"])
def origin(request, site):
    """The two ways to read the book: from a server, and from a folder."""
    return request.getfixturevalue("server") if request.param == "server" else site.resolve().as_uri()
