"""What can go wrong with the file: each fault is one clear line, and the index is as of the last commit."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import dedup
from dedup.digest import digest_of
from dedup.errors import ArticleLost, IndexDamaged, IndexForeign, IndexLocked, IndexMismatch, IndexUnusable
from dedup.index import Store, opening, schema
from dedup.index.migrations import FIRST
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import tables

ROOT = Path(__file__).parents[1]
SHARED = 5 << 40


def put(store, *ids):
    """Store articles, and post each under 80 keys of its own."""
    rng = np.random.default_rng(len(ids))
    with store.writing():
        made = [Article(name, f"the text of {name}") for name in ids]
        numbers = store.put_articles(made, [*map(digest_of, made)], [4] * len(ids))
        store.postings.post(
            numbers, np.arange(len(ids) + 1) * 80, rng.integers(0, 2**64, 80 * len(ids), np.uint64)
        )
    return numbers


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    assert text
    return text


def run(code, *arguments, **options):
    """Start another Python on `code`, which can use what this file has imported."""
    head = "import sys, time, resource\nimport numpy as np\nfrom dedup.index import Store\n"
    head += "from dedup.model import Article\nfrom test_index_faults import put\n"
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


# files that are no index


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IndexForeign) as error:
        Store.open(tmp_path)
    assert "folder" in one_line(error)


@pytest.mark.parametrize(
    "content", [b"x", b"a short text\n", b"a longer text\n" * 1000, b"SQLite format 3\0" + b"x" * 5000]
)
def test_another_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(IndexForeign) as error:
        Store.open(path)
    assert "not an index" in one_line(error)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE article(number)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(IndexForeign) as error:
        Store.open(path)
    assert "another program" in one_line(error)
    assert path.read_bytes() == before


def test_an_absent_index_is_made_only_when_wanted(tmp_path):
    with pytest.raises(IndexForeign) as error:
        Store.open(tmp_path / "none.db", create=False)
    assert "no index" in one_line(error)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IndexUnusable) as error:
        Store.open(tmp_path / "no folder" / "none.db")
    assert "does not exist" in one_line(error)
    (tmp_path / "empty.db").touch()
    with Store.open(tmp_path / "empty.db") as store:
        assert store.check() == []


# indexes of others


def test_other_settings_are_refused_and_named(tmp_path):
    path = tmp_path / "i.db"
    Store.open(path, Settings(shingle=4)).close()
    with pytest.raises(IndexMismatch) as error:
        Store.open(path, Settings(shingle=6, window=9))
    text = one_line(error)
    assert "shingle 4, not 6" in text
    assert "window 7, not 9" in text
    assert "threshold" not in text
    with Store.open(path) as store:
        assert store.settings == Settings(shingle=4)
    with Store.open(path, Settings(shingle=4, candidate_score=9.0)) as store:
        assert store.settings.candidate_score == 9.0


def test_other_tables_or_hashes_are_refused(tmp_path):
    path = tmp_path / "i.db"
    for name in ("tables", "scheme", "hash"):
        path.unlink(missing_ok=True)
        Store.open(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE about SET value = '\"odd\"' WHERE name = ?", (name,))
        connection.close()
        with pytest.raises(IndexMismatch) as error:
            Store.open(path)
        assert f"{name} odd" in one_line(error)


def test_the_version_of_the_tables_is_that_of_the_sketch():
    assert schema.tables_version() == tables().version


def test_settings_of_a_newer_dedup_are_refused(tmp_path):
    path = tmp_path / "i.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE about SET value = ? WHERE name = 'settings'", (json.dumps({"colour": 3}),))
    connection.close()
    with pytest.raises(IndexMismatch) as error:
        Store.open(path)
    one_line(error)


def test_a_newer_schema_is_refused(tmp_path):
    path = tmp_path / "i.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={schema.newest() + 1}")
    connection.close()
    with pytest.raises(IndexMismatch) as error:
        Store.open(path)
    assert "newer" in one_line(error)


@pytest.mark.parametrize("statement", ["DELETE FROM about", "DROP TABLE about"])
def test_a_lost_table_is_damage(tmp_path, statement):
    path = tmp_path / "i.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(IndexDamaged) as error:
        Store.open(path)
    one_line(error)


def test_a_cut_off_file_is_damage(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(500)))
    with path.open("r+b") as file:
        file.truncate(5 * opening.PAGE)
    with pytest.raises(IndexDamaged) as error, Store.open(path) as store:
        store.articles.get(range(1, 501))
    one_line(error)


# migrations


def schema_of(path):
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return found


def test_the_schema_that_indexes_begin_with_stays_as_it_is(tmp_path, monkeypatch):
    """There are indexes that have it: what a later dedup changes, it changes by a migration."""
    monkeypatch.setattr(schema, "MIGRATIONS", ())
    Store.open(tmp_path / "i.db").close()
    statements = [" ".join(sql.split()) for _, sql in schema_of(tmp_path / "i.db") if sql]
    own = sorted(sql for sql in statements if "sqlite_" not in sql)  # sqlite-utils makes a table, too
    assert sha256("\n".join(own).encode()).hexdigest()[:16] == "3d33f93fdd1c2cbe"


def later(db):
    db.execute("CREATE TABLE added_later(x)")


def test_an_index_of_an_earlier_schema_is_brought_up_to_date(tmp_path, monkeypatch):
    for name in ("made at once", "made in steps"):
        with Store.open(tmp_path / name) as store:
            put(store, "a", "b")
    with closing(sqlite3.connect(tmp_path / "made in steps", isolation_level=None)) as connection:
        step = "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('dedup', ?)"
        connection.executemany(step, [(f"{number}",) for number in range(1, FIRST)])
    monkeypatch.setattr(schema, "MIGRATIONS", (later,))
    Store.open(tmp_path / "new").close()
    for name in ("made at once", "made in steps"):
        with Store.open(tmp_path / name) as store:
            assert store.articles.ids([1, 2]) == ["a", "b"]
            assert store.info()["schema"] == FIRST + 1
            assert store.check() == []
        assert schema_of(tmp_path / name) == schema_of(tmp_path / "new")


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    def breaks(db):
        db.execute("CREATE TABLE half(x)")
        db.execute("SELECT * FROM nowhere")

    path = tmp_path / "i.db"
    Store.open(path).close()
    before = schema_of(path)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, breaks))
        with pytest.raises(IndexDamaged) as error:
            Store.open(path)
        one_line(error)
    assert schema_of(path) == before
    with Store.open(path) as store:
        assert store.check() == []


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ("UPDATE about SET value = '\"odd\"' WHERE name = 'scheme'", {}),
        ("UPDATE about SET value = '{\"colour\": 3}' WHERE name = 'settings'", {}),
        ("UPDATE about SET value = 'false' WHERE name = 'texts'", {"texts": True}),
        ("SELECT 1", {"settings": Settings(shingle=6, window=9)}),
    ],
)
def test_an_older_index_that_is_refused_is_left_as_it_was(tmp_path, monkeypatch, changed, asked):
    """So that the dedup which made it can still open it."""
    path = tmp_path / "i.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(changed)
    before = schema_of(path)
    monkeypatch.setattr(schema, "MIGRATIONS", (later,))
    with pytest.raises(IndexMismatch) as error:
        Store.open(path, create=False, **asked)
    one_line(error)
    assert schema_of(path) == before


# several processes


def test_a_second_writer_waits_and_then_gives_up(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as first, Store.open(path, lock_timeout=0.2) as second:
        put(first, "a")
        with first.writing():
            put(first, "b")
            begin = time.monotonic()
            with pytest.raises(IndexLocked) as error:
                put(second, "c")
            assert time.monotonic() - begin >= 0.2
            one_line(error)
            assert second.articles.ids([1]) == ["a"]  # readers go on, with what is committed
            assert second.articles.count() == 1
            assert second.check() == []
        put(second, "c")
        assert first.articles.known("abc").keys() == set("abc")


def test_a_reader_sees_one_state(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as writer, Store.open(path) as reader:
        put(writer, "a")
        with reader.reading():
            assert reader.articles.count() == 1
            for i in range(40):  # runs are merged under its feet
                put(writer, f"b{i}")
            assert reader.articles.count() == 1
            assert reader.check() == []
        assert reader.articles.count() == 41


def test_processes_that_start_together_make_one_index(tmp_path):
    path = tmp_path / "i.db"
    code = """
    with Store.open(sys.argv[1], lock_timeout=60) as store:
        for i in range(5):
            put(store, f"{sys.argv[2]} {i}")
    """
    started = [run(code, path, name) for name in "abc"]
    for process in started:
        assert process.communicate()[1] == ""
    with Store.open(path) as store:
        assert store.articles.count() == 15
        assert store.check() == []


@pytest.mark.parametrize("patience", [0.0, 0.05, 0.2, 0.5, 1.1])
def test_a_killed_process_leaves_the_last_commit(tmp_path, patience):
    """The writer says what it has committed; it is killed at some time after its first commit."""
    path = tmp_path / "i.db"
    code = """
    with Store.open(sys.argv[1]) as store:
        for i in range(100_000):
            with store.writing():
                put(store, *(f"{i} {j}" for j in range(50)))
                store.remove([50 * i - 3])
            print(i, flush=True)
    """
    process = run(code, path)
    assert process.stdout.readline() == "0\n"
    time.sleep(patience)
    process.send_signal(signal.SIGKILL)
    said = ["0", *process.stdout.read().split()]  # communicate() would miss what readline() read ahead
    process.communicate()
    committed = int(said[-1]) + 1
    with Store.open(path) as store:
        assert store.check() == []
        batches = (store.articles.count() + max(0, store.articles.newest() // 50 - 1)) // 50
        assert store.articles.newest() == 50 * batches
        assert committed <= batches <= committed + 1  # killed between the commit and saying so
        put(store, "goes on")
        assert store.check() == []


def test_a_process_killed_while_creating_leaves_a_file_that_can_be_used(tmp_path):
    code = """
    from dedup.index import schema
    def stops(db):
        print("now", flush=True)
        time.sleep(60)
    schema.MIGRATIONS = (stops,)
    Store.open(sys.argv[1])
    """
    process = run(code, tmp_path / "i.db")
    assert process.stdout.readline() == "now\n"
    process.kill()
    process.communicate()
    with Store.open(tmp_path / "i.db") as store:
        put(store, "a")
        assert store.check() == []


class Interrupted:
    """The connection of a store; Ctrl-C comes while it waits in a statement that begins so."""

    def __init__(self, connection, *beginnings):
        self.connection = connection
        self.left = list(beginnings)

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, statement):
        done = self.connection.execute(statement)
        if self.left and statement.startswith(self.left[0]):
            raise KeyboardInterrupt(self.left.pop(0))
        return done


@pytest.mark.parametrize("asked", [["BEGIN IMMEDIATE"], ["BEGIN IMMEDIATE", "ROLLBACK"], ["ROLLBACK"]])
def test_ctrl_c_leaves_no_transaction_open(tmp_path, asked):
    """Not even where it comes in the wait for the lock, or once more while all is undone."""
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        put(store, "a", "b")
        with pytest.MonkeyPatch.context() as patch:
            opened = replace(store._transactions._opened, connection=Interrupted(store._db, *asked))
            patch.setattr(store._transactions, "_opened", opened)
            with pytest.raises(KeyboardInterrupt, match=asked[-1]), store.writing():
                [store.groups.put({1: "a", 2: "a"}), store.articles.ids([9])]
        with Store.open(path, lock_timeout=0) as other:
            other.groups.put({1: "b", 2: "b"})
        put(store, "c")
    with Store.open(path) as store:
        assert store.articles.count() == 3
        assert [change.group for change in store.changes.since(0, None)] == ["b"]


def test_ctrl_c_while_what_is_undone_is_forgotten_leaves_no_transaction_open(tmp_path, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    path = tmp_path / "i.db"
    with Store.open(path) as store:
        monkeypatch.setattr(store._transactions, "after_rollback", interrupted)
        with pytest.raises(KeyboardInterrupt), store.writing():
            store.articles.ids([9])
        put(store, "a")
    with Store.open(path) as store:
        assert store.articles.count() == 1


# the disk

FILLS = """
from dedup.errors import IndexDamaged
store = Store.open(sys.argv[1])
put(store, "first")
print("first", flush=True)
if len(sys.argv) > 2:
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    for i in range(1000):
        put(store, *(f"{i} {j}" for j in range(200)))
        print(i, flush=True)
