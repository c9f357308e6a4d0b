//===- DirectCalls.cpp - Calls of functions that nobody has replaced yet --===//
//
// x86-64.
//
//===----------------------------------------------------------------------===//

#include "link/DirectCalls.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/Support/MathExtras.h"

#include <cerrno>
#include <cstring>
#include <map>
#include <sys/mman.h>

using namespace llvm;
using namespace nextframe;

static constexpr uint64_t PageBytes = 4096;

static uint64_t numeric(const void *P) { return reinterpret_cast<uint64_t>(P); }

//===----------------------------------------------------------------------===//
// What there is
//===----------------------------------------------------------------------===//

void DirectCalls::modifyPassConfig(orc::MaterializationResponsibility &, jitlink::LinkGraph &,
                                   jitlink::PassConfiguration &Config) {
  if (IsNoting)
    Config.PostFixupPasses.push_back([this](jitlink::LinkGraph &G) {
      note(G);
      return Error::success();
    });
}

/// Whether the displacement \p Offset bytes into \p B is that of a call or a jump, and can be
/// rewritten while it is executed.
static bool isCall(const jitlink::Block &B, uint64_t Offset) {
  if (Offset == 0 || (B.getAddress() + Offset).getValue() % 8 > 8 - sizeof(int32_t))
    return false;
  auto Opcode = static_cast<unsigned char>(B.getContent()[Offset - 1]);
  return Opcode == 0xe8 || Opcode == 0xe9;
}

/// Where the virtual tables of \p G lie, those for construction included, by their starts.
/// (A block is a whole section.)
static std::map<orc::ExecutorAddr, orc::ExecutorAddr> tablesOf(jitlink::LinkGraph &G) {
  std::map<orc::ExecutorAddr, orc::ExecutorAddr> Result;
  for (const jitlink::Symbol *S : G.defined_symbols())
    if (S->hasName() &&
        ((*S->getName()).starts_with("_ZTV") || (*S->getName()).starts_with("_ZTC")))
      Result[S->getAddress()] = S->getAddress() + S->getSize();
  return Result;
}

void DirectCalls::note(jitlink::LinkGraph &G) {
  auto Tables = tablesOf(G);
  auto IsInTable = [&](orc::ExecutorAddr Place) {
    auto Behind = Tables.upper_bound(Place);
    return Behind != Tables.begin() && Place < std::prev(Behind)->second;
  };
  for (jitlink::Block *B : G.blocks())
    for (const jitlink::Edge &E : B->edges()) {
      const jitlink::Symbol &Target = E.getTarget();
      if (Target.isDefined() || !Target.hasName())
        continue;
      orc::ExecutorAddr Place = B->getAddress() + E.getOffset();
      bool IsCall = E.getKind() == jitlink::x86_64::BranchPCRel32 && E.getAddend() == 0 &&
                    isCall(*B, E.getOffset());
      bool IsSlot =
          E.getKind() == jitlink::x86_64::Pointer64 && E.getAddend() == 0 && IsInTable(Place);
      if (!IsCall && !IsSlot)
        continue;
      Callers &C = ByEntry[*Target.getName()];
      C.Entry = Target.getAddress().toPtr<const void *>();
      if (IsCall)
        C.Calls.push_back(Place.toPtr<int32_t *>());
      else
        C.Slots.push_back(Place.toPtr<const void **>());
    }
}

void DirectCalls::forget(const void *Start, size_t Size) {
  auto IsGone = [&](const int32_t *Call) {
    return numeric(Call) >= numeric(Start) && numeric(Call) < numeric(Start) + Size;
  };
  for (auto &Known : ByEntry)
    erase_if(Known.second.Calls, IsGone);
}

size_t DirectCalls::count(StringRef Entry) const {
  auto It = ByEntry.find(Entry);
  return It == ByEntry.end() || !It->second.Body
             ? 0
             : It->second.Calls.size() + It->second.Slots.size();
}

