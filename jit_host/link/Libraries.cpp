//===- Libraries.cpp - Symbols that the program doesn't define itself -----===//

#include "link/Libraries.h"
#include "link/ThreadLocals.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>

using namespace llvm;
using namespace nextframe;

Expected<std::unique_ptr<Libraries>> Libraries::create() {
  std::unique_ptr<Libraries> Result(new Libraries());
  Result->interpose("__emutls_get_address", reinterpret_cast<void *>(threadLocalAddress));
  for (const char *Name : {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"}) {
    void *Handle = dlopen(Name, RTLD_NOW | RTLD_GLOBAL);
    if (!Handle)
      return makeError(diag::err_library, Name, dlerror());
    Result->Handles.push_back(Handle);
  }
  return std::move(Result);
}

/// Where libraries lie: \p Dirs first, then the system's folders.
static std::vector<std::string> searchPath(ArrayRef<std::string> Dirs) {
  std::vector<std::string> Where(Dirs.begin(), Dirs.end());
  for (StringRef System : {"/usr/local/lib", "/usr/lib/" NEXTFRAME_MULTIARCH, "/usr/lib",
                           "/lib/" NEXTFRAME_MULTIARCH, "/lib"})
    Where.push_back(System.str());
  return Where;
}

/// Returns the files that -l \p Name may mean, best first: as the linker finds
/// it, then what is installed without the development package's link.
static std::vector<std::string> candidates(StringRef Name, ArrayRef<std::string> Dirs) {
  std::string Plain = ("lib" + Name + ".so").str();
  std::vector<std::string> Found, Versioned;
  for (const std::string &Dir : searchPath(Dirs)) {
    for (const std::string &File : {Plain, ("lib" + Name + ".a").str()}) {
      SmallString<256> Path(Dir);
      sys::path::append(Path, File);
      if (sys::fs::exists(Path))
        Found.push_back(Path.str().str());
    }
    std::error_code EC;
    for (sys::fs::directory_iterator It(Dir, EC), End; !EC && It != End; It.increment(EC))
      if (sys::path::filename(It->path()).starts_with(Plain + "."))
        Versioned.push_back(It->path());
  }
  sort(Versioned);
  append_range(Found, Versioned);
  Found.push_back(Plain); // LD_LIBRARY_PATH and the loader's own places.
  return Found;
}

/// Returns what -l :FILE means.
static std::vector<std::string> namedFile(StringRef File, ArrayRef<std::string> Dirs) {
  std::vector<std::string> Found;
  for (const std::string &Dir : searchPath(Dirs)) {
    SmallString<256> Path(Dir);
    sys::path::append(Path, File);
    if (sys::fs::exists(Path))
      Found.push_back(Path.str().str());
  }
  Found.push_back(File.str());
  return Found;
}

/// Returns what the linker script \p File names, as in "INPUT(libncurses.so.6 -ltinfo)"; nothing
/// where it is no script. Debian has some in place of libraries.
static std::vector<std::string> namedByScript(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer || identify_magic((*Buffer)->getBuffer()) != file_magic::unknown)
    return {};
  std::string Text = (*Buffer)->getBuffer().str();
  for (size_t At; (At = Text.find("/*")) != std::string::npos;)
    Text.erase(At, Text.find("*/", At) - At + 2);
  std::vector<std::string> Names;
  for (StringRef Command : {"INPUT", "GROUP"})
    if (size_t At = StringRef(Text).find(Command); At != StringRef::npos) {
      StringRef List = StringRef(Text).drop_front(At + Command.size());
      SmallVector<StringRef, 8> Words;
      SplitString(List.take_front(List.rfind(')')), Words, " \t\n(),");
      for (StringRef Word : Words)
        if (Word != "AS_NEEDED")
          Names.push_back(Word.str());
    }
  return Names;
}

Expected<std::string> Libraries::loadNamed(ArrayRef<std::string> Names,
                                           ArrayRef<std::string> Dirs) {
  std::string Archive;
  for (StringRef Name : Names) {
    // "-lNAME", a path, or a file in the folders where libraries lie.
    bool IsShort = Name.consume_front("-l");
    if (!IsShort && sys::path::is_absolute(Name)) {
      if (Name.ends_with(".a"))
        Archive = Name.str();
      else if (Error Err = loadFile(Name))
        return std::move(Err);
      continue;
    }
    auto Found = load(IsShort ? Name.str() : (":" + Name).str(), Dirs);
    if (!Found)
      return Found.takeError();
    if (!Found->empty())
      Archive = *Found;
  }
  return Archive;
}

Expected<std::string> Libraries::load(StringRef Name, ArrayRef<std::string> Dirs) {
  // Part of what every program has; as files they are linker scripts.
  if (is_contained({"c", "m", "gcc_s", "stdc++", "pthread", "dl", "rt", "util"}, Name))
    return "";
  std::string Why;
  StringRef Plain = Name;
  bool IsFile = Plain.consume_front(":");
  for (const std::string &File : IsFile ? namedFile(Plain, Dirs) : candidates(Plain, Dirs)) {
    if (StringRef(File).ends_with(".a") && sys::fs::exists(File))
      return File;
    if (std::vector<std::string> Names = namedByScript(File); !Names.empty())
      return loadNamed(Names, Dirs);
    if (void *Handle = dlopen(File.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
      Handles.push_back(Handle);
      return "";
    }
    if (Why.empty() || sys::fs::exists(File))
      Why = dlerror();
  }
  return makeError(diag::err_library, ("-l " + Name).str(), Why);
}

Error Libraries::loadFile(StringRef Path) {
  if (std::vector<std::string> Names = namedByScript(Path); !Names.empty()) {
    // (Archives that stand beside a shared library hold what executables have anyway.)
    auto Archive = loadNamed(Names, sys::path::parent_path(Path).str());
    return Archive ? Error::success() : Archive.takeError();
  }
  void *Handle = dlopen(Path.str().c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!Handle)
    return makeError(diag::err_library_file, Path, dlerror());
  Handles.push_back(Handle);
  return Error::success();
}

void *Libraries::find(StringRef Name) const {
  if (auto It = Interposed.find(Name); It != Interposed.end())
    return It->second;
  if (StringRef Variable = threadLocalOfControl(Name); !Variable.empty())
    return threadLocalControl(Variable);
  return libraryAddress(Name);
}

void *Libraries::threadLocalControl(StringRef Variable) const {
  auto [It, New] = Controls.try_emplace(Variable, nullptr);
  if (New)
    if (void *Address = libraryAddress(Variable))
      It->second = makeLibraryControl(Address);
  return It->second;
}

void *Libraries::libraryAddress(StringRef Name) const {
  std::string Terminated = Name.str();
  for (void *Handle : reverse(Handles))
    if (void *Address = dlsym(Handle, Terminated.c_str()))
      return Address;
  return nullptr;
}
