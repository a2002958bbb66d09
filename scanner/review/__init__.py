"""What people decide on findings, and the figures of a perimeter.

::

    page = queue_page(connection, viewer.perimeter, QueueFilter(entity="HEALTH"))
    desk = ReviewDesk(store, key, policy, catalogue, detector)
    outcome = desk.decide(viewer, {row.id: row.etag for row in page.rows}, "false_alarm", why="nom de la résidence")
"""

from __future__ import annotations
