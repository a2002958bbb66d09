"""The scan on Apache Spark, where one machine is not enough: the same recognition, judgement and counts on every executor.

::

    from scanner.spark import SparkScan, scan_dataframe

    comments = spark.read.table("comments")
    scan = SparkScan("comments", policy, ReadOptions(id_column="id", text_columns=("texte",)))
    outcome = scan_dataframe(comments, scan)
    outcome.findings.write.parquet("hdfs:///vigie/findings")
    outcome.not_scanned.show()

No text is in what comes back, and the secret key never leaves the driver. What Spark logs of a failure may quote the data, and tasks hand
texts to each other over local disks: give a session of your own ``spark.log.level=OFF`` and ``spark.io.encryption.enabled=true``, which
those of ``vigie spark`` have.

A CSV that Spark itself is to read needs ``multiLine=true`` and ``escape='"'``; in windows-1252 also
``spark.sql.legacy.javaCharsets=true`` in the session, for Spark 4 refuses that charset otherwise. Its reader turns CRLF inside quotes
into LF, and offsets then count one code point for the two.
"""

from __future__ import annotations

from scanner.spark.dataframes import Outcome, SparkScan, scan_dataframe

__all__ = ["Outcome", "SparkScan", "scan_dataframe"]
