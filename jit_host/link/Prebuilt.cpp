//===- Prebuilt.cpp - Objects and archives that the program links ---------===//

#include "link/Prebuilt.h"
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

Error Prebuilt::noteSymbols(MemoryBufferRef Buffer, StringRef Name) {
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
  }
  return Error::success();
}

Error nextframe::checkLinkable(MemoryBufferRef Buffer) {
  auto File = object::ObjectFile::createELFObjectFile(Buffer);
  if (!File)
    return unusable(Buffer.getBufferIdentifier(), toString(File.takeError()));
  for (const object::ELFSymbolRef &Symbol : cast<object::ELFObjectFileBase>(**File).symbols())
    if (Symbol.getELFType() == ELF::STT_TLS)
      return makeError(diag::err_prebuilt_thread_local, Buffer.getBufferIdentifier());
  return Error::success();
}

Error Prebuilt::addObject(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return unusable(Path, Buffer.getError().message());
  if (identify_magic((*Buffer)->getBuffer()) != file_magic::elf_relocatable)
    return unusable(Path, "it is no object file");
  if (Error Err = noteSymbols((*Buffer)->getMemBufferRef(), Path))
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
  auto Buffer = MemoryBuffer::getFile(Path);
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
    if (Error Err = noteSymbols(*Content, Name)) {
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
