"""The door of files and streams: what cannot be read, or not to its end, is told in a sentence, and nothing waits."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.collect import input as door
from diagnose.collect.input import input_name, open_input, read_bytes, read_text, unusable
from diagnose.errors import XdiagError


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda _: None, "there is no file", id="nothing"),
        pytest.param(lambda path: path.mkdir(), "is a folder, not a file", id="a folder"),
        pytest.param(lambda path: path.symlink_to(path), "too many levels of symbolic links", id="a link to itself"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "is a device, not a file", id="zeros without end"),
        pytest.param(lambda path: path.symlink_to("/dev/full"), "is a device, not a file", id="a full device"),
        pytest.param(lambda path: path.symlink_to("/dev/random"), "is a device, not a file", id="noise without end"),
    ],
)
def test_what_is_not_a_file_is_told(tmp_path: Path, make: Callable[[Path], None], said: str) -> None:
    make(tmp_path / "it")
    with pytest.raises(XdiagError, match=said) as error:
        read_bytes(tmp_path / "it")
    assert f"`{tmp_path / 'it'}`" in error.value.message


def test_what_the_system_does_not_read_on_is_told_while_it_is_read() -> None:
    with open_input(Path("/proc/self/mem")) as file, pytest.raises(XdiagError, match="cannot be read: input/output"):
        file.readline()


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "nul\0"], ids=["a long name", "a long path", "a NUL"])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(XdiagError, match="cannot be read: "):
        read_bytes(tmp_path / name)


def test_a_device_that_is_empty_is_an_empty_file() -> None:
    assert read_bytes(Path(os.devnull)) == b""


def test_a_pipe_that_nobody_writes_to_is_told_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_PATIENCE", 0.2)
    os.mkfifo(tmp_path / "pipe")
    start = time.monotonic()
    with pytest.raises(XdiagError, match="is a pipe that nobody writes to"):
        read_bytes(tmp_path / "pipe")
    assert time.monotonic() - start < 30


def test_a_pipe_that_somebody_opens_late_and_writes_to_later_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_PATIENCE", 0.5)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        with open(pipe, "wb") as file:  # waits for the reader
            time.sleep(1)
            file.write(b"some")
            file.flush()
            time.sleep(0.2)
            file.write(b"thing")

    writer = threading.Thread(target=write)
    writer.start()
    assert read_bytes(pipe) == b"something"
    writer.join()


def test_a_pipe_whose_writer_wrote_nothing_is_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: open(tmp_path / "pipe", "wb").close())
    writer.start()
    assert read_bytes(tmp_path / "pipe") == b""
    writer.join()


def test_a_pipe_of_a_shell_has_been_opened_at_both_ends() -> None:
    theirs, ours = os.pipe()
    os.close(ours)
    try:
        assert read_bytes(Path(f"/dev/fd/{theirs}")) == b""
    finally:
        os.close(theirs)


def test_of_a_file_that_is_too_large_nothing_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(XdiagError, match="is larger than 64 MB"):
        read_bytes(tmp_path / "large")


def test_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes("é".encode("latin-1"))
    with pytest.raises(XdiagError, match="is not text in UTF-8"):
        read_text(tmp_path / "text")
    (tmp_path / "text").write_bytes("\ufeffé".encode())
    assert read_text(tmp_path / "text") == "é"
    (tmp_path / "text").write_bytes(b"\xff")
    with pytest.raises(XdiagError) as error:
        read_text(tmp_path / "text")
    assert error.value.hint == "save it as UTF-8"


@pytest.mark.parametrize("source", ["file", "pipe"])
def test_as_much_as_is_allowed_is_read_and_no_more(tmp_path: Path, source: str) -> None:
    def given(size: int) -> Path:
        if source == "file":
            (tmp_path / "it").write_bytes(b"x" * size)
            return tmp_path / "it"
        theirs, ours = os.pipe()
        os.write(ours, b"x" * size)
        os.close(ours)
        opened.append(theirs)
        return Path(f"/dev/fd/{theirs}")

    opened: list[int] = []
    assert read_bytes(given(1000), most=1000) == b"x" * 1000
    path = given(1001)
    with pytest.raises(XdiagError) as error:
        read_bytes(path, most=1000)
    assert error.value.message == f"`{path}` is larger than 0 MB"
    assert error.value.hint == "no evidence is this large; is it the right file?"
    for each in opened:
        os.close(each)


def test_standard_input_is_read_and_stays_open() -> None:
    reading = "from diagnose.collect.input import read_bytes; print(read_bytes('-'), read_bytes('-'))"
    run = subprocess.run([sys.executable, "-c", reading], input=b"something", capture_output=True, check=False)
    assert (run.stdout, run.stderr) == (b"b'something' b''\n", b"")


def test_a_part_of_a_file_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"one\ntwo\n")
    with open_input(tmp_path / "it") as file:
        assert file.seekable()
        assert (file.readline(), file.tell()) == (b"one\n", 4)
        file.seek(0)
        assert file.readline() == b"one\n"


@pytest.mark.parametrize(
    ("path", "name"),
    [("-", "standard input"), (Path("-"), "standard input"), (Path("a/b"), "a/b"), (Path("a\udcff"), "a?")],
)
def test_what_is_read_is_named(path: Path, name: str) -> None:
    assert input_name(path) == name


@pytest.mark.parametrize(
    ("error", "done", "said"),
    [
        (FileNotFoundError(2, "No such file"), "read", "there is no file `x`"),
        (FileNotFoundError(2, "No such file"), "written", "there is no folder for `x`"),
        (IsADirectoryError(21, "Is a directory"), "read", "`x` is a folder, not a file"),
        (PermissionError(13, "Permission denied"), "written", "`x` cannot be written: permission denied"),
        (OSError(28, "No space left on device"), "written", "`x` cannot be written: no space left on device"),
        (OSError(), "read", "`x` cannot be read: it is not a file name"),
        (ValueError("embedded null byte"), "read", "`x` cannot be read: it is not a file name"),
    ],
)
def test_why_the_system_refuses_is_a_sentence(error: OSError | ValueError, done: str, said: str) -> None:
    told = unusable(error, "x", done, "a hint")
    assert (told.message, told.hint) == (said, "a hint")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda path: path.symlink_to("/dev/zero"), "expected a file that you may read, or `-` for standard input"),
        (lambda _: None, "expected a file that you may read, or `-` for standard input"),
        (os.mkfifo, "start what writes to it first"),
    ],
    ids=["a device", "nothing", "a pipe that nobody writes to"],
)
def test_it_is_said_what_is_expected_instead(
    make: Callable[[Path], None], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_PATIENCE", 0.1)
    make(tmp_path / "it")
    with pytest.raises(XdiagError) as error:
        read_bytes(tmp_path / "it")
    assert error.value.hint == hint


def test_a_pipe_with_a_name_is_read_to_its_end_whoever_opened_it_when(tmp_path: Path) -> None:
    """Its writer has opened it, and has not written yet: there is nothing in it, which is not its end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY)

    def write() -> None:
        os.write(writer, b"late")
        os.close(writer)

    late = threading.Timer(0.3, write)
    late.start()
    assert read_bytes(pipe) == b"late"
    late.join()
    os.close(reader)


def test_a_terminal_is_read_though_it_is_a_device() -> None:
    ours, theirs = os.openpty()
    os.write(ours, b"typed\n\x04")
    assert read_bytes(Path(os.ttyname(theirs))) == b"typed\n"
    os.close(ours)
    os.close(theirs)
