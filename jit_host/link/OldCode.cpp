//===- OldCode.cpp - Which code nobody needs any more ---------------------===//

#include "link/OldCode.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

static uint64_t address(const void *Pointer) { return reinterpret_cast<uint64_t>(Pointer); }

/// Objects that no entry and no history leads to, by address.
OldCode::Starts OldCode::candidates(const DropConditions &Now, Starts LedTo) const {
  sort(LedTo);
  Starts Result;
  for (const CodeObject &O : Map.objects()) {
    if (O.Bodies.empty())
      continue; // Entries.
    const char *End = static_cast<const char *>(O.Start) + O.Size;
    auto First = lower_bound(LedTo, O.Start);
    if ((First != LedTo.end() && *First < End) || any_of(O.Bodies, Now.MayComeBack))
      continue;
    Result.push_back(O.Start);
  }
  return Result;
}

/// Returns which of \p Objects nothing points into and no thread runs in; none where
/// the threads can't be told, nothing where it was stopped.
Expected<std::optional<OldCode::Starts>>
OldCode::unreferenced(const Starts &Objects, const DropConditions &Now,
                      std::vector<AddressRange> Skipped) const {
  TimeTraceScope Scope("Look for old code in use");
  ScanRequest Request;
  Request.Lead = Lead;
  Request.Skipped = std::move(Skipped);
  for (const void *Start : Objects) {
    const CodeObject &O = *Map.findObject(Start);
    Request.Targets.push_back({address(O.Start), address(O.Start) + O.Size});
    // The host's tables are full of these, and of where an object begins. The program knows a
    // function by its entry; what it may know by its start is a satellite, and counts.
    for (const BodyRange &B : O.Bodies)
      Request.Ignored.push_back(address(B.Start));
  }
  BitVector RunIn(Objects.size());
  auto NoteCounter = [&](uint64_t Counter) {
    auto Behind = upper_bound(Request.Targets, AddressRange{Counter, 0});
    if (Behind != Request.Targets.begin() && Counter < std::prev(Behind)->End)
      RunIn.set(static_cast<unsigned>(std::prev(Behind) - Request.Targets.begin()));
  };
  // Before and after: who leaves a function that calls nothing for one whose
  // caller is on the stack is seen at one end or the other.
  if (!findProgramCounters(NoteCounter))
    return std::optional(Starts());
  auto Stop = [&] { return NewObjects < TooMany && Now.Stop(); };
  auto PointedAt = findPointedAt(Request, Stop);
  if (!PointedAt)
    return PointedAt.takeError();
  if (!*PointedAt)
    return std::nullopt;
  if (!findProgramCounters(NoteCounter))
    return std::optional(Starts());
  Starts Result;
  for (unsigned I = 0; I != Objects.size(); ++I)
    if (!(*PointedAt)->test(I) && !RunIn.test(I))
      Result.push_back(Objects[I]);
  return std::optional(std::move(Result));
}

Expected<std::vector<const void *>>
OldCode::step(const DropConditions &Now, function_ref<Starts()> LedTo,
              function_ref<std::vector<AddressRange>()> Tables) {
  constexpr uint64_t BoundariesBetween = 2;
  bool IsSecond = isLooking();
  if (IsSecond ? Now.Boundaries - QuietSince < BoundariesBetween && !Now.ShowsNone
               : NewObjects < Enough)
    return Starts();
  Starts Old = candidates(Now, LedTo());
  // What has come to be needed again since the first look is no candidate any more.
  if (IsSecond)
    llvm::erase_if(Old, [&](const void *Start) { return !is_contained(Quiet, Start); });
  auto Found = unreferenced(Old, Now, Tables());
  if (!Found)
    return Found.takeError();
  if (!*Found)
    return Starts(); // Interrupted: the same again, later.
  Quiet = IsSecond ? Starts() : **Found;
  if (Quiet.empty())
    NewObjects = 0;
  QuietSince = Now.Boundaries;
  if (!IsSecond)
    return Starts();
  sort(**Found, [&](const void *A, const void *B) {
    return Map.findObject(A)->Bodies.front().Gen < Map.findObject(B)->Bodies.front().Gen;
  });
  return std::move(**Found);
}
