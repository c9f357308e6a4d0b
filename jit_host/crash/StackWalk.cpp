//===- StackWalk.cpp - The frames of a stack that crashed -----------------===//
//
// x86-64 Linux, for the registers of the context; the unwinder does the rest.
//
//===----------------------------------------------------------------------===//

#include "crash/StackWalk.h"

#include <algorithm>
#include <ucontext.h>
#include <unwind.h>

using namespace nextframe;

// libgcc's: knows what was registered with __register_frame, too.
struct dwarf_eh_bases {
  void *Text, *Data, *Function;
};
extern "C" const void *_Unwind_Find_FDE(void *, dwarf_eh_bases *);

void StackWalk::add(CrashFrame Frame) {
  if (Count < CrashHead::Innermost)
    First[Count] = Frame;
  else
    Last[(Count - CrashHead::Innermost) % CrashHead::Outermost] = Frame;
  ++Count;
}

const CrashFrame &StackWalk::frame(size_t N) const {
  if (N < CrashHead::Innermost)
    return First[N];
  size_t Behind = N - CrashHead::Innermost;
  size_t Lost = Count - std::min(Count, CrashHead::Innermost + CrashHead::Outermost);
  return Last[(Lost + Behind) % CrashHead::Outermost];
}

namespace {
struct Progress {
  StackWalk &Walk;
  uint64_t Crash;
  bool IsReached = false; ///< The handler's own frames come first.
};
} // namespace

static _Unwind_Reason_Code onFrame(_Unwind_Context *Context, void *Opaque) {
  auto &P = *static_cast<Progress *>(Opaque);
  int IsExact = 0;
  uint64_t Address = _Unwind_GetIPInfo(Context, &IsExact);
  P.IsReached |= IsExact && Address == P.Crash;
  if (P.IsReached && Address != 0)
    P.Walk.add({Address, IsExact != 0});
  return _URC_NO_REASON;
}

void StackWalk::walk(void *Context) {
  greg_t *Registers = static_cast<ucontext_t *>(Context)->uc_mcontext.gregs;
  auto Crash = static_cast<uint64_t>(Registers[REG_RIP]);
  dwarf_eh_bases Bases;
  if (!_Unwind_Find_FDE(reinterpret_cast<void *>(Crash), &Bases)) {
    // No code that anybody knows: mostly a call of a null pointer. On goes the unwinder
    // from the caller, as if the call had returned.
    add({Crash, true});
    Crash = *reinterpret_cast<uint64_t *>(Registers[REG_RSP]);
    Registers[REG_RIP] = static_cast<greg_t>(Crash);
    Registers[REG_RSP] += sizeof(uint64_t);
  }
  Progress P{*this, Crash};
  _Unwind_Backtrace(onFrame, &P);
}
