"""What is said of a wrong configuration: line, key, what was expected; never a value."""

import pytest
from tests.settings.conftest import WHOLE, Told

FOLDER = '[endpoints.e]\nurl = "file:here"\n'
SERVER = '[endpoints.e]\nurl = "sftp://u@h/in"\nhost_keys = "k"\nagent = true\n'
OUT = """\
[feeds.f]
direction = "out"
system = "twist"
endpoint = "e"
source = "*.jsonl"
sender = "A"
receiver = "B"
"""
ACKS = '[feeds.a]\ndirection = "acks"\nsystem = "icc"\nendpoint = "e"\n'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("retries = '5'", "retries: expected a whole number."),
        ("retries = 1.5", "retries: expected a whole number."),
        ("retries = true", "retries: expected a whole number."),
        ("retries = -1", "retries: expected at least 0."),
        ("retries = 101", "retries: expected at most 100."),
        ("settle_seconds = '5'", "settle_seconds: expected a number."),
        ("settle_seconds = nan", "settle_seconds: expected a finite number."),
        ("connect_timeout_seconds = inf", "connect_timeout_seconds: expected a finite number."),
        ("retry_wait_seconds = 0", "retry_wait_seconds: expected more than 0."),
        ("delete = 'yes'", "delete: expected true or false, without quotes."),
        ("upload = 'rename-it'", "upload: expected 'rename' or 'direct'."),
        ("marker = 7", "marker: expected text, in quotes."),
        ("marker = ''", "marker: expected a suffix of 1 to 32 letters, digits, dots,"),
        ("marker = './done'", "marker: expected a suffix of 1 to 32 letters, digits, dots,"),
        ("marker = '.part'", "marker: is also the suffix of temporary names; choose another."),
        ("archive = 'here'", "archive: expected a folder other than the endpoint's own."),
        ("credentials_expire = 'soon'", "credentials_expire: expected a day: 2027-01-31."),
        ("credentials_expire = 2027-01-31T00:00:00", "credentials_expire: expected a day"),
        ("credentials_expire = 20270131", "credentials_expire: expected a day: 2027-01-31."),
        ("agnet = true", "agnet: no such key; did you mean `agent`?"),
        ("zzz = 1", "zzz: no such key; there are: url, host_keys,"),
        ("name = 'x'", "name: no such key; the name stands in the header."),
        ("kind = 'sftp'", "kind: no such key;"),
        ("password = 'S3NTINEL'", "password: is for sftp endpoints, and this is a folder"),
    ],
)
def test_a_key_of_an_endpoint(told: Told, line: str, expected: str) -> None:
    said = told(f"{FOLDER}{line}\n")
    assert any(one.startswith(f"3: endpoints.e.{expected}") for one in said), said
    assert "S3NTINEL" not in "".join(said)


