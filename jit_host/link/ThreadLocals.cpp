//===- ThreadLocals.cpp - Thread-local variables of libraries -------------===//

#include "link/ThreadLocals.h"

#include "llvm/ADT/Twine.h"

#include <cstddef>
#include <cstdint>
#include <link.h>

using namespace llvm;
using namespace nextframe;

/// As glibc's dynamic linker takes it: see "ELF Handling For Thread-Local
/// Storage" (Drepper), section 3.4.2.
struct tls_index {
  size_t Module;
  size_t Offset;
};
extern "C" void *__tls_get_addr(tls_index *);
extern "C" void *__emutls_get_address(void *);

namespace {

/// The first word of libgcc's control object is the variable's size; no
/// variable is as large as this.
constexpr size_t LibraryMark = ~size_t(0);

struct LibraryControl {
  size_t Mark = LibraryMark;
  tls_index Index;
};

} // namespace

void *nextframe::threadLocalAddress(void *Control) {
  auto *Library = static_cast<LibraryControl *>(Control);
  return Library->Mark == LibraryMark ? __tls_get_addr(&Library->Index)
                                      : __emutls_get_address(Control);
}

/// What LLVM and gcc put before the variable's name.
static constexpr StringLiteral ControlPrefix = "__emutls_v.";

StringRef nextframe::threadLocalOfControl(StringRef Symbol) {
  return Symbol.consume_front(ControlPrefix) ? Symbol : "";
}

std::string nextframe::controlOfThreadLocal(StringRef Variable) {
  return (Twine(ControlPrefix) + Variable).str();
}

/// Finds the library whose block of this thread contains the address.
static int findModule(dl_phdr_info *Info, size_t, void *Data) {
  auto &[Address, Index] = *static_cast<std::pair<uintptr_t, tls_index> *>(Data);
  auto Block = reinterpret_cast<uintptr_t>(Info->dlpi_tls_data);
  for (int I = 0; Block && I != Info->dlpi_phnum; ++I)
    if (Info->dlpi_phdr[I].p_type == PT_TLS && Address >= Block &&
        Address - Block < Info->dlpi_phdr[I].p_memsz) {
      Index = {Info->dlpi_tls_modid, Address - Block};
      return 1;
    }
  return 0;
}

void *nextframe::makeLibraryControl(void *Address) {
  std::pair<uintptr_t, tls_index> Search{reinterpret_cast<uintptr_t>(Address), {}};
  if (!dl_iterate_phdr(findModule, &Search))
    return nullptr;
  return new LibraryControl{LibraryMark, Search.second};
}
