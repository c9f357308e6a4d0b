//===- CMakeReply.cpp - What CMake's file API says of a build -------------===//

#include "project/CMakeReply.h"
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

const CMakeTarget *CMakeReply::find(StringRef Name) const {
  auto It = find_if(Targets, [&](const CMakeTarget &T) { return T.Name == Name; });
  return It == Targets.end() ? nullptr : &*It;
}

std::string nextframe::findCMakeReply(StringRef BuildDir) {
  SmallString<256> Folder(BuildDir);
  sys::path::append(Folder, ".cmake", "api", "v1", "reply");
  std::string Newest;
  std::error_code EC;
  // Their names end in the time, so the last one is the newest.
  for (sys::fs::directory_iterator It(Folder, EC), End; !EC && It != End; It.increment(EC))
    if (sys::path::filename(It->path()).starts_with("index-"))
      Newest = std::max(Newest, It->path());
  return Newest;
}

static Expected<json::Object> readObject(const Twine &Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return makeError(diag::err_bad_database, Path.str(), Buffer.getError().message());
  auto Root = json::parse((*Buffer)->getBuffer());
  if (!Root)
    return makeError(diag::err_bad_database, Path.str(), toString(Root.takeError()));
  if (json::Object *Object = Root->getAsObject())
    return std::move(*Object);
  return makeError(diag::err_bad_database, Path.str(), "it is no JSON object");
}

/// Calls \p Call with each object of the array \p Key of \p Object.
static void forEach(const json::Object &Object, StringRef Key,
                    function_ref<void(const json::Object &)> Call) {
  if (const json::Array *Array = Object.getArray(Key))
    for (const json::Value &V : *Array)
      if (const json::Object *Element = V.getAsObject())
        Call(*Element);
}

static std::string text(const json::Object &Object, StringRef Key) {
  return Object.getString(Key).value_or("").str();
}

static void addFragment(StringRef Fragment, std::vector<std::string> &Args) {
  BumpPtrAllocator Allocator;
  StringSaver Saver(Allocator);
  SmallVector<const char *, 8> Tokens;
  cl::TokenizeGNUCommandLine(Fragment, Saver, Tokens);
  Args.insert(Args.end(), Tokens.begin(), Tokens.end());
}

static CMakeTarget targetOf(const json::Object &Object, const CMakeReply &Top) {
  CMakeTarget Target;
  Target.Name = text(Object, "name");
  Target.Id = text(Object, "id");
  Target.Type = text(Object, "type");
  if (const json::Object *Paths = Object.getObject("paths"))
    Target.ObjectFolder =
        absolute(text(*Paths, "build"), Top.BuildDir) + "/CMakeFiles/" + Target.Name + ".dir";
  std::vector<std::string> Languages;
  forEach(Object, "compileGroups",
          [&](const json::Object &Group) { Languages.push_back(text(Group, "language")); });
  forEach(Object, "sources", [&](const json::Object &Source) {
    auto Group = static_cast<size_t>(Source.getInteger("compileGroupIndex").value_or(-1));
    Target.Sources.push_back({absolute(text(Source, "path"), Top.SourceDir),
                              Group < Languages.size() ? Languages[Group] : ""});
  });
  forEach(Object, "artifacts", [&](const json::Object &Artifact) {
    Target.Artifacts.push_back(absolute(text(Artifact, "path"), Top.BuildDir));
  });
  if (const json::Object *Link = Object.getObject("link"))
    forEach(*Link, "commandFragments", [&](const json::Object &Fragment) {
      addFragment(text(Fragment, "fragment"), Target.Link);
    });
  return Target;
}

/// The codemodel's file as the index names it, or "" where there is none.
static std::string codemodelFile(const json::Object &Index) {
  std::string Result;
  forEach(Index, "objects", [&](const json::Object &Object) {
    if (text(Object, "kind") == "codemodel")
      Result = text(Object, "jsonFile");
  });
  return Result;
}

Expected<CMakeReply> nextframe::readCMakeReply(StringRef IndexFile) {
  std::string Folder = sys::path::parent_path(IndexFile).str();
  auto Index = readObject(IndexFile);
  if (!Index)
    return Index.takeError();
  auto Model = readObject(Folder + "/" + codemodelFile(*Index));
  if (!Model)
    return Model.takeError();
  CMakeReply Reply;
  if (const json::Object *Paths = Model->getObject("paths")) {
    Reply.SourceDir = text(*Paths, "source");
    Reply.BuildDir = text(*Paths, "build");
  }
  std::vector<std::string> Files;
  const json::Array *Configurations = Model->getArray("configurations");
  if (Configurations && !Configurations->empty())
    if (const json::Object *First = Configurations->front().getAsObject())
      forEach(*First, "targets",
              [&](const json::Object &T) { Files.push_back(text(T, "jsonFile")); });
  for (const std::string &File : Files) {
    auto Target = readObject(Folder + "/" + File);
    if (!Target)
      return Target.takeError();
    Reply.Targets.push_back(targetOf(*Target, Reply));
  }
  return Reply;
}
