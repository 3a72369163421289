"""The module gives the command's numbers, and behaves as a Python module should.

Needs the installed wheel; the packages of `pip install ./python[test]`.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import coldgap
import pytest

ROOT = Path(__file__).resolve().parents[2]
TRACE = "traces/burst.csv"
COMMAND = [sys.executable, "-m", "coldgap"]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def trace():
    return coldgap.Trace(ROOT / TRACE) if Path.cwd() != ROOT else coldgap.Trace(TRACE)


@pytest.fixture(scope="module")
def report(trace):
    return coldgap.gap(trace, backend="70/s", nodes=6, policies=["lru", "s3fifo"], quick=True)


def command(*words):
    done = subprocess.run([*COMMAND, *words, "-o", "-"], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout)


def alike(report, *words):
    """The same JSON but for the command, and the name of the file."""
    own, theirs = json.loads(report.to_json()), command(*words)
    for one in (own, theirs):
        del one["command"]
    name = str(ROOT / TRACE)
    return json.dumps(own).replace(name, TRACE) == json.dumps(theirs)


def test_every_question_gives_the_commands_json(trace, report):
    quick = ("-b", "70/s", "--quick")
    assert alike(report, "gap", TRACE, "--nodes", "6", "-p", "lru,s3fifo", *quick)
    story = coldgap.outage(trace, backend="70/s", lose="1/8", quick=True, service_time="5ms")
    assert alike(story, "outage", TRACE, "--lose", "1/8", "--service-time", "5ms", *quick)
    halved = coldgap.compare(trace, backend="140/s", cut="50%", quick=True)
    assert alike(halved, "compare", TRACE, "-b", "140/s", "--cut", "50%", "--quick")
    assert alike(coldgap.replay(trace, cache=["1%", "10%"], policies="lru"), "replay", TRACE, "-c", "1%,10%", "-p", "lru")
    assert alike(coldgap.curve(trace, sizes=5), "replay", TRACE, "--curve=5")
    described = command("inspect", TRACE)["traces"][0]
    found = coldgap.inspect(trace).to_dict()
    assert found == {name: described[name] for name in found} and found["gets"] == 24_000


def test_fields_are_attributes(report):
    row = report.policy("lru", "1/6")
    assert row.loss_ratio == pytest.approx(1 / 6) and row.least_backend_per_second > 60
    assert report.traces[0].verdict.sentence and report.rows[0]["policy"] == "lru"
    assert "hidden_safe_per_second" in dir(row) and row.hidden_95_per_second is None
    with pytest.raises(AttributeError, match="hiden"):
        row.hiden
    with pytest.raises(KeyError, match="1/7"):
        report.policy("lru", "1/7")


def test_a_notebook_shows_the_page(report):
    assert report.to_html().startswith("<!DOCTYPE html>") or report.to_html().lower().startswith("<!doctype html>")
    shown = report._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and "&lt;" in shown
    assert "MAY THE BACKEND BE CUT?" in repr(report) and report.to_text(details=True) != report.to_text()


def test_tables_go_out_through_the_arrow_stream(report):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(report)
    rows = report.to_dict()["rows"]
    assert frame["least_backend_per_second"].to_list() == [row["least_backend_per_second"] for row in rows]
    assert frame["loss"].to_list() == [row["loss"] for row in rows] and frame["nodes_needed"].dtype == polars.UInt64
    pyarrow = pytest.importorskip("pyarrow")
    table, again = pyarrow.table(report), pyarrow.table(report)
    assert table.num_rows == len(rows) and table.column_names == frame.columns
    # Whoever takes numbers takes them where they are.
    needs = [one["least_backend_per_second"].chunk(0).buffers()[1].address for one in (table, again)]
    assert needs[0] == needs[1]
    pandas = pytest.importorskip("pandas", minversion="3")
    assert list(pandas.DataFrame.from_arrow(report)["loss"]) == [row["loss"] for row in rows]
    duckdb = pytest.importorskip("duckdb")
    worst = duckdb.sql("select max(least_backend_per_second) from report").fetchall()[0][0]
    assert worst == max(row["least_backend_per_second"] for row in rows)


def test_traces_come_in_through_the_arrow_stream(trace):
    polars = pytest.importorskip("polars")
    frame = polars.read_csv(TRACE)
    same = coldgap.Trace(frame)
    assert same.fingerprint == trace.fingerprint and same.name == "table"
    named = coldgap.Trace(frame.rename({"key": "url", "time": "at"}), columns={"time": "at", "key": "url", "size": "size"})
    assert named.fingerprint == trace.fingerprint
    pyarrow = pytest.importorskip("pyarrow")
    pieces = pyarrow.table(frame).slice(0, 10_000), pyarrow.table(frame).slice(10_000)
    assert coldgap.Trace(pyarrow.concat_tables(pieces)).fingerprint == trace.fingerprint
    with pytest.raises(coldgap.Error) as refused:
        coldgap.Trace(frame.select("size"))
    assert refused.value.hint


def test_parts_of_a_trace(trace):
    assert len(coldgap.Trace(TRACE, limit=100)) == 100 and len(trace) == 24_000
    with pytest.raises(coldgap.Error, match="has them"):
        coldgap.Trace(TRACE, rate="300/s")


def test_errors_say_how_to_mend_them(trace):
    with pytest.raises(coldgap.Error, match="300 what") as bare:
        coldgap.gap(trace, backend="300")
    assert "--backend" in bare.value.hint and bare.value.exit_code == 2 and "hint" not in str(bare.value)
    with pytest.raises(coldgap.Error, match="takes no 'bakend'"):
        coldgap.gap(trace, bakend="300/s")
    with pytest.raises(coldgap.Error) as missing:
        coldgap.Trace("no-such-file.csv")
    assert missing.value.exit_code == 3


def test_progress_is_told_and_may_stop_the_work(trace):
    told = []
    coldgap.gap(trace, backend="70/s", policies="lru", progress=lambda *now: told.append(now))
    phases = [phase for phase, _, _ in told]
    assert "simulating outages" in phases and all(0 <= done and done <= all_ for _, done, all_ in told)

    def stop(phase, done, all_):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        coldgap.gap(trace, backend="70/s", policies="lru", progress=stop)


def test_other_threads_go_on_meanwhile(trace):
    beats, done = [], threading.Event()

    def beat():
        while not done.is_set():
            beats.append(time.monotonic())
            time.sleep(0.005)

    other = threading.Thread(target=beat)
    other.start()
    start = time.monotonic()
    coldgap.gap(trace, backend="70/s", policies=["lru"])
    end = time.monotonic()
    done.set()
    other.join()
    during = [start, *(at for at in beats if start < at < end), end]
    assert max(later - earlier for earlier, later in zip(during, during[1:])) < max(0.5, (end - start) / 2)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_ctrl_c_stops_the_work():
    script = (
        "import coldgap\n"
        "trace = coldgap.Trace('traces/article.parquet')\n"
        "print('begun', flush=True)\n"
        "try:\n"
        "    coldgap.gap(trace, backend='350/s', certify=True, full=True)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped')\n"
    )
    running = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert running.stdout.readline() == "begun\n"
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=60)[0] == "stopped\n" and running.returncode == 0


def test_the_wheel_has_the_command():
    version = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == f"coldgap {coldgap.__version__}\n"
    refused = subprocess.run([*COMMAND, "gap", "no-such-file.csv"], capture_output=True, text=True, cwd=ROOT)
    assert refused.returncode == 3 and "hint: " in refused.stderr
    installed = Path(sys.executable).with_name("coldgap")
    assert subprocess.run([installed, "--version"], capture_output=True, text=True, check=True).stdout == version


def test_stubs_are_those_of_the_schemas_and_hold():
    subprocess.run([sys.executable, "python/stubs.py", "--check"], check=True, cwd=ROOT)
    pytest.importorskip("mypy")
    right = "import coldgap\nreport = coldgap.gap('t.csv', backend='300/s')\nx: float | None = report.rows[0].hidden_safe_per_second\n"
    wrong = right + "y: int = report.verdict\nreport.rows[0].loss_ratio.upper()\n"
    for text, errors in ((right, 0), (wrong, 2)):
        checked = subprocess.run([sys.executable, "-m", "mypy", "--strict", "-c", text], capture_output=True, text=True, cwd=ROOT / "python")
        assert checked.stdout.count("error:") == errors, checked.stdout
    checked = subprocess.run([sys.executable, "-m", "mypy", "-p", "coldgap"], capture_output=True, text=True, cwd=ROOT / "python")
    assert checked.returncode == 0, checked.stdout


def test_the_notebook_runs_in_a_kernel_and_shows_the_page():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(ROOT / "python/examples/halve.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": ROOT}}).execute()
    shown = [output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    assert any(data.get("text/html", "").startswith("<iframe srcdoc=") for data in shown)
