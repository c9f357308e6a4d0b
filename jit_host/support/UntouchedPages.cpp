//===- UntouchedPages.cpp - Memory that nobody has ever written or read ---===//

#include "support/UntouchedPages.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

using namespace nextframe;

static constexpr uintptr_t PageBytes = 4096;
/// Of an entry of the page map: present, or swapped out.
static constexpr uint64_t InUse = uint64_t(3) << 62;

UntouchedPages::UntouchedPages() : Map(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {
  // A sandbox may have a page map that is all zeros.
  volatile uint64_t OnStack = 0;
  auto Page = reinterpret_cast<uintptr_t>(&OnStack) / PageBytes;
  if (Map >= 0 && (!load(Page) || !(Entries[0] & InUse))) {
    close(Map);
    Map = -1;
  }
}

UntouchedPages::~UntouchedPages() {
  if (Map >= 0)
    close(Map);
}

bool UntouchedPages::load(uintptr_t FirstPage) {
  ssize_t Got =
      pread(Map, Entries, sizeof Entries, static_cast<off_t>(FirstPage * sizeof *Entries));
  First = FirstPage;
  Count = Got > 0 ? static_cast<size_t>(Got) / sizeof *Entries : 0;
  return Count != 0;
}

bool UntouchedPages::cover(uintptr_t Start, size_t Bytes) {
  uintptr_t From = Start / PageBytes, To = (Start + Bytes + PageBytes - 1) / PageBytes;
  if (Map < 0)
    return false;
  if ((From < First || To > First + Count) && (!load(From) || To > First + Count))
    return false;
  return std::none_of(Entries + (From - First), Entries + (To - First),
                      [](uint64_t Entry) { return Entry & InUse; });
}
