"""Names: of pages and modals, sections, categories, and of events without properties."""

from __future__ import annotations

from enum import StrEnum


class PageName(StrEnum):
    """Screens and modals."""

    WELCOME = "welcome"
    LOGIN = "login"
    REGISTER = "register"
    VERIFY_EMAIL = "verify_email"
    PASSWORD_RECOVERY = "password_recovery"  # noqa: S105  (no password, and below no token)
    JOIN_ORGANIZATION = "join_organization"
    CREATE_PROJECT = "create_project"
    CONNECT_WAREHOUSE = "connect_warehouse"
    HOME = "home"
    EXPLORE_TABLES = "explore_tables"
    EXPLORER = "explorer"
    SQL_RUNNER = "sql_runner"
    SAVED_CHARTS = "saved_charts"
    SAVED_CHART = "saved_chart"
    DASHBOARDS = "dashboards"
    DASHBOARD = "dashboard"
    SPACES = "spaces"
    SPACE = "space"
    METRICS_CATALOGUE = "metrics_catalogue"
    SCHEDULED_DELIVERIES = "scheduled_deliveries"
    USER_ACTIVITY = "user_activity"
    VALIDATION = "validation"
    PROJECT_SETTINGS = "project_settings"
    NOT_FOUND = "not_found"
    # Modals.
    ORGANIZATION_SETTINGS = "organization_settings"
    PROFILE_SETTINGS = "profile_settings"
    APPEARANCE_SETTINGS = "appearance_settings"
    MEMBERS_SETTINGS = "members_settings"
    ACCESS_TOKENS_SETTINGS = "access_tokens_settings"
    INVITE_MEMBERS = "invite_members"
    SAVE_CHART = "save_chart"
    ADD_TO_DASHBOARD = "add_to_dashboard"
    CREATE_DASHBOARD = "create_dashboard"
    CREATE_SPACE = "create_space"
    SHARE_SPACE = "share_space"
    SCHEDULE_DELIVERY = "schedule_delivery"
    EXPORT_RESULTS = "export_results"
    CUSTOM_METRIC = "custom_metric"
    CONFIRM_DELETE = "confirm_delete"
    GLOBAL_SEARCH = "global_search"
    ABOUT = "about"


class SectionName(StrEnum):
    """Significant regions, to tell the same event in two of them apart."""

    NAVIGATION = "navigation"
    PAGE_HEADER = "page_header"
    PAGE_CONTENT = "page_content"
    PAGE_FOOTER = "page_footer"
    SIDEBAR = "sidebar"
    BREADCRUMBS = "breadcrumbs"
    # Home.
    KEY_FIGURES = "key_figures"
    QUICK_ACTIONS = "quick_actions"
    ONBOARDING_STEPS = "onboarding_steps"
    RECENTLY_UPDATED = "recently_updated"
    # The explorer and the SQL runner.
    EXPLORER_HEADER = "explorer_header"
    FILTERS = "filters"
    CHART = "chart"
    CHART_CONFIGURATION = "chart_configuration"
    RESULTS_TABLE = "results_table"
    COMPILED_SQL = "compiled_sql"
    SQL_EDITOR = "sql_editor"
    # Dashboards.
    DASHBOARDS_LIST = "dashboards_list"
    DASHBOARD_CHARTS = "dashboard_charts"
    DASHBOARD_FILTERS = "dashboard_filters"
    CHART_TILE = "chart_tile"
    # Settings.
    ORGANIZATION_DETAILS = "organization_details"
    MEMBERS = "members"
    PENDING_INVITES = "pending_invites"
    DBT_CONNECTION = "dbt_connection"
    WAREHOUSE_CONNECTION = "warehouse_connection"
    DANGER_ZONE = "danger_zone"


class CategoryName(StrEnum):
    """What a page belongs to."""

    SETTINGS = "settings"
    ONBOARDING = "onboarding"
    SHARING = "sharing"


