"""The driver port: both databases answer alike, and only StoreError comes out of it."""

import pytest

from pipecli.address import is_ambiguous, is_keywords, without_password
from pipecli.errors import InvalidInput, StoreError
from pipecli.service.workspace import Workspace
from pipecli.store import opening
from pipecli.store.driver import Driver
from pipecli.store.opening import open_database, sqlite_path
from pipecli.store.postgres import _marked, _rewritten


@pytest.fixture
def table(empty: Driver) -> Driver:
    empty.run("create table word (id bigint primary key, text text, size bigint)")
    return empty


def fill(driver: Driver, n: int) -> None:
    driver.run_many("insert into word (id, text, size) values (?, ?, ?)", [(i, f"w{i}", i) for i in range(n)])


def test_rows_are_tuples_in_the_order_asked(table: Driver) -> None:
    fill(table, 3)
    assert table.rows("select id, text from word order by id desc") == [(2, "w2"), (1, "w1"), (0, "w0")]
    assert table.rows("select id from word where id > 9") == []


def test_run_many_of_nothing_does_nothing(table: Driver) -> None:
    table.run_many("insert into word (id, text, size) values (?, ?, ?)", [])
    assert table.rows("select count(*) from word") == [(0,)]


def test_values_come_back_as_they_went_in(table: Driver) -> None:
    given = [
        (1, "Élan 100% d'été — ¿:x? \\ %s %(y)s", 2**62),
        (2, "", -1),
        (3, None, None),
        (4, "line\nbreak\t\U0001f389", 0),
    ]
    table.run_many("insert into word (id, text, size) values (?, ?, ?)", given)
    assert table.rows("select id, text, size from word order by id") == given
    for row in given:
        table.run(
            "update word set text = :text, size = :size where id = :id",
            {"id": row[0], "text": row[1], "size": row[2]},
        )
    assert table.rows("select id, text, size from word order by id") == given


@pytest.mark.parametrize("n", [1, 7, 8, 9, 1_000, 1_001, 2_500])
def test_any_number_of_rows_is_inserted_or_replaced(empty: Driver, n: int) -> None:
    """On PostgreSQL many go together, column by column."""
    empty.run(
        "create table thing (id bigint primary key, text text, size bigint, part double precision, none bigint)"
    )
    rows = [
        (i, None if i % 3 == 1 else f'{{"{i}", NULL\\ \' %s 🦊', None if i % 2 else 2**62 - i, i / 3, None)
        for i in range(n)
    ]
    sql = (
        "insert into thing (id, text, size, part, none) values (?, ?, ?, ?, ?) on conflict (id) do update set "
        "text = excluded.text, size = excluded.size, part = excluded.part, none = excluded.none"
    )
    for given in (rows, [(i, f"{i}%", n - i, -1.5, i or None) for i, *_rest in rows]):
        empty.run_many(sql, given)
        assert empty.rows("select id, text, size, part, none from thing order by id") == given


@pytest.mark.parametrize("engine", ["postgresql"])
def test_no_statement_is_prepared(table: Driver) -> None:
    """Behind a pooler that shares connections between transactions it would be prepared on somebody else's."""
    fill(table, 20)
    for n in range(12):
        table.rows("select text from word where id = :n", {"n": n})
        table.run("update word set size = :n where id = :n", {"n": n})
    assert table.rows("select count(*) from pg_prepared_statements") == [(0,)]


def test_parameters_next_to_what_looks_like_them(table: Driver) -> None:
    sql = (
        "select :a, cast(:n as bigint), 'at 12:30', 'not :a', 'it''s :n', '100%', '%s', 7 % 4, text "
        "from word where text like '%' || :a || '%' and id=:n"
    )
    table.run("insert into word values (1, 'x%y', 3)")
    found = table.rows(sql, {"a": "%", "n": 1})
    assert found == [("%", 1, "at 12:30", "not :a", "it's :n", "100%", "%s", 3, "x%y")]


def test_one_parameter_may_be_used_twice_and_others_not_at_all(table: Driver) -> None:
    assert table.rows("select :a || :a", {"a": "x", "unused": 1}) == [("xx",)]


def test_marks_inside_strings_are_text(table: Driver) -> None:
    table.run_many("insert into word (id, text, size) values (?, 'really? 100%', ?)", [(1, 2)])
    assert table.rows("select text, size from word") == [("really? 100%", 2)]


