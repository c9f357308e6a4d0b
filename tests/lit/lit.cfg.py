"""How the behaviour tests run: lit and FileCheck, in parallel, each in a folder
of its own. See live.py for the scenarios that most of them play."""

import glob
import os
import subprocess

import lit.formats

config.name = "nextframe"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.build_dir, "tests", "lit")
config.excludes = ["Inputs"]

config.environment["JIT_HOST"] = config.jit_host
config.environment["PATH"] = os.pathsep.join(
    [os.path.dirname(config.jit_host), config.llvm_tools_dir, os.environ["PATH"]])
config.environment["HOME"] = os.environ.get("HOME", "/")
for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH", "NEXTFRAME_TEST_LIMIT_S"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# Each test compiles what it says, whatever others have left, and the user's cache is the
# user's own. (Set, to a folder, it is a way to run all tests as second starts.)
config.environment["NEXTFRAME_CACHE_DIR"] = os.environ.get("NEXTFRAME_TEST_CACHE_DIR", "")

inputs = os.path.join(config.test_source_root, "Inputs")
driver = f"{config.python} {os.path.join(config.test_source_root, 'live.py')}"
flags = f"-isystem {inputs}"
# A scenario: %live SCENARIO DIR [options]. Programs find frames.h by themselves.
config.substitutions.append(("%live", f"{driver}"))
config.substitutions.append(("%frames", f"--extra-arg=-isystem{inputs}"))
config.substitutions.append(("%jit_host", config.jit_host))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%inputs", inputs))
config.substitutions.append(("%root", config.source_dir))
config.substitutions.append(("%build", config.build_dir))
config.substitutions.append(("%clangxx", config.clangxx))

def works(*command):
    """Whether a tool is there, and may do what its test needs."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


# The kernel may forbid it (kernel.perf_event_paranoid), a container mostly does.
if works("perf", "record", "-e", "cpu-clock", "-o", os.devnull, "--", "true"):
    config.available_features.add("perf")
if works("lldb-22", "--version"):
    config.available_features.add("lldb")

if glob.glob("/usr/lib/llvm-22/lib/clang/22/lib/linux/libclang_rt.ubsan_standalone-*.so"):
    config.available_features.add("ubsan")

# Nothing is unreadable for root.
if os.getuid() != 0:
    config.available_features.add("not-root")
