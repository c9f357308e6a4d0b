//===- Prebuilt.cpp - Objects and archives that the program links ---------===//

#include "link/Prebuilt.h"
#include "ir/NamedSections.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

static Error unusable(StringRef Name, const Twine &Why) {
  return makeError(diag::err_prebuilt, Name, Why.str());
}

/// Memory that may be written; a file's is this process's own copy.
static MutableArrayRef<char> writable(StringRef Object) {
  return {const_cast<char *>(Object.data()), Object.size()};
}

/// gcc makes some functions (those that stand for a thread-local variable) internal, which no
/// linker takes for more than hidden, and JITLink doesn't know.
static void showInternals(MutableArrayRef<char> Object) {
  using Elf = object::ELF64LE;
  auto *Head = reinterpret_cast<Elf::Ehdr *>(Object.data());
  auto *Sections = reinterpret_cast<Elf::Shdr *>(Object.data() + Head->e_shoff);
  for (const Elf::Shdr &S : ArrayRef(Sections, Head->e_shnum)) {
    if (S.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto *Symbols = reinterpret_cast<Elf::Sym *>(Object.data() + S.sh_offset);
    for (Elf::Sym &Symbol : MutableArrayRef(Symbols, S.sh_size / sizeof(Elf::Sym)))
      if (Symbol.getVisibility() == ELF::STV_INTERNAL)
        Symbol.setVisibility(ELF::STV_HIDDEN);
  }
}

void Prebuilt::refuse(StringRef Object, Error Why) {
  Refused.try_emplace(Object.data(), toString(std::move(Why)));
}

Error Prebuilt::noteObject(MemoryBufferRef Buffer, StringRef Name) {
  auto File = object::ObjectFile::createELFObjectFile(Buffer);
  if (!File)
    return unusable(Name, toString(File.takeError()));
  if ((*File)->getArch() != Triple::x86_64 || (*File)->getBytesInAddress() != 8)
    return unusable(Name, "it is made for another machine");
  for (const object::SymbolRef &Symbol : (*File)->symbols()) {
    auto Flags = Symbol.getFlags();
    if (!Flags)
      return unusable(Name, toString(Flags.takeError()));
    auto SymbolName = Symbol.getName();
    if (!SymbolName)
      return unusable(Name, toString(SymbolName.takeError()));
    if ((*Flags & object::SymbolRef::SF_Global) && !(*Flags & object::SymbolRef::SF_Undefined))
      Defined.insert(*SymbolName);
    if (StringRef Section = sectionOfBound(*SymbolName); !Section.empty())
      Bounded.insert(Section);
  }
  for (const object::SectionRef &Section : (*File)->sections()) {
    auto In = Section.getName();
    if (!In)
      return unusable(Name, toString(In.takeError()));
    if (hasBounds(*In))
      Sections[*In].push_back({Buffer.getBuffer(), Name.str()});
  }
  showInternals(writable(Buffer.getBuffer()));
  if (ThreadLocals.place(Buffer.getBuffer()))
    WithThreadLocals.push_back({writable(Buffer.getBuffer()), Name.str()});
  return Error::success();
}

std::string Prebuilt::fileWithSection(StringRef Name) const {
  auto It = Sections.find(Name);
  return It == Sections.end() ? "" : It->second.front().second;
}

void Prebuilt::prepare(const Libraries &Libs) {
  // (JITLink knows the bounds of what lies in one object.)
  for (const auto &Section : Sections)
    if (Bounded.contains(Section.first()))
      for (auto &[Object, Name] : ArrayRef(Section.second).drop_front())
        refuse(Object, makeError(diag::err_prebuilt_section, Name, Section.first(),
                                 Section.second.front().second));
  for (auto &[Object, Name] : WithThreadLocals)
    if (Error Err = ThreadLocals.rewrite(Object, Name, Libs))
      refuse({Object.data(), Object.size()}, std::move(Err));
  WithThreadLocals.clear();
}

Error Prebuilt::check(MemoryBufferRef Object) const {
  auto It = Refused.find(Object.getBufferStart());
  return It == Refused.end() ? Error::success()
                             : make_error<StringError>(It->second, inconvertibleErrorCode());
}

Error Prebuilt::addObject(StringRef Path) {
  auto Buffer = WritableMemoryBuffer::getFile(Path);
  if (!Buffer)
    return unusable(Path, Buffer.getError().message());
  if (identify_magic((*Buffer)->getMemBufferRef().getBuffer()) != file_magic::elf_relocatable)
    return unusable(Path, "it is no object file");
  if (Error Err = noteObject((*Buffer)->getMemBufferRef(), Path))
    return Err;
  Objects.push_back(std::move(*Buffer));
  return Error::success();
}

Error Prebuilt::addArchive(StringRef Path, bool Whole) {
  return add(Path, {nullptr, Whole, /*Last=*/false});
}

Error Prebuilt::addLast(StringRef Path) {
  return add(Path, {nullptr, /*Whole=*/false, /*Last=*/true});
}

Error Prebuilt::add(StringRef Path, Archive A) {
  auto Buffer = WritableMemoryBuffer::getFile(Path);
  if (!Buffer)
    return unusable(Path, Buffer.getError().message());
  auto Archive = object::Archive::create((*Buffer)->getMemBufferRef());
  if (!Archive)
    return unusable(Path, toString(Archive.takeError()));
  Error Broken = Error::success();
  for (const object::Archive::Child &Member : (*Archive)->children(Broken)) {
    auto Content = Member.getMemoryBufferRef();
    if (!Content) {
      consumeError(std::move(Broken));
      return unusable(Path, toString(Content.takeError()));
    }
    std::string Name = (Path + "(" + Content->getBufferIdentifier() + ")").str();
    if (identify_magic(Content->getBuffer()) != file_magic::elf_relocatable)
      continue; // A linker passes over it, too.
    if (Error Err = noteObject(*Content, Name)) {
      consumeError(std::move(Broken)); // Nothing is wrong with the archive itself.
      return Err;
    }
  }
  if (Broken)
    return unusable(Path, toString(std::move(Broken)));
  A.Content = std::move(*Buffer);
  Archives.push_back(std::move(A));
  return Error::success();
}
