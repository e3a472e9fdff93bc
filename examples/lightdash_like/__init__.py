"""The tracking plan of an app for business intelligence, as an example of a complete one.

names.py      pages, sections, categories, and the events that are names alone
events.py     the events with properties, most of them the server's
plan.py       the plan itself: what belongs together, and which URL shows which page

Check it: ``tracker plan check --plan examples/lightdash_like/plan.py:plan``
"""