def test_a_cast_of_postgres_is_no_parameter() -> None:
    assert _rewritten("select x::text, :x where y like '%'") == "select x::text, %(x)s where y like '%%'"
    assert _marked("values (?, '?', '%')") == "values (%s, '?', '%%')"


def test_stream_reads_all_rows_in_order(table: Driver) -> None:
    table.run("begin")
    fill(table, 12_000)
    table.commit()
    found = [i for (i,) in table.stream("select id from word where id >= :low order by id", {"low": 2})]
    assert found == list(range(2, 12_000))


def test_a_stream_may_be_left_early_and_another_read(table: Driver) -> None:
    fill(table, 10)
    stream = table.stream("select id from word order by id")
    assert next(iter(stream)) == (0,)
    stream.close()  # type: ignore[attr-defined]
    assert len(list(table.stream("select id from word"))) == 10


def test_a_stream_inside_a_transaction_sees_and_outlives_its_writes(table: Driver) -> None:
    table.run("begin")
    fill(table, 10)
    seen = 0
    for (number,) in table.stream("select id from word order by id"):
        table.run("update word set size = -1 where id = :id", {"id": number})
        seen += 1
    table.commit()
    assert seen == 10
    assert table.rows("select distinct size from word") == [(-1,)]


def test_what_is_rolled_back_never_was(table: Driver) -> None:
    table.run("begin")
    fill(table, 3)
    table.rollback()
    assert table.rows("select count(*) from word") == [(0,)]


def test_a_rollback_without_a_transaction_is_harmless(table: Driver) -> None:
    fill(table, 2)
    table.rollback()
    assert table.rows("select count(*) from word") == [(2,)]


def test_what_is_committed_is_seen_by_another_connection_and_not_before(workspace: Workspace) -> None:
    writer = open_database(workspace.address, write=True)
    reader = open_database(workspace.address, write=False)
    writer.begin()
    writer.run("update workspace set uid = 'changed'")
    assert reader.rows("select uid from workspace") != [("changed",)]
    writer.commit()
    assert reader.rows("select uid from workspace") == [("changed",)]
    writer.close()
    reader.close()


def test_a_reading_transaction_sees_one_state(workspace: Workspace) -> None:
    writer = open_database(workspace.address, write=True)
    reader = open_database(workspace.address, write=False)
    reader.begin_reading()
    before = reader.rows("select uid from workspace")
    writer.run("update workspace set uid = 'changed'")
    assert reader.rows("select uid from workspace") == before
    reader.rollback()
    assert reader.rows("select uid from workspace") == [("changed",)]
    writer.close()
    reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        "selec 1",
        "select * from word where nope = 1",
        "insert into word values (1, 'a', 1)",
        "insert into word values (5, 'a')" + " " * 3 + "garbage",
        "select 1 from nowhere",
    ],
)
def test_errors_are_store_errors_of_one_line_that_name_the_place(table: Driver, sql: str) -> None:
    fill(table, 2)
    for call in (table.rows, table.run, lambda s: list(table.stream(s))):
        with pytest.raises(StoreError) as caught:
            call(sql)
        assert table.where in caught.value.message
        assert "\n" not in caught.value.message
        assert caught.value.detail["where"] == table.where
    assert table.rows("select count(*) from word") == [(2,)]


def test_a_failed_run_many_is_a_store_error(table: Driver) -> None:
    with pytest.raises(StoreError):
        table.run_many("insert into word (id, text, size) values (?, ?, ?)", [(1, "a", 1), (1, "b", 1)])


@pytest.mark.parametrize("value", ["\ud800", 2**70])
def test_what_no_database_can_hold_is_a_store_error(table: Driver, value: object) -> None:
    for call in (table.run, table.rows):
        with pytest.raises(StoreError):
            call("insert into word (id, text, size) values (7, :text, :size)", _either(value))
    with pytest.raises(StoreError):
        table.run_many("insert into word (id, text, size) values (7, ?, ?)", [tuple(_either(value).values())])
    assert table.rows("select count(*) from word") == [(0,)]


def _either(value: object) -> dict[str, object]:
    return {"text": value if isinstance(value, str) else "", "size": 0 if isinstance(value, str) else value}


