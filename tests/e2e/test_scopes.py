"""Pages, modals and sections: every message says where it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor


def test_the_same_button_in_two_sections_is_told_apart(visitor: Visitor) -> None:
    """Both buttons have one name; the section is what differs."""
    visitor.open("explorer")
    visitor.click("run_query_button", section="explorer_header")
    visitor.click("run_query_button", section="page_footer")
    stored = visitor.expect_stored(name="run_query_button.click", count=2)
    sections = [each.message["context"]["section"]["name"] for each in stored]
    assert sections == ["explorer_header", "page_footer"]


def test_each_view_of_a_page_is_one_page_message(visitor: Visitor) -> None:
    """Neither using a page nor drawing parts of it anew is another view."""
    visitor.open("welcome")
    visitor.click("explorer_nav_button")
    visitor.click("run_query_button", section="page_footer")
    visitor.page.locator("#filter").fill("ja")
    visitor.page.locator("#chart-kind").select_option("line")
    visitor.click("dashboards_nav_button")
    visitor.click("explorer_nav_button")
    visitor.settle()
    pages = [each.message["name"] for each in visitor.stored() if each.message["type"] == "page"]
    assert pages == ["welcome", "explorer", "dashboards", "explorer"]


def test_going_back_and_forward_are_views_of_their_own(visitor: Visitor) -> None:
    """The history's buttons lead to pages as links do."""
    visitor.open("welcome")
    visitor.click("explorer_nav_button")
    visitor.page.go_back()
    expect(visitor.page.locator("h1")).to_have_text("Good to see you, Ada")
    visitor.page.go_forward()
    expect(visitor.page.locator("h1")).to_have_text("Orders")
    visitor.settle()
    assert visitor.names() == [
        "welcome",
        "explorer_nav_button.click",
        "explorer",
        "welcome",
        "explorer",
    ]


def test_closing_the_modal_gives_the_page_beneath_back(visitor: Visitor) -> None:
    """Inside the modal its own page counts; after it, the page beneath, without a new view of that."""
    visitor.open("explorer")
    visitor.click("settings_button")
    visitor.page.locator("#week-start").select_option("sunday")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("dialog")).to_have_count(0)
    expect(visitor.page.locator("[data-track=settings_button]")).to_be_focused()
    visitor.click("run_query_button", section="explorer_header")

    [inside] = visitor.expect_stored(name="week_start_select.change")
    assert inside.message["context"]["page"]["name"] == "organization_settings"
    assert inside.message["context"]["section"]["name"] == "organization_details"
    [after] = visitor.expect_stored(name="run_query_button.click")
    assert after.message["context"]["page"] == {
        "name": "explorer",
        "type": "page",
        "hostname": "127.0.0.1",
    }
    visitor.settle()
    visitor.expect_stored(type="page", name="explorer")


def test_the_modal_sends_a_page_message_on_each_opening(visitor: Visitor) -> None:
    """Opened by different buttons, closed in different ways."""
    visitor.open("welcome")
    visitor.click("settings_button")
    visitor.click("close_settings_button")
    visitor.click("invite_team_button")
    visitor.page.keyboard.press("Escape")
    visitor.click("settings_button")
    visitor.settle()
    visitor.expect_stored(name="organization_settings", count=3)
    visitor.expect_stored(type="page", name="welcome")


def test_a_call_without_an_element_belongs_to_the_page_on_top(visitor: Visitor) -> None:
    """That is the modal while it is open, and the page beneath it again afterwards."""
    visitor.open("dashboards")
    track = "name => tracker.track(name)"
    visitor.page.evaluate(track, "before.called")
    visitor.click("settings_button")
    visitor.page.evaluate(track, "during.called")
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("dialog")).to_have_count(0)
    visitor.page.evaluate(track, "after.called")
    for name, page in [
        ("before", "dashboards"),
        ("during", "organization_settings"),
        ("after", "dashboards"),
    ]:
        [stored] = visitor.expect_stored(name=f"{name}.called")
        assert stored.message["context"]["page"]["name"] == page


def test_forms_and_fields_are_tracked_by_their_own_action(visitor: Visitor) -> None:
    """A form by submit, a select by change; neither says what was entered."""
    visitor.open("welcome")
    visitor.click("settings_button")
    visitor.page.locator("#invite-email").fill("grace.private@acme.example")
    visitor.page.locator("#invite-role").select_option("Editor")
    visitor.page.locator("#invite-email").press("Enter")
    expect(visitor.page.locator("#members li")).to_have_count(3)
    for name in ("member_role_select.change", "invite_member_form.submit"):
        [stored] = visitor.expect_stored(name=name)
        assert stored.message["properties"] == {}
        assert stored.message["context"]["section"]["name"] == "members"
    visitor.settle()
    assert "private" not in str(visitor.stored())


def test_other_keys_are_not_the_shortcut(visitor: Visitor) -> None:
    """Enter alone, or with another modifier too, runs no query and is nobody's business."""
    visitor.open("explorer")
    for keys in ("Enter", "Shift+Enter", "Control+Alt+Enter", "Control+k"):
        visitor.page.locator("main").press(keys)
    visitor.expect_not_stored(name="run_query_shortcut.keydown")
