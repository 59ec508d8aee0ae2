"""The bank's whole book, measured at once: evidence as Parquet, read by DuckDB on one machine or by Spark on many."""
