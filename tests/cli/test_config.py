"""Settings: where each comes from, and changing them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Pipe


def test_every_setting_with_its_origin(pipe: Pipe, environment: Path) -> None:
    assert pipe("config", env={"PIPE_DATE_ORDER": "dmy"}) == (
        0,
        f"""\
{"Setting":<13}{"Value":<{len(str(environment / "pipe.db")) + 2}}From
{"db":<13}{environment / "pipe.db"}  PIPE_DB
{"me":<13}{"lea":<{len(str(environment / "pipe.db")) + 2}}PIPE_ME
{"lang":<13}{"en":<{len(str(environment / "pipe.db")) + 2}}locale
{"decimal":<13}{"–":<{len(str(environment / "pipe.db")) + 2}}not set
{"date_order":<13}{"dmy":<{len(str(environment / "pipe.db")) + 2}}PIPE_DATE_ORDER
{"editor":<13}{"–":<{len(str(environment / "pipe.db")) + 2}}not set
{"ai.model":<13}{"–":<{len(str(environment / "pipe.db")) + 2}}not set
{"ai.api_base":<13}{"–":<{len(str(environment / "pipe.db")) + 2}}not set
{"ai.redact":<13}{"false":<{len(str(environment / "pipe.db")) + 2}}default
{"ai.timeout":<13}{"60":<{len(str(environment / "pipe.db")) + 2}}default
{"ai.budget":<13}{"12000":<{len(str(environment / "pipe.db")) + 2}}default
""",
        "",
    )
    rows = json.loads(pipe("config", "--json").out)
    assert [list(row) for row in rows] == [["key", "value", "origin"]] * 11
    assert pipe("config", "-q").out.split() == [row["key"] for row in rows]


def test_flags_before_environment_before_file_before_locale(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    assert pipe("config", "lang", env={"LANG": "fr_FR.UTF-8"}).out == "fr\n"
    assert pipe("config", "lang", "fr") == (0, "", f"lang is now fr in {file}\n")
    assert pipe("config", "lang").out == "fr\n"
    assert pipe("config", "lang", env={"PIPE_LANG": "en"}).out == "en\n"
    assert pipe("config", "lang", "--lang", "en", env={"PIPE_LANG": "fr"}).out == "en\n"
    assert pipe("--lang", "en", "config", "lang", "--unset")[0] == 0
    assert pipe("config", "lang").out == "en\n"


def test_the_actor_is_the_one_configured(pipe: Pipe) -> None:
    pipe("config", "me", 'Léa "the" \\ owner')
    assert pipe("config", "me", me="").out == 'Léa "the" \\ owner\n'
    assert pipe("config", "me", me="", env={"LOGNAME": "x"}).out == 'Léa "the" \\ owner\n'
    pipe("config", "me", "--unset")
    assert pipe("config", "me", me="", env={"LOGNAME": "marc"}).out == "marc\n"


def test_date_order_and_decimal_settle_what_is_ambiguous(house: Pipe) -> None:
    assert house("edit", "1", "--close", "03/04/2027")[0] == 2
    house("config", "date_order", "dmy")
    house("config", "decimal", ",")
    assert (
        house("edit", "1", "--close", "03/04/2027", "--amount", "1,234")[0] == 2
    )  # three decimals of a euro
    assert house("edit", "1", "--close", "03/04/2027", "--amount", "1,23")[0] == 0
    record = json.loads(house("show", "1", "--json").out)
    assert (record["close_date"], record["amount"]) == ("2027-04-03", 1.23)


@pytest.mark.parametrize(
    "words, message",
    [
        (
            ["colour", "red"],
            'no setting "colour"; the settings are: db, me, lang, decimal, date_order, editor, '
            "ai.model, ai.api_base, ai.redact, ai.timeout, ai.budget",
        ),
        (["lang", "de"], "lang is one of: en fr"),
        (["me", ""], "me cannot have that value"),
        (["me", "a\nb"], "me cannot have that value"),
    ],
)
def test_what_a_setting_cannot_be(pipe: Pipe, environment: Path, words: list[str], message: str) -> None:
    assert pipe("config", *words) == (2, "", message + "\n")
    assert not (environment / "config.toml").exists()


def test_a_dry_run_writes_no_setting(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    assert pipe("config", "me", "zoe", "--dry-run").err == (
        f"me is now zoe in {file}\nPIPE_ME is set and goes first.\nDry run: nothing was changed.\n"
    )
    assert not file.exists()


def test_what_else_is_in_the_file_stays(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    file.write_text('# ours\nme = "paul"\n\n[other]\nme = "z"\n')
    pipe("config", "me", "zoe")
    assert file.read_text() == '# ours\n\nme = "zoe"\n[other]\nme = "z"\n'
    pipe("config", "me", "--unset")
    assert file.read_text() == '# ours\n\n[other]\nme = "z"\n'


def test_a_broken_file_is_one_line_and_a_wrong_value_can_be_mended(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    file.write_text("me = [")
    for words in (["list"], ["config"], ["config", "me", "zoe"]):
        code, out, err = pipe(*words)
        assert (code, out) == (1, "")
        assert err.startswith(f"{file} is not TOML: ") and err.count("\n") == 1
    file.write_text('lang = "de"')
    assert pipe("list") == (1, "", f"lang = de (from {file}): it is one of en fr\n")
    assert pipe("config", "lang", "en")[0] == 0
    assert pipe("config", "lang").out == "en\n"
    file.unlink()
    file.mkdir()
    assert pipe("list") == (1, "", f"{file} cannot be read: Is a directory\n")


def test_the_file_of_a_workspace_is_kept_as_it_is_found_from_anywhere(
    pipe: Pipe, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, folder = environment / "config.toml", environment / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(environment))
    for said, kept in (
        ("deals.db", folder / "deals.db"),
        ("~/deals.db", environment / "deals.db"),
        ("sqlite:///deals.db", folder / "deals.db"),
        ("postgresql://lea@db.example/sales", "postgresql://lea@db.example/sales"),
    ):
        assert pipe("config", "db", said) == (
            0,
            "",
            f"db is now {kept} in {file}\nPIPE_DB is set and goes first.\n",
        )
        assert pipe("config", "db", env={"PIPE_DB": ""}).out == f"{kept}\n"


def test_on_postgresql_who_logs_in_is_who_types(pipe: Pipe) -> None:
    for address, login in (
        ("postgresql://tom@db.example/sales", "tom"),
        ("postgresql://t%40m:secret@db.example/sales", "t@m"),
        ("postgresql://db.example/sales?user=tom&password=x", "tom"),
        ("postgresql://db.example/sales", "ida"),
    ):
        shown = pipe("config", "--csv", env={"PIPE_DB": address, "PGUSER": "ida"}).out.splitlines()
        assert f"me,{login},the login on PostgreSQL" in shown


def test_a_password_is_not_shown(pipe: Pipe, environment: Path) -> None:
    said = pipe("config", "db", "postgresql://lea:secret@db.example/sales").err
    assert "postgresql://lea@db.example/sales" in said and "secret" not in said
    assert (environment / "config.toml").stat().st_mode & 0o077 == 0
    for address, shown in (
        ("postgresql://lea:secret@db.example/sales", "postgresql://lea@db.example/sales"),
        (
            "postgresql://db.example/sales?password=secret&a=b",
            "postgresql://db.example/sales?password=***&a=b",
        ),
    ):
        assert pipe("config", "db", env={"PIPE_DB": address}).out == shown + "\n"
        assert "secret" not in pipe("config", "--json", env={"PIPE_DB": address}).out


def test_the_model_has_a_table_of_its_own(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    file.write_text('me = "paul"\n[other]\nmodel = "z"\n')
    assert pipe("config", "ai.model", "mistral/small") == (
        0,
        "",
        f"ai.model is now mistral/small in {file}\n",
    )
    pipe("config", "ai.redact", "true")
    pipe("config", "ai.budget", "8000")
    pipe("config", "lang", "en")
    pipe("config", "ai.model", "ollama/llama3.2")
    assert file.read_text() == (
        'me = "paul"\nlang = "en"\n[other]\nmodel = "z"\n\n'
        '[ai]\nredact = true\nbudget = 8000\nmodel = "ollama/llama3.2"\n'
    )
    assert [
        pipe("config", f"ai.{key}").out for key in ("model", "redact", "budget", "timeout", "api_base")
    ] == [
        "ollama/llama3.2\n",
        "true\n",
        "8000\n",
        "60\n",
        "\n",
    ]
    pipe("config", "ai.redact", "--unset")
    assert pipe("config", "ai.redact").out == "false\n"
    assert pipe("config", "ai.redact", env={"PIPE_AI_REDACT": "true"}).out == "true\n"
    assert (
        pipe("config", "ai.model", env={"PIPE_AI_MODEL": "openai/gpt-4o-mini"}).out == "openai/gpt-4o-mini\n"
    )


def test_a_table_of_the_model_between_others_stays_where_it_is(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    file.write_text('[ai]  # ours\nmodel = "a/b"\n# slow\ntimeout = 9\n\n[other]\nmodel = "z"\n')
    pipe("config", "ai.model", "c/d")
    assert file.read_text() == '[ai]  # ours\n# slow\ntimeout = 9\nmodel = "c/d"\n\n[other]\nmodel = "z"\n'
    pipe("config", "ai.timeout", "--unset")
    pipe("config", "ai.model", "--unset")
    pipe("config", "ai.model", "--unset")
    assert file.read_text() == '[ai]  # ours\n# slow\n\n[other]\nmodel = "z"\n'


def test_a_file_written_in_another_way_is_left_to_who_wrote_it(pipe: Pipe, environment: Path) -> None:
    file = environment / "config.toml"
    for text in ('ai = {model = "a/b"}\n', 'ai.model = "a/b"\n', '["ai"]\ntimeout = 9\n'):
        file.write_text(text)
        code, out, err = pipe("config", "ai.model", "c/d")
        assert (code, out) == (1, "")
        assert err == f"{file} writes ai.model in a way of its own; change it there by hand\n"
        assert file.read_text() == text
    file.write_text('ai = {model = "a/b"}\n')
    assert pipe("config", "ai.model").out == "a/b\n"


@pytest.mark.parametrize(
    "words, message",
    [
        (["ai.redact", "yes"], "ai.redact is one of: true false"),
        (["ai.timeout", "0"], "ai.timeout: it is a whole number from 1 to 3600"),
        (["ai.timeout", "1.5"], "ai.timeout: it is a whole number from 1 to 3600"),
        (
            ["ai.api_base", "localhost:1234/v1"],
            "ai.api_base: it is an address that begins with http:// or https://",
        ),
        (["ai.budget", "many"], "ai.budget: it is a whole number from 500 to 1000000"),
    ],
)
def test_what_a_setting_of_the_model_cannot_be(
    pipe: Pipe, environment: Path, words: list[str], message: str
) -> None:
    assert pipe("config", *words) == (2, "", message + "\n")
    assert not (environment / "config.toml").exists()
    (environment / "config.toml").write_text(f'[ai]\n{words[0][3:]} = "{words[1]}"\n')
    assert pipe("config", words[0]).code == 1
    assert pipe("today").code != 1


BELONGS = "a provider's key comes from the environment only, such as OPENAI_API_KEY"
SECRET = "sk-proj-0123456789abcdef"


@pytest.mark.parametrize(
    "words, message",
    [
        (["ai.api_key", SECRET], f"nothing was written: {BELONGS}"),
        (["ai.key", SECRET], f"nothing was written: {BELONGS}"),
        (["openai_api_key", SECRET], f"nothing was written: {BELONGS}"),
        (["ai.model", SECRET], f"ai.model: {BELONGS}"),
        (["ai.api_base", f"https://lea:{SECRET}@models.example/v1"], f"ai.api_base: {BELONGS}"),
        (["ai.api_base", "https://models.example/v1?api_key=hunter2"], f"ai.api_base: {BELONGS}"),
        (["ai.api_base", "https://models.example/v1?x=1&token=hunter2"], f"ai.api_base: {BELONGS}"),
    ],
)
def test_a_key_is_never_written_down(pipe: Pipe, environment: Path, words: list[str], message: str) -> None:
    assert pipe("config", *words) == (2, "", message + "\n")
    assert not (environment / "config.toml").exists()


@pytest.mark.parametrize(
    "line, message",
    [
        (f'[ai]\napi_key = "{SECRET}"', "take the line api_key out of {file}; {belongs}"),
        (f'OPENAI_API_KEY = "{SECRET}"', "take the line OPENAI_API_KEY out of {file}; {belongs}"),
        (
            f'[ai]\napi_base = "https://x:{SECRET}@models.example"',
            "ai.api_base = *** (from {file}): {belongs}",
        ),
        (f'[ai]\nmodel = "{SECRET}"', "ai.model = *** (from {file}): {belongs}"),
    ],
)
def test_a_key_that_is_in_the_file_is_refused_and_not_shown(
    pipe: Pipe, environment: Path, line: str, message: str
) -> None:
    file = environment / "config.toml"
    file.write_text(line + "\n")
    expected = message.format(file=file, belongs=BELONGS) + "\n"
    for words in (["config"], ["config", "--json"]):
        code, out, err = pipe(*words)
        assert (code, out) == (1, "")
        assert SECRET not in err and expected.strip() in err
    assert pipe("config", "ai.model") == (1, "", expected)
    assert pipe("config", "ai.api_base", env={"OPENAI_API_KEY": SECRET})[0] == 1


def test_a_key_in_the_environment_is_in_no_output(pipe: Pipe) -> None:
    for words in (["config"], ["config", "--json"], ["config", "ai.model"]):
        result = pipe(*words, env={"OPENAI_API_KEY": SECRET, "PIPE_AI_MODEL": "openai/gpt-4o-mini"})
        assert result.code == 0 and SECRET not in result.out + result.err
