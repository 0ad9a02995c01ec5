"""The contract of `pipe stats`: every table on screen, in every format, and what is refused."""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Pipe

TABLES = ("funnel", "velocity", "losses", "owners", "sources")
RATE = ["n", "k", "rate", "low", "high", "pooled"]
PACE = [
    *("n", "ended", "still_there", "median_days", "median_over_days", "p90_days", "p90_over_days"),
    *("longer_than_p90", "shortest_days", "longest_days"),
]


@pytest.fixture
def sold(house: Pipe, environment: Path) -> Pipe:
    """Twelve more, opened in June: Marc's eight won, Ida's four lost, from the fair."""
    lines = ["id,name,owner,stage,amount,created,closed,source,loss_reason"]
    lines += [f"W{n},Sold {n},marc,Won,1000,2026-06-01,2026-06-{n + 10},fair," for n in range(8)]
    lines += [f"L{n},Gone {n},ida,Lost,500,2026-06-01,2026-07-{n + 10},fair,price" for n in range(4)]
    (environment / "deals.csv").write_text("\n".join(lines) + "\n")
    assert house("import", str(environment / "deals.csv")).code == 0
    return house


@pytest.fixture
def busy(pipe: Pipe) -> Pipe:
    """A workspace of two hundred opportunities and eight owners."""
    assert pipe("demo", "--size", "200").code == 0
    return pipe


def test_bare_stats_is_the_funnel(house: Pipe) -> None:
    assert house("stats") == house("stats", "funnel")
    assert (
        house("stats", "--json") == house("stats", "funnel", "--json") == house("stats", "--json", "funnel")
    )
    assert house("stats", "--owner", "marc") == house("stats", "funnel", "--owner", "marc")


def test_the_funnel_on_screen(sold: Pipe) -> None:
    assert sold("stats") == (
        0,
        """\
18 opportunities: 9 won, 5 lost, 4 open

Stage           in  on  lost  back  there  goes on                is won
Qualified lead  18  10     5     –      3  56 % (31–77) n 15      50 % (26–74) n 14
Discovery        1   –     –     –      1  –                      –
Proposal sent    –   –     –     –      –  –                      –
Negotiation      1   1     –     –      –  1 of 1, all 58 % n 16  1 of 1, all 50 % n 14

Each opportunity counts once in a stage, by what its last stay there led to.
Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, 9 of 14 were won. In brackets the 95 % interval.
Under 10 cases there is no rate: behind the count stands that of the whole pipeline.
Passed 9 over Discovery, 9 over Proposal sent, 8 over Negotiation: not counted there.
""",
        "",
    )


def test_velocity_on_screen(sold: Pipe) -> None:
    assert sold("stats", "velocity") == (
        0,
        """\
Days in         stays  over   median  P90  still there  beyond P90
Qualified lead     18    15       15   41            3           –
Discovery           1     –        –    –            1           –
Proposal sent       –     –        –    –            –           –
Negotiation         1     1        2    –            –           –
opened to won       9     9  9 to 18    –            –           –
opened to lost      5     5  8 to 42    –            –           –

Half of the stays are over by the median, nine in ten by the P90; open ones are weighed in.
Under 10 stays that are over: the shortest and the longest.
""",
        "",
    )


def test_what_is_not_reached_yet_is_more_than(house: Pipe, environment: Path) -> None:
    lines = ["id,name,stage,created", *[f"O{n},Old {n},lead,2026-06-01" for n in range(10)]]
    (environment / "old.csv").write_text("\n".join(lines) + "\n")
    assert house("import", str(environment / "old.csv")).code == 0
    lead = house("stats", "velocity").out.splitlines()[1].split()
    assert " ".join(lead) == "Qualified lead 16 3 more than 175 more than 175 13 –"
    found = json.loads(house("stats", "velocity", "--json").out)[0]
    assert (found["p90_days"], found["p90_over_days"]) == (None, 175)


