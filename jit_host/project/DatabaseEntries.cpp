//===- DatabaseEntries.cpp - Which files a compile database lists ---------===//

#include "project/DatabaseEntries.h"
#include "project/Paths.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;
using namespace nextframe;

static std::vector<std::string> argumentsOf(const json::Object &Entry) {
  std::vector<std::string> Result;
  if (const json::Array *List = Entry.getArray("arguments")) {
    for (const json::Value &V : *List)
      Result.push_back(V.getAsString().value_or("").str());
    return Result;
  }
  BumpPtrAllocator Allocator;
  StringSaver Saver(Allocator);
  SmallVector<const char *, 32> Tokens;
  cl::TokenizeGNUCommandLine(Entry.getString("command").value_or(""), Saver, Tokens);
  Result.assign(Tokens.begin(), Tokens.end());
  return Result;
}

/// Whether the command makes a precompiled header.
static bool makesHeader(ArrayRef<std::string> Args) {
  for (size_t I = 0; I != Args.size(); ++I) {
    StringRef Language = Args[I];
    if (Language == "-emit-pch")
      return true;
    if (!Language.consume_front("-x"))
      continue;
    if (Language.empty() && I + 1 != Args.size())
      Language = Args[I + 1];
    if (Language.ends_with("-header"))
      return true;
  }
  return false;
}

static std::string outputOf(const json::Object &Entry, ArrayRef<std::string> Args) {
  if (std::optional<StringRef> Output = Entry.getString("output"))
    return Output->str();
  for (size_t I = 0; I + 1 < Args.size(); ++I)
    if (Args[I] == "-o")
      return Args[I + 1];
  return "";
}

Expected<std::vector<DatabaseEntry>> nextframe::readDatabaseEntries(StringRef BuildDir) {
  SmallString<256> Path(BuildDir);
  sys::path::append(Path, "compile_commands.json");
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  if (!Buffer)
    return makeError(diag::err_no_database, BuildDir);
  auto Root = json::parse((*Buffer)->getBuffer());
  if (!Root)
    return makeError(diag::err_bad_database, Path, toString(Root.takeError()));
  std::vector<DatabaseEntry> Result;
  if (const json::Array *Entries = Root->getAsArray())
    for (const json::Value &V : *Entries) {
      const json::Object *Entry = V.getAsObject();
      if (!Entry)
        continue;
      StringRef Directory = Entry->getString("directory").value_or(BuildDir);
      std::vector<std::string> Args = argumentsOf(*Entry);
      if (makesHeader(Args))
        continue;
      std::string Output = outputOf(*Entry, Args);
      Result.push_back({absolute(Entry->getString("file").value_or(""), Directory),
                        Output.empty() ? "" : absolute(Output, Directory)});
    }
  return Result;
}
