"""Events with properties. Kinds, counts and ids: never what a query says, or what a model is called."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from tracker.plan import AtMost, Count, Duration, Event, Id, Properties, Text, Version


class DbtConnection(StrEnum):
    """Where a project's dbt code comes from."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    AZURE_DEVOPS = "azure_devops"
    DBT_CLOUD = "dbt_cloud"
    CLI = "cli"
    NONE = "none"


class Warehouse(StrEnum):
    """Which warehouse a project queries."""

    BIGQUERY = "bigquery"
    POSTGRES = "postgres"
    REDSHIFT = "redshift"
    SNOWFLAKE = "snowflake"
    DATABRICKS = "databricks"
    TRINO = "trino"
    CLICKHOUSE = "clickhouse"
    DUCKDB = "duckdb"


class ChartType(StrEnum):
    """How a chart is drawn."""

    BAR = "bar"
    LINE = "line"
    AREA = "area"
    SCATTER = "scatter"
    PIE = "pie"
    TABLE = "table"
    BIG_NUMBER = "big_number"
    CUSTOM = "custom"


class QuerySource(StrEnum):
    """What asked for a query."""

    EXPLORER = "explorer"
    DASHBOARD = "dashboard"
    SAVED_CHART = "saved_chart"
    SQL_RUNNER = "sql_runner"
    SCHEDULER = "scheduler"
    API = "api"


class Role(StrEnum):
    """What a member may do."""

    VIEWER = "viewer"
    INTERACTIVE_VIEWER = "interactive_viewer"
    EDITOR = "editor"
    DEVELOPER = "developer"
    ADMIN = "admin"


class Delivery(StrEnum):
    """How a scheduled delivery arrives."""

    MAIL = "mail"
    SLACK = "slack"
    TEAMS = "teams"
    SHEETS = "sheets"


class Format(StrEnum):
    """What a result or a delivery is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    IMAGE = "image"
    PDF = "pdf"


class Failure(StrEnum):
    """Why something did not work, without the error's own words: they quote what must not be said."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    INVALID = "invalid"
    OTHER = "other"


class LoginProvider(StrEnum):
    """Who said that it is this user."""

    LOCAL = "local"
    GOOGLE = "google"
    OKTA = "okta"
    AZURE = "azure"
    SAML = "saml"


class Subscription(StrEnum):
    """What an organization pays for."""

    FREE = "free"
    TEAM = "team"
    ENTERPRISE = "enterprise"


class UserTraits(Properties):
    """What is known of a user, and never who it is."""

    organization_id: Id | None = None
    role: Role | None = None
    is_setup_complete: bool | None = None
    is_tracking_anonymized: Annotated[bool | None, "the user asked to be anonymous"] = None


class OrganizationTraits(Properties):
    """What is known of an organization."""

    member_count: Count | None = None
    project_count: Count | None = None
    subscription: Subscription | None = None


class HelpArticleOpened(Event, name="help_article.open"):
    """A visitor opened an article of the documentation from within the app."""

    article_id: Id
    from_search: bool


class UserCreated(Event, name="user.created"):
    """Somebody signed up, or came by an invitation."""

    was_invited: bool


class UserLoggedIn(Event, name="user.logged_in"):
    """A user logged in."""

    login_provider: LoginProvider


class OrganizationCreated(Event, name="organization.created"):
    """The first user of an organization set it up."""

    organization_id: Id


class InviteLinkCreated(Event, name="invite_link.created"):
    """A member invited somebody."""

    organization_id: Id
    role: Role


class ProjectEvent(Event):
    """What all events of a project have."""

    project_id: Id
    organization_id: Id | None = None


class ProjectCreated(ProjectEvent, name="project.created"):
    """A project was created."""

    project_type: DbtConnection
    warehouse_connection_type: Warehouse | None = None


class ProjectUpdated(ProjectEvent, name="project.updated"):
    """The connection of a project was changed."""

    project_type: DbtConnection
    warehouse_connection_type: Warehouse | None = None


class ProjectDeleted(ProjectEvent, name="project.deleted"):
    """A project was deleted, with everything in it."""

    chart_count: Count
    dashboard_count: Count


