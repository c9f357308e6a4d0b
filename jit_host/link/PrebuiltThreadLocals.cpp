//===- PrebuiltThreadLocals.cpp - Thread-local variables of objects -------===//

#include "link/PrebuiltThreadLocals.h"
#include "link/Libraries.h"
#include "support/Diagnostics.h"
#include "support/ThreadReserve.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/Endian.h"

#include <cstring>
#include <memory>
#include <thread>

using namespace llvm;
using namespace nextframe;
using Elf = object::ELF64LE;
using support::endian::read32le;
using support::endian::write32le;

/// Sections of first values are known to JITLink's passes by their address, which other
/// sections of an object don't have: this, and the distance from the thread pointer.
static constexpr uint64_t ValuesAt = uint64_t(1) << 62;

/// The tables of an object; all of it was read once by LLVM, so that it holds together.
namespace {
struct ObjectView {
  char *Start;
  MutableArrayRef<Elf::Shdr> Sections;
  ArrayRef<Elf::Sym> Symbols;
  const char *Names = nullptr;

  explicit ObjectView(char *Start) : Start(Start) {
    auto *Head = reinterpret_cast<Elf::Ehdr *>(Start);
    Sections = {reinterpret_cast<Elf::Shdr *>(Start + Head->e_shoff), Head->e_shnum};
    for (const Elf::Shdr &S : Sections)
      if (S.sh_type == ELF::SHT_SYMTAB) {
        Symbols = {reinterpret_cast<Elf::Sym *>(Start + S.sh_offset),
                   static_cast<size_t>(S.sh_size / sizeof(Elf::Sym))};
        Names = Start + Sections[S.sh_link].sh_offset;
      }
  }
  MutableArrayRef<Elf::Sym> symbols() const {
    return {const_cast<Elf::Sym *>(Symbols.data()), Symbols.size()};
  }
  StringRef nameOf(const Elf::Sym &S) const { return Names + S.st_name; }
};
} // namespace

static bool isThreadLocal(const Elf::Shdr &S) { return S.sh_flags & ELF::SHF_TLS; }

bool PrebuiltThreadLocals::place(StringRef Object) {
  prepareThread(); // The main thread, which nobody has made.
  ObjectView View(const_cast<char *>(Object.data()));
  for (unsigned I = 0; I != View.Sections.size(); ++I) {
    const Elf::Shdr &S = View.Sections[I];
    if (!isThreadLocal(S))
      continue;
    auto Place = takeThreadReserve(S.sh_size, S.sh_addralign);
    if (!Place)
      continue; // Said if the object is needed.
    Places[{Object.data(), I}] = *Place;
    // (What is relocated follows when it is linked.)
    if (S.sh_type != ELF::SHT_NOBITS)
      setThreadReserve(*Place, {View.Start + S.sh_offset, static_cast<size_t>(S.sh_size)});
  }
  bool HasAny = false;
  for (const Elf::Sym &S : View.Symbols) {
    if (S.getType() != ELF::STT_TLS)
      continue;
    HasAny = true;
    auto Place = Places.find({Object.data(), S.st_shndx});
    if (S.st_shndx != ELF::SHN_UNDEF && S.getBinding() != ELF::STB_LOCAL && Place != Places.end())
      Variables.try_emplace(View.nameOf(S), Place->second + static_cast<int64_t>(S.st_value));
  }
  return HasAny;
}

const int64_t *PrebuiltThreadLocals::offsetOf(StringRef Variable) const {
  auto It = Variables.find(Variable);
  return It == Variables.end() ? nullptr : &It->second;
}

/// Returns how far a library's variable is from the thread pointer, where that is the same
/// in all threads: the library was there when the process started.
static std::optional<int64_t> offsetInLibrary(StringRef Variable, const Libraries &Libs) {
  auto Offset = [&] {
    auto *Address = static_cast<char *>(Libs.libraryAddress(Variable));
    return Address ? Address - static_cast<char *>(__builtin_thread_pointer()) : 0;
  };
  int64_t Here = Offset(), There = 0;
  std::thread([&] { There = Offset(); }).join();
  return Here != 0 && Here == There ? std::optional(Here) : std::nullopt;
}

namespace {

/// Rewrites the code at one relocation after another.
class Rewriter {
public:
  Rewriter(char *Section, MutableArrayRef<Elf::Rela> Relocations)
      : Section(reinterpret_cast<unsigned char *>(Section)), Relocations(Relocations) {}

  /// Rewrites what relocation \p I is about, a variable at \p Offset. Returns whether it
  /// is a sequence that the ABI knows.
  bool rewrite(size_t I, int64_t Offset);

  static bool isThreadLocal(uint32_t Type);

private:
  /// Puts \p Code so that it begins \p Before bytes before the relocation's place.
  void put(const Elf::Rela &R, unsigned Before, ArrayRef<unsigned char> Code) {
    std::memcpy(Section + R.r_offset - Before, Code.data(), Code.size());
  }
  unsigned char *at(const Elf::Rela &R) { return Section + R.r_offset; }
  bool initialExec(const Elf::Rela &R, int32_t Offset);
  bool generalDynamic(size_t I, int32_t Offset);
  bool localDynamic(size_t I);
  bool descriptor(const Elf::Rela &R, int32_t Offset);
  void drop(Elf::Rela &R) { R.setSymbolAndType(0, ELF::R_X86_64_NONE, false); }

