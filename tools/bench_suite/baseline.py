"""Hot reload as a careful user would build it: how the baseline compiles and links.

Measured, each on its own: a precompiled header that carries instantiations and object code saves
a third of a small file's compile (-fpch-instantiate-templates, -fpch-codegen, -fpch-debuginfo);
calling the compiler proper and mold instead of the driver saves 20 ms; naming no libraries in
the link (they are in the host already) saves 7 ms; a version script saves dlopen most of its work.
"""

import os
import shlex
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CLANG = "clang++-22"
FLAGS = ["-std=c++20", "-O0", "-g"]
LIBRARY_FLAGS = FLAGS + ["-fPIC", "-fvisibility=hidden"]
EXPORTS = "{ global: app_frame; local: *; };\n"


def run(*command):
    subprocess.run(command, check=True)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def build_host(folder):
    """The program that watches, builds and loads."""
    host = os.path.join(folder, "baseline_host")
    run(CLANG, "-std=c++20", "-O2", "-rdynamic", os.path.join(HERE, "baseline_host.cpp"), "-o", host)
    return host


def precompile(program, folder):
    """A precompiled header of what the program includes, and an object of the code in it."""
    header = write(os.path.join(folder, "usual.h"),
                   "".join(f"#include <{header}>\n" for header in program.headers))
    pch, code = os.path.join(folder, "usual.pch"), os.path.join(folder, "usual.o")
    run(CLANG, *LIBRARY_FLAGS, "-x", "c++-header", header, "-o", pch, "-fpch-instantiate-templates",
        "-fpch-codegen", "-fpch-debuginfo")
    run(CLANG, *LIBRARY_FLAGS, "-c", pch, "-o", code)
    return pch, code


def compile_command(pch, source, out, *more):
    """What the driver would call: the compiler proper."""
    dry = subprocess.run([CLANG, *LIBRARY_FLAGS, "-include-pch", pch, "-c", source, "-o", out, *more,
                          "-###"], check=True, stderr=subprocess.PIPE, text=True)
    return shlex.split(dry.stderr.splitlines()[-1])


def write_recipe(folder, *commands):
    return write(os.path.join(folder, "library"), "".join("\t".join(c) + "\n" for c in commands))


def one_file(program, folder):
    """One compile, one link; the path of the recipe."""
    pch, code = precompile(program, folder)
    out, script = os.path.join(folder, "app.o"), write(os.path.join(folder, "exports"), EXPORTS)
    return write_recipe(
        folder, compile_command(pch, os.path.join(program.folder, "app.cpp"), out),
        ["mold", "-shared", f"--version-script={script}", out, code, "-o", "{out}"])


def many_files(program, folder):
    """ninja decides what to compile."""
    pch, code = precompile(program, folder)
    script = write(os.path.join(folder, "exports"), EXPORTS)
    any_source = os.path.join(program.folder, program.sources[0])
    command = compile_command(pch, any_source, "OBJECT", "-MMD", "-MF", "DEPENDS")
    command = shlex.join(command).replace("$", "$$")
    for name, variable in ((any_source, "$in"), ("OBJECT", "$out"), ("DEPENDS", "$out.d")):
        command = command.replace(name, variable)
    text = (f"rule compile\n  command = {command}\n  depfile = $out.d\n  deps = gcc\n"
            "rule link\n  command = mold -shared "
            f"--version-script={script} @$out.rsp {code} -o $out\n"
            "  rspfile = $out.rsp\n  rspfile_content = $in\n")
    objects = []
    for source in program.sources:
        objects.append(source.removesuffix(".cpp") + ".o")
        text += f"build {objects[-1]}: compile {os.path.join(program.folder, source)}\n"
    text += f"build app.so: link {' '.join(objects)}\n"
    write(os.path.join(folder, "build.ninja"), text)
    return write_recipe(folder, ["ninja", "--quiet", "-C", folder, "app.so"],
                        ["rename", os.path.join(folder, "app.so"), "{out}"])


def ahead_of_time(program, folder, include):
    """The ordinary build of the whole program, without a precompiled header: the build file's
    folder. What it makes is called `program`."""
    os.makedirs(folder, exist_ok=True)
    text = (f"rule compile\n  command = {CLANG} {' '.join(FLAGS)} -I{include} -MMD -MF $out.d "
            "-c $in -o $out\n  depfile = $out.d\n  deps = gcc\n"
            f"rule link\n  command = {CLANG} -fuse-ld=mold @$out.rsp -o $out\n"
            "  rspfile = $out.rsp\n  rspfile_content = $in\n")
    objects = []
    for source in program.sources + ["main.cpp"]:
        objects.append(source.removesuffix(".cpp") + ".o")
        text += f"build {objects[-1]}: compile {os.path.join(program.folder, source)}\n"
    text += f"build program: link {' '.join(objects)}\n"
    write(os.path.join(folder, "build.ninja"), text)
    return folder
