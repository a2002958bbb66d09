"""What people decide about findings: the queue of records, decisions and their confirmation, the allow-list, counts by perimeter."""
