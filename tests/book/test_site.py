"""The built book in a browser, from a server and from a folder, with the network shut off."""

import pytest

pytestmark = pytest.mark.site

# a sentence-long list of what sticks out of a narrow window without lying in a box that scrolls
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth, out = [];
  const scrolls = e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
  for (const e of document.querySelectorAll(".bd-main *")) {
    // not seen: what is read aloud only, and the table of contents, a drawer beside the page until it is called
    if (e.closest("mjx-assistive-mml, .visually-hidden, .sr-only, .bd-sidebar-secondary")) continue;
    if (!e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || (box.right <= width + 1 && box.left >= -1)) continue;
    let inside = false;
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) inside ||= scrolls(p);
    if (!inside) out.push(`${e.tagName}.${e.getAttribute("class")} ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  return out.slice(0, 5);
}"""

# smallest brightness (0 black, 1 white) of the four corners of every picture, over what lies behind it
CORNERS = """async () => {
  const channel = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const found = [];
  for (const image of document.querySelectorAll(".bd-article img")) {
    if (!image.checkVisibility()) continue;
    image.loading = "eager";
    await image.decode();
    let behind = [0, 0, 0];
    const layers = [];
    for (let e = image; e; e = e.parentElement) layers.push(channel(getComputedStyle(e).backgroundColor));
    for (const [r, g, b, a] of layers.reverse()) behind = [r, g, b].map((v, i) => a * v + (1 - a) * behind[i]);
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const brush = canvas.getContext("2d");
    brush.fillStyle = `rgb(${behind.join(",")})`;
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(image, 0, 0);
    const dim = getComputedStyle(image).filter.match(/brightness\\(([\\d.]+)\\)/);
    let least = 1;
    const right = canvas.width - 2, bottom = canvas.height - 2;
    for (const [x, y] of [[1, 1], [right, 1], [1, bottom], [right, bottom]]) {
      const [r, g, b] = brush.getImageData(x, y, 1, 1).data;
      least = Math.min(least, (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255 * (dim ? Number(dim[1]) : 1));
    }
    found.push([image.alt, least]);
  }
  return found;
}"""

# contrast (WCAG) of the words around the sliders against what lies behind them
CONTRAST = """() => {
  const channel = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                       return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  for (const e of document.querySelectorAll(".lowtglass-explorer *")) {
    const words = [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim());
    if (!words.length || e.closest("script, style") || !e.checkVisibility()) continue;
    let behind = [255, 255, 255];
    const layers = [];
    for (let p = e; p; p = p.parentElement) layers.push(channel(getComputedStyle(p).backgroundColor));
    for (const [r, g, b, a] of layers.reverse()) behind = [r, g, b].map((v, i) => a * v + (1 - a) * behind[i]);
    const [high, low] = [light(channel(getComputedStyle(e).color).slice(0, 3)), light(behind)].sort((x, y) => y - x);
    found.push([words[0].textContent.trim(), (high + 0.05) / (low + 0.05)]);
  }
  return found;
}"""


OPEN = "document.querySelectorAll('details').forEach(e => e.open = true)"


def test_page_loads_and_works(visit, origin, page_name):
    """Without an error and without a network: pictures, formulas and every slider."""
    window = visit(origin)
    page = window.open(page_name)
    # "networkidle" can wait for ever on a page from a folder: wait for what the page asks for, then for latecomers
    page.wait_for_function("[...document.images].every(e => e.complete || e.loading === 'lazy')")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(500)
    assert page.locator("h1").count() >= 1
    assert page.title().strip()
    assert_formulas_are_set(page)
    page.evaluate(OPEN)
    assert_every_slider_moves_its_picture(page)
    assert not window.errors, window.errors
    assert not window.outside, window.outside


def assert_formulas_are_set(page):
    formulas = page.locator(".math")
    bare = [text for text in formulas.all_inner_texts() if r"\(" in text or r"\[" in text]
    assert not bare, bare[:3]
    assert page.locator(".math:not(:has(mjx-container))").count() == 0
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    # what MathJax has set occupies room: its fonts and styles were found
    sizes = page.evaluate("[...document.querySelectorAll('.bd-article .math mjx-container')].map(e => e.offsetHeight)")
    hidden = page.locator("details .math, .toggle .math, .dropdown .math").count()
    assert sum(size == 0 for size in sizes) <= hidden


def assert_every_slider_moves_its_picture(page):
    for explorer in page.locator(".lowtglass-explorer").all():
        picture = explorer.locator("img.lowtglass-frame")
        assert picture.count() == 1
        sliders = explorer.locator("input[type=range]").all()
        assert sliders, "an explorer without a slider"
        for slider in sliders:
            name = slider.get_attribute("aria-label")
            assert name, "a slider without a name"
            slider.scroll_into_view_if_needed()

            def state(slider=slider, picture=picture):
                return {
                    "value": slider.input_value(),
                    "spoken": slider.get_attribute("aria-valuetext"),
                    "src": picture.get_attribute("src"),
                    "alt": picture.get_attribute("alt"),
                }

            def assert_moved(before, after, how, name=name):
                still = [key for key in before if not after[key] or before[key] == after[key]]
                assert not still, f"{name}, moved by {how}: {still} did not change"

            before = state()
            at_end = float(before["value"]) >= float(slider.get_attribute("max") or 100)
            slider.focus()
            page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
            after_key = state()
            assert_moved(before, after_key, "keyboard")

            box = slider.bounding_box()
            low, high = float(slider.get_attribute("min") or 0), float(slider.get_attribute("max") or 100)
            in_left_half = float(after_key["value"]) < 0.5 * (low + high)
            x = box["x"] + box["width"] * (0.97 if in_left_half else 0.03)
            page.mouse.click(x, box["y"] + box["height"] / 2)
            assert_moved(after_key, state(), "mouse")
            decoded = picture.evaluate("async e => { await e.decode(); return e.naturalWidth; }")
            assert decoded > 50


def test_page_is_readable(visit, server, page_name):
    """Everything in a narrow window, and pictures and the words around sliders in the light and in the dark."""
    # As a phone loads it: letters are rounded to its pixels.
    phone = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "color_scheme": "light"}
    page = visit(server, **phone).open(page_name)
    page.evaluate(OPEN)
    sizes = page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]")
    sticking_out = page.evaluate(STICKING_OUT)
    assert not sticking_out, sticking_out
    assert sizes[0] <= sizes[1], sizes
    page.set_viewport_size({"width": 1280, "height": 720})
    for mode in ("light", "dark"):
        page.emulate_media(color_scheme=mode)
        page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=mode)
        page.wait_for_timeout(300)
        dim = [entry for entry in page.evaluate(CORNERS) if entry[1] < 0.85]
        assert not dim, (mode, dim)
        faint = [entry for entry in page.evaluate(CONTRAST) if entry[1] < 4.5]
        assert not faint, (mode, faint)


def test_index_leads_to_the_front_page(visit, origin):
    page = visit(origin).page
    page.goto(f"{origin}/index.html")
    page.wait_for_url("**/book/index.html")
    assert "Glasses at low temperature" in page.locator("article h1").first.inner_text()


def test_search_finds_double_well(visit, origin):
    window = visit(origin)
    page = window.open("search.html?q=double+well")
    page.wait_for_selector("#search-results ul.search li a")
    address = page.locator("#search-results ul.search li a").first.get_attribute("href")
    assert not window.outside, window.outside
    found = visit(origin).open(address.partition("#")[0].partition("?")[0])
    assert "double well" in " ".join(found.locator("article").inner_text().lower().split())


def test_link_to_an_equation_leads_there(visit, server, site):
    """A reader who follows a link to an equation sees the equation."""
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf8")
        start = text.find('<div class="math notranslate nohighlight" id="equation-')
        if start >= 0 and "_static" not in path.parts:
            break
    else:
        pytest.fail("the book has no labelled equation")
    identifier = text[start:].split('id="', 1)[1].split('"', 1)[0]
    page = visit(server).open(f"{path.relative_to(site).as_posix()}#{identifier}")
    page.wait_for_function(
        """id => { const box = document.getElementById(id).getBoundingClientRect();
                   return box.bottom > 0 && box.top < innerHeight; }""",
        arg=identifier,
    )
