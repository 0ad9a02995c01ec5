"""The PostgreSQL driver, over psycopg 3: the same portable SQL, its `:name` parameters rewritten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import count
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipecli.address import is_ambiguous, without_password
from pipecli.errors import InvalidInput, StoreError, Unanswered
from pipecli.text import _

from .driver import PIECE, Parameters, Row
from .turns import Question, Statement, Turn, Turns

if TYPE_CHECKING:
    import psycopg

# String literals are matched first, so that what looks like a parameter or a mark inside them is left alone.
_PARAMETER = re.compile(r"('(?:[^']|'')*')|(?<![:\w]):([a-z_]\w*)")
_MARK = re.compile(r"('(?:[^']|'')*')|\?")
_INSERT = re.compile(r"(insert into .*\)) values \([?, ]+\)( on conflict .*)?")
CONNECT_SECONDS = 10
LOCK_SECONDS = 30
"""How long a write waits for another one to end."""
FEW, TOGETHER = 8, 1_000
"""Of how many rows on they are inserted together, and how many at most."""
MOST_HELD = 2_000
"""How many rows wait at most before they are sent."""
_NUMBERS = count(1)
# What the functions of examples/roles.sql refuse, for people.
_OF_ROLES = {
    "the clock of this computer is ahead of the server's": lambda: _(
        "the clock of this computer is ahead of the server's"
    ),
    "these roles are of an older version; their owner runs pipe db upgrade and examples/roles.sql again": lambda: (
        _(
            "these roles are of an older version; their owner runs pipe db upgrade and examples/roles.sql again"
        )
    ),
}
# What libpq calls a connection without a transaction, and one whose transaction failed.
_IDLE, _FAILED = 0, 3
Asked = tuple[str, tuple[tuple[str, Any], ...]]
P = ParamSpec("P")
T = TypeVar("T")
_READ: Statement = ("begin isolation level repeatable read read only", {})
_COMMIT: Statement = ("commit", {})
# A server that goes away without a word, behind a laptop that slept or a router that forgot, is noticed.
_LIVELY: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class PostgresDriver:
    """One connection to one database.

    Inside a transaction what is written waits for the next query, or for the end, and goes over the network together
    with it: a command is as slow as its round trips.
    """

    dialect = "postgresql"

    def __init__(self, where: str, connection: psycopg.Connection[Any]) -> None:
        self.where = where
        self._connection = connection
        self._waiting: list[Statement] = []
        self._expected: dict[Asked, Question] = {}
        self._streams: list[Question] = []
        self._turns = Turns()
        self._held = 0
        self._inside = False
        self._writing = False
        self._user: str | None = None

    @property
    def user(self) -> str:
        """Who logged in; asked along with the first query."""
        if self._user is None:
            self.rows("select 1")
        return self._user or ""

    @property
    def login(self) -> str:
        return self._connection.info.user

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        asked = _asked(sql, parameters)
        question = self._expected.get(asked) or Question((_rewritten(sql), parameters or {}))
        if self._turns.now:
            self._expected[asked] = question  # whoever asks the same meanwhile has the same answer
        found = self._ask(question)
        self._expected.pop(asked, None)
        return found

    def ahead(self, sql: str, parameters: Parameters | None = None) -> None:
        self._expected.setdefault(_asked(sql, parameters), Question((_rewritten(sql), parameters or {})))

    def soon(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        reading = partial(read, *args, **kwargs)
        # Outside a transaction readings would not be of one moment, and a stream is a transaction of its own.
        return partial(self._outcome, self._turns.begin(reading)) if self._inside else reading

    def stream(self, sql: str, parameters: Parameters | None = None, *, piece: int = PIECE) -> Iterator[Row]:
        cursor = f"pipecli_{next(_NUMBERS)}"
        fetch: Statement = (f"fetch {piece} from {cursor}", {})
        declare = f"declare {cursor} no scroll cursor for {_rewritten(sql)}", parameters or {}
        first = Question(declare, fetch)
        if self._inside:
            self._streams.append(first)  # it comes along with the next query
        return self._streamed(cursor, first, fetch, piece)

    def _streamed(self, cursor: str, first: Question, fetch: Statement, piece: int) -> Iterator[Row]:
        idle = self._connection.info.transaction_status == _IDLE or self._waiting == [_COMMIT]
        alone = idle and not self._inside
        if alone:
            self._waiting.append(_READ)
        is_open = False
        try:
            rows = self._ask(first)
            is_open = True
            yield from rows
            while len(rows) == piece:
                rows = self._ask(Question(fetch))
                yield from rows
        except StoreError:
            is_open = False
            if alone:
                self.rollback()
            raise
        finally:
            if is_open:  # it is closed along with the next query, if there is one
                self._waiting.append(_COMMIT if alone else (f"close {cursor}", {}))

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        self._forget()
        self._writing = True
        if self._inside:
            self._hold((_rewritten(sql), parameters or {}))
        else:
            self._answer(Question((_rewritten(sql), parameters or {})))

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._forget()
        for statement, n in _together(sql, list(rows)):
            if self._inside:
                self._hold(statement, n)
            else:
                self._answer(Question(statement))

    def begin(self) -> None:
        self._start_over()
        self._writing = True
        # The first statement of every write takes the lock that all writers share.
        lock = "select head from workspace for update"
        self._waiting += [(s, {}) for s in ("begin", f"set local lock_timeout = '{LOCK_SECONDS}s'", lock)]
        self._inside = True

    def begin_reading(self) -> None:
        self._start_over()
        self._waiting.append(_READ)
        self._inside = True

    def commit(self) -> None:
        self._forget()
        self._turns.end()
        self._inside = False
        try:
            self._answer(Question(_COMMIT))
        except Unanswered:
            raise
        except StoreError as error:
            if not self._broken:
                raise
            line = _(
                "the connection to {where} broke; whether it was written is not known, look: pipe journal"
            )
            raise Unanswered(line.format(where=self.where), where=self.where) from error
        self._writing = False

    def rollback(self) -> None:
        self._start_over()
        self._turns.end()
        self._waiting.clear()
        self._held, self._inside = 0, False
        if not self._broken and self._connection.info.transaction_status != _IDLE:
            self._answer(Question(("rollback", {})))

    def close(self) -> None:
        self._turns.end()
        self._connection.close()

    def json_text(self, column: str, key: str) -> str:
        return f"(cast({column} as jsonb) ->> '{key}')"

    def json_number(self, column: str, key: str) -> str:
        return f"cast(cast({column} as jsonb) ->> '{key}' as numeric)"

    @property
    def _broken(self) -> bool:
        return self._connection.closed or self._connection.broken

    def _forget(self) -> None:
        """What was asked ahead may be otherwise from here on."""
        self._expected.clear()

    def _start_over(self) -> None:
        """Nothing that was asked of the transaction before is asked any more."""
        self._forget()
        self._streams.clear()

    def _hold(self, statement: Statement, rows: int = 1) -> None:
        """Let a statement wait for the next query; too many are sent at once, not to be held."""
        self._waiting.append(statement)
        self._held += rows
        if self._held > MOST_HELD:
            self._answer()

    def _outcome(self, turn: Turn[T]) -> T:
        """What a reading found, once it is done."""
        while not turn.is_done:
            if self._turns.now:
                self._turns.now.wait(turn)
            elif not self._turns.go_round():
                self._answer()
        return turn.result

    def _ask(self, question: Question) -> list[Row]:
        """The answer to a question, if it is not known by now; those who take turns let the others ask first."""
        if question.rows is None and self._turns.now:
            self._turns.now.wait(question)
        elif question.rows is None:
            self._answer(question)
        return list(question.rows or [])

    def _answer(self, question: Question | None = None) -> None:
        """Send what waits, what is expected and a question, in one round trip."""
        with self._translating():
            self._send(question)

    def _send(self, question: Question | None = None) -> None:
        self._turns.go_round()
        expected = (*self._expected.values(), *self._streams, *self._turns.questions)
        asked = list(dict.fromkeys(q for q in expected if q.rows is None and q is not question))
        asked += [question] if question else []
        waiting = self._waiting.copy()
        self._waiting.clear()
        self._streams.clear()
        self._held = 0
        execute = self._connection.execute
        if not waiting and self._user and len(asked) == 1 and len(asked[0].statements) == 1:
            asked[0].rows = _fetched(execute(*asked[0].statements[0]))
            return
        asks_who = self._user is None and self._connection.info.transaction_status != _FAILED
        with self._connection.pipeline():
            for statement in waiting:
                execute(*statement)
            who = execute("select session_user") if asks_who else None
            answers = [[execute(*statement) for statement in q.statements][-1] for q in asked]
        for one, answer in zip(asked, answers, strict=True):
            one.rows = _fetched(answer)
        if who:
            self._user = str(who.fetchall()[0][0])

    @contextmanager
    def _translating(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise self._translated(error) from error

    def _translated(self, error: psycopg.Error | UnicodeEncodeError) -> StoreError:
        return StoreError(
            _line(error, self.where, broken=self._broken, writing=self._writing), where=self.where
        )


def _line(error: Exception, where: str, *, broken: bool, writing: bool) -> str:
    """The driver's error as one clear line; a connection that only read cannot say what was written before."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    state = getattr(error, "sqlstate", None)
    if state == "42P01":
        line = _("there is no workspace in {where}; make one: pipe init")
    elif state in ("42501", "25006"):
        line = _("{where} does not let you write: {error}")
        text = _OF_ROLES.get(text, lambda: text)()
    elif state == "55P03":
        line = _("{where} is locked by another process; try again when it is done")
    elif state == "57014" and not writing:
        line = _("{where} did not let it take that long ({error})")
    elif state == "57014":
        line = _("{where} did not let it take that long ({error}); nothing was written")
    elif state in ("40001", "40P01"):
        line = _("{where} could not do it beside what others do ({error}); nothing was written, try again")
    elif broken and not writing:
        line = _("the connection to {where} broke ({error})")
    elif broken:
        line = _("the connection to {where} broke ({error}); nothing was written")
    else:
        line = _("{where}: {error}")
    return line.format(where=where, error=text)


