"""What a database's error means, in a sentence that says what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFreeError

# Result codes of SQLite (https://sqlite.org/rescode.html) by the beginning of their names.
_SQLITE = {
    "SQLITE_FULL": "the disk is full; make room, nothing was lost",
    "SQLITE_CORRUPT": "the file is damaged; stop the daemon and restore the last good copy",
    "SQLITE_NOTADB": "the file is not a database, or a damaged one; restore the last good copy",
    "SQLITE_READONLY": "it cannot be written to; check the file's owner and whether the disk is read-only",
    "SQLITE_CANTOPEN": "the file cannot be opened; check that it is there and may be read and written",
    "SQLITE_PERM": "it may not be opened by this user; check the file's owner and mode",
    "SQLITE_BUSY": "it is in use by another process and stayed so; try again",
    "SQLITE_LOCKED": "it is in use by another process and stayed so; try again",
    "SQLITE_IOERR": "the disk cannot be read or written, or it is full; check the disk",
    "SQLITE_ERROR": "a statement failed; the tables may be from another release",
}

# Error classes of PostgreSQL by the beginning of the code
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRESQL = {
    "08": "the connection was lost; check that the server runs and can be reached",
    "25006": "the server takes no writes, perhaps because it is a replica; name the primary",
    "28": "the server refused the login; check the user and the password in database.url",
    "3D000": "there is no such database; create it first",
    "40": "another transaction was in the way; try again",
    "42501": "this user may not do that; grant it the right, or name another user in database.url",
    "42P01": "a table is missing; the tables may be from another release",
    "53100": "the server's disk is full; make room, nothing was lost",
    "53300": "the server has no connection to spare; raise max_connections",
    "55P03": "it is in use by another process and stayed so; try again",
    "57": "the server is stopping or starting, or ended the connection; try again",
    "58": "the server cannot read or write its disk; see the server's log",
    "XX": "the data is damaged; see the server's log, and restore the last good copy",
}


def explain(error: DBAPIError | NoneFreeError) -> str:
    """What went wrong and what to do. Holds no statement and no values, for those are personal data."""
    if isinstance(error, NoneFreeError):
        return "every connection to it is in use and stayed so; check that it answers"
    name = getattr(error.orig, "sqlite_errorname", None)
    if name:
        return _longest(_SQLITE, name) or f"it answered {name}"
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _longest(_POSTGRESQL, state) or f"it answered with error {state}"
    return "it cannot be reached, or the connection was lost; check that the server runs and its address"


def contradicted(error: IntegrityError) -> str:
    """Which rule of the tables a row contradicts. PostgreSQL's own words quote the row; SQLite's hold names only."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return f"a row was refused: {error.orig}"
    rule = diagnosis.constraint_name or diagnosis.column_name or diagnosis.sqlstate
    return f"a row was refused: {rule} of {diagnosis.table_name or 'a table'}"


def _longest(meanings: dict[str, str], code: str) -> str | None:
    found = [beginning for beginning in meanings if code.startswith(beginning)]
    return meanings[max(found, key=len)] if found else None
