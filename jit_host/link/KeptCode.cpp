//===- KeptCode.cpp - The objects of code that are in memory --------------===//

#include "link/KeptCode.h"
#include "link/CodeGenerator.h"
#include "link/SliceObjects.h"
#include "support/Log.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/xxhash.h"

#include <cassert>

using namespace llvm;
using namespace nextframe;

void KeptCode::add(std::vector<KeptObject> Made, Generation Gen) {
  StringMap<KeptObject *> ByFunction;
  for (KeptObject &M : Made)
    for (const auto &Function : M.Lines)
      ByFunction[Function.first()] = &M;
  for (const CodeObject &O : Session.codeMap().objects()) {
    if (O.Bodies.empty() || O.Bodies.front().Gen != Gen)
      continue;
    if (KeptObject *M = ByFunction.lookup(O.Bodies.front().Function))
      Objects[O.Start] = std::move(*M);
  }
  if (!Made.empty())
    Old.noteNew();
}

//===----------------------------------------------------------------------===//
// Moved lines
//===----------------------------------------------------------------------===//

/// Tells debuggers where the functions of \p Object stand in the newest text, if they
/// are what they were.
void KeptCode::refreshLines(KeptObject &Object, const LineRefresh &Request) {
  std::vector<std::string> Moved;
  SmallVector<uint64_t, 16> Lines;
  for (const FunctionFacts &F : Request.Unit->Facts.Functions) {
    auto It = Object.Lines.find(F.Name);
    if (It == Object.Lines.end() || It->second == F.Lines || F.Lines == 0 ||
        !Request.IsUnchanged(F, Object.Gen))
      continue;
    Moved.push_back(F.Name);
    Lines.push_back(F.Lines);
  }
  uint64_t Told = Moved.empty() ? 0
                                : xxh3_64bits(ArrayRef(reinterpret_cast<uint8_t *>(Lines.data()),
                                                       Lines.size() * sizeof(uint64_t)));
  if (std::exchange(Object.ToldLines, Told) == Told)
    return;
  orc::ResourceKey Key = Object.Tracker->getKeyUnsafe();
  if (Moved.empty())
    return Session.codeDebugger().refresh(Key, nullptr);
  LLVMContext Ctx;
  auto Generator = CodeGenerator::create();
  auto M = sliceCode(*Request.Unit, Moved, Object.Gen, Request.Homes, Request.VTables, Ctx);
  if (!Generator || !M) // What debuggers know stays.
    return consumeError(joinErrors(Generator ? Error::success() : Generator.takeError(),
                                   M ? Error::success() : M.takeError()));
  useNearEntries(**M, *Object.Near);
  auto File = Generator->generate(**M, Request.Unit->OptLevel);
  if (!File)
    return consumeError(File.takeError());
  Session.codeDebugger().refresh(Key, File->get());
}

bool KeptCode::refreshLines(const LineRefresh &Request) {
  TimeTraceScope Scope("Refresh lines", Request.Unit->File);
  for (auto &[Start, Object] : Objects) {
    if (Object.Unit != Request.Unit->Id)
      continue;
    if (Request.Stop())
      return false;
    refreshLines(Object, Request);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Old code
//===----------------------------------------------------------------------===//

/// The bodies that entries lead to, and that keep their object. One that is merely held
/// does where there is nothing more to do about it, and so does \p Untold code.
std::vector<const void *> KeptCode::ledTo(const DropConditions &Now, bool Untold) const {
  std::vector<const void *> Result;
  for (const auto &[Start, Object] : Objects)
    if (Untold && Object.IsUntold)
      Result.push_back(Start);
  for (const auto &Slot : Entries) {
    EntryUse Use = Now.UseOf(Slot.first());
    const CodeObject *Object =
        Use == EntryUse::Held ? Session.codeMap().findObject(*Slot.second) : nullptr;
    if (Use == EntryUse::Live || (Object && Objects.at(Object->Start).IsUntold))
      Result.push_back(*Slot.second);
  }
  return Result;
}

/// Objects, by where they begin, with a body that somebody may hold the entry of.
std::set<const void *> KeptCode::held(const DropConditions &Now) const {
  std::set<const void *> Result;
  for (const auto &Slot : Entries)
    if (Now.UseOf(Slot.first()) == EntryUse::Held)
      if (const CodeObject *Object = Session.codeMap().findObject(*Slot.second))
        Result.insert(Object->Start);
  return Result;
}

/// What of the host's memory holds addresses of code for its own purposes.
std::vector<AddressRange> KeptCode::tables() const {
  std::vector<AddressRange> Result;
  for (const DebuggerPlugin *Debugger : {&Session.codeDebugger(), &Session.dataDebugger()})
    for (auto [Start, End] : Debugger->memory())
      Result.push_back({reinterpret_cast<uint64_t>(Start), reinterpret_cast<uint64_t>(End)});
  return Result;
}

std::vector<BodyRange> KeptCode::drop(const DropConditions &Now) {
  std::vector<BodyRange> Gone;
  // A debugger may have breakpoints in what is dropped, and write to it later. So with gdb
  // the code stays, and gdb is told that it is gone, since each reload takes it time for
  // every object that there is. Others would stop at the signal that asks where threads
  // are. perf has one name for an address.
  Tracer By = currentTracer();
  if (By == Tracer::Other || Session.isForPerf())
    return Gone;
  auto Dropped =
      Old.step(Now, [&] { return ledTo(Now, By == Tracer::Gdb); }, [&] { return tables(); });
  if (!Dropped) {
    consumeError(Dropped.takeError()); // Memory can't be looked through: old code stays.
    return Gone;
  }
  std::set<const void *> Held;
  if (!Dropped->empty())
    Held = held(Now);
  for (const void *Start : *Dropped) {
    auto It = Objects.find(Start);
    assert(It != Objects.end() && "code that nobody keeps");
    if (Held.count(Start) || By == Tracer::Gdb) {
      Session.codeDebugger().forget(It->second.Tracker->getKeyUnsafe());
      It->second.IsUntold = true;
      continue;
    }
    const CodeObject *Object = Session.codeMap().findObject(Start);
    append_range(Gone, Object->Bodies);
    Session.directCalls().forget(Start, Object->Size);
    if (Error Err = It->second.Tracker->remove())
      say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
    Objects.erase(It);
  }
  if (!Dropped->empty())
    Session.session().getSymbolStringPool()->clearDeadEntries();
  return Gone;
}
