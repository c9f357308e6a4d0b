//===- LayoutCheck.cpp - Is anything alive that an edit would break? ------===//

#include "session/LayoutCheck.h"
#include "ir/Names.h"
#include "link/CodeMap.h"
#include "session/ProgramAllocations.h"
#include "session/StoppedThreads.h"
#include "state/Homes.h"
#include "state/ProgramHeap.h"
#include "support/Diagnostics.h"
#include "support/MemoryWords.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <tuple>
#include <unistd.h>
#include <unwind.h>

using namespace llvm;
using namespace nextframe;

static std::vector<std::string> typesOf(ArrayRef<LayoutChange> Changes) {
  std::vector<std::string> Types;
  for (const LayoutChange &C : Changes)
    Types.push_back(C.Type);
  return Types;
}

static std::tuple<const std::string &, Generation> bodyOf(const Hazard &H) {
  return {H.Function, H.Body};
}

LayoutCheck::LayoutCheck(const ReloadPlan &Plan, const CodeMap &Code,
                         const StringMap<void *> &Addresses, const LiveProgram &Live)
    : Changes(Plan.LayoutChanges), Hazards(Plan.Hazards), Code(Code), ReloadThread(gettid()),
      Objects(typesOf(Plan.LayoutChanges)) {
  sort(Hazards, [](const Hazard &A, const Hazard &B) { return bodyOf(A) < bodyOf(B); });
  for (const Hazard &H : Hazards)
    Suspects.push_back({&H});
  for (size_t I = 0; I != Changes.size(); ++I)
    for (const LayoutChange::Holder &H : Changes[I].PointedTo) {
      const LiveVariable &V = Live.Variables.find(H.Variable)->second;
      auto Start = reinterpret_cast<uintptr_t>(Addresses.lookup(V.Symbol));
      Targets.push_back({Start, Start + V.Size, I, H.Variable});
    }
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

/// Returns what the plan says of the body that a call before \p ReturnAddress is in.
LayoutCheck::Suspect *LayoutCheck::suspectAt(uintptr_t ReturnAddress) {
  const BodyRange *Body = Code.find(reinterpret_cast<const void *>(ReturnAddress - 1));
  if (!Body)
    return nullptr;
  auto It = partition_point(Suspects, [&](const Suspect &S) {
    return bodyOf(*S.What) < std::tie(Body->Function, Body->Gen);
  });
  bool Found = It != Suspects.end() && bodyOf(*It->What) == std::tie(Body->Function, Body->Gen);
  return Found ? &*It : nullptr;
}

void LayoutCheck::notePointer(uintptr_t Word) {
  for (Target &T : Targets)
    T.IsPointedTo |= Word - T.Start < T.End - T.Start;
}

void LayoutCheck::lookAtOwnStack() {
  auto Look = [](_Unwind_Context *Frame, void *Check) {
    if (Suspect *S = static_cast<LayoutCheck *>(Check)->suspectAt(_Unwind_GetIP(Frame)))
      S->OnMainThread = true;
    return _URC_NO_REASON;
  };
  for (Suspect &S : Suspects)
    S.OnMainThread = S.OnAnotherThread = false;
  for (Target &T : Targets)
    T.IsPointedTo = false;
  _Unwind_Backtrace(Look, this);
}

void LayoutCheck::lookAtOthers(const StoppedThreads &Stopped, const Homes &Data) {
  Objects.take(ProgramHeap::get());
  Stopped.forEachWord([&](uintptr_t Word) {
    if (Suspect *S = suspectAt(Word))
      S->OnAnotherThread = true;
    notePointer(Word);
  });
  if (Targets.empty())
    return;
  auto LookThrough = [&](const void *Start, uint64_t Size) {
    auto At = reinterpret_cast<uintptr_t>(Start);
    forEachWord(At, At + Size, [&](uintptr_t Word) { notePointer(Word); });
  };
  ProgramHeap::get().forEachBlock(
      [&](const ProgramHeap::Block &B) { LookThrough(B.Start, B.Size); });
  Data.forEach(LookThrough);
  // The main thread's own stack ends where its memory does.
  auto Here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  forEachWord(Here, ~uintptr_t(0), [&](uintptr_t Word) { notePointer(Word); });
}

void LayoutCheck::takeCensus() { Objects.take(ProgramHeap::get()); }

//===----------------------------------------------------------------------===//
// Judging
//===----------------------------------------------------------------------===//

/// Memory of unknown type matters only while there is some that is large enough.
bool LayoutCheck::isHidden(const LayoutChange &Change, const HidingPlace &Place) const {
  return Place.How != Hiding::FromUntyped ||
         (Objects.untypedBlocks() > 0 && Objects.largestUntyped() >= Change.OldSize);
}

bool LayoutCheck::isRefused(size_t Change) const {
  const LayoutChange &C = Changes[Change];
  if (C.OnlyVirtuals)
    return !C.Hidden.empty();
  return !C.Holders.empty() || Objects.objects(Change) > 0 || programAllocatesByItself() ||
         any_of(C.Hidden, [&](const HidingPlace &P) { return isHidden(C, P); }) ||
         any_of(Targets, [&](const Target &T) { return T.IsPointedTo && T.Change == Change; });
}

bool LayoutCheck::passes() const {
  return none_of(seq<size_t>(0, Changes.size()), [&](size_t I) { return isRefused(I); }) &&
         none_of(Suspects, [](const Suspect &S) { return S.OnMainThread || S.OnAnotherThread; });
}

bool LayoutCheck::mayPassLater() const {
  return none_of(seq<size_t>(0, Changes.size()), [&](size_t I) { return isRefused(I); }) &&
         none_of(Suspects, [](const Suspect &S) { return S.OnMainThread; }) &&
         any_of(Suspects, [](const Suspect &S) { return S.OnAnotherThread; });
}

//===----------------------------------------------------------------------===//
// Saying
//===----------------------------------------------------------------------===//

static diag::ID reasonOf(Hiding How) {
  switch (How) {
  case Hiding::Placed:
    return diag::why_placed;
  case Hiding::OwnAllocation:
    return diag::why_own_allocation;
  case Hiding::Reinterpreted:
    return diag::why_reinterpreted;
  case Hiding::FromUntyped:
    return diag::why_from_untyped;
  case Hiding::SmallBuffer:
    return diag::why_small_buffer;
  case Hiding::Resource:
    return diag::why_resource;
  case Hiding::Library:
    return diag::why_library;
  case Hiding::MemberPointer:
    return diag::why_member_pointer;
  }
  return diag::why_placed;
}

std::string LayoutCheck::whereItIsHidden(const HidingPlace &Place) const {
  std::string Where = Place.How == Hiding::Library ? displayName(Place.File)
                                                   : sys::path::filename(Place.File).str();
  return message(reasonOf(Place.How), Where, Place.Line, Objects.untypedBlocks());
}

/// Says how many objects of the type there are and where, or where they may be.
std::string LayoutCheck::whatIsAlive(size_t Change) const {
  const LayoutChange &C = Changes[Change];
  if (C.OnlyVirtuals)
    return whereItIsHidden(C.Hidden.front());
  uint64_t OnHeap = Objects.objects(Change), Count = OnHeap;
  std::vector<std::string> Places;
  for (const LayoutChange::Holder &H : C.Holders) {
    Count += H.Objects;
    diag::ID What = H.Removed ? diag::where_removed : diag::where_variable;
    Places.push_back(message(What, displayName(H.Variable), H.Objects));
  }
  if (OnHeap) {
    std::string Place = Objects.place(Change);
    Places.push_back(Place.empty() || Place == typeName(C.Type)
                         ? message(diag::where_heap, OnHeap)
                         : message(diag::where_heap_in, OnHeap, Place));
  }
  if (Count == 1)
    return message(diag::why_alive_one, join(Places, ", "));
  if (Count)
    return message(diag::why_alive, Count, join(Places, ", "));
  for (const Target &T : Targets)
    if (T.IsPointedTo && T.Change == Change)
      return message(diag::why_pointed_to, displayName(T.Name));
  if (programAllocatesByItself())
    return message(diag::why_own_heap);
  return whereItIsHidden(
      *find_if(C.Hidden, [&](const HidingPlace &P) { return isHidden(C, P); }));
}

std::vector<std::string> LayoutCheck::refusals() const {
  std::vector<std::string> Result;
  for (size_t I = 0; I != Changes.size(); ++I)
    if (isRefused(I))
      Result.push_back(message(diag::refuse_layout, typeName(Changes[I].Type), Changes[I].What,
                               whatIsAlive(I)));
  if (Result.empty())
    for (const Suspect &S : Suspects)
      if (S.OnMainThread || S.OnAnotherThread)
        Result.push_back(S.What->Reason);
  return Result;
}
