"""Scores and figures where the data is: in DuckDB, SQLite, PostgreSQL, or as SQL for another engine.

Everything here is an Ibis expression, so that the engine does the work and only its result comes
back. Ibis is an extra (``pip install "csm-xl[data]"``): nothing here imports it before it is used.
"""
