"""Pages, modals and sections: every message says where it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor


def test_the_same_button_in_two_sections_is_told_apart(resident: Visitor) -> None:
    """Both buttons have one name; the section is what differs."""
    resident.visit("explorer")
    resident.click("run_query_button", section="explorer_header")
    resident.click("run_query_button", section="page_footer")
    stored = resident.expect_stored(name="run_query_button.click", count=2)
    sections = [each.message["context"]["section"]["name"] for each in stored]
    assert sections == ["explorer_header", "page_footer"]


def test_each_view_of_a_page_is_one_page_message(resident: Visitor) -> None:
    """Neither using a page nor drawing parts of it anew is another view."""
    resident.visit("welcome")
    resident.click("explorer_nav_button")
    resident.click("run_query_button", section="page_footer")
    resident.page.locator("#filter").fill("ja")
    resident.page.locator("#chart-kind").select_option("line")
    resident.click("dashboards_nav_button")
    resident.click("explorer_nav_button")
    resident.settle()
    pages = [each.message["name"] for each in resident.stored() if each.message["type"] == "page"]
    assert pages == ["welcome", "explorer", "dashboards", "explorer"]


def test_going_back_and_forward_are_views_of_their_own(resident: Visitor) -> None:
    """The history's buttons lead to pages as links do."""
    resident.visit("welcome")
    resident.click("explorer_nav_button")
    resident.page.go_back()
    expect(resident.page.locator("h1")).to_have_text("Good to see you, Ada")
    resident.page.go_forward()
    expect(resident.page.locator("h1")).to_have_text("Orders")
    resident.settle()
    assert resident.names() == [
        "welcome",
        "explorer_nav_button.click",
        "explorer",
        "welcome",
        "explorer",
    ]


def test_closing_the_modal_gives_the_page_beneath_back(resident: Visitor) -> None:
    """Inside the modal its own page counts; after it, the page beneath, without a new view of that."""
    resident.visit("explorer")
    resident.click("settings_button")
    resident.page.locator("#week-start").select_option("sunday")
    resident.page.keyboard.press("Escape")
    expect(resident.page.locator("dialog")).to_have_count(0)
    expect(resident.page.locator("[data-track=settings_button]")).to_be_focused()
    resident.click("run_query_button", section="explorer_header")

    [inside] = resident.expect_stored(name="week_start_select.change")
    assert inside.message["context"]["page"]["name"] == "organization_settings"
    assert inside.message["context"]["section"]["name"] == "organization_details"
    [after] = resident.expect_stored(name="run_query_button.click")
    assert after.message["context"]["page"] == {
        "name": "explorer",
        "type": "page",
        "hostname": "127.0.0.1",
    }
    resident.settle()
    resident.expect_stored(type="page", name="explorer")


def test_the_modal_sends_a_page_message_on_each_opening(resident: Visitor) -> None:
    """Opened by different buttons, closed in different ways."""
    resident.visit("welcome")
    resident.click("settings_button")
    resident.click("close_settings_button")
    resident.click("invite_team_button")
    resident.page.keyboard.press("Escape")
    resident.click("settings_button")
    resident.settle()
    resident.expect_stored(name="organization_settings", count=3)
    resident.expect_stored(type="page", name="welcome")


def test_a_call_without_an_element_belongs_to_the_page_on_top(resident: Visitor) -> None:
    """That is the modal while it is open, and the page beneath it again afterwards."""
    resident.visit("dashboards")
    track = "name => tracker.track(name)"
    resident.page.evaluate(track, "before.called")
    resident.click("settings_button")
    resident.page.evaluate(track, "during.called")
    resident.page.keyboard.press("Escape")
    expect(resident.page.locator("dialog")).to_have_count(0)
    resident.page.evaluate(track, "after.called")
    for name, page in [
        ("before", "dashboards"),
        ("during", "organization_settings"),
        ("after", "dashboards"),
    ]:
        [stored] = resident.expect_stored(name=f"{name}.called")
        assert stored.message["context"]["page"]["name"] == page


def test_forms_and_fields_are_tracked_by_their_own_action(resident: Visitor) -> None:
    """A form by submit, a select by change; neither says what was entered."""
    resident.visit("welcome")
    resident.click("settings_button")
    members = resident.page.locator("#members li")
    count = members.count()
    resident.page.locator("#invite-email").fill("grace.private@acme.example")
    resident.page.locator("#invite-role").select_option("Editor")
    resident.page.locator("#invite-email").press("Enter")
    expect(members).to_have_count(count + 1)
    for name in ("member_role_select.change", "invite_member_form.submit"):
        [stored] = resident.expect_stored(name=name)
        assert stored.message["properties"] == {}
        assert stored.message["context"]["section"]["name"] == "members"
    resident.settle()
    assert "private" not in str(resident.stored())


def test_other_keys_are_not_the_shortcut(resident: Visitor) -> None:
    """Enter alone, or with another modifier too, runs no query and is nobody's business."""
    resident.visit("explorer")
    for keys in ("Enter", "Shift+Enter", "Control+Alt+Enter", "Control+k"):
        resident.page.locator("main").press(keys)
    resident.expect_not_stored(name="run_query_shortcut.keydown")
