//===- FrameNames.cpp - Which function and line an address is -------------===//

#include "crash/FrameNames.h"
#include "ir/Names.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

static symbolize::LLVMSymbolizer::Options options() {
  symbolize::LLVMSymbolizer::Options Result;
  Result.Demangle = false; // displayName() does.
  return Result;
}

FrameNames::FrameNames(ArrayRef<StringRef> Files, StringRef Maps, StringRef SourceDir)
    : SourceDir(SourceDir), Symbolizer(options()) {
  for (StringRef File : Files) {
    // Each has a name of its own, by which the symbolizer tells them apart.
    std::string &Name = Names.emplace_back("debug" + std::to_string(Names.size()));
    auto Object = object::ObjectFile::createELFObjectFile(MemoryBufferRef(File, Name));
    if (Object)
      Objects.push_back(std::move(*Object));
    else
      consumeError(Object.takeError()); // Its functions have no names, then.
  }
  readMappings(Maps);
}

void FrameNames::readMappings(StringRef Maps) {
  // 7f12…-7f13… r-xp 00026000 08:01 1234   /usr/lib/…/libc.so.6
  for (StringRef Line : split(Maps, '\n')) {
    Mapping M{};
    StringRef Range, Rest;
    std::tie(Range, Rest) = Line.split(' ');
    auto [Start, End] = Range.split('-');
    size_t Path = Rest.find('/');
    if (Path == StringRef::npos || Start.getAsInteger(16, M.Start) || End.getAsInteger(16, M.End))
      continue;
    M.Path = Rest.drop_front(Path);
    bool Continues = !Mappings.empty() && Mappings.back().Path == M.Path;
    M.Base = Continues ? Mappings.back().Base : M.Start;
    Mappings.push_back(M);
  }
}

/// "update(float) at game.cpp:12:5 (reload 3)"
std::string FrameNames::programLine(const DILineInfo &Info) const {
  StringRef Symbol = Info.FunctionName;
  // clang notes the reason of a trap as a function that was inlined there.
  if (Symbol.consume_front("__clang_trap_msg$")) {
    auto [Checker, Reason] = Symbol.split('$');
    return (Checker + ": " + Reason).str();
  }
  auto Body = splitBodyName(Symbol);
  std::string Line =
      Symbol == DILineInfo::BadString ? "??" : displayName(Body ? Body->first : Symbol);
  if (Info.FileName != DILineInfo::BadString && Info.Line != 0) {
    // "a/../b" is "b" only where "a" is no link, as /lib mostly is.
    SmallString<128> Path(Info.FileName), Real;
    if (StringRef(Path).contains("/../") && !sys::fs::real_path(Path, Real))
      Path = Real;
    StringRef File = Path;
    if (File.consume_front(SourceDir))
      File.consume_front("/");
    Line += formatv(" at {0}:{1}", File, Info.Line);
    if (Info.Column != 0)
      Line += ":" + std::to_string(Info.Column);
  }
  if (Body && Body->second != Generation{0})
    Line += formatv(" (reload {0})", number(Body->second));
  return Line;
}

bool FrameNames::describeProgram(uint64_t Address, Described &Result) {
  for (const auto &Object : Objects)
    for (const object::SectionRef &S : Object->sections()) {
      if (!S.isText() || Address - S.getAddress() >= S.getSize())
        continue;
      Result.IsProgram = true;
      auto Inlined = Symbolizer.symbolizeInlinedCode(*Object, {Address, S.getIndex()});
      if (!Inlined) {
        consumeError(Inlined.takeError()); // Then only that it is the program's is known.
        Result.Lines.push_back("??");
        return true;
      }
      for (uint32_t I = 0; I != Inlined->getNumberOfFrames(); ++I)
        Result.Lines.push_back(programLine(Inlined->getFrame(I)));
      return true;
    }
  return false;
}

/// "qsort in libc.so.6"
std::string FrameNames::inLibrary(uint64_t Address) {
  for (const Mapping &M : Mappings) {
    if (Address < M.Start || Address >= M.End)
      continue;
    StringRef File = sys::path::filename(M.Path);
    auto Info = Symbolizer.symbolizeCode(
        M.Path, {Address - M.Base, object::SectionedAddress::UndefSection});
    if (!Info) {
      consumeError(Info.takeError()); // A file that is gone, or no ELF file.
      return ("?? in " + File).str();
    }
    std::string Line =
        Info->FunctionName == DILineInfo::BadString ? "??" : displayName(Info->FunctionName);
    // The system's libraries were made elsewhere; lines of files that nobody has say little.
    if (Info->Line != 0 && sys::fs::exists(Info->FileName))
      return formatv("{0} at {1}:{2}", Line, Info->FileName, Info->Line);
    return Line + " in " + File.str();
  }
  return formatv("{0:x}, where there is no code", Address);
}

FrameNames::Described FrameNames::describe(uint64_t Address) {
  Described Result;
  if (!describeProgram(Address, Result))
    Result.Lines.push_back(inLibrary(Address));
  return Result;
}
