//===- CodeMapPlugin.cpp - Tells the code map what JITLink links ----------===//

#include "link/CodeMapPlugin.h"
#include "ir/Names.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"

#include <algorithm>

using namespace llvm;
using namespace nextframe;

/// Describes the code of \p G, whose addresses are final, and what lies in front. Its size is 0
/// where there is none.
static CodeObject describe(jitlink::LinkGraph &G, uint64_t Lead) {
  orc::ExecutorAddr First(~uint64_t(0)), End;
  CodeObject Object;
  for (jitlink::Section &S : G.sections()) {
    if ((S.getMemProt() & orc::MemProt::Exec) == orc::MemProt::None || S.blocks().empty())
      continue;
    jitlink::SectionRange Range(S);
    First = std::min(First, Range.getStart());
    End = std::max(End, Range.getEnd());
    if (S.getName() == ".plt")
      continue; // Entries: whatever they are called, they are no bodies.
    for (jitlink::Symbol *Sym : S.symbols()) {
      if (!Sym->hasName() || Sym->getScope() == jitlink::Scope::Local)
        continue;
      if (auto Body = splitBodyName(*Sym->getName()))
        Object.Bodies.push_back({Body->first.str(), Body->second,
                                 Sym->getAddress().toPtr<const void *>(), Sym->getSize()});
    }
  }
  if (First < End) {
    Object.Start = (First - Lead).toPtr<const void *>();
    Object.Size = End - First + Lead;
  }
  return Object;
}

void CodeMapPlugin::modifyPassConfig(orc::MaterializationResponsibility &MR, jitlink::LinkGraph &,
                                     jitlink::PassConfiguration &Config) {
  Config.PostFixupPasses.push_back([this, &MR](jitlink::LinkGraph &G) {
    CodeObject Object = describe(G, Lead);
    if (Object.Size == 0)
      return Error::success();
    InProgress[&MR] = Object.Start;
    Map.add(std::move(Object));
    return Error::success();
  });
}

Error CodeMapPlugin::notifyEmitted(orc::MaterializationResponsibility &MR) {
  auto It = InProgress.find(&MR);
  if (It == InProgress.end())
    return Error::success();
  const void *Start = It->second;
  InProgress.erase(It);
  return MR.withResourceKeyDo([&](orc::ResourceKey Key) { Linked[Key].push_back(Start); });
}

Error CodeMapPlugin::notifyFailed(orc::MaterializationResponsibility &MR) {
  if (auto It = InProgress.find(&MR); It != InProgress.end()) {
    Map.remove(It->second);
    InProgress.erase(It);
  }
  return Error::success();
}

Error CodeMapPlugin::notifyRemovingResources(orc::JITDylib &, orc::ResourceKey Key) {
  if (auto It = Linked.find(Key); It != Linked.end()) {
    for (const void *Start : It->second)
      Map.remove(Start);
    Linked.erase(It);
  }
  return Error::success();
}

void CodeMapPlugin::notifyTransferringResources(orc::JITDylib &, orc::ResourceKey To,
                                                orc::ResourceKey From) {
  auto It = Linked.find(From);
  if (It == Linked.end())
    return;
  std::vector<const void *> Starts = std::move(It->second);
  Linked.erase(It);
  auto &All = Linked[To];
  All.insert(All.end(), Starts.begin(), Starts.end());
}
