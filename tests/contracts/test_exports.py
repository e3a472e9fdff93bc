"""The public names: a short list, kept in order."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import tracker


def modules() -> list[str]:
    """Return the names of all modules whose import needs no browser."""
    found = pkgutil.walk_packages(tracker.__path__, "tracker.")
    return [
        "tracker",
        *(module.name for module in found if module.name != "tracker.browser.bridge"),
    ]


@pytest.mark.parametrize("name", modules())
def test_a_module_exports_only_names_that_it_has_and_each_once(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", None)
    if exported is None:
        assert name != "tracker", (
            "tracker/__init__.py has to say what is public: give it an __all__."
        )
        return

    assert [export for export in exported if not hasattr(module, export)] == []
    assert len(set(exported)) == len(exported)


def test_the_package_exports_public_names_alone() -> None:
    private = [name for name in tracker.__all__ if name.startswith("_") and name != "__version__"]

    assert private == []


def test_every_exported_name_says_what_it_is() -> None:
    undocumented = [
        name
        for name in tracker.__all__
        if callable(value := getattr(tracker, name)) and not (value.__doc__ or "").strip()
    ]

    assert undocumented == []