except IndexDamaged as error:
    print(error, flush=True)
    print(store.articles.count(), store.check(), flush=True)
"""


@pytest.mark.parametrize("room", [0, 40_000, 120_000])
def test_a_disk_on_which_no_index_can_be_made_is_told_as_full(tmp_path, room):
    code = """
        from dedup.errors import IndexUnusable
        limit = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            Store.open(sys.argv[1])
        except IndexUnusable as error:
            print(error)
        """
    out, err = run(code, tmp_path / "i.db", room).communicate(timeout=120)
    assert err == ""
    assert "full" in out


def test_on_a_disk_without_room_for_a_byte_an_index_can_be_read(tmp_path):
    path = tmp_path / "i.db"
    with Store.open(path) as store:
        put(store, "a", "b")
    code = """
        from dedup.errors import IndexUnusable
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        with Store.open(sys.argv[1], create=False) as store:
            print(store.articles.count(), store.check(), [one.text for one in store.articles.get([1, 2])])
            try:
                put(store, "c")
            except IndexUnusable as error:
                print(error)
        """
    for state in ("alone", "with an empty log"):
        out, err = run(code, path).communicate(timeout=120)
        assert err == "", state
        lines = out.splitlines()
        assert lines[0] == "2 [] ['the text of a', 'the text of b']"
        assert lines[1].startswith(f"{path}: the index cannot be written to")
        Path(f"{path}-wal").touch()
    Path(f"{path}-wal").write_bytes(b"something that was committed")  # not to be left out
    _, err = run(code, path).communicate(timeout=120)
    assert "the disk failed or is full" in err


def test_what_died_before_it_made_an_index_left_none(tmp_path):
    """And whoever only looks does not make one, which would be without the settings that were asked for."""
    path = tmp_path / "i.db"
    path.touch()
    with pytest.raises(IndexForeign, match="there is no index here"):
        Store.open(path, create=False)
    assert path.stat().st_size == 0
    with Store.open(path, texts=False) as store:
        assert not store.keeps_texts


def after_the_disk_was_full(path, process, room):
    out, err = process.communicate(timeout=120)
    assert err == ""
    lines = out.splitlines()
    assert "the index is as of the last commit" in lines[-2]
    assert lines[-1] == f"{1 + 200 * (len(lines) - 3)} []"
    room()
    with Store.open(path) as store:
        assert store.check() == []
        assert store.articles.count() == 1 + 200 * (len(lines) - 3)
        put(store, "goes on")
        assert store.check() == []
    return lines[-2]


def test_a_file_that_may_not_grow(tmp_path):
    process = run(FILLS, tmp_path / "i.db", 2_000_000)
    assert "failed or is full" in after_the_disk_was_full(tmp_path / "i.db", process, lambda: None)


def test_a_full_disk(tmp_path):
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system takes root")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        process = run(FILLS, folder / "i.db")

        def room():
            subprocess.run(["mount", "-o", "remount,size=30m", folder], check=True)

        assert "the disk is full" in after_the_disk_was_full(folder / "i.db", process, room)
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def open_folder():
    """A folder that other users can enter, which those of tmp_path are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