@lru_cache(maxsize=256)
def _rewritten(sql: str) -> Any:
    return _PARAMETER.sub(lambda m: m[1] or f"%({m[2]})s", sql.replace("%", "%%"))


@lru_cache(maxsize=64)
def _marked(sql: str) -> Any:
    return _MARK.sub(lambda m: m[1] or "%s", sql.replace("%", "%%"))


def _together(sql: str, rows: list[Sequence[Any]]) -> Iterator[tuple[Statement, int]]:
    """The statements that run one for each row, and of how many each is: many are inserted by one, column by column."""
    insert = _INSERT.fullmatch(sql)
    if insert is None or len(rows) < FEW:
        yield from (((_marked(sql), row), 1) for row in rows)
        return
    head, tail = (part.replace("%", "%%") for part in insert.groups(default=""))
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        columns = {f"c{n}": list(values) for n, values in enumerate(zip(*some, strict=True))}
        given = {name: values for name, values in columns.items() if set(values) != {None}}
        chosen = ", ".join(name if name in given else "null" for name in columns)
        arrays = ", ".join(f"%({name})s::{_type(values)}[]" for name, values in given.items())
        yield (
            (f"{head} select {chosen} from unnest({arrays}) as u({', '.join(given)}){tail}", given),
            len(some),
        )