  unsigned char *Section;
  MutableArrayRef<Elf::Rela> Relocations;
};

} // namespace

bool Rewriter::isThreadLocal(uint32_t Type) {
  switch (Type) {
  case ELF::R_X86_64_DTPOFF64:
  case ELF::R_X86_64_TPOFF64:
  case ELF::R_X86_64_TLSGD:
  case ELF::R_X86_64_TLSLD:
  case ELF::R_X86_64_DTPOFF32:
  case ELF::R_X86_64_GOTTPOFF:
  case ELF::R_X86_64_TPOFF32:
  case ELF::R_X86_64_GOTPC32_TLSDESC:
  case ELF::R_X86_64_TLSDESC_CALL:
    return true;
  default:
    return false;
  }
}

/// mov or add x@gottpoff(%rip), %reg → the same of a constant.
bool Rewriter::initialExec(const Elf::Rela &R, int32_t Offset) {
  unsigned char *P = at(R);
  unsigned char Rex = P[-3], Register = (P[-1] >> 3) & 7;
  bool IsMove = P[-2] == 0x8b, IsAdd = P[-2] == 0x03;
  if ((Rex != 0x48 && Rex != 0x4c) || (!IsMove && !IsAdd) || (P[-1] & 0xc7) != 0x05)
    return false;
  P[-3] = Rex == 0x4c ? 0x49 : 0x48;
  P[-2] = IsMove ? 0xc7 : 0x81;
  P[-1] = static_cast<unsigned char>(0xc0 | Register);
  write32le(P, static_cast<uint32_t>(Offset));
  return true;
}

/// lea x@tlsgd(%rip), %rdi; call __tls_get_addr → mov %fs:0, %rax; lea x@tpoff(%rax), %rax
bool Rewriter::generalDynamic(size_t I, int32_t Offset) {
  constexpr unsigned char Code[] = {0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80};
  Elf::Rela &R = Relocations[I];
  const unsigned char *P = at(R);
  if (I + 1 == Relocations.size() || Relocations[I + 1].r_offset != R.r_offset + 8 ||
      P[-4] != 0x66 || P[-3] != 0x48 || P[-2] != 0x8d || P[-1] != 0x3d)
    return false;
  put(R, 4, Code);
  write32le(at(R) + 8, static_cast<uint32_t>(Offset));
  drop(Relocations[I + 1]);
  return true;
}

/// lea x@tlsld(%rip), %rdi; call __tls_get_addr → mov %fs:0, %rax
bool Rewriter::localDynamic(size_t I) {
  constexpr unsigned char Code[] = {0x66, 0x66, 0x66, 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0};
  constexpr unsigned char Longer[] = {0x66, 0x66, 0x66, 0x66, 0x64, 0x48, 0x8b,
                                      0x04, 0x25, 0,    0,    0,    0};
  Elf::Rela &R = Relocations[I];
  const unsigned char *P = at(R);
  if (I + 1 == Relocations.size() || P[-3] != 0x48 || P[-2] != 0x8d || P[-1] != 0x3d)
    return false;
  uint64_t Distance = Relocations[I + 1].r_offset - R.r_offset;
  if (Distance == 5 && P[4] == 0xe8)
    put(R, 3, Code);
  else if (Distance == 6 && P[4] == 0xff && P[5] == 0x15) // -fno-plt
    put(R, 3, Longer);
  else
    return false;
  drop(Relocations[I + 1]);
  return true;
}

/// lea x@tlsdesc(%rip), %rax → mov $x@tpoff, %rax
bool Rewriter::descriptor(const Elf::Rela &R, int32_t Offset) {
  unsigned char *P = at(R);
  if ((P[-3] & 0xfb) != 0x48 || P[-2] != 0x8d || (P[-1] & 0xc7) != 0x05)
    return false;
  unsigned char Register = (P[-1] >> 3) & 7;
  P[-3] = P[-3] == 0x4c ? 0x49 : 0x48;
  P[-2] = 0xc7;
  P[-1] = static_cast<unsigned char>(0xc0 | Register);
  write32le(P, static_cast<uint32_t>(Offset));
  return true;
}