class ProjectCompiled(ProjectEvent, name="project.compiled"):
    """The dbt project was compiled: how much there is in it, and nothing that it is called."""

    project_type: DbtConnection
    dbt_version: Version | None = None
    model_count: Count
    metric_count: Count
    dimension_count: Count
    models_without_metrics: Count
    model_error_count: Count
    duration: Duration


class ProjectCompilationFailed(ProjectEvent, name="project_compilation.failed"):
    """The dbt project could not be compiled."""

    project_type: DbtConnection
    failure: Failure
    duration: Duration


class ConnectionTested(ProjectEvent, name="warehouse_connection.tested"):
    """A connection to a warehouse was tried."""

    warehouse_type: Warehouse
    has_succeeded: bool
    failure: Failure | None = None


class QueryExecuted(ProjectEvent, name="query.executed"):
    """A query ran: how large it was, and never what it said."""

    source: QuerySource
    warehouse_type: Warehouse
    metric_count: Count
    dimension_count: Count
    filter_count: Annotated[Count, "filters on dimensions and metrics together"]
    sort_count: Count | None = None
    table_calculation_count: Count | None = None
    row_count: Count | None = None
    is_cached: bool | None = None
    duration: Annotated[Duration, "from the request to the last row"]


class QueryFailed(ProjectEvent, name="query.failed"):
    """A query did not run to its end."""

    source: QuerySource
    warehouse_type: Warehouse
    failure: Failure
    duration: Duration


class ResultsExported(ProjectEvent, name="results.exported"):
    """The rows of a result were written to a file."""

    format: Format
    row_count: Count
    is_limited: bool


class ChartEvent(ProjectEvent):
    """What all events of a saved chart have."""

    chart_id: Id
    chart_type: ChartType


class ChartCreated(ChartEvent, name="saved_chart.created"):
    """A chart was saved."""

    metric_count: Count
    dimension_count: Count
    filter_count: Count
    custom_metric_count: Count | None = None
    is_duplicated: bool | None = None


class ChartUpdated(ChartEvent, name="saved_chart.updated"):
    """A saved chart was changed."""


class ChartDeleted(ChartEvent, name="saved_chart.deleted"):
    """A saved chart was deleted."""


class DashboardEvent(ProjectEvent):
    """What all events of a dashboard have."""

    dashboard_id: Id


class DashboardCreated(DashboardEvent, name="dashboard.created"):
    """A dashboard was created, empty or with charts."""

    chart_count: Count
    filter_count: Count | None = None
    is_duplicated: bool | None = None


class DashboardUpdated(DashboardEvent, name="dashboard.updated"):
    """A dashboard was changed."""

    chart_count: Count
    filter_count: Count
    chart_types: Annotated[tuple[ChartType, ...], AtMost(8), "each that occurs, once"]


class DashboardDeleted(DashboardEvent, name="dashboard.deleted"):
    """A dashboard was deleted."""


class DashboardViewed(DashboardEvent, name="dashboard.viewed"):
    """A dashboard's data was asked for."""

    chart_count: Count
    is_embedded: bool


class SpaceCreated(ProjectEvent, name="space.created"):
    """A space for charts and dashboards was created."""

    space_id: Id
    is_private: bool


class SpaceShared(ProjectEvent, name="space.shared"):
    """Somebody was given access to a space."""

    space_id: Id
    member_count: Count


class DeliveryScheduled(ProjectEvent, name="delivery.scheduled"):
    """Somebody asked for a chart or dashboard to be delivered regularly."""

    delivery_id: Id
    delivery: Delivery
    format: Format
    recipient_count: Count
    interval: Annotated[Duration, "between two deliveries"]


class DeliverySent(ProjectEvent, name="delivery.sent"):
    """A scheduled delivery went out."""

    delivery_id: Id
    delivery: Delivery
    format: Format
    duration: Duration


class DeliveryFailed(ProjectEvent, name="delivery.failed"):
    """A scheduled delivery did not go out."""

    delivery_id: Id
    delivery: Delivery
    failure: Failure


class AccessTokenCreated(Event, name="access_token.created"):
    """A member made an access token; of the token itself there is nothing to say."""

    expires_in: Duration | None = None


class FeedbackSent(Event, name="feedback.submit"):
    """A visitor answered the question how the app is doing."""

    score: Literal[1, 2, 3, 4, 5]
    comment: Annotated[
        str | None,
        Text(max_length=300, because="the visitor writes it to us, under a text that says so"),
    ] = None