class EventName(StrEnum):
    """What visitors do that needs no further word: where it happens is known from the scopes."""

    # Navigation.
    WELCOME_NAV_BUTTON_CLICKED = "welcome_nav_button.click"
    EXPLORER_NAV_BUTTON_CLICKED = "explorer_nav_button.click"
    DASHBOARDS_NAV_BUTTON_CLICKED = "dashboards_nav_button.click"
    SPACES_NAV_BUTTON_CLICKED = "spaces_nav_button.click"
    SQL_RUNNER_NAV_BUTTON_CLICKED = "sql_runner_nav_button.click"
    SETTINGS_BUTTON_CLICKED = "settings_button.click"
    CLOSE_SETTINGS_BUTTON_CLICKED = "close_settings_button.click"
    HELP_BUTTON_CLICKED = "help_button.click"
    DOCUMENTATION_LINK_CLICKED = "documentation_link.click"
    NOTIFICATIONS_BUTTON_CLICKED = "notifications_button.click"
    LOG_OUT_BUTTON_CLICKED = "log_out_button.click"
    BACK_HOME_LINK_CLICKED = "back_home_link.click"
    GLOBAL_SEARCH_SHORTCUT_USED = "global_search_shortcut.keydown"
    # Signing up and setting up.
    LOGIN_FORM_SUBMITTED = "login_form.submit"
    REGISTER_FORM_SUBMITTED = "register_form.submit"
    CREATE_PROJECT_BUTTON_CLICKED = "create_project_button.click"
    TEST_CONNECTION_BUTTON_CLICKED = "test_connection_button.click"
    REFRESH_DBT_CONNECTION_BUTTON_CLICKED = "refresh_dbt_connection_button.click"
    # The explorer.
    EXPLORE_DATA_BUTTON_CLICKED = "explore_data_button.click"
    RUN_QUERY_BUTTON_CLICKED = "run_query_button.click"
    RUN_QUERY_SHORTCUT_USED = "run_query_shortcut.keydown"
    TABLE_CHOSEN = "table_choice.change"
    DIMENSION_CHOSEN = "dimension_choice.change"
    METRIC_CHOSEN = "metric_choice.change"
    CHART_TYPE_SELECTED = "chart_type_select.change"
    RESULTS_FILTERED = "results_filter.change"
    ADD_FILTER_BUTTON_CLICKED = "add_filter_button.click"
    REMOVE_FILTER_BUTTON_CLICKED = "remove_filter_button.click"
    COPY_SQL_BUTTON_CLICKED = "copy_sql_button.click"
    FORMAT_SQL_BUTTON_CLICKED = "format_sql_button.click"
    SAVE_CHART_BUTTON_CLICKED = "save_chart_button.click"
    SAVE_CHART_FORM_SUBMITTED = "save_chart_form.submit"
    SAVED_TO_DASHBOARD = "save_to_dashboard_select.change"
    VIEW_UNDERLYING_DATA_BUTTON_CLICKED = "view_underlying_data_button.click"
    EXPORT_RESULTS_BUTTON_CLICKED = "export_results_button.click"
    # Dashboards and spaces.
    CREATE_DASHBOARD_BUTTON_CLICKED = "create_dashboard_button.click"
    DASHBOARD_LINK_CLICKED = "dashboard_link.click"
    BACK_TO_DASHBOARDS_LINK_CLICKED = "back_to_dashboards_link.click"
    EMPTY_DASHBOARD_EXPLORER_LINK_CLICKED = "empty_dashboard_explorer_link.click"
    RENAME_DASHBOARD_FORM_SUBMITTED = "rename_dashboard_form.submit"
    EDIT_DASHBOARD_BUTTON_CLICKED = "edit_dashboard_button.click"
    DELETE_DASHBOARD_BUTTON_CLICKED = "delete_dashboard_button.click"
    DASHBOARD_TILE_MOVED = "dashboard_tile.drag"
    DASHBOARD_FILTER_CHANGED = "dashboard_filter.change"
    DRILL_DOWN_MENU_ITEM_CLICKED = "drill_down_menu_item.click"
    CREATE_SPACE_BUTTON_CLICKED = "create_space_button.click"
    SHARE_SPACE_FORM_SUBMITTED = "share_space_form.submit"
    PIN_ITEM_BUTTON_CLICKED = "pin_item_button.click"
    # Scheduled deliveries.
    SCHEDULE_DELIVERY_BUTTON_CLICKED = "schedule_delivery_button.click"
    SCHEDULE_DELIVERY_FORM_SUBMITTED = "schedule_delivery_form.submit"
    SEND_NOW_BUTTON_CLICKED = "send_now_button.click"
    # Settings.
    ORGANIZATION_FORM_SUBMITTED = "organization_form.submit"
    WEEK_START_SELECTED = "week_start_select.change"
    INVITE_TEAM_BUTTON_CLICKED = "invite_team_button.click"
    INVITE_MEMBER_FORM_SUBMITTED = "invite_member_form.submit"
    MEMBER_ROLE_SELECTED = "member_role_select.change"
    COPY_INVITE_LINK_BUTTON_CLICKED = "copy_invite_link_button.click"
    CREATE_ACCESS_TOKEN_BUTTON_CLICKED = "create_access_token_button.click"  # noqa: S105
    THEME_SWITCHED = "theme_switch.toggle"
