//===- SymbolLibrary.cpp - The program's symbols for the dynamic linker ---===//

#include "link/SymbolLibrary.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;
using Elf = object::ELF64LE;

namespace {

/// The tables that the dynamic linker reads.
struct Tables {
  std::string Names = std::string(1, '\0');
  std::vector<Elf::Sym> Symbols = std::vector<Elf::Sym>(1);
  /// As DT_HASH: how many buckets and symbols, the buckets, the chains.
  std::vector<Elf::Word> Hash;

  uint32_t addName(StringRef Name) {
    auto At = static_cast<uint32_t>(Names.size());
    Names += Name;
    Names += '\0';
    return At;
  }
  void addSymbol(StringRef Name, const LinkedSymbol &S);
  void makeHash();
};

/// The file in the order in which it is written.
struct Layout {
  Elf::Ehdr Head = {};
  Elf::Phdr Segments[3] = {};
  Elf::Dyn Dynamic[7] = {};
};

} // namespace

void Tables::addSymbol(StringRef Name, const LinkedSymbol &S) {
  Elf::Sym Symbol = {};
  Symbol.st_name = addName(Name);
  Symbol.st_value = reinterpret_cast<uint64_t>(S.Address);
  Symbol.st_shndx = ELF::SHN_ABS;
  Symbol.setBindingAndType(ELF::STB_GLOBAL, S.IsFunction ? ELF::STT_FUNC : ELF::STT_OBJECT);
  Symbols.push_back(Symbol);
}

void Tables::makeHash() {
  auto Count = static_cast<uint32_t>(Symbols.size());
  Hash.assign(2 + 2 * Count, Elf::Word(0)); // As many buckets as symbols.
  Hash[0] = Count;
  Hash[1] = Count;
  Elf::Word *Buckets = &Hash[2], *Chains = Buckets + Count;
  for (uint32_t I = 1; I != Count; ++I) {
    Elf::Word &Bucket = Buckets[object::hashSysV(Names.data() + Symbols[I].st_name) % Count];
    Chains[I] = Bucket;
    Bucket = I;
  }
}

template <typename T> static void append(std::string &File, const T *From, size_t Count) {
  File.append(reinterpret_cast<const char *>(From), Count * sizeof(T));
}

std::string nextframe::makeSymbolLibrary(StringRef Name, const SymbolMap &Map) {
  Tables T;
  uint32_t NameAt = T.addName(Name);
  for (const auto &S : Map)
    T.addSymbol(S.first(), S.second);
  T.makeHash();

  uint64_t SymbolsAt = sizeof(Layout);
  uint64_t HashAt = SymbolsAt + T.Symbols.size() * sizeof(Elf::Sym);
  uint64_t NamesAt = HashAt + T.Hash.size() * sizeof(Elf::Word);
  uint64_t Size = NamesAt + T.Names.size();

  Layout L;
  std::memcpy(L.Head.e_ident, ELF::ElfMagic, 4);
  L.Head.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  L.Head.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  L.Head.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  L.Head.e_type = ELF::ET_DYN;
  L.Head.e_machine = ELF::EM_X86_64;
  L.Head.e_version = ELF::EV_CURRENT;
  L.Head.e_phoff = offsetof(Layout, Segments);
  L.Head.e_ehsize = sizeof(Elf::Ehdr);
  L.Head.e_phentsize = sizeof(Elf::Phdr);
  L.Head.e_phnum = std::size(L.Segments);
  auto Segment = [&](size_t I, uint32_t Type, uint64_t At, uint64_t Bytes, uint64_t Align) {
    Elf::Phdr &S = L.Segments[I];
    S.p_type = Type;
    // (Before 2.35, glibc writes into the dynamic section.)
    S.p_flags = ELF::PF_R | ELF::PF_W;
    S.p_offset = At;
    S.p_vaddr = At;
    S.p_filesz = Bytes;
    S.p_memsz = Bytes;
    S.p_align = Align;
  };
  Segment(0, ELF::PT_LOAD, 0, Size, 4096);
  Segment(1, ELF::PT_DYNAMIC, offsetof(Layout, Dynamic), sizeof L.Dynamic, 8);
  Segment(2, ELF::PT_GNU_STACK, 0, 0, 16); // Without one, stacks would become executable.
  size_t I = 0;
  for (auto [Tag, Value] : {std::pair<uint64_t, uint64_t>{ELF::DT_SONAME, NameAt},
                            {ELF::DT_HASH, HashAt},
                            {ELF::DT_SYMTAB, SymbolsAt},
                            {ELF::DT_SYMENT, sizeof(Elf::Sym)},
                            {ELF::DT_STRTAB, NamesAt},
                            {ELF::DT_STRSZ, T.Names.size()}}) {
    L.Dynamic[I].d_tag = Tag;
    L.Dynamic[I++].d_un.d_val = Value;
  }

  std::string File;
  File.reserve(Size);
  append(File, &L, 1);
  append(File, T.Symbols.data(), T.Symbols.size());
  append(File, T.Hash.data(), T.Hash.size());
  File += T.Names;
  return File;
}

/// Returns a path of \p File that no earlier call has returned: where a library of the same
/// path is in memory, the dynamic linker takes that.
static std::string pathOf(int File) {
  static std::atomic<unsigned> Calls{0};
  std::string Path = "/proc/self/fd/";
  for (unsigned N = ++Calls; N; N /= 2)
    Path += N % 2 ? ".//" : "./";
  return Path + std::to_string(File);
}

Expected<void *> nextframe::openSymbolLibrary(StringRef Name, const SymbolMap &Symbols) {
  std::string Content = makeSymbolLibrary(Name, Symbols);
  int File = memfd_create(Name.str().c_str(), MFD_CLOEXEC);
  scope_exit Close([&] { close(File); });
  for (size_t Done = 0; Done != Content.size();) {
    ssize_t N = File < 0 ? -1 : write(File, Content.data() + Done, Content.size() - Done);
    if (N < 0)
      return makeError(diag::err_export, std::strerror(errno));
    Done += static_cast<size_t>(N);
  }
  if (void *Handle = dlopen(pathOf(File).c_str(), RTLD_NOW | RTLD_GLOBAL))
    return Handle;
  return makeError(diag::err_export, dlerror());
}
