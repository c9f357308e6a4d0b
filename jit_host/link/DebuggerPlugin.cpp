//===- DebuggerPlugin.cpp - Tells debuggers what JITLink links ------------===//

#include "link/DebuggerPlugin.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"

#include <iterator>

using namespace llvm;
using namespace nextframe;

void DebuggerPlugin::notifyMaterializing(orc::MaterializationResponsibility &MR,
                                         jitlink::LinkGraph &, jitlink::JITLinkContext &,
                                         MemoryBufferRef File) {
  auto Object = DebugObject::create(File);
  if (!Object)
    consumeError(Object.takeError()); // JITLink itself will say what is wrong with it.
  else if ((*Object)->isUseful())
    InProgress[&MR] = std::move(*Object);
}

void DebuggerPlugin::modifyPassConfig(orc::MaterializationResponsibility &MR, jitlink::LinkGraph &,
                                      jitlink::PassConfiguration &Config) {
  auto It = InProgress.find(&MR);
  if (It == InProgress.end())
    return;
  DebugObject *Object = It->second.get();
  Config.PostAllocationPasses.push_back([Object](jitlink::LinkGraph &G) {
    Object->setAddresses([&](StringRef Name) -> uint64_t {
      jitlink::Section *S = G.findSectionByName(Name);
      return S ? jitlink::SectionRange(*S).getStart().getValue() : 0;
    });
    return Error::success();
  });
}

Error DebuggerPlugin::notifyEmitted(orc::MaterializationResponsibility &MR) {
  auto It = InProgress.find(&MR);
  if (It == InProgress.end())
    return Error::success();
  std::unique_ptr<DebugObject> Object = std::move(It->second);
  InProgress.erase(It);
  Object->enlist();
  return MR.withResourceKeyDo(
      [&](orc::ResourceKey Key) { Linked[Key].push_back({std::move(Object), nullptr}); });
}

Error DebuggerPlugin::notifyFailed(orc::MaterializationResponsibility &MR) {
  InProgress.erase(&MR);
  return Error::success();
}

Error DebuggerPlugin::notifyRemovingResources(orc::JITDylib &, orc::ResourceKey Key) {
  Linked.erase(Key);
  return Error::success();
}

void DebuggerPlugin::notifyTransferringResources(orc::JITDylib &, orc::ResourceKey To,
                                                 orc::ResourceKey From) {
  auto It = Linked.find(From);
  if (It == Linked.end())
    return;
  Objects Moved = std::move(It->second);
  Linked.erase(It);
  std::move(Moved.begin(), Moved.end(), std::back_inserter(Linked[To]));
}

void DebuggerPlugin::refresh(orc::ResourceKey Key, const MemoryBuffer *File) {
  auto It = Linked.find(Key);
  if (It == Linked.end() || It->second.size() != 1)
    return;
  std::unique_ptr<DebugObject> Newer;
  if (File) {
    auto Made = DebugObject::create(*File);
    if (!Made)
      return consumeError(Made.takeError()); // What debuggers know stays.
    Newer = std::move(*Made);
  }
  Told &Object = It->second.front();
  Object.Newer.reset();
  Object.Linked->unlist();
  if (!Newer)
    Object.Linked->takeBack();
  else if (Newer->takeOver(*Object.Linked))
    Object.Newer = std::move(Newer);
  Object.Linked->enlist();
  if (Object.Newer)
    Object.Newer->enlist();
}

std::vector<std::pair<const char *, const char *>> DebuggerPlugin::memory() const {
  std::vector<std::pair<const char *, const char *>> Result;
  for (auto &[Key, Objects] : Linked)
    for (const Told &Object : Objects)
      for (const DebugObject *File : {Object.Linked.get(), Object.Newer.get()})
        if (File)
          Result.push_back(File->bounds());
  return Result;
}
