//===- ProgramSymbols.cpp - The program's functions and variables by name -===//

#include "session/ProgramSymbols.h"
#include "link/SymbolLibrary.h"
#include "link/ThreadLocals.h"
#include "support/Log.h"
#include "support/Mutex.h"

#include <dlfcn.h>

using namespace llvm;
using namespace nextframe;

namespace {

struct Symbols {
  Mutex M;
  SymbolMap BySymbol NF_GUARDED_BY(M);
  HomeSymbols Homes NF_GUARDED_BY(M);
  StringSet<> Hidden NF_GUARDED_BY(M);
  // The rest is for the thread that commits.
  bool IsExported = false;
  void *Library = nullptr;
  unsigned Libraries = 0;

  const LinkedSymbol *find(StringRef Name) const NF_REQUIRES(M);
  SymbolMap exported() const NF_REQUIRES(M);
  void exportAnew();
};

/// Never destroyed: the program's last handlers may ask it.
Symbols &symbols() {
  static Symbols &S = *new Symbols;
  return S;
}

} // namespace

/// (A name with a dot in it is one that a compiler, or we, made.)
const LinkedSymbol *Symbols::find(StringRef Name) const {
  if (Hidden.contains(Name) || Name.contains('.'))
    return nullptr;
  auto Home = Homes.find(Name);
  auto It = BySymbol.find(Home == Homes.end() ? Name : StringRef(Home->second));
  return It == BySymbol.end() ? nullptr : &It->second;
}

SymbolMap Symbols::exported() const {
  SymbolMap Result;
  for (const auto &S : BySymbol)
    if (const LinkedSymbol *Found = find(S.first()))
      Result[S.first()] = *Found;
  for (const auto &H : Homes)
    if (const LinkedSymbol *Found = find(H.first()))
      Result[H.first()] = *Found;
  return Result;
}

/// Who has used the old library keeps it; who asks from now on finds the new one.
void Symbols::exportAnew() {
  SymbolMap All;
  {
    MutexLock Lock(M);
    All = exported();
  }
  auto Opened = openSymbolLibrary("nextframe-program-" + std::to_string(Libraries++), All);
  if (!Opened)
    return say(Tone::Warning, toString(Opened.takeError()));
  if (Library)
    dlclose(Library);
  Library = *Opened;
}

StringSet<> nextframe::removedNames(const LiveProgram &Program) {
  StringSet<> Result;
  for (const auto &F : Program.Functions)
    if (F.second.Removed)
      Result.insert(F.first());
  for (const auto &V : Program.Variables)
    if (V.second.Removed)
      Result.insert(V.first());
  return Result;
}

void nextframe::exportProgramSymbols() { symbols().IsExported = true; }

void nextframe::publishSymbols(SymbolChanges Changes) {
  if (Changes.empty())
    return;
  {
    MutexLock Lock(symbols().M);
    for (auto &S : Changes.New)
      symbols().BySymbol[S.first()] = S.second;
    if (Changes.Homes)
      std::swap(symbols().Homes, *Changes.Homes);
    if (Changes.Hidden)
      std::swap(symbols().Hidden, *Changes.Hidden);
  }
  if (symbols().IsExported)
    symbols().exportAnew();
}

void *nextframe::programSymbol(StringRef Name) {
  void *Control = nullptr;
  {
    MutexLock Lock(symbols().M);
    if (const LinkedSymbol *Found = symbols().find(Name))
      return Found->Address;
    auto It = symbols().BySymbol.find(controlOfThreadLocal(Name));
    if (It != symbols().BySymbol.end() && !symbols().Hidden.contains(Name))
      Control = It->second.Address;
  }
  return Control ? threadLocalAddress(Control) : nullptr;
}

bool nextframe::programHasRemoved(StringRef Name) {
  MutexLock Lock(symbols().M);
  return symbols().Hidden.contains(Name);
}
