"""The same flow on a Spark cluster; nothing outside this room imports pyspark."""