def test_a_read_only_index_can_be_read(open_folder):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, "a")
    path.chmod(0o444)
    open_folder.chmod(0o555)
    code = """
    import os
    from dedup.errors import IndexUnusable
    if os.geteuid() == 0:  # root may write anywhere: be nobody, once all that is imported late is there
        store = Store.open(":memory:")
        put(store, "x")
        store.check()
        os.setresuid(65534, 65534, 65534)
    with Store.open(sys.argv[1]) as store:
        print(store.articles.ids([1]), store.check())
        try:
            put(store, "b")
        except IndexUnusable as error:
            print(error)
    """
    out, err = run(code, path).communicate()
    assert err == ""
    first, second = out.splitlines()
    assert first == "['a'] []"
    assert "cannot be written to" in second


def test_an_older_index_that_may_not_be_written_says_who_can_bring_it_up_to_date(open_folder):
    path = open_folder / "i.db"
    Store.open(path).close()
    path.chmod(0o444)
    open_folder.chmod(0o555)
    code = """
    import os
    from dedup.errors import IndexUnusable
    from dedup.index import schema
    if os.geteuid() == 0:
        Store.open(":memory:").close()  # imports what nobody may not
        os.setresuid(65534, 65534, 65534)
    schema.MIGRATIONS = (lambda db: None,)
    try:
        Store.open(sys.argv[1], create=False)
    except IndexUnusable as error:
        print(error)
    """
    out, err = run(code, path).communicate()
    assert err == ""
    assert out.startswith(f"{path}: made by an older dedup")
    assert "as somebody who may write to it" in out
    assert out.count("\n") == 1


