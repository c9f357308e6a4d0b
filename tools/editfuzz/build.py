"""Fresh ahead-of-time builds of a program's files, from what has not changed reused."""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from editfuzz import ir

INCLUDE = re.compile(r'^#include (["<])([^">]+)[">]', re.M)
CLANG = {".c": "clang-22", ".cpp": "clang++-22"}
NEXTFRAME_H = pathlib.Path(__file__).parents[2] / "include"
LIMIT_S = 60


def digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def is_unit(path):
    return path.endswith((".c", ".cpp"))


def read_by(path, texts):
    """The files that a unit reads, itself included."""
    todo, seen = [path], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in texts:
            continue
        seen.add(name)
        for quote, wanted in INCLUDE.findall(texts[name]):
            beside = [str(pathlib.PurePath(name).parent / wanted)] if quote == '"' else []
            candidates = [*beside, f"over/{wanted}", wanted]
            todo += [path for path in candidates if path in texts][:1]
    return seen


class Build:
    """One program as it is built from its texts: an executable, or what the compiler said."""

    def __init__(self, texts):
        self.texts = texts
        self.executable = None
        self.errors = ""
        self.units = {}  # Path of each unit → its IR before optimisation, in a file.
        self.first_names = {}  # Of renamed units: path → first path. See Run.build.
        self.known_ir = None

    def ir(self):
        """What the whole program consists of, by symbol; see ir.Program."""
        if self.known_ir is None:
            self.known_ir = ir.Program({unit: path.read_text() for unit, path in
                                        sorted(self.units.items())}, self.first_names)
        return self.known_ir

    def ask(self, commands):
        """Starts it anew, gives it commands, returns a line of answer for each."""
        done = subprocess.run([self.executable], input="".join(c + "\n" for c in commands),
                              capture_output=True, text=True, timeout=LIMIT_S)
        if done.returncode != 0:
            raise BuildCrashed(f"the fresh build ended with status {done.returncode}")
        return done.stdout.split("\n")[:-1]


class BuildCrashed(Exception):
    """The program that was built ahead of time crashed: a generated program is wrong."""


class Builder:
    """Builds programs in a folder of its own, which keeps every object file."""

    def __init__(self, folder, optimisation, jobs):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.optimisation = optimisation
        self.optimises = optimisation != "-O0"
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)
        self.builds = {}

    def build(self, texts):
        key = digest(*(f"{name}\0{text}" for name, text in sorted(texts.items())))
        if key not in self.builds:
            self.builds[key] = self.make(texts)
        return self.builds[key]

    def make(self, texts):
        result = Build(texts)
        units = sorted(name for name in texts if is_unit(name))
        compiled = list(self.pool.map(lambda unit: self.compile(unit, texts), units))
        for unit, (made, errors) in zip(units, compiled):
            result.units[unit] = made.with_suffix(".plain.ll") if self.optimises else made
            result.errors += errors
        if not result.errors:
            result.executable, result.errors = self.link([made for made, _ in compiled])
        return result

    def compile(self, unit, texts):
        """Compiles a unit to IR and to an object beside it; returns the IR's path, and errors."""
        read = sorted(read_by(unit, texts))
        flags = texts["compile_flags.txt"].split()
        if unit.endswith(".c"):
            flags = [f for f in flags if not f.startswith("-std=")]
        key = digest(unit, self.optimisation, *flags, *(f"{n}\0{texts[n]}" for n in read))
        made = self.folder / f"{key}.ll"
        if made.with_suffix(".o").exists():
            return made, ""
        sources = self.folder / key
        for name in read:
            path = sources / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name])
        compiler = CLANG[pathlib.Path(unit).suffix]
        # Each constructor is made twice by jit_host, as the ABI has it.
        base = [compiler, "-w", "-I", str(NEXTFRAME_H), "-Xclang", "-mno-constructor-aliases",
                *flags, "-S", "-emit-llvm", unit, "-o"]
        done = subprocess.run([*base, str(made), self.optimisation], cwd=sources,
                              capture_output=True, text=True)
        if self.optimises and done.returncode == 0:
            plain = made.with_suffix(".plain.ll")
            # (-O0 would make every function one that is not inlined.)
            done = subprocess.run([*base, str(plain), self.optimisation, "-Xclang",
                                   "-disable-llvm-passes"], cwd=sources, capture_output=True,
                                  text=True)
        shutil.rmtree(sources)
        if done.returncode != 0:
            return made, done.stderr or f"{compiler} failed"
        finished = made.with_suffix(f".{os.getpid()}.o")
        subprocess.run(["clang-22", self.optimisation, "-w", "-fPIC", "-Xclang",
                        "-disable-llvm-passes", "-c", str(made), "-o", str(finished)], check=True)
        os.rename(finished, made.with_suffix(".o"))
        return made, ""

    def link(self, made):
        key = digest(*(path.name for path in made))
        executable = self.folder / f"{key}.exe"
        if executable.exists():
            return str(executable), ""
        objects = [str(path.with_suffix(".o")) for path in made]
        beside = f"{executable}.{os.getpid()}"
        done = subprocess.run(["clang++-22", *objects, "-o", beside], capture_output=True,
                              text=True)
        if done.returncode != 0:
            return None, done.stderr or "the linker failed"
        os.rename(beside, executable)
        return str(executable), ""