bool Rewriter::rewrite(size_t I, int64_t Offset) {
  Elf::Rela &R = Relocations[I];
  auto Constant = static_cast<int32_t>(Offset + R.r_addend);
  auto Relative = static_cast<int32_t>(Offset); // (Whose addend is the -4 of %rip.)
  bool IsKnown = true;
  switch (R.getType(false)) {
  case ELF::R_X86_64_TPOFF32:
  case ELF::R_X86_64_DTPOFF32:
    write32le(at(R), static_cast<uint32_t>(Constant));
    break;
  case ELF::R_X86_64_TPOFF64:
  case ELF::R_X86_64_DTPOFF64:
    support::endian::write64le(at(R), static_cast<uint64_t>(Offset + R.r_addend));
    break;
  case ELF::R_X86_64_GOTTPOFF:
    IsKnown = initialExec(R, Relative);
    break;
  case ELF::R_X86_64_TLSGD:
    IsKnown = generalDynamic(I, Relative);
    break;
  case ELF::R_X86_64_TLSLD:
    IsKnown = localDynamic(I);
    break;
  case ELF::R_X86_64_GOTPC32_TLSDESC:
    IsKnown = descriptor(R, Relative);
    break;
  case ELF::R_X86_64_TLSDESC_CALL: // call *(%rax) → nop
    at(R)[0] = 0x66;
    at(R)[1] = 0x90;
    break;
  }
  drop(R);
  return IsKnown;
}

Error PrebuiltThreadLocals::rewrite(MutableArrayRef<char> Object, StringRef Name,
                                    const Libraries &Libs) {
  ObjectView View(Object.data());
  auto Find = [&](const Elf::Sym &S) -> std::optional<int64_t> {
    StringRef Variable = View.nameOf(S);
    if (Variable == "_TLS_MODULE_BASE_")
      return 0; // What distances within the module are from: here, the thread pointer.
    if (S.getBinding() != ELF::STB_LOCAL)
      if (const int64_t *Offset = offsetOf(Variable))
        return *Offset;
    if (S.st_shndx == ELF::SHN_UNDEF)
      return offsetInLibrary(Variable, Libs);
    auto Place = Places.find({Object.data(), S.st_shndx});
    if (Place == Places.end())
      return std::nullopt;
    return Place->second + static_cast<int64_t>(S.st_value);
  };
  for (const Elf::Shdr &S : View.Sections) {
    if (S.sh_type != ELF::SHT_RELA)
      continue;
    MutableArrayRef<Elf::Rela> Relocations = {
        reinterpret_cast<Elf::Rela *>(View.Start + S.sh_offset),
        static_cast<size_t>(S.sh_size / sizeof(Elf::Rela))};
    Rewriter Code(View.Start + View.Sections[S.sh_info].sh_offset, Relocations);
    for (size_t I = 0; I != Relocations.size(); ++I) {
      uint32_t Type = Relocations[I].getType(false);
      if (!Rewriter::isThreadLocal(Type))
        continue;
      const Elf::Sym &Symbol = View.Symbols[Relocations[I].getSymbol(false)];
      // (One that asks for the module alone may name any variable, or none.)
      auto Offset = Type == ELF::R_X86_64_TLSLD ? std::optional<int64_t>(0) : Find(Symbol);
      if (!Offset)
        return makeError(Symbol.st_shndx == ELF::SHN_UNDEF ? diag::err_prebuilt_thread_local
                                                           : diag::err_prebuilt_no_room,
                         Name, View.nameOf(Symbol), ThreadReserveSize);
      if (!Code.rewrite(I, *Offset))
        return makeError(diag::err_prebuilt, Name,
                         "it reaches the thread-local variable '" + View.nameOf(Symbol).str() +
                             "' in a way that no compiler is known to");
    }
  }
  for (unsigned I = 0; I != View.Sections.size(); ++I) {
    Elf::Shdr &S = View.Sections[I];
    if (!isThreadLocal(S))
      continue;
    S.sh_flags = S.sh_flags & ~uint64_t(ELF::SHF_TLS);
    if (auto Place = Places.find({Object.data(), I}); Place != Places.end())
      S.sh_addr = ValuesAt + static_cast<uint64_t>(Place->second);
  }
  for (Elf::Sym &S : View.symbols())
    if (S.getType() == ELF::STT_TLS)
      S.setBindingAndType(S.getBinding(),
                          S.st_shndx == ELF::SHN_UNDEF ? ELF::STT_NOTYPE : ELF::STT_OBJECT);
  return Error::success();
}

void ThreadLocalValues::modifyPassConfig(orc::MaterializationResponsibility &, jitlink::LinkGraph &,
                                         jitlink::PassConfiguration &Config) {
  using Found = std::vector<std::pair<jitlink::Block *, int64_t>>;
  auto Values = std::make_shared<Found>();
  Config.PrePrunePasses.push_back([Values](jitlink::LinkGraph &G) {
    for (jitlink::Block *B : G.blocks()) {
      auto Offset = static_cast<int64_t>(B->getAddress().getValue() - ValuesAt);
      if (!B->isZeroFill() && Offset < 0 && Offset > -int64_t(1) << 32) {
        Values->push_back({B, Offset});
        G.addAnonymousSymbol(*B, 0, B->getSize(), /*IsCallable=*/false, /*IsLive=*/true);
      }
    }
    return Error::success();
  });
  // The addresses are in them now.
  Config.PostFixupPasses.push_back([Values](jitlink::LinkGraph &) {
    for (auto &[B, Offset] : *Values)
      setThreadReserve(Offset, B->getContent());
    return Error::success();
  });
}