# readers that may not write, while others do

READS = """
import os
from contextlib import ExitStack
from dedup.errors import IndexUnusable
from dedup.index import changes
with Store.open(":memory:") as store:  # import what nobody may not
    put(store, "x")
    store.check()
os.setresuid(65534, 65534, 65534)
store, inside, told = Store.open(sys.argv[1], create=False), ExitStack(), ()
def waits():
    print(store.articles.count(), flush=True)
    sys.stdin.readline()
    return store.articles.count()
for word in sys.stdin:
    try:
        if word in ("begin\\n", "begin long\\n"):
            inside.enter_context(store.reading() if word == "begin\\n" else store.reading_long())
            print(store.articles.count(), flush=True)
            continue
        if word == "read\\n":
            print("read", store.read(waits), flush=True)
            continue
        if word == "journal\\n":
            changes.AT_ONCE = 1
            told = store.changes.since(0, None)
            print(next(told).group, flush=True)
            continue
        if word == "end\\n":
            inside.close()
        numbers = store.articles.numbers().tolist()
        newest = store.articles.get(numbers)[-1].text
        groups = [change.group for change in told]
        print(store.articles.count(), newest, store.check(), *groups, flush=True)
    except IndexUnusable as error:
        print(type(error).__name__, error, flush=True)
"""