//===----------------------------------------------------------------------===//
// Where it leads
//===----------------------------------------------------------------------===//

namespace {

/// A call, and where it is to lead.
struct Rewrite {
  int32_t *Call;
  const void *To;
};

} // namespace

static void rewrite(const Rewrite &R) {
  auto Distance = static_cast<int32_t>(numeric(R.To) - (numeric(R.Call) + sizeof(int32_t)));
  uint64_t Within = numeric(R.Call) % 8;
  auto *Whole = reinterpret_cast<uint64_t *>(numeric(R.Call) - Within);
  uint64_t Bytes = *Whole;
  std::memcpy(reinterpret_cast<char *>(&Bytes) + Within, &Distance, sizeof(Distance));
  __atomic_store_n(Whole, Bytes, __ATOMIC_RELEASE);
}

/// Carries out \p Rewrites, with their pages open for as long as that takes. Those that are
/// near each other are opened together.
static Error rewriteAll(std::vector<Rewrite> Rewrites) {
  constexpr uint64_t Near = 16 * PageBytes;
  llvm::sort(Rewrites, [](const Rewrite &A, const Rewrite &B) { return A.Call < B.Call; });
  for (size_t I = 0; I != Rewrites.size();) {
    uint64_t Begin = alignDown(numeric(Rewrites[I].Call), PageBytes), End = Begin + PageBytes;
    size_t Last = I;
    for (; Last != Rewrites.size() && numeric(Rewrites[Last].Call) < End + Near; ++Last)
      End = alignTo(numeric(Rewrites[Last].Call) + sizeof(int32_t), PageBytes);
    auto Protect = [&](int Protection) {
      return mprotect(reinterpret_cast<void *>(Begin), End - Begin, Protection) == 0
                 ? Error::success()
                 : errorCodeToError({errno, std::generic_category()});
    };
    if (Error Err = Protect(PROT_READ | PROT_WRITE | PROT_EXEC))
      return Err;
    for (; I != Last; ++I)
      rewrite(Rewrites[I]);
    if (Error Err = Protect(PROT_READ | PROT_EXEC))
      return Err;
  }
  return Error::success();
}

void DirectCalls::makeDirect(function_ref<const void *(StringRef)> BodyOf) {
  IsNoting = false;
  std::vector<Rewrite> Rewrites;
  std::vector<std::pair<Callers *, const void *>> Found;
  for (auto It = ByEntry.begin(), End = ByEntry.end(); It != End;) {
    auto Known = It++;
    const void *Body = BodyOf(Known->first());
    if (!Body) {
      ByEntry.erase(Known);
      continue;
    }
    Found.push_back({&Known->second, Body});
    for (int32_t *Call : Known->second.Calls)
      Rewrites.push_back({Call, Body});
  }
  if (Error Err = rewriteAll(std::move(Rewrites))) {
    consumeError(std::move(Err)); // Then the calls lead to the entries, as they do anyway.
    ByEntry.clear();
    return;
  }
  for (auto &[C, Body] : Found) {
    C->Body = Body;
    for (const void **Slot : C->Slots)
      *Slot = Body;
  }
}

Error DirectCalls::useEntries(ArrayRef<StringRef> Entries) {
  std::vector<Rewrite> Rewrites;
  SmallVector<Callers *, 8> Changed;
  for (StringRef Entry : Entries) {
    auto It = ByEntry.find(Entry);
    if (It == ByEntry.end() || !It->second.Body)
      continue;
    Changed.push_back(&It->second);
    for (int32_t *Call : It->second.Calls)
      Rewrites.push_back({Call, It->second.Entry});
  }
  if (Error Err = rewriteAll(std::move(Rewrites)))
    return Err;
  for (Callers *C : Changed) {
    // (A slot may have come to be another function's.)
    for (const void **Slot : C->Slots)
      if (*Slot == C->Body)
        __atomic_store_n(Slot, C->Entry, __ATOMIC_RELEASE);
    *C = Callers();
  }
  return Error::success();
}
