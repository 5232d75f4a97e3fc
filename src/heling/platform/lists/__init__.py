"""The one generic list page: filters in the URL, saved views, columns, bulk, export, print.

A context writes a :class:`~heling.platform.lists.definition.List` and a view of one
line: ``return list_page(request, ELDERS)``. See docs/lists.md.
"""
