"""Spark: within this computer, or a cluster."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from csm_xl.database.addresses import PARQUET, Address
from csm_xl.errors import FileError

_ZONE = "spark.sql.session.timeZone"
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def spark_connection(address: Address) -> Any:
    """A session of Spark, as Ibis speaks to it.

    Parameters
    ----------
    address : Address
        ``spark://host:port`` and ``sc://host`` name a cluster; else it is this computer.

    Raises
    ------
    FileError
        There is no Java.
    """
    import ibis
    from pyspark.sql import SparkSession

    if address.scheme != "sc" and not shutil.which("java") and "JAVA_HOME" not in os.environ:
        raise FileError(
            "Spark needs Java, which is not installed. Install a Java runtime (17 or later).",
            "Spark 需要 Java，但未找到。请安装 Java 运行环境（17 或更新）。",
        )
    builder = SparkSession.builder.appName("csm-xl")
    if address.host is None:
        # Within this computer nobody else is listened to.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = builder.master("local[*]").config("spark.driver.host", "127.0.0.1")
        # Its default of 200 pieces is meant for a cluster: each costs here more than it saves.
        builder = builder.config("spark.sql.shuffle.partitions", str(4 * (os.cpu_count() or 1)))
    else:
        place = f"{address.host}:{address.port}" if address.port else address.host
        if address.scheme == "sc":
            builder = builder.remote(f"sc://{place}")
        else:
            builder = builder.master(f"spark://{place}")
    for name, value in _QUIET.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    zone = session.conf.get(_ZONE)
    connection = ibis.pyspark.connect(session)
    # Ibis sets UTC; moments are on the days that Spark itself shows.
    session.conf.set(_ZONE, str(zone))
    return connection


def spark_files(connection: Any, files: Sequence[str], wanted: str) -> Any:
    """Files as one table of Spark; what stands in CSV files is read as a sheet reads texts."""
    # A name with * or [ is a file's name here, and a pattern to Spark.
    given = [re.sub(r"([*?\[\]{}\\])", r"\\\1", str(Path(path).absolute())) for path in files]
    if os.name == "nt":
        given = [Path(path).absolute().as_uri() for path in files]
    if files[0].lower().endswith(PARQUET):
        frame = connection._session.read.option("mergeSchema", "true").parquet(*given)
    else:
        frame = connection._session.read.csv(given, header=True, escape='"', multiLine=True)
    frame.createOrReplaceTempView(wanted)
    return connection.table(wanted)
