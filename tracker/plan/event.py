"""``Event``: a class for each event that has properties, typed, closed and checked as it is made.

    class ProjectCreated(Event, name="project.created"):
        '''A project was created.'''

        project_id: Id
        project_type: ProjectType  # an enum
        warehouse_connection_type: WarehouseType | None = None

    ProjectCreated(project_id="f3b0…", project_type=ProjectType.DBT)

A property has the same name on the wire and in the warehouse as here, lower snake case, unless the
class says otherwise: ``wire_names="camelCase"``, or ``wire_names={"project_id": "projectId"}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    TypeAlias,
    cast,
    dataclass_transform,
    get_type_hints,
)

from ..errors import InvalidInput, PlanError, Violation
from .annotations import read
from .names import DEFAULT_ACTIONS, Actions, camel_case, is_snake_case, snake_case
from .rules import EventRules, Property, property_problems
from .values import acceptor, expected, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..event import Json

WireNames: TypeAlias = Literal["snake_case", "camelCase"] | Mapping[str, str]

_RESERVED = frozenset({"event_name", "properties"})


_MISSING: Any = object()
_DATA = (int, float, str, list, tuple)


class _Field:
    """A property as its class has it: the rule, and a test that is ready to run."""

    __slots__ = ("accepts", "default", "rule")

    def __init__(self, rule: Property, default: Any) -> None:
        self.rule = rule
        self.default = default
        self.accepts: Callable[[Json], bool] = acceptor(rule.type)


def _annotations(cls: type[Properties]) -> dict[str, Any]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise PlanError(
            f"{cls.__name__}: {error.name} is not known where the class is defined; import it "
            "outside of `if TYPE_CHECKING`, or define it above the class, in its module"
        ) from None
    except SyntaxError as error:
        raise PlanError(
            f"{cls.__name__}: an annotation is no Python ({error.msg}); write the type without quotes"
        ) from None
    for name, value in vars(cls).items():
        if name not in hints and name.islower() and isinstance(value, _DATA) and name[0] != "_":
            raise PlanError(
                f"{cls.__name__}.{name}: has a value and no type; write {name}: Count = …, "
                f"or {name}: ClassVar[…] if it is no property"
            )
    return {name: hint for name, hint in hints.items() if not _is_class_variable(hint)}


def _is_class_variable(hint: Any) -> bool:
    return hint is ClassVar or getattr(hint, "__origin__", None) is ClassVar


def _field(cls: type[Properties], name: str, annotation: Any) -> _Field:
    owner = cls.__name__
    if name in _RESERVED or not is_snake_case(name):
        if name in _RESERVED:
            mend = f"is taken; call it otherwise, as project_{name}"
        else:
            meant = snake_case(name).replace("-", "_").strip("_")
            mend = f"is not lower snake case; call it {meant if is_snake_case(meant) and name[-1] != '_' else f'project_{meant}'}"
        raise PlanError(f"{owner}.{name}: the name {mend}")
    type_, optional, description = read(annotation, owner, name)
    names = cls._wire_names  # pyright: ignore[reportPrivateUsage]
    if isinstance(names, Mapping):
        wire_name = names.get(name, name)
    else:
        wire_name = camel_case(name) if names == "camelCase" else name
    field = _Field(Property(wire_name, type_, optional, description), _default_of(cls, name))
    plain = plain_of(field.default)
    if field.default is not _MISSING and not (optional if plain is None else field.accepts(plain)):
        raise PlanError(f"{owner}.{name}: its default is not what it may be: {expected(type_)}")
    return field


def _wire_name_problems(cls: type[Properties], given: Any) -> Iterator[str]:
    fields = cls._fields  # pyright: ignore[reportPrivateUsage]
    if isinstance(given, Mapping):
        for name in cast("Mapping[Any, Any]", given):
            if fields and name not in fields:
                yield f"{cls.__name__}: wire_names: has no property {name}; it has {', '.join(fields)}"
    elif given not in (None, "snake_case", "camelCase"):
        yield f'{cls.__name__}: wire_names: expected "snake_case", "camelCase" or a mapping'


def _default_of(cls: type[Properties], name: str) -> Any:
    """What follows a property's equals sign; looked for by hand, since getattr finds ``type.mro``."""
    return next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), _MISSING)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Properties:
    """A closed set of typed properties: an event's, a user's traits, a group's, a page's.

    Instances are immutable and made with keywords. A property that is ``| None`` may be left out on
    the wire; a default is Python's convenience. Lists are kept as tuples. Definition raises
    ``PlanError``; making one raises ``InvalidInput`` that names field and rule, never the value.
    """

    _fields: ClassVar[dict[str, _Field]] = {}
    _wire_names: ClassVar[WireNames] = "snake_case"

    def __init_subclass__(cls, *, wire_names: WireNames | None = None) -> None:
        super().__init_subclass__()
        if wire_names is not None:
            cls._wire_names = wire_names
        cls._fields = {name: _field(cls, name, hint) for name, hint in _annotations(cls).items()}
        rules = (field.rule for field in cls._fields.values())
        problems = [*_wire_name_problems(cls, wire_names), *property_problems(rules, cls.__name__)]
        if problems:
            raise PlanError("\n".join(problems))

    def __init__(self, **values: Any) -> None:
        violations: list[Violation] = []
        owner = _subject(type(self))
        for name, field in self._fields.items():
            value = values.pop(name, field.default)
            plain = plain_of(value)
            path = f"properties.{field.rule.name}"
            if value is _MISSING or (plain is None and not field.rule.optional):
                text = f"expected {expected(field.rule.type)}, got nothing; {owner} needs {name}"
                violations.append(Violation(path, "missing", text))
            elif plain is not None and not field.accepts(plain):
                violations.append(Violation(path, *explain(field.rule.type, plain)))
            kept = tuple(cast("list[Any]", value)) if isinstance(value, list) else value
            object.__setattr__(self, name, kept)
        if values:
            text = f"{owner} has no such property; it has {', '.join(self._fields) or 'none'}"
            violations.append(Violation("properties", "unplanned_property", text))
        if violations:
            raise InvalidInput(tuple(violations))

    @property
    def properties(self) -> dict[str, Json]:
        """The properties as the wire has them; what is None is left out."""
        values = ((f.rule.name, plain_of(getattr(self, name))) for name, f in self._fields.items())
        return {name: value for name, value in values if value is not None}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; make a new one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; make a new one")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.items()))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({given})"