def test_losses_on_screen(sold: Pipe) -> None:
    assert sold("lose", "1", "no budget", "Cut in half").code == 0
    assert sold("stats", "losses") == (
        0,
        """\
6 lost, €80,000

Reason            lost   Amount  of all lost
price                5  €32,000  5 of 6
  Qualified lead     5  €32,000
no budget            1  €48,000  1 of 6
  Discovery          1  €48,000
""",
        "",
    )


def test_owners_on_screen(sold: Pipe) -> None:
    assert sold("stats", "owners") == (
        0,
        """\
18 opportunities: 9 won, 5 lost, 4 open

Owner      won  win rate               amount won  open  amount open   share
marc         8  8 of 8, all 50 % n 14      €8,000     1           €0  1 of 4
lea          1  1 of 2, all 50 % n 14      €6,500     3      €57,000  3 of 4
ida          –  0 of 4, all 50 % n 14          €0     –           €0  0 of 4
everybody    9  50 % (26–74) n 14         €14,500     4      €57,000  4 of 4

lea holds 3 of 4 open opportunities and €57,000 of €57,000.

Side by side    in  is won                 stays  median days  still there
Qualified lead
  marc           9  8 of 8, all 50 % n 14      9      9 to 16            1
  lea            5  1 of 2, all 50 % n 14      5      8 to 16            2
  ida            4  0 of 4, all 50 % n 14      4     39 to 42            –
  everybody     18  50 % (26–74) n 14         18           15            3
Discovery
  lea            1  –                          1            –            1
  everybody      1  –                          1            –            1
Negotiation
  lea            1  1 of 1, all 50 % n 14      1            2            –
  everybody      1  1 of 1, all 50 % n 14      1            2            –

Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, 9 of 14 were won. In brackets the 95 % interval.
Under 10 cases there is no rate: behind the count stands everybody's, or else the whole pipeline's.
1 has no amount: counted, not priced
1 opportunity in USD has no rate: counted, not priced
""",
        "",
    )


def test_owners_in_one_stage_on_screen(sold: Pipe) -> None:
    assert sold("stats", "owners", "--stage", "qualified") == (
        0,
        """\
Qualified lead

Owner      in  is won                 stays  median days  still there
ida         4  0 of 4, all 50 % n 14      4     39 to 42            –
lea         5  1 of 2, all 50 % n 14      5      8 to 16            2
marc        9  8 of 8, all 50 % n 14      9      9 to 16            1
everybody  18  50 % (26–74) n 14         18           15            3

Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, 9 of 14 were won. In brackets the 95 % interval.
Under 10 cases there is no rate: behind the count stands everybody's.
""",
        "",
    )


def test_sources_on_screen(sold: Pipe) -> None:
    assert sold("stats", "sources") == (
        0,
        """\
18 opportunities: 9 won, 5 lost, 4 open

Source    won  win rate               amount won  exchanges  per win  per €1,000
fair        8  67 % (39–86) n 12          €8,000          –        –           –
none        1  1 of 2, all 50 % n 14      €6,500          1        –           –
referral    –  –                              €0          1        –           –
all         9  50 % (26–74) n 14         €14,500          2        –           –

Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, 9 of 14 were won. In brackets the 95 % interval.
Under 10 cases there is no rate: behind the count stands that of the whole pipeline.
Exchanges count on every opportunity of the source, lost and open ones too; per win from 10 wins on.
""",
        "",
    )


def test_few_of_everything_have_no_rate_at_all(house: Pipe) -> None:
    for table in TABLES:
        assert "%" not in house("stats", table).out
    assert "Under 10 cases there is no rate.\n" in house("stats").out


def test_json_of_the_funnel(sold: Pipe) -> None:
    rows = json.loads(sold("stats", "funnel", "--json").out)
    assert rows[0] == {
        "stage": "lead",
        "stage_name": "Qualified lead",
        "entered": 18,
        "went_on": 10,
        "lost": 5,
        "moved_back": 0,
        "still_there": 3,
        "skipped": 0,
        "to_next": {"n": 15, "k": 10, "rate": 0.5556, "low": 0.3122, "high": 0.7749, "pooled": False},
        "to_next_above": None,
        "to_win": {"n": 14, "k": 9, "rate": 0.5, "low": 0.2573, "high": 0.7427, "pooled": False},
        "to_win_above": None,
    }
    assert rows[3]["to_next"] == {"n": 1, "k": 1, "rate": None, "low": None, "high": None, "pooled": True}
    assert rows[3]["to_next_above"] == {
        "level": "pipeline", "n": 16, "k": 11, "rate": 0.5778, "low": 0.3374, "high": 0.7862,
    }  # fmt: skip


