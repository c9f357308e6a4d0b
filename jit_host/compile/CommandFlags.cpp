//===- CommandFlags.cpp - A build's flags, as this clang takes them -------===//

#include "compile/CommandFlags.h"

#include "clang/Options/Options.h"
#include "clang/Tooling/CompilationDatabase.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using namespace nextframe;
namespace options = clang::options;

static std::string absolute(StringRef Path, StringRef Directory) {
  SmallString<256> Result(Path);
  sys::path::make_absolute(Directory, Result);
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

//===----------------------------------------------------------------------===//
// Precompiled headers
//===----------------------------------------------------------------------===//

void PrecompiledHeaders::learn(ArrayRef<clang::tooling::CompileCommand> Commands) {
  for (const clang::tooling::CompileCommand &C : Commands) {
    StringRef Output = C.Output;
    for (size_t I = 0; I + 1 < C.CommandLine.size(); ++I)
      if (C.CommandLine[I] == "-o")
        Output = C.CommandLine[I + 1];
    if (Output.ends_with(".gch") || Output.ends_with(".pch"))
      Made[absolute(Output, C.Directory)] = absolute(C.Filename, C.Directory);
  }
}

std::string PrecompiledHeaders::headerOf(StringRef Precompiled) const {
  // CMake compiles an empty file, and includes the header that lies beside.
  std::string Beside = Precompiled.drop_back(strlen(".pch")).str();
  if (sys::fs::is_regular_file(Beside))
    return Beside;
  return Made.lookup(Precompiled);
}

//===----------------------------------------------------------------------===//
// Flags
//===----------------------------------------------------------------------===//

namespace {

/// Goes over one command; each step takes arguments out of it.
class FlagAdapter {
public:
  FlagAdapter(ArrayRef<std::string> Args, StringRef File, StringRef Directory,
              const PrecompiledHeaders &Headers)
      : Args(Args.vec()), File(File), Directory(Directory), Headers(Headers),
        ForClang(sys::path::filename(Args.front()).contains("clang")) {}

  AdaptedFlags run() {
    includeHeadersThemselves();
    if (!ForClang)
      erase_if(Args, [](StringRef A) { return A == "-Werror" || A.starts_with("-Werror="); });
    // gcc reads its own from them; clang has other warnings for each.
    erase_if(Args, [](StringRef A) { return A == "-Winvalid-pch" || A == "-fpch-preprocess"; });
    dropUnknown();
    // What the driver would say of flags that are for linking, or for gcc's optimiser.
    Args.insert(Args.begin() + 1,
                {"-Qunused-arguments", "-Wno-ignored-optimization-argument", "-Wno-ignored-gch"});
    if (!ForClang)
      Args.insert(Args.begin() + 1, "-Wno-unknown-warning-option");
    return {std::move(Args), std::move(LeftOut)};
  }

private:
  /// The argument at \p I with what -Xclang puts before it taken off; \p Next is
  /// the index behind it.
  StringRef plain(size_t I, size_t &Next) const {
    if (Args[I] == "-Xclang" && I + 1 < Args.size()) {
      Next = I + 2;
      return Args[I + 1];
    }
    Next = I + 1;
    return Args[I];
  }

  void includeHeadersThemselves() {
    std::vector<std::string> Result, Included, Wanted;
    for (size_t I = 0, Next; I < Args.size(); I = Next) {
      StringRef Arg = plain(I, Next);
      bool IsPrecompiled = Arg == "-include-pch";
      if ((!IsPrecompiled && Arg != "-include") || Next >= Args.size()) {
        Result.insert(Result.end(), Args.begin() + I, Args.begin() + Next);
        continue;
      }
      StringRef Header = plain(Next, Next);
      if (IsPrecompiled)
        Wanted.push_back(Headers.headerOf(absolute(Header, Directory)));
      else
        Included.push_back(existingHeader(Header));
    }
    for (std::string &Header : Wanted)
      if (!Header.empty() && !is_contained(Included, Header))
        Included.push_back(std::move(Header));
    for (std::string &Header : reverse(Included))
      Result.insert(Result.begin() + 1, {"-include", std::move(Header)});
    Args = std::move(Result);
  }

  /// For gcc a header that is only there precompiled, in a folder of -I, is there.
  std::string existingHeader(StringRef Header) const {
    if (sys::fs::exists(absolute(Header, Directory)))
      return Header.str();
    for (StringRef Arg : Args)
      if (Arg.consume_front("-I")) {
        std::string Candidate = absolute((Arg + "/" + Header).str(), Directory);
        if (sys::fs::exists(Candidate))
          return Header.str();
        if (std::string Made = Headers.headerOf(Candidate + ".gch"); !Made.empty())
          return Made;
      }
    return Header.str();
  }

  void dropUnknown() {
    std::vector<const char *> Pointers;
    for (const std::string &A : ArrayRef(Args).drop_front())
      Pointers.push_back(A.c_str());
    unsigned MissingIndex, MissingCount;
    opt::InputArgList Parsed = clang::getDriverOptTable().ParseArgs(
        Pointers, MissingIndex, MissingCount, opt::Visibility(options::ClangOption));
    std::set<size_t> Drop;
    for (const opt::Arg *A : Parsed) {
      size_t Index = A->getIndex() + 1; // Without the compiler's own name.
      if (isForeign(*A))
        LeftOut.push_back(Args[Index]);
      else if (!isOtherFile(*A))
        continue;
      Drop.insert(Index);
      // "-x value": the value goes with it.
      if (A->getOption().getKind() == opt::Option::SeparateClass)
        Drop.insert(Index + 1);
    }
    size_t Index = 0;
    erase_if(Args, [&](const std::string &) { return Drop.contains(Index++); });
  }

  bool isForeign(const opt::Arg &A) const {
    const opt::Option &Option = A.getOption();
    // A plug-in of gcc's is no plug-in of clang's.
    if (!ForClang && Option.matches(options::OPT_fplugin_EQ))
      return true;
    return Option.matches(options::OPT_UNKNOWN) || Option.hasFlag(options::Unsupported);
  }

  /// The build may compile and link at once, or several files with one command.
  bool isOtherFile(const opt::Arg &A) const {
    if (!A.getOption().matches(options::OPT_INPUT))
      return false;
    StringRef Name = A.getValue();
    return Name != File && sys::path::filename(Name) != sys::path::filename(File);
  }

  std::vector<std::string> Args;
  std::vector<std::string> LeftOut;
  StringRef File, Directory;
  const PrecompiledHeaders &Headers;
  bool ForClang;
};

} // namespace

AdaptedFlags nextframe::adaptFlags(ArrayRef<std::string> Args, StringRef File, StringRef Directory,
                                   const PrecompiledHeaders &Headers) {
  return FlagAdapter(Args, File, Directory, Headers).run();
}
