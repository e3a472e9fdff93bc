"""Which service it is: the greater part of what is the same for all of its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..event import App as EventApp

if TYPE_CHECKING:
    from ..event import Json


@dataclass(frozen=True, slots=True)
class App:
    """A backend service, as in ``App("acme", "acme_server", "1.4.0", mode="production")``.

    ``name`` begins each event's name on the wire. ``mode`` is where it runs: in "development" a
    violation of the plan is raised, elsewhere it is reported. ``install_id`` is the id of this
    installation, the same at each start: it is the anonymousId of events without a user.
    ``install_type`` says what kind of installation that is, such as "docker" or "cloud".
    """

    namespace: str | None
    name: str
    version: str | None = None
    mode: str | None = None
    install_id: str | None = None
    install_type: str | None = None
    build: str | None = None

    @property
    def for_events(self) -> EventApp:
        """The application as facts and messages know it."""
        return EventApp(self.name, namespace=self.namespace, version=self.version, build=self.build)

    @property
    def for_context(self) -> dict[str, Json]:
        """What services add to ``context.app`` of a message, in the wire's words."""
        added = {
            "mode": self.mode,
            "installId": self.install_id,
            "installType": self.install_type,
        }
        return {name: value for name, value in added.items() if value is not None}