@pytest.mark.parametrize(
    "table, keys",
    [
        ("velocity", ["stage", "stage_name", "cycle", *PACE]),
        (
            "losses",
            [
                *("reason", "reason_label", "stage", "stage_name", "count", "amount", "currency", "unpriced"),
                "share",
            ],
        ),
        (
            "owners",
            [
                *("owner", "n", "won", "lost", "win_rate", "win_rate_above", "won_amount", "won_unpriced"),
                *("currency", "open", "open_amount", "open_unpriced", "open_share", "stages"),
            ],
        ),
        (
            "sources",
            [
                *("source", "n", "won", "lost", "open", "win_rate", "win_rate_above", "won_amount"),
                *("won_unpriced", "currency", "exchanges", "exchanges_per_win", "exchanges_per_won_1000"),
            ],
        ),
    ],
)
def test_json_keys(sold: Pipe, table: str, keys: list[str]) -> None:
    rows = json.loads(sold("stats", table, "--json").out)
    assert [list(row) for row in rows] == [keys] * len(rows)
    assert [json.loads(line) for line in sold("stats", table, "--jsonl").out.splitlines()] == rows
    for row in rows:
        for rate in (row[key] for key in ("win_rate", "share") if key in row):
            assert list(rate) == RATE


def test_json_of_an_owners_stages(sold: Pipe) -> None:
    rows = json.loads(sold("stats", "owners", "--json").out)
    keys = ["stage", "stage_name", "entered", "to_win", "to_win_above", *PACE]
    assert [list(stage) for row in rows for stage in row["stages"]] == [keys] * 5
    assert list(rows[0]["open_share"]) == ["n", "k", "count", "amount"]
    beside = json.loads(sold("stats", "owners", "--stage", "lead", "--json").out)
    assert [row.pop("owner") for row in beside] == ["ida", "lea", "marc"]
    assert beside[2] == rows[0]["stages"][0]


def test_csv_has_no_nesting(sold: Pipe) -> None:
    rate = [f"{{}}_{key}" for key in RATE] + [f"{{}}_above_{key}" for key in ("level", "n", "rate")]
    found = sold("stats", "--csv").out.splitlines()
    assert found[0].split(",") == [
        *("stage", "stage_name", "entered", "went_on", "lost", "moved_back", "still_there", "skipped"),
        *(key.format("to_next") for key in rate),
        *(key.format("to_win") for key in rate),
    ]
    assert found[1] == (
        "lead,Qualified lead,18,10,5,0,3,0,15,10,0.5556,0.3122,0.7749,false,,,,"
        "14,9,0.5,0.2573,0.7427,false,,,"
    )
    assert found[4] == (
        "negotiation,Negotiation,1,1,0,0,0,8,1,1,,,,true,pipeline,16,0.5778,1,1,,,,true,pipeline,14,0.5"
    )
    assert sold("stats", "losses", "--csv").out.splitlines()[1] == (
        "price,price,lead,Qualified lead,5,32000,EUR,0,5,5,,,,true"
    )
    for table in TABLES:
        widths = {line.count(",") for line in sold("stats", table, "--csv").out.splitlines()}
        assert len(widths) == 1


def test_markdown(sold: Pipe) -> None:
    assert sold("stats", "losses", "--markdown").out == (
        "| Reason | Stage | lost | Amount | of all lost |\n"
        "| --- | --- | ---: | ---: | --- |\n"
        "| price | Qualified lead | 5 | €32,000 | 5 of 5 |\n"
    )
    for table in TABLES:
        assert sold("stats", table, "--markdown").out.startswith("| ")


