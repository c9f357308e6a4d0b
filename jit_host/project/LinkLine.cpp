//===- LinkLine.cpp - What a program links beside its own sources ---------===//

#include "project/LinkLine.h"
#include "project/Paths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

/// Whether \p File is libx.so or libx.so.1.2.
static bool isSharedLibrary(StringRef File) {
  return sys::path::filename(File).ends_with(".so") || sys::path::filename(File).contains(".so.");
}

static bool isLinkable(StringRef File) {
  return File.ends_with(".a") || File.ends_with(".o") || isSharedLibrary(File);
}

LinkInput nextframe::linkedFile(StringRef File) {
  if (File.ends_with(".a"))
    return {LinkInput::Archive, File.str()};
  if (isSharedLibrary(File))
    return {LinkInput::SharedFile, File.str()};
  return {LinkInput::Object, File.str()};
}

namespace {

/// Reads arguments one by one; some say how the next ones are meant.
class LinkLineReader {
public:
  explicit LinkLineReader(StringRef Directory) : Directory(Directory) {}
  LinkLine take() { return std::move(Line); }

  void read(ArrayRef<std::string> Args) {
    for (size_t I = 0; I != Args.size(); ++I) {
      StringRef Arg = Args[I];
      bool TakesNext = Arg == "-l" || Arg == "-L";
      if (TakesNext && I + 1 == Args.size())
        return;
      Line.ExportsSymbols |= Arg == "-rdynamic";
      if (Arg.consume_front("-Wl,"))
        linkerArgs(Arg);
      else if (Arg.consume_front("-l"))
        library(TakesNext ? StringRef(Args[++I]) : Arg);
      else if (Arg.consume_front("-L"))
        Line.Dirs.push_back(absolute(TakesNext ? StringRef(Args[++I]) : Arg, Directory));
      else if (!Arg.starts_with("-") && isLinkable(Arg))
        file(Arg);
    }
  }

private:
  /// -Wl,--whole-archive,libx.a,--no-whole-archive and its like.
  void linkerArgs(StringRef List) {
    for (StringRef Arg : split(List, ',')) {
      Line.ExportsSymbols |= is_contained({"--export-dynamic", "-export-dynamic", "-E"}, Arg);
      if (Arg == "--whole-archive")
        Whole = true;
      else if (Arg == "--no-whole-archive" || Arg == "--pop-state")
        Whole = false;
      else if (!Arg.starts_with("-") && isLinkable(Arg) && !PreviousTakesValue)
        file(Arg);
      PreviousTakesValue = Arg == "-rpath" || Arg == "-rpath-link" || Arg == "-soname";
    }
  }

  void library(StringRef Name) {
    if (Name.consume_front(":")) // -l:libx.a is a file, looked for in the folders.
      return add({LinkInput::Library, (":" + Name).str()});
    add({LinkInput::Library, Name.str()});
  }

  void file(StringRef Path) {
    LinkInput Input = linkedFile(absolute(Path, Directory));
    if (Input.What == LinkInput::Archive && Whole)
      Input.What = LinkInput::WholeArchive;
    add(std::move(Input));
  }

  void add(LinkInput Input) {
    if (Input.What == LinkInput::WholeArchive)
      erase(Line.Inputs, LinkInput{LinkInput::Archive, Input.Name});
    bool IsWhole = is_contained(Line.Inputs, LinkInput{LinkInput::WholeArchive, Input.Name});
    if (!IsWhole && !is_contained(Line.Inputs, Input))
      Line.Inputs.push_back(std::move(Input));
  }

  std::string Directory;
  LinkLine Line;
  bool Whole = false;
  bool PreviousTakesValue = false;
};

} // namespace

LinkLine nextframe::parseLinkLine(ArrayRef<std::string> Args, StringRef Directory) {
  LinkLineReader Reader(Directory);
  Reader.read(Args);
  return Reader.take();
}