def _type(values: list[Any]) -> str:
    """The type of a column by what stands in it."""
    kinds = {type(value) for value in values}
    return "bigint" if int in kinds else "double precision" if float in kinds else "text"


def _fetched(answer: psycopg.Cursor[Any]) -> list[Row]:
    return answer.fetchall() if answer.description else []


def _asked(sql: str, parameters: Parameters | None) -> Asked:
    return sql, tuple(sorted((parameters or {}).items()))


def open_postgres(uri: str) -> PostgresDriver:
    """Connect; raises InvalidInput for an address that cannot be read, StoreError where the server or the library is
    missing.
    """
    import logging

    try:
        import greenlet  # noqa: F401 what is read together needs it
        import psycopg
    except ImportError as error:
        raise StoreError(
            _('PostgreSQL needs psycopg and greenlet; add them: pip install "psycopg[binary]" greenlet'),
            where=without_password(uri),
        ) from error
    # What went wrong is told once, as an error of ours, not by the library on stderr as well.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    where = without_password(uri)
    if is_ambiguous(uri):
        line = _(
            "{where} cannot be read: write what an address has signs for as %XX (@ is %40, / is %2F, % is %25),"
            " or leave the password to ~/.pgpass"
        )
        raise InvalidInput(line.format(where=where))
    try:
        connection = psycopg.connect(
            uri,
            autocommit=True,
            prepare_threshold=None,  # behind a pooler of transactions a statement is prepared on another connection
            connect_timeout=CONNECT_SECONDS,
            client_encoding="UTF8",
            **_LIVELY,
        )
    except psycopg.Error as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else ""
        raise StoreError(
            _("{where} cannot be reached: {error}").format(where=where, error=without_password(text)),
            where=where,
        ) from error
    return PostgresDriver(where, connection)
