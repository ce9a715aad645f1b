"""The door of files and streams: what cannot be read, or not to its end, is told in a sentence, and nothing waits."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.collect import input as door
from diagnose.collect.input import open_input, read_bytes, read_text
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