@pytest.fixture
def reader(open_folder):
    """Starts a process of another user, which may not write an index but reads it whenever it is asked."""
    if os.geteuid() != 0:
        pytest.skip("a process of another user takes root")
    started = []

    def start(path):
        process = run(READS, path, stdin=subprocess.PIPE)
        started.append(process)

        def ask(word="look"):
            process.stdin.write(f"{word}\n")
            process.stdin.flush()
            return process.stdout.readline().strip() or process.stderr.read()

        return ask

    yield start
    for process in started:
        assert process.communicate()[1] == ""


def test_a_reader_who_may_not_write_sees_what_others_write(open_folder, reader):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(300)))
    early = reader(path)
    assert early() == "300 the text of 299 []"
    with Store.open(path) as store:
        put(store, "a")
        assert early() == "301 the text of a []"
        late = reader(path)
        store.remove(range(1, 300))
        put(store, "b")
        store.compact()
        assert early() == late() == "3 the text of b []"
    with Store.open(path) as store:
        put(store, "c")
    assert early() == late() == "4 the text of c []"


def test_a_reader_who_may_not_write_sees_what_was_written_between_two_looks(open_folder, reader):
    """When nothing beside the index tells of it any more, and the file has shrunk."""
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(300)))
    look = reader(path)
    assert look() == "300 the text of 299 []"
    for change in (1, 2):
        with Store.open(path) as store:
            store.remove(store.articles.numbers()[:100])
            put(store, f"new {change}")
            store.compact()
        assert list(open_folder.iterdir()) == [path]
        assert look() == f"{300 - 99 * change} the text of new {change} []"
    assert list(open_folder.iterdir()) == [path]