@pytest.mark.parametrize(
    "value",
    [
        "'S3NTINEL'",
        "{ value = 'S3NTINEL' }",
        "{ env = 'A', file = 'S3NTINEL' }",
        "{ S3NTINEL = 'A' }",
        "{ env = 'S3NTINEL=' }",
        "{ file = '' }",
        "['S3NTINEL']",
        "17",
    ],
)
@pytest.mark.parametrize("key", ["password", "passphrase", "private_key"])
def test_a_secret_is_a_reference_and_its_value_is_never_shown(
    told: Told, key: str, value: str
) -> None:
    said = told(f"{SERVER}{key} = {value}\n")
    assert said[0].startswith(f"5: endpoints.e.{key}: expected ")
    assert "S3NTINEL" not in "".join(said)
    if "''" not in value:
        assert '{ env = "NAME" } or { file = "PATH" }' in said[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('url = "sftp://u@h/in"\nagent = true', "1: endpoints.e.host_keys: missing; name a known"),
        ('url = "sftp://u@h/in"\nhost_keys = "k"', "1: endpoints.e.private_key: missing; or give"),
        ("host_keys = 'k'", "1: endpoints.e.url: missing; where: `sftp://USER@HOST:PORT/FOLDER`"),
        ('url = "sftp://u:S3NTINEL@h/"', "2: endpoints.e.url: a password never stands in a URL"),
        ('url = "file:x"\njump = "e"', "3: endpoints.e.jump: is for sftp endpoints"),
        ('url = "file:x"\narchive = "y"\ndelete = true', "4: endpoints.e.delete: files are"),
    ],
)
def test_an_endpoint_as_a_whole(told: Told, text: str, expected: str) -> None:
    said = told(f"[endpoints.e]\n{text}\n")
    assert any(one.startswith(expected) for one in said), said
    assert "S3NTINEL" not in "".join(said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{SERVER}jump = "e"', "5: endpoints.e.jump: leads back to this endpoint"),
        (f'{SERVER}jump = "f"', "5: endpoints.e.jump: there is no endpoint of this name; there"),
        (
            f'{SERVER}jump = "far"\n[endpoints.far2]\nurl = "file:x"',
            "5: endpoints.e.jump: there is no endpoint of this name; did you mean `far2`?",
        ),
        (
            f'{SERVER}jump = "g"\n[endpoints.g]\nurl = "file:x"',
            "5: endpoints.e.jump: is a folder; expected the name of an sftp endpoint.",
        ),
        (
            f'{SERVER}jump = "g"\n{SERVER.replace("endpoints.e", "endpoints.g")}jump = "e"',
            "5: endpoints.e.jump: leads back to this endpoint",
        ),
        (f'{SERVER}passphrase = {{ env = "A" }}', "5: endpoints.e.passphrase: has no use without"),
    ],
)
def test_the_way_to_a_server(told: Told, text: str, expected: str) -> None:
    said = told(text)
    assert any(one.startswith(expected) for one in said), said


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('pattern = "*"', "10: feeds.f.pattern: is for feeds of direction in or acks; take"),
        ('destination = "x"', "10: feeds.f.destination: is for feeds of direction in; take"),
        ('schedule = "0 2 * *"', "10: feeds.f.schedule: expected cron's five fields"),
        ('schedule = "0 25 * * *"', "10: feeds.f.schedule: expected cron's five fields, minute"),
        ('schedule = "0 0 30 2 *"', "10: feeds.f.schedule: expected cron's five fields"),
        (f'schedule = "{"9" * 5000} 1 1 1 1"', "10: feeds.f.schedule: expected cron's five"),
        ('schedule = "@daily"', "10: feeds.f.schedule: expected cron's five fields"),
        ('timezone = "America"', "10: feeds.f.timezone: no time zone of this name here"),
        ('timezone = "America/Chikago"', "10: feeds.f.timezone: no time zone of this name here"),
        ('timezone = "/etc/passwd"', "10: feeds.f.timezone: no time zone of this name here"),
        ('timezone = ""', "10: feeds.f.timezone: no time zone of this name here"),
        ("batch_size = 0", "10: feeds.f.batch_size: expected at least 1."),
        ("encrypt_to = 7", "10: feeds.f.encrypt_to[0]: expected the path of a file or folder"),
        ("encrypt_to = [\n'a',\n''\n]", "12: feeds.f.encrypt_to[1]: expected the path of a file"),
        ('sign_with = { env = "A" }', "10: feeds.f.sign_with: has no use without encrypt_to"),
        ("armor = true", "10: feeds.f.armor: has no use without encrypt_to"),
        ('verify_with = "a"', "10: feeds.f.verify_with: is for feeds of direction in or acks"),
        ('verify_with = "a"', "10: feeds.f.verify_with: has no use without decrypt_with"),
        ('acknowledgements = "g"', "10: feeds.f.acknowledgements: there is no feed of this name"),
        ('acknowledgements = "f"', "10: feeds.f.acknowledgements: expected the name of a feed of"),
        (f'acknowledgements = "a"\n{ACKS}', "10: feeds.f.acknowledgements: that feed is of anoth"),
    ],
)
def test_a_key_of_a_feed(told: Told, lines: str, expected: str) -> None:
    said = told(f"{FOLDER}{OUT}{lines}\n")
    assert any(one.startswith(expected) for one in said), said


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('endpoint = "e"', 'endpoint = "ee"', "6: feeds.f.endpoint: there is no endpoint of th"),
        ('endpoint = "e"\n', "", "3: feeds.f.endpoint: missing; the name of the endpoint that"),
        ('"out"', '"output"', "4: feeds.f.direction: expected 'out', 'in' or 'acks'."),
        ('sender = "A"', 'sender = "S3NTINEL!"', "8: feeds.f.sender: expected 1 to 8 letters"),
        ('sender = "A"', 'sender = "ABCDEFGHI"', "8: feeds.f.sender: expected 1 to 8 letters"),
        ('sender = "A"\n', "", "3: feeds.f.sender: missing; a feed of direction out needs it."),
        ('source = "*.jsonl"\n', "", "3: feeds.f.source: missing; a feed of direction out nee"),
        ('"out"', '"in"', "3: feeds.f.destination: missing; a feed of direction in needs it."),
        ('"out"', '"in"', "7: feeds.f.source: is for feeds of direction out; take it out."),
        ('"twist"', '"Twist"', "5: feeds.f.system: expected a system's name"),
        ("feeds.f", "feeds.'-f'", "3: feeds.-f: expected a name of 1 to 64 letters"),
        ("[feeds.f]", "[feeds.f]\nname = 'f'", "4: feeds.f.name: no such key; the name stands"),
    ],
)
def test_a_feed_as_a_whole(told: Told, old: str, new: str, expected: str) -> None:
    said = told(f"{FOLDER}{OUT}".replace(old, new))
    assert any(one.startswith(expected) for one in said), said
    assert "S3NTINEL" not in "".join(said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[feed.x]", "1: feed: no such key; did you mean `feeds`?"),
        ("feeds = []", "1: feeds: expected tables: [feeds.NAME]."),
        ("[feeds]\nx = 1", "2: feeds.x: expected a table: [feeds.x]."),
        ("[[ledger]]", "1: ledger: expected a table: [ledger]."),
        ("[ledger]\nkey = 'a:b'", "2: ledger.key: expected a reference, { env"),
        ("[ledger]\nurl = 3", '2: ledger.url: expected "sqlite:///FILE" or "postgresql'),
        ("[ledger]\nurl = 'mysql://x'", '2: ledger.url: expected "sqlite:///FILE"'),
        ("[ledger]\nretention_days = 0", "2: ledger.retention_days: expected at least 1."),
        (f"[mappings]\noverlay = ['{'x' * 300}']", "2: mappings.overlay[0]: the overlay folder"),
        ("[mappings]\noverlay = ['a\\u0000']", "2: mappings.overlay"),
        ("[policy]\nseverity = 'off'", "2: policy.severity: expected a table."),
        ("[policy.severity]\nIN-1 = 'on'", "2: policy.severity.IN-1: expected 'error', 'warning'"),
        ("[policy]\niep_activity_days = '3'", "2: policy.iep_activity_days: expected a whole"),
    ],
)
def test_the_other_tables(told: Told, text: str, expected: str) -> None:
    assert told(text)[0].startswith(expected)


def test_all_mistakes_are_told_at_once_by_line(told: Told) -> None:
    text = WHOLE.replace('"bastion"', '"bastoin"').replace("0 2 * * 1-5", "0 2 * *")
    text = text.replace("lease_seconds = 60", "lease_secs = 60").replace("[policy]", "[polity]")
    said = told(text.replace('timezone = "America/Chicago"', 'timezone = "Texas"'))
    keys = [one.split(": ")[1] for one in said]
    assert keys == [
        "ledger.lease_secs",
        "polity",
        "endpoints.texas.jump",
        "feeds.texas-plans.schedule",
        "feeds.texas-plans.timezone",
    ]
    numbers = [int(one.partition(":")[0]) for one in said]
    assert numbers == sorted(numbers)