class Event(Properties):
    """What happened, with its properties; ``name`` obeys the rule of ``names``.

    A class without a name is a base for others, which get its properties, its ``actions`` and its
    ``wire_names``. The class's docstring says, in the catalogue, when the event happens.
    """

    event_name: ClassVar[str] = ""
    _actions: ClassVar[Actions] = DEFAULT_ACTIONS

    def __init_subclass__(
        cls,
        *,
        name: str | Enum | None = None,
        actions: Actions | None = None,
        wire_names: WireNames | None = None,
    ) -> None:
        super().__init_subclass__(wire_names=wire_names)
        if actions is not None:
            cls._actions = actions
        text = name.value if isinstance(name, Enum) else name
        cls.event_name = str(text or "")
        if text is not None:
            try:
                cls._actions.side_of_event(cls.event_name)
            except PlanError as error:
                raise PlanError(f"{cls.__name__}: {error}") from None

    def __init__(self, **values: Any) -> None:
        if not self.event_name:
            raise TypeError(f"{type(self).__name__} has no name: it is a base for events")
        super().__init__(**values)


def rules_of(definition: type[Properties]) -> tuple[Property, ...]:
    """The properties that a class defines."""
    return tuple(field.rule for field in definition._fields.values())  # pyright: ignore[reportPrivateUsage]


def event_rules(definition: type[Event]) -> EventRules:
    """The event that a class defines."""
    text = definition.__dict__.get("__doc__") or ""
    return EventRules(definition.event_name, rules_of(definition), " ".join(text.split()))


def plain_of(value: Any) -> Json:
    """A value as JSON has it: an enum's value, a list for a tuple."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain_of(item) for item in cast("list[Any]", value)]
    return value


def _subject(cls: type[Properties]) -> str:
    return getattr(cls, "event_name", "") or cls.__name__