def test_a_journal_is_read_on_when_others_have_written(open_folder, reader):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, "a", "b", "c", "d")
        store.groups.put({1: "a", 2: "a"})
        store.groups.put({3: "c", 4: "c"})
    ask = reader(path)
    assert ask("journal") == "a"
    with Store.open(path) as store:
        store.groups.put({1: None, 2: None})
    assert ask() == "4 the text of d [] c"


@pytest.mark.parametrize("word", ["look", "end"])
def test_what_is_written_to_while_it_is_read_is_not_called_damaged(open_folder, reader, word):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(300)))
    ask = reader(path)
    assert ask("begin") == "300"
    with Store.open(path) as store:
        store.remove(range(1, 300))
        store.compact()
    said = ask(word)
    assert said == f"IndexLocked {path}: another process is writing to the index; try again when it is done"
    if word == "look":
        assert ask("end") == said
    assert ask() == "1 the text of 299 []"


def test_a_long_reading_goes_on_when_others_have_written_where_nothing_keeps_a_state(open_folder, reader):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, *map(str, range(300)))
    ask = reader(path)
    assert ask("begin long") == "300"
    with Store.open(path) as store:
        store.remove(range(1, 300))
        store.compact()
    assert ask() == ask("end") == "1 the text of 299 []"


def test_what_one_call_reads_is_read_again_if_it_is_written_to_meanwhile(open_folder, reader):
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, "a")
    ask = reader(path)
    assert ask("read") == "1"
    with Store.open(path) as store:
        put(store, "b")
    assert ask("go on") == "2"
    with Store.open(path) as store:
        put(store, "c")
    said = ask("go on")
    assert said == f"IndexLocked {path}: another process is writing to the index; try again when it is done"
    assert ask("read") == "3"
    assert ask("go on") == "read 3"


def test_a_reader_who_may_not_write_sees_what_a_killed_process_has_committed(open_folder, reader):
    path = open_folder / "i.db"
    code = """
    store = Store.open(sys.argv[1])
    put(store, "a", "b")
    print("put", flush=True)
    time.sleep(60)
    """
    process = run(code, path)
    assert process.stdout.readline() == "put\n"
    process.kill()
    process.communicate()
    assert reader(path)() == "2 the text of b []"


def test_a_reader_who_may_write_beside_an_index_leaves_nothing_there(open_folder, reader):
    """What SQLite would make there would be the reader's, and keep the owner of the index from writing."""
    path = open_folder / "i.db"
    with Store.open(path) as store:
        put(store, "a")
    open_folder.chmod(0o777)
    assert reader(path)() == "1 the text of a []"
    assert list(open_folder.iterdir()) == [path]
    Path(f"{path}-wal").touch()  # of one that died as it began
    assert reader(path)() == "1 the text of a []"
    assert not Path(f"{path}-shm").exists()


MAKE = """
import sys
from pathlib import Path
from dedup.index import Store
for number in range(60):
    Path(f"ready-{number}-{sys.argv[1]}").touch()
    while len(list(Path().glob(f"ready-{number}-*"))) < 2:
        if Path("failed").exists():
            sys.exit("the other one failed")
    try:
        Store.open(f"{number}.db", lock_timeout=60).close()
    except BaseException:
        Path("failed").touch()
        raise
"""


def test_processes_that_make_one_index_at_once_wait_for_each_other(tmp_path):
    both = [
        subprocess.Popen([sys.executable, "-c", MAKE, name], cwd=tmp_path, stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    try:
        told = [(process.communicate(timeout=60)[1], process.returncode) for process in both]
    finally:
        for process in both:  # one waits for the other, which may have failed
            process.kill()
    assert told == [(b"", 0)] * 2


def test_an_article_that_others_point_to_and_is_gone_is_damage(tmp_path):
    path = tmp_path / "news.db"
    with dedup.open(path) as index:
        text = "The ferry ran aground off the Hallin light. " * 9
        index.add({"id": str(n), "text": text} for n in range(3))
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM article WHERE number = 2")
        db.commit()
    with dedup.open(path) as index, pytest.raises(IndexDamaged, match="no article number 2"):
        list(index.groups())
    assert IndexDamaged.exit_status == ArticleLost.exit_status == 4
