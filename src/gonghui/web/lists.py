"""The list component under the name the pages of the composition root know it by."""

from gonghui.pages.lists import *  # noqa: F403