def test_json_values_are_read_by_key(empty: Driver) -> None:
    empty.run("create table thing (id bigint, fields text)")
    rows = [(1, '{"effort_days": 2.5, "due": "2026-01-02"}'), (2, '{"effort_days": 7}'), (3, "{}")]
    empty.run_many("insert into thing values (?, ?)", rows)
    number, text = empty.json_number("fields", "effort_days"), empty.json_text("fields", "due")
    assert empty.rows(f"select id from thing where {number} > 2.25 order by id") == [(1,), (2,)]
    assert empty.rows(f"select {text} from thing order by id") == [("2026-01-02",), (None,), (None,)]


def test_a_missing_postgres_is_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql://lea:secret@127.0.0.1:1/pipe", write=False)
    assert caught.value.message.startswith("postgresql://lea@127.0.0.1:1/pipe cannot be reached: ")
    assert "secret" not in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "address", ["host=db.example user=lea password=secret", " password = secret", "service=sales"]
)
def test_an_address_in_keywords_is_no_file(address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        opening.create_database(address)
    assert caught.value.message.endswith("write a file path, sqlite:///FILE or postgresql://HOST/NAME")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_postgres_without_a_workspace_says_how_to_make_one(empty: Driver) -> None:
    with pytest.raises(StoreError, match=r"there is no workspace in .*; make one: pipe init"):
        empty.begin()
        empty.rows("select 1")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://a:b@h/d", "postgresql://a@h/d"),
        ("postgresql://a:b/c@d@h:1/e", "postgresql://a@h:1/e"),
        ("postgresql://a:b c@h/e", "postgresql://a@h/e"),
        ("postgresql://a@h:5432/d", "postgresql://a@h:5432/d"),
        ("postgresql://h/d?password=b&x=1", "postgresql://h/d?password=***&x=1"),
        ("postgresql:///d?host=/x:y", "postgresql:///d?host=/x:y"),
        ("host=h password=b user=a", "host=h password=*** user=a"),
        ("host=h password = 'b c' user=a", "host=h password = *** user=a"),
    ],
)
def test_without_password_leaves_the_rest(address: str, shown: str) -> None:
    assert without_password(address) == shown


@pytest.mark.parametrize(
    ("address", "ambiguous"),
    [
        ("postgresql://a:b@h/d", False),
        ("postgresql://a:b:c@h:5432/d?application_name=x@y", False),
        ("postgresql://a:b%40c%25@h", False),
        ("postgresql://h1:5432,[::1]:5433/d?target_session_attrs=read-write", False),
        ("postgresql:///d?host=/run/x", False),
        ("postgres://", False),
        ("postgresql://a:100%b@h/d", True),
        ("postgresql://a:b%00@h/d", True),
        ("postgresql://a:b@c@h/d", True),
        ("postgresql://a:b/c@h/d", True),
        ("postgresql://a:b c@h/d", True),
        ("postgresql://a:b?c@h/d", True),
        ("postgresql://[::1/d", True),
    ],
)
def test_an_address_with_a_sign_where_it_cannot_stand_is_ambiguous(address: str, ambiguous: bool) -> None:
    assert is_ambiguous(address) == ambiguous


def test_the_other_form_of_libpq_is_told_from_a_file() -> None:
    assert is_keywords("host=h dbname=d") and is_keywords("dbname = d")
    assert not is_keywords("pipe.db") and not is_keywords("/my hosts/a=b.db")


def test_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening.is_postgres("postgres://h/d")
    assert not opening.is_postgres("postgres.db")
    assert str(sqlite_path("sqlite:////data/a.db")) == "/data/a.db"
    assert str(sqlite_path("a b?.db")) == "a b?.db"
    for address in ("mysql://h/d", "sqlite://a", "a\x00b"):
        with pytest.raises(InvalidInput, match="is not a database"):
            sqlite_path(address)
    monkeypatch.setenv("HOME", "/somewhere")
    assert str(sqlite_path("~/a.db")) == "/somewhere/a.db"
    with pytest.raises(InvalidInput, match="there is no home folder"):
        sqlite_path("~nobody-of-that-name/a.db")


def test_the_user_of_the_database_is_known_where_it_has_one(driver: Driver) -> None:
    assert opening.database_user(driver) == {"sqlite": None, "postgresql": "postgres"}[driver.dialect]