@pytest.mark.parametrize(
    "table, ids",
    [
        ("funnel", ["lead", "discovery", "proposal", "negotiation"]),
        ("velocity", ["lead", "discovery", "proposal", "negotiation"]),
        ("losses", ["price"]),
        ("owners", ["marc", "lea", "ida"]),
        ("sources", ["fair", "referral"]),
    ],
)
def test_quiet_has_each_key_once(sold: Pipe, table: str, ids: list[str]) -> None:
    assert sold("stats", table, "-q").out.split() == ids


@pytest.mark.parametrize("table", TABLES)
def test_nothing_to_list_prints_nothing_when_piped(
    pipe: Pipe, table: str, screen: Callable[[int], None]
) -> None:
    assert pipe("init").code == 0
    assert pipe("stats", table) == (0, "", "")
    assert pipe("stats", table, "--json") == (0, "[]\n", "")
    assert pipe("stats", table, "--as-of", "2026-01-01") == (0, "", "")
    screen(80)
    assert pipe("stats", table) == (0, "", "Nothing to list.\n")


def test_a_period_an_owner_and_a_day(sold: Pipe) -> None:
    def counts(*words: str) -> str:
        return sold("stats", *words).out.splitlines()[0]

    assert counts("--since", "2026-11-01") == "6 opportunities: 1 won, 1 lost, 4 open"
    assert counts("--until", "2026-06-30") == "12 opportunities: 8 won, 4 lost, 0 open"
    assert counts("--owner", "MARC") == "9 opportunities: 8 won, 0 lost, 1 open"
    assert counts("--as-of", "2026-06-12") == "12 opportunities: 3 won, 0 lost, 9 open"
    assert counts("owners", "--owner", "ida") == "4 opportunities: 0 won, 4 lost, 0 open"
    assert sold("stats", "losses", "--since", "2026-11-01", "-q").out == "price\n"
    assert sold("stats", "losses", "--until", "2026-06-30") == (0, "", "")


@pytest.mark.parametrize(
    "words, code, line",
    [
        (["nosuch"], 2, 'there is no command "nosuch"; pipe stats -h lists them'),
        (["--owner", "lea", "losses"], 2, "--owner belongs behind the command: pipe stats losses --owner …"),
        (["--since", "2027-01-01"], 2, "2027-01-01 is after 2026-11-23; --since looks back"),
        (["--as-of", "2027-01-01"], 2, "2027-01-01 is in the future; --as-of looks back"),
        (
            ["losses", "--since", "2026-03-01", "--until", "2026-01-01"],
            2,
            "the period ends 2026-01-01, before it starts 2026-03-01",
        ),
        (
            ["sources", "--until", "soon"],
            2,
            '"soon" is not a date; write 2026-12-31, 31/12/2026, +3d, fri or eom',
        ),
        (["owners", "--owner", "zed"], 3, 'no opportunity is of "zed"; the owners are: lea, marc'),
        (
            ["owners", "--stage", "nowhere"],
            3,
            'no stage "nowhere"; the stages are: lead, discovery, proposal, negotiation',
        ),
        (["velocity", "--markdown", "--csv"], 2, "choose one format: --csv --markdown"),
    ],
)
def test_what_is_refused_is_one_line(house: Pipe, words: list[str], code: int, line: str) -> None:
    assert house("stats", *words) == (code, "", line + "\n")


@pytest.mark.parametrize(
    "table, said",
    [
        ("funnel", "only what was opened from that day on"),
        ("velocity", "stays begun, and cycles ended, from that day on"),
        ("losses", "only what was lost from that day on"),
        ("owners", "only what was opened from that day on"),
        ("sources", "only what was opened from that day on"),
    ],
)
def test_help_says_what_the_period_is_of(pipe: Pipe, table: str, said: str) -> None:
    assert said in " ".join(pipe("stats", table, "-h").out.split())


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize("table", TABLES)
def test_it_fits_the_terminal(busy: Pipe, screen: Callable[[int], None], table: str, columns: int) -> None:
    screen(columns)
    for words in ([table], [table, "--owner", "paul"], [table, "--as-of", "2026-06-01"]):
        lines = busy("stats", *words).out.splitlines()
        assert lines and max(map(len, lines)) <= columns
        assert not any(line.rstrip().endswith(" n") for line in lines)
