//===- DebugObject.cpp - What a debugger is told about a linked object ----===//

#include "link/DebugObject.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/LineIterator.h"

#include <cstring>

using namespace llvm;
using namespace nextframe;

// The interface's own names, in LLVM's library.
extern "C" jit_descriptor __jit_debug_descriptor;
extern "C" void __jit_debug_register_code();

using Elf = object::ELF64LEFile;

Tracer nextframe::currentTracer() {
  auto Status = MemoryBuffer::getFileAsStream("/proc/self/status");
  if (!Status)
    return Tracer::Other; // Not known: what depends on it is better left alone.
  for (line_iterator Line(**Status, /*SkipBlanks=*/true); !Line.is_at_eof(); ++Line) {
    StringRef Pid = *Line;
    if (!Pid.consume_front("TracerPid:"))
      continue;
    if (Pid.trim() == "0")
      return Tracer::None;
    auto Name = MemoryBuffer::getFileAsStream("/proc/" + Pid.trim() + "/comm");
    return Name && (*Name)->getBuffer().trim() == "gdb" ? Tracer::Gdb : Tracer::Other;
  }
  return Tracer::None;
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

DebugObject::DebugObject(std::unique_ptr<WritableMemoryBuffer> File) : File(std::move(File)) {}

Expected<std::unique_ptr<DebugObject>> DebugObject::create(MemoryBufferRef File) {
  auto Checked = Elf::create(File.getBuffer());
  if (!Checked)
    return Checked.takeError();
  if (auto Sections = Checked->sections(); !Sections)
    return Sections.takeError();
  auto Copy =
      WritableMemoryBuffer::getNewUninitMemBuffer(File.getBufferSize(), File.getBufferIdentifier());
  std::memcpy(Copy->getBufferStart(), File.getBufferStart(), File.getBufferSize());
  return std::unique_ptr<DebugObject>(new DebugObject(std::move(Copy)));
}

/// The file behind \p File, which create() has looked at.
static Elf open(const WritableMemoryBuffer &File) {
  return cantFail(Elf::create(StringRef(File.getBufferStart(), File.getBufferSize())));
}

static bool takesMemory(const Elf::Elf_Shdr &S) { return S.sh_flags & ELF::SHF_ALLOC; }

static StringRef nameOf(const Elf &File, const Elf::Elf_Shdr &S) {
  auto Name = File.getSectionName(S);
  if (Name)
    return *Name;
  consumeError(Name.takeError()); // A section without a name is like none.
  return "";
}

void DebugObject::setAddresses(function_ref<uint64_t(StringRef)> AddressOf) {
  Elf Copy = open(*File);
  for (const Elf::Elf_Shdr &S : cantFail(Copy.sections())) {
    if (!takesMemory(S))
      continue;
    auto &Header = const_cast<Elf::Elf_Shdr &>(S);
    Header.sh_addr = AddressOf(nameOf(Copy, S));
    // gdb takes code at address 0 for code that the linker left out, but not in a
    // file that has a section there.
    if (Header.sh_addr == 0)
      Header.sh_flags = Header.sh_flags & ~uint64_t(ELF::SHF_ALLOC);
  }
}

bool DebugObject::isUseful() const {
  Elf Copy = open(*File);
  return any_of(cantFail(Copy.sections()), [&](const Elf::Elf_Shdr &S) {
    return (S.sh_flags & ELF::SHF_EXECINSTR && S.sh_size) || nameOf(Copy, S) == ".debug_info";
  });
}

//===----------------------------------------------------------------------===//
// The same code?
//===----------------------------------------------------------------------===//

/// Whether \p S holds one function.
static bool isFunction(const Elf &File, const Elf::Elf_Shdr &S) {
  return S.sh_flags & ELF::SHF_EXECINSTR && S.sh_size && nameOf(File, S).starts_with(".text.");
}

/// Names what the relocation \p R refers to. Where in a section of constants one lies
/// depends on what else the file has.
static Expected<std::string> targetOf(const Elf &File, const Elf::Elf_Rela &R,
                                      const Elf::Elf_Shdr &SymbolTable) {
  auto Symbol = File.getRelocationSymbol(R, &SymbolTable);
  if (!Symbol)
    return Symbol.takeError();
  if (!*Symbol)
    return std::to_string(R.r_addend);
  if ((*Symbol)->getType() == ELF::STT_SECTION) {
    auto Section = File.getSection((*Symbol)->st_shndx);
    if (!Section)
      return Section.takeError();
    bool IsCode = (*Section)->sh_flags & ELF::SHF_EXECINSTR;
    return (nameOf(File, **Section) + (IsCode ? "+" + Twine(R.r_addend) : Twine())).str();
  }
  auto Names = File.getStringTableForSymtab(SymbolTable);
  if (!Names)
    return Names.takeError();
  auto Name = (*Symbol)->getName(*Names);
  if (!Name)
    return Name.takeError();
  return (*Name + "+" + Twine(R.r_addend)).str();
}

/// Writes down the code of section \p Index as it was generated: its bytes, and what
/// they refer to by name.
static Expected<std::string> codeOf(const Elf &File, size_t Index) {
  auto Sections = cantFail(File.sections());
  auto Bytes = File.getSectionContents(Sections[Index]);
  if (!Bytes)
    return Bytes.takeError();
  std::string Text(reinterpret_cast<const char *>(Bytes->data()), Bytes->size());
  for (const Elf::Elf_Shdr &S : Sections) {
    if (S.sh_type != ELF::SHT_RELA || S.sh_info != Index)
      continue;
    auto Relocations = File.relas(S);
    auto SymbolTable = File.getSection(S.sh_link);
    if (!Relocations || !SymbolTable)
      return joinErrors(Relocations.takeError(), SymbolTable.takeError());
    for (const Elf::Elf_Rela &R : *Relocations) {
      auto Target = targetOf(File, R, **SymbolTable);
      if (!Target)
        return Target.takeError();
      Text += formatv("\n{0} {1} {2}", uint64_t(R.r_offset), R.getType(false), *Target);
    }
  }
  return Text;
}

static bool isSameCode(const Elf &A, size_t InA, const Elf &B, size_t InB) {
  auto CodeA = codeOf(A, InA), CodeB = codeOf(B, InB);
  bool AreRead = static_cast<bool>(CodeA) && static_cast<bool>(CodeB);
  if (AreRead)
    return *CodeA == *CodeB;
  // What can't be read can't be said to be the same.
  consumeError(joinErrors(CodeA ? Error::success() : CodeA.takeError(),
                          CodeB ? Error::success() : CodeB.takeError()));
  return false;
}

/// The functions' symbols that section \p Index defines.
static std::vector<void *> symbolsIn(const Elf &File, size_t Index) {
  std::vector<void *> Result;
  for (const Elf::Elf_Shdr &S : cantFail(File.sections())) {
    if (S.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto Symbols = File.symbols(&S);
    if (!Symbols) {
      consumeError(Symbols.takeError()); // No symbols to hide.
      continue;
    }
    for (const Elf::Elf_Sym &Symbol : *Symbols)
      if (Symbol.getType() == ELF::STT_FUNC && Symbol.st_shndx == Index)
        Result.push_back(const_cast<Elf::Elf_Sym *>(&Symbol));
  }
  return Result;
}

/// Makes debuggers take the section's function for one that the linker left out.
void DebugObject::hide(size_t Section) {
  Elf Copy = open(*File);
  auto &Header = const_cast<Elf::Elf_Shdr &>(cantFail(Copy.sections())[Section]);
  Hidden.push_back({Section, Header.sh_addr, symbolsIn(Copy, Section)});
  Header.sh_addr = 0;
  Header.sh_flags = Header.sh_flags & ~uint64_t(ELF::SHF_ALLOC);
  for (void *Symbol : Hidden.back().Symbols)
    static_cast<Elf::Elf_Sym *>(Symbol)->st_shndx = ELF::SHN_UNDEF;
}

void DebugObject::takeBack() {
  Elf Copy = open(*File);
  for (HiddenSection &H : std::exchange(Hidden, {})) {
    auto &Header = const_cast<Elf::Elf_Shdr &>(cantFail(Copy.sections())[H.Index]);
    Header.sh_addr = H.Address;
    Header.sh_flags = Header.sh_flags | ELF::SHF_ALLOC;
    for (void *Symbol : H.Symbols)
      static_cast<Elf::Elf_Sym *>(Symbol)->st_shndx = static_cast<uint16_t>(H.Index);
  }
}

bool DebugObject::takeOver(DebugObject &Linked) {
  assert(!Entry && !Linked.Entry && "debuggers are reading it");
  Linked.takeBack();
  Elf New = open(*File), Old = open(*Linked.File);
  auto Sections = cantFail(New.sections()), OldSections = cantFail(Old.sections());
  StringMap<size_t> Functions;
  uint64_t UnwindAddress = 0;
  for (size_t I = 0; I != OldSections.size(); ++I) {
    if (isFunction(Old, OldSections[I]))
      Functions[nameOf(Old, OldSections[I])] = I;
    else if (nameOf(Old, OldSections[I]) == ".eh_frame")
      UnwindAddress = OldSections[I].sh_addr;
  }
  bool Any = false;
  for (size_t I = 0; I != Sections.size(); ++I) {
    if (!takesMemory(Sections[I]))
      continue;
    auto &Header = const_cast<Elf::Elf_Shdr &>(Sections[I]);
    // What it says is relative to the functions, wherever it lies itself.
    if (nameOf(New, Header) == ".eh_frame" && UnwindAddress) {
      Header.sh_addr = UnwindAddress;
      continue;
    }
    auto It = isFunction(New, Header) ? Functions.find(nameOf(New, Header)) : Functions.end();
    if (It == Functions.end() || !isSameCode(New, I, Old, It->second)) {
      hide(I);
      continue;
    }
    Header.sh_addr = OldSections[It->second].sh_addr;
    Linked.hide(It->second);
    Any = true;
  }
  return Any;
}

//===----------------------------------------------------------------------===//
// The list
//===----------------------------------------------------------------------===//

static void tell(jit_actions_t Action, jit_code_entry &Entry) {
  __jit_debug_descriptor.action_flag = Action;
  __jit_debug_descriptor.relevant_entry = &Entry;
  __jit_debug_register_code();
  __jit_debug_descriptor.action_flag = JIT_NOACTION;
  __jit_debug_descriptor.relevant_entry = nullptr;
}

void nextframe::eachDebugFile(void (*Take)(const char *, size_t, void *), void *Context) {
  for (jit_code_entry *E = __jit_debug_descriptor.first_entry; E; E = E->next_entry)
    Take(E->symfile_addr, E->symfile_size, Context);
}

void DebugObject::enlist() {
  jit_code_entry *First = __jit_debug_descriptor.first_entry;
  Entry = std::make_unique<jit_code_entry>(
      jit_code_entry{First, nullptr, File->getBufferStart(), File->getBufferSize()});
  if (First)
    First->prev_entry = Entry.get();
  __jit_debug_descriptor.first_entry = Entry.get();
  tell(JIT_REGISTER_FN, *Entry);
}

void DebugObject::unlist() {
  if (!Entry)
    return;
  if (Entry->prev_entry)
    Entry->prev_entry->next_entry = Entry->next_entry;
  else
    __jit_debug_descriptor.first_entry = Entry->next_entry;
  if (Entry->next_entry)
    Entry->next_entry->prev_entry = Entry->prev_entry;
  tell(JIT_UNREGISTER_FN, *Entry);
  Entry.reset();
}

DebugObject::~DebugObject() { unlist(); }
