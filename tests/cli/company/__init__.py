"""A company's life as a script of commands, played on a SQLite file and on PostgreSQL and compared."""
