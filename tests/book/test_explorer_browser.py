"""Explorers in a browser, on a page of their own without a book around them."""

import numpy as np
import pytest

from lowtglass.explore import Slider, explore

pytestmark = pytest.mark.site


def line(figure, slope, offset):
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(-2, 3), xlabel="x", ylabel="y")
    ax.plot([0, 1], [offset, offset + slope])
    return "A straight line"


def bars(figure, n):
    figure.subplots().bar(range(n), np.arange(n) + 1)


@pytest.fixture(scope="module")
def explorers():
    first = explore(
        line,
        slope=Slider([-1.0, 0.0, 1.0, 2.0], label="slope a", unit="K/nm", format=".1f", initial=0.0),
        offset=Slider([0, 1], label="offset b"),
    )
    return first, explore(bars, n=Slider([1, 2, 3], label="bars n"))


@pytest.fixture(scope="module")
def folder(explorers, tmp_path_factory):
    """A folder with a page that shows the first explorer, the second, and the first again."""
    folder = tmp_path_factory.mktemp("explorers")
    first, second = (explorer.html() for explorer in explorers)
    body = "\n".join(f"<section>{part}</section>" for part in (first, second, first))
    page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>t</title><h1>Three</h1>{body}</html>'
    (folder / "page.html").write_text(page, encoding="utf8")
    return folder


@pytest.fixture
def window(visit, folder):
    window = visit(folder.as_uri(), viewport={"width": 1000, "height": 1800})
    window.page.goto(f"{folder.as_uri()}/page.html")
    yield window
    assert not window.outside
    assert not window.errors


def state(page):
    """Source and words of the pictures, from top to bottom."""
    return page.evaluate("[...document.querySelectorAll('img.lowtglass-frame')].map(e => [e.currentSrc, e.alt])")


def expected(explorer, *indices):
    """Words for the picture of this explorer at these positions."""
    return explorer._picture(indices)[1]


def test_pictures_follow_the_keyboard(window, explorers):
    page = window.page
    before = state(page)
    assert before[0][1] == before[2][1] == expected(explorers[0], 1, 0)
    slope, offset = page.locator("section").nth(0).get_by_role("slider").all()
    slope.focus()
    for key, position in (("ArrowRight", 2), ("End", 3), ("ArrowLeft", 2), ("Home", 0)):
        page.keyboard.press(key)
        after = state(page)
        assert after[0][1] == expected(explorers[0], position, 0)
        assert after[0][0] != before[0][0]
        assert slope.input_value() == str(position)
    page.keyboard.press("Tab")
    assert offset.evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert state(page)[0][1] == expected(explorers[0], 0, 1)
    # the others stand still
    assert state(page)[1:] == before[1:]


def test_pictures_follow_the_mouse(window, explorers):
    page = window.page
    before = state(page)
    slider = page.locator("section").nth(1).get_by_role("slider")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 0.98 * box["width"], box["y"] + box["height"] / 2)
    assert state(page)[1][1] == expected(explorers[1], 2)
    page.mouse.move(box["x"] + 0.98 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=4)
    assert state(page)[1][1] == expected(explorers[1], 1)
    page.mouse.up()
    after = state(page)
    assert after[1][0] != before[1][0]
    assert [after[0], after[2]] == [before[0], before[2]]


def test_second_copy_of_an_explorer_works_by_itself(window, explorers):
    page = window.page
    before = state(page)
    page.locator("section").nth(2).get_by_role("slider").first.press("ArrowRight")
    after = state(page)
    assert after[2][1] == expected(explorers[0], 2, 0)
    assert after[:2] == before[:2]


def test_values_are_seen_and_spoken(window):
    section = window.page.locator("section").first
    slider = section.get_by_role("slider", name="slope a", exact=True)
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "−1.0 K/nm"
    assert section.locator("output").first.inner_text() == "−1.0 K/nm"
    label = section.get_by_text("slope a", exact=True)
    assert label.is_visible()
    label.click()
    assert slider.evaluate("e => e === document.activeElement")


def test_every_frame_is_a_picture_drawn_point_for_point(window):
    page = window.page
    sizes = page.evaluate(
        """Promise.all([...document.querySelectorAll("script[type='application/json']")].flatMap(
             script => JSON.parse(script.textContent).frames.map(async frame => {
               const image = new Image(); image.src = frame.src; await image.decode();
               return [image.naturalWidth, image.naturalHeight]; })))"""
    )
    assert sizes == [[640, 400]] * (8 + 3 + 8)
    content = page.evaluate(
        """[...document.querySelectorAll("img")].map(e => { const s = getComputedStyle(e);
             return e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight); })"""
    )
    assert content == [640] * 3


def test_narrow_window(visit, folder):
    window = visit(folder.as_uri(), viewport={"width": 390, "height": 844}, device_scale_factor=2)
    window.page.goto(f"{folder.as_uri()}/page.html")
    assert window.page.evaluate("document.scrollingElement.scrollWidth") <= 390
    for box in (element.bounding_box() for element in window.page.locator("img, input, output").all()):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    widths = [element.bounding_box()["width"] for element in window.page.locator("input").all()]
    assert min(widths) > 250


def test_without_scripts_the_first_picture_stands(visit, folder, explorers):
    window = visit(folder.as_uri(), java_script_enabled=False)
    window.page.goto(f"{folder.as_uri()}/page.html")
    image = window.page.locator("img").first
    assert image.get_attribute("alt") == expected(explorers[0], 1, 0)
    assert image.bounding_box()["height"] > 300
    hint = window.page.locator("noscript p").first
    assert hint.inner_text().startswith("The sliders need JavaScript")
    assert hint.bounding_box()["height"] > 10
