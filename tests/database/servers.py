"""Database servers on loopback, started when a test first asks for them, by a user without rights."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, SECRET = "shop", "s3cret#/@x"
#: Where Debian keeps the programs of the servers.
_PLACES = [*map(str, Path("/usr/lib/postgresql").glob("*/bin")), "/usr/sbin", "/usr/bin"]


@dataclass(frozen=True)
class Server:
    """A server that knows the user shop."""

    scheme: str
    port: int

    def address(self, database: str, secret: str | None = SECRET, user: str = USER) -> str:
        """The address of a database; without a password for None."""
        who = user if secret is None else f"{user}:{secret}"
        return f"{self.scheme}://{who}@127.0.0.1:{self.port}/{database}"


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES]))
    if found is None:
        pytest.skip(f"the server is not installed here: no {name}")
    return found


def _folder(user: str) -> tuple[Path, list[str]]:
    """A folder of a user without rights, and what runs a program as that user."""
    folder = Path(tempfile.mkdtemp(prefix="csm-xl-server-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return folder, []
    if not shutil.which("runuser") or subprocess.run(["id", user], capture_output=True).returncode:
        pytest.skip(f"the server does not run as root, and there is no user {user}")
    shutil.chown(folder, user)
    return folder, ["runuser", "-u", user, "--"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _run(words: Sequence[object], as_user: Sequence[str] = ()) -> None:
    done = subprocess.run(
        [*as_user, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


@functools.cache
def postgres() -> Server:
    """PostgreSQL, in the time zone of Shanghai."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (csm-xl[data])")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    folder, as_user = _folder("postgres")
    password = folder / "password"
    password.write_text(SECRET)
    password.chmod(0o644)
    port, data = _free_port(), folder / "data"
    _run(
        [
            initdb,
            "-A",
            "scram-sha-256",
            "-U",
            USER,
            f"--pwfile={password}",
            "-E",
            "UTF8",
            "-D",
            data,
        ],
        as_user,
    )
    options = f"-p {port} -k {folder} -h 127.0.0.1 -c timezone=Asia/Shanghai -c fsync=off"
    # Its output goes into a file: a server holds on to a pipe for as long as it runs.
    subprocess.run(
        [*as_user, pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        timeout=120,
    )
    atexit.register(_run, [pg_ctl, "-D", data, "-m", "immediate", "stop"], as_user)
    return Server("postgres", port)


@functools.cache
def mysql() -> Server:
    """MariaDB, which speaks as MySQL does."""
    pymysql = pytest.importorskip("pymysql", reason="PyMySQL is not installed (csm-xl[mysql])")
    install, server = _program("mariadb-install-db"), _program("mariadbd")
    folder, as_user = _folder("nobody")
    port, data = _free_port(), folder / "data"
    _run(
        [
            install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ],
        as_user,
    )  # fmt: skip
    running = subprocess.Popen(
        [
            *as_user, server, "--no-defaults", f"--datadir={data}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}",
            "--innodb-flush-log-at-trx-commit=0", f"--pid-file={folder / 'pid'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )  # fmt: skip

    def stop() -> None:
        # runuser hands the signal on to the server.
        running.terminate()
        running.wait(30)

    atexit.register(stop)
    until = time.monotonic() + 60
    while True:
        try:
            root = pymysql.connect(unix_socket=str(folder / "socket"), user="root")
            break
        except pymysql.err.OperationalError:
            assert running.poll() is None and time.monotonic() < until, "MariaDB did not start"
            time.sleep(0.1)
    with root, root.cursor() as cursor:
        cursor.execute("CREATE USER shop@'%%' IDENTIFIED BY %s", (SECRET,))
        cursor.execute("GRANT ALL ON *.* TO shop@'%'")
        cursor.execute("CREATE USER guest@'%%' IDENTIFIED BY %s", (SECRET,))
    return Server("mysql", port)
