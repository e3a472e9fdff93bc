"""The plan: what belongs together, and which URL shows which page."""

from __future__ import annotations

from tracker import Page, PageType
from tracker.plan import Plan

from . import events
from .names import CategoryName, EventName, PageName, SectionName

ROUTES = {
    "/": PageName.WELCOME,
    "/welcome": PageName.WELCOME,
    "/login": PageName.LOGIN,
    "/register": PageName.REGISTER,
    "/verify": PageName.VERIFY_EMAIL,
    "/recover": PageName.PASSWORD_RECOVERY,
    "/join/{organization_id}": PageName.JOIN_ORGANIZATION,
    "/explorer": PageName.EXPLORER,
    "/dashboards": PageName.DASHBOARDS,
    "/dashboards/{dashboard_id}": PageName.DASHBOARD,
    "/projects/new": PageName.CREATE_PROJECT,
    "/projects/{project_id}/home": PageName.HOME,
    "/projects/{project_id}/connection": PageName.CONNECT_WAREHOUSE,
    "/projects/{project_id}/tables": PageName.EXPLORE_TABLES,
    "/projects/{project_id}/tables/{table}": PageName.EXPLORER,
    "/projects/{project_id}/sql": PageName.SQL_RUNNER,
    "/projects/{project_id}/charts": PageName.SAVED_CHARTS,
    "/projects/{project_id}/charts/{chart_id}": PageName.SAVED_CHART,
    "/projects/{project_id}/charts/{chart_id}/edit": PageName.EXPLORER,
    "/projects/{project_id}/dashboards": PageName.DASHBOARDS,
    "/projects/{project_id}/dashboards/{dashboard_id}": PageName.DASHBOARD,
    "/projects/{project_id}/dashboards/{dashboard_id}/{rest:path}": PageName.DASHBOARD,
    "/projects/{project_id}/spaces": PageName.SPACES,
    "/projects/{project_id}/spaces/{space_id}": PageName.SPACE,
    "/projects/{project_id}/metrics": PageName.METRICS_CATALOGUE,
    "/projects/{project_id}/deliveries": PageName.SCHEDULED_DELIVERIES,
    "/projects/{project_id}/activity": PageName.USER_ACTIVITY,
    "/projects/{project_id}/validation": PageName.VALIDATION,
    "/projects/{project_id}/settings": PageName.PROJECT_SETTINGS,
}

MODALS = {
    PageName.ORGANIZATION_SETTINGS: CategoryName.SETTINGS,
    PageName.PROFILE_SETTINGS: CategoryName.SETTINGS,
    PageName.APPEARANCE_SETTINGS: CategoryName.SETTINGS,
    PageName.MEMBERS_SETTINGS: CategoryName.SETTINGS,
    PageName.ACCESS_TOKENS_SETTINGS: CategoryName.SETTINGS,
    PageName.INVITE_MEMBERS: CategoryName.ONBOARDING,
    PageName.SAVE_CHART: None,
    PageName.ADD_TO_DASHBOARD: None,
    PageName.CREATE_DASHBOARD: None,
    PageName.CREATE_SPACE: None,
    PageName.SHARE_SPACE: CategoryName.SHARING,
    PageName.SCHEDULE_DELIVERY: CategoryName.SHARING,
    PageName.EXPORT_RESULTS: CategoryName.SHARING,
    PageName.CUSTOM_METRIC: None,
    PageName.CONFIRM_DELETE: None,
    PageName.GLOBAL_SEARCH: None,
    PageName.ABOUT: None,
}

plan = Plan(
    app="acme",
    version="1.4.0",
    events=[EventName, events],
    pages=PageName,
    sections=SectionName,
    categories=CategoryName,
    routes={pattern: Page(name) for pattern, name in ROUTES.items()},
    modals=[Page(name, PageType.MODAL, category) for name, category in MODALS.items()],
    user_traits=events.UserTraits,
    group_traits=events.OrganizationTraits,
)
