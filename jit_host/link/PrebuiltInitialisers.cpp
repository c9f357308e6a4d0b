//===- PrebuiltInitialisers.cpp - What objects want run at start and end --===//

#include "link/PrebuiltInitialisers.h"
#include "ir/NamedSections.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"

#include <cstring>
#include <map>

using namespace llvm;
using namespace nextframe;

namespace {

/// What has no number runs last, as the linker's default scripts say.
constexpr unsigned Unnumbered = 65536;

/// A section of functions to run.
struct FunctionSection {
  bool AtEnd = false;
  unsigned Priority = Unnumbered;
};

} // namespace

static std::optional<FunctionSection> classify(StringRef Name) {
  FunctionSection Result;
  if (Name.consume_front(".fini_array"))
    Result.AtEnd = true;
  else if (!Name.consume_front(".init_array"))
    return std::nullopt;
  if (Name.consume_front("."))
    if (Name.getAsInteger(10, Result.Priority))
      return std::nullopt;
  return Result;
}

/// Whether the object names a bound of its section \p Name.
static bool asksForBounds(jitlink::LinkGraph &G, StringRef Name) {
  return hasBounds(Name) && any_of(G.external_symbols(), [&](jitlink::Symbol *S) {
           return sectionOfBound(*S->getName()) == Name;
         });
}

void PrebuiltInitialisers::modifyPassConfig(orc::MaterializationResponsibility &,
                                            jitlink::LinkGraph &,
                                            jitlink::PassConfiguration &Config) {
  // Nothing refers to the lists, so pruning would take them away, and so for what lies between
  // bounds.
  Config.PrePrunePasses.push_back([](jitlink::LinkGraph &G) {
    for (jitlink::Section &S : G.sections())
      if (classify(S.getName()) || asksForBounds(G, S.getName()))
        for (jitlink::Block *B : S.blocks())
          G.addAnonymousSymbol(*B, 0, B->getSize(), /*IsCallable=*/false, /*IsLive=*/true);
    return Error::success();
  });
  // The addresses are in them now.
  Config.PostFixupPasses.push_back([this](jitlink::LinkGraph &G) { return collect(G); });
}

Error PrebuiltInitialisers::collect(jitlink::LinkGraph &G) {
  auto Known = Places.find(G.getName());
  size_t Place = Known == Places.end() ? Places.size() : Known->second;
  for (jitlink::Section &S : G.sections()) {
    auto Kind = classify(S.getName());
    if (!Kind)
      continue;
    std::vector<jitlink::Block *> Blocks(S.blocks().begin(), S.blocks().end());
    sort(Blocks, [](auto *A, auto *B) { return A->getAddress() < B->getAddress(); });
    List L{Kind->AtEnd, Kind->Priority, Place, {}};
    for (jitlink::Block *B : Blocks) {
      ArrayRef<char> Content = B->getContent();
      for (size_t At = 0; At + sizeof(void *) <= Content.size(); At += sizeof(void *)) {
        void *Function = nullptr;
        std::memcpy(&Function, Content.data() + At, sizeof(void *));
        if (Function)
          L.Functions.push_back(Function);
      }
    }
    Found.push_back(std::move(L));
  }
  return Error::success();
}

PrebuiltFunctions PrebuiltInitialisers::functions() const {
  std::multimap<std::pair<unsigned, size_t>, const List *> InOrder;
  for (const List &L : Found)
    InOrder.insert({{L.Priority, L.Place}, &L}); // The multimap keeps the order of equals.
  PrebuiltFunctions Result;
  for (auto &[Where, L] : InOrder)
    for (void *F : L->Functions) {
      if (L->AtEnd)
        Result.Finalisers.push_back(reinterpret_cast<FinaliserFunction>(F));
      else
        (L->Priority == Unnumbered ? Result.Initialisers : Result.Early)
            .push_back(reinterpret_cast<InitialiserFunction>(F));
    }
  return Result;
}
