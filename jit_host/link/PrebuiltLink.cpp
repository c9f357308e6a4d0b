//===- PrebuiltLink.cpp - Links what a build has compiled already ---------===//

#include "link/PrebuiltLink.h"
#include "link/Libraries.h"

#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/ObjectFileInterface.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Answers ORC's questions about symbols that the program doesn't define.
class LibraryGenerator : public orc::DefinitionGenerator {
public:
  explicit LibraryGenerator(const Libraries &Libs) : Libs(Libs) {}

  Error tryToGenerate(orc::LookupState &, orc::LookupKind, orc::JITDylib &JD,
                      orc::JITDylibLookupFlags, const orc::SymbolLookupSet &Names) override {
    orc::SymbolMap Found;
    for (auto &[Name, Flags] : Names)
      if (void *Address = Libs.find(*Name))
        Found[Name] = {orc::ExecutorAddr::fromPtr(Address), JITSymbolFlags::Exported};
    return Found.empty() ? Error::success() : JD.define(orc::absoluteSymbols(std::move(Found)));
  }

private:
  const Libraries &Libs;
};

} // namespace

static Expected<orc::MaterializationUnit::Interface> interfaceOf(orc::ExecutionSession &ES,
                                                                 MemoryBufferRef Object) {
  if (Error Err = checkLinkable(Object))
    return std::move(Err);
  return orc::getObjectFileInterface(ES, Object);
}

bool PrebuiltLink::defines(StringRef Symbol) const {
  return Files.defines(Symbol) || Libs.find(Symbol) != nullptr;
}

Error PrebuiltLink::add() {
  HasFiles = !Files.isEmpty();
  Session.addPlugin(Session.prebuilt(), Initialisers);
  for (std::unique_ptr<MemoryBuffer> &Object : Files.takeObjects())
    if (Error Err = addWhole(std::move(Object)))
      return Err;
  // Archives are asked before the shared libraries, as on most link lines.
  std::vector<Prebuilt::Archive> Archives = Files.takeArchives();
  for (Prebuilt::Archive &A : Archives)
    if (!A.Last)
      if (Error Err = addArchive(std::move(A)))
        return Err;
  Session.program().addGenerator(std::make_unique<LibraryGenerator>(Libs));
  for (Prebuilt::Archive &A : Archives)
    if (A.Last)
      if (Error Err = addArchive(std::move(A)))
        return Err;
  return Error::success();
}

Error PrebuiltLink::addArchive(Prebuilt::Archive A) {
  orc::StaticLibraryDefinitionGenerator::VisitMembersFunction Visit;
  if (A.Whole)
    Visit = [this](object::Archive &Archive, MemoryBufferRef Member,
                   size_t Index) -> Expected<bool> {
      auto Object =
          orc::StaticLibraryDefinitionGenerator::createMemberBuffer(Archive, Member, Index);
      if (Error Err = addWhole(std::move(Object)))
        return std::move(Err);
      return false; // Not to be loaded once more.
    };
  auto Generator = orc::StaticLibraryDefinitionGenerator::Create(
      Session.prebuilt(), std::move(A.Content), std::move(Visit), interfaceOf);
  if (!Generator)
    return Generator.takeError();
  Session.program().addGenerator(std::move(*Generator));
  return Error::success();
}

/// Adds an object of which everything counts: its initialisers, say, though nothing
/// of it is named anywhere.
Error PrebuiltLink::addWhole(std::unique_ptr<MemoryBuffer> Object) {
  auto Interface = interfaceOf(Session.session(), Object->getMemBufferRef());
  if (!Interface)
    return Interface.takeError();
  Initialisers->comesNext(Object->getBufferIdentifier());
  if (Interface->InitSymbol)
    Roots.push_back(Interface->InitSymbol);
  else if (!Interface->SymbolFlags.empty())
    Roots.push_back(Interface->SymbolFlags.begin()->first);
  return Session.prebuilt().add(Session.program().getDefaultResourceTracker(), std::move(Object),
                                std::move(*Interface));
}

void PrebuiltLink::keep() {
  Roots.clear();
  Initialisers->forget();
}
