//===- DebugObject.cpp - What a debugger is told about a linked object ----===//

#include "link/DebugObject.h"

#include "llvm/ADT/STLExtras.h"
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

bool nextframe::isTraced() {
  auto Status = MemoryBuffer::getFileAsStream("/proc/self/status");
  if (!Status)
    return true; // Not known: what depends on it is better left alone.
  for (line_iterator Line(**Status, /*SkipBlanks=*/true); !Line.is_at_eof(); ++Line)
    if (StringRef Pid = *Line; Pid.consume_front("TracerPid:"))
      return Pid.trim() != "0";
  return false;
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
  for (const Elf::Elf_Shdr &S : cantFail(Copy.sections()))
    if (takesMemory(S))
      const_cast<Elf::Elf_Shdr &>(S).sh_addr = AddressOf(nameOf(Copy, S));
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

/// Writes down what \p S puts into memory, addresses left out.
static Expected<std::string> contentOf(const Elf &File, const Elf::Elf_Shdr &S) {
  std::string Text = formatv("{0} {1} {2} {3} {4}\n", nameOf(File, S), S.sh_type, S.sh_flags,
                             S.sh_size, S.sh_addralign);
  if (S.sh_type == ELF::SHT_NOBITS)
    return Text;
  auto Bytes = File.getSectionContents(S);
  if (!Bytes)
    return Bytes.takeError();
  Text.append(reinterpret_cast<const char *>(Bytes->data()), Bytes->size());
  return Text;
}

/// Writes down the relocations of \p S, by the names of what they refer to.
static Expected<std::string> relocationsOf(const Elf &File, const Elf::Elf_Shdr &S) {
  auto SymbolTable = File.getSection(S.sh_link);
  if (!SymbolTable)
    return SymbolTable.takeError();
  auto Names = File.getStringTableForSymtab(**SymbolTable);
  if (!Names)
    return Names.takeError();
  auto Relocations = File.relas(S);
  if (!Relocations)
    return Relocations.takeError();
  std::string Text;
  for (const Elf::Elf_Rela &R : *Relocations) {
    auto Symbol = File.getRelocationSymbol(R, *SymbolTable);
    if (!Symbol)
      return Symbol.takeError();
    Text += formatv("{0} {1} {2} ", uint64_t(R.r_offset), R.getType(false), int64_t(R.r_addend));
    if (!*Symbol)
      continue;
    if ((*Symbol)->getType() != ELF::STT_SECTION) {
      auto Name = (*Symbol)->getName(*Names);
      if (!Name)
        return Name.takeError();
      Text += *Name;
    } else {
      auto Section = File.getSection((*Symbol)->st_shndx);
      if (!Section)
        return Section.takeError();
      Text += nameOf(File, **Section);
    }
    Text += formatv("+{0}\n", uint64_t((*Symbol)->st_value));
  }
  return Text;
}

/// Everything that \p File puts into the program's memory, as one text.
static Expected<std::string> imageOf(const Elf &File) {
  std::string Image;
  auto Sections = cantFail(File.sections());
  for (const Elf::Elf_Shdr &S : Sections) {
    bool IsRelocations = S.sh_type == ELF::SHT_RELA && S.sh_info < Sections.size() &&
                         takesMemory(Sections[S.sh_info]);
    if (!takesMemory(S) && !IsRelocations)
      continue;
    auto Part = IsRelocations ? relocationsOf(File, S) : contentOf(File, S);
    if (!Part)
      return Part.takeError();
    Image += *Part;
  }
  return Image;
}

bool DebugObject::takeAddresses(const DebugObject &Linked) {
  Elf New = open(*File), Old = open(*Linked.File);
  auto Image = imageOf(New), OldImage = imageOf(Old);
  if (!Image || !OldImage) {
    // What can't be read can't be said to be the same.
    consumeError(joinErrors(Image.takeError(), OldImage.takeError()));
    return false;
  }
  if (*Image != *OldImage)
    return false;
  SmallVector<uint64_t, 8> Addresses;
  for (const Elf::Elf_Shdr &S : cantFail(Old.sections()))
    if (takesMemory(S))
      Addresses.push_back(S.sh_addr);
  auto *Next = Addresses.begin();
  for (const Elf::Elf_Shdr &S : cantFail(New.sections()))
    if (takesMemory(S))
      const_cast<Elf::Elf_Shdr &>(S).sh_addr = *Next++;
  return true;
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

void DebugObject::enlist() {
  jit_code_entry *First = __jit_debug_descriptor.first_entry;
  Entry = std::make_unique<jit_code_entry>(
      jit_code_entry{First, nullptr, File->getBufferStart(), File->getBufferSize()});
  if (First)
    First->prev_entry = Entry.get();
  __jit_debug_descriptor.first_entry = Entry.get();
  tell(JIT_REGISTER_FN, *Entry);
}

DebugObject::~DebugObject() {
  if (!Entry)
    return;
  if (Entry->prev_entry)
    Entry->prev_entry->next_entry = Entry->next_entry;
  else
    __jit_debug_descriptor.first_entry = Entry->next_entry;
  if (Entry->next_entry)
    Entry->next_entry->prev_entry = Entry->prev_entry;
  tell(JIT_UNREGISTER_FN, *Entry);
}
