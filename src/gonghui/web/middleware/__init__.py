"""Middleware of the pages, named in settings as `gonghui.web.middleware.<name>`."""

from .headers import security_headers
from .refusals import refusals
from .request import request_id
from .script import script_variant

__all__ = ["refusals", "request_id", "script_variant", "security_headers"]
