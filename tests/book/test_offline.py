"""What the built book refers to: nothing that a browser fetches from elsewhere, and no link that leads nowhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest
import yaml
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))

# attributes that a browser follows by itself; <a href> is followed by the reader
FETCHED = {
    "script": ["src"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "track": ["src"],
    "input": ["src"],
    "use": ["href", "xlink:href"],
    "image": ["href", "xlink:href"],
}
FETCHED_LINKS = {"stylesheet", "preload", "prefetch", "modulepreload", "icon", "manifest", "preconnect", "dns-prefetch"}
CSS_REFERENCE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
REMOTE = re.compile(r"^(?:https?:|wss?:)?//", re.IGNORECASE)
# the live-code button loads Thebe when a reader clicks on it, and only then
ON_CLICK = re.compile(r'const THEBE_JS_URL = "https://unpkg\.com/thebe@[\d.]+/lib/index\.js"')
# a script that names an address and does something with it
CALL = re.compile(
    r"""(?:fetch|import|importScripts|Worker|open|\.src\s*=|\.href\s*=)\s*\(?\s*['"`](?:https?:)?//[^'"`]+"""
)


def remote(references):
    """Those references that leave the machine."""
    return [reference for reference in references if REMOTE.match(reference.strip())]


def css_references(text):
    """What a style sheet loads."""
    return [first or second for first, second in CSS_REFERENCE.findall(text)]


def fetched(soup):
    """What a browser fetches by itself for a page."""
    for name, attributes in FETCHED.items():
        for tag in soup.find_all(name):
            for attribute in attributes:
                if attribute == "srcset":
                    yield from (part.split()[0] for part in tag.get("srcset", "").split(",") if part.strip())
                elif tag.get(attribute):
                    yield tag[attribute]
    for tag in soup.find_all("link"):
        if FETCHED_LINKS & {relation.lower() for relation in tag.get("rel", [])} and tag.get("href"):
            yield tag["href"]
    for tag in soup.find_all("style"):
        yield from css_references(tag.get_text())
    for tag in soup.find_all(style=True):
        yield from css_references(tag["style"])


@pytest.fixture
def soup(site, page_name):
    return BeautifulSoup((site / page_name).read_text(encoding="utf8"), "html.parser")


def test_the_search_for_remote_references_finds_them():
    """The tests below can fail."""
    page = BeautifulSoup(
        '<script src="//a.org/x.js"></script><link rel="stylesheet" href="https://a.org/x.css">'
        '<div style="background: url(http://a.org/x.png)"></div><style>@import "https://a.org/y.css";</style>'
        '<img srcset="x.png 1x, https://a.org/2.png 2x"><a href="https://a.org">read</a>',
        "html.parser",
    )
    assert len(remote(fetched(page))) == 5
    assert CALL.search('s.src = "https://a.org/x.js"') and CALL.search("fetch('//a.org')")


def test_page_fetches_nothing_from_elsewhere(soup):
    assert not remote(fetched(soup))
    for script in soup.find_all("script"):
        # pictures inside a script are letters that may spell anything
        text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", ON_CLICK.sub("", script.get_text()))
        assert not CALL.search(text), text[:200]
        assert "cdn" not in text.lower() and "unpkg" not in text, text[:200]


def test_no_style_sheet_fetches_anything_from_elsewhere(site):
    sheets = list(site.rglob("*.css"))
    assert sheets
    for path in sheets:
        assert not remote(css_references(path.read_text(encoding="utf8"))), path.name


def test_no_script_of_the_book_fetches_anything_from_elsewhere(site):
    """Theme and extensions. MathJax names addresses for options that nobody sets; the browser test watches it."""
    scripts = [path for path in site.rglob("*.js") if "mathjax" not in path.parts]
    assert scripts
    for path in scripts:
        found = CALL.search(path.read_text(encoding="utf8"))
        assert not found, (path.name, found.group(0))


def test_every_link_within_the_book_leads_somewhere(site, page_name, soup):
    here = site / page_name
    targets = {}
    for tag in soup.find_all(["a", "link", "script", "img"]):
        reference = tag.get("href") or tag.get("src") or ""
        if urlparse(reference).scheme or reference.startswith("//") or reference in ("", "#"):
            continue
        path, fragment = urldefrag(reference)
        path = unquote(path.partition("?")[0])
        target = (here.parent / path).resolve() if path else here
        assert target.exists(), f"{page_name} refers to {reference}"
        if fragment and tag.name == "a" and target.suffix == ".html":
            if target not in targets:
                other = soup if target == here else BeautifulSoup(target.read_text(encoding="utf8"), "html.parser")
                targets[target] = {e["id"] for e in other.find_all(id=True)} | {
                    e["name"] for e in other.find_all("a", attrs={"name": True})
                }
            assert unquote(fragment) in targets[target], f"{page_name} refers to {reference}"


def test_launch_buttons_name_this_chapter(page_name, soup):
    """Binder, Colab and live code open the notebook that the page was made from."""
    notebook = page_name.removesuffix(".html") + ".ipynb"
    if not (ROOT / notebook).exists():
        assert not soup.find("a", href=re.compile("mybinder"))
        return
    repository = CONFIGURATION["repository"]["url"].removeprefix("https://github.com/")
    branch = CONFIGURATION["repository"]["branch"]
    addresses = {tag["href"] for tag in soup.find_all("a", href=True)}
    assert f"https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{notebook}" in addresses
    assert f"https://colab.research.google.com/github/{repository}/blob/{branch}/{notebook}" in addresses
    thebe = soup.find("script", type="text/x-thebe-config").get_text()
    assert f'repo: "{repository}"' in thebe and f'ref: "{branch}"' in thebe and 'name: "python3"' in thebe
    assert soup.find(onclick=re.compile("initThebe"))


def test_every_picture_has_alternative_text(soup):
    assert not [tag.get("src", "")[:80] for tag in soup.find_all("img") if not tag.get("alt", "").strip()]
