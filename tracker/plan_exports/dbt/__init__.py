"""A dbt project over what the plan lets be collected, with Lightdash's metrics and dimensions.

columns.py     which columns each table has: the warehouse schema of Segment and RudderStack
models.py      the SQL of the models, over Parquet or over a warehouse's tables
properties.py  what the YAML says of them: descriptions, tests, Lightdash's meta
yaml.py        writes YAML
"""

from .project import project

__all__ = ["project"]
