//===- PrebuiltLink.cpp - Links what a build has compiled already ---------===//

#include "link/PrebuiltLink.h"
#include "link/Libraries.h"
#include "link/ThreadLocals.h"

#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/ObjectFileInterface.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Answers ORC's questions about symbols that the program doesn't define.
class LibraryGenerator : public orc::DefinitionGenerator {
public:
  LibraryGenerator(const Libraries &Libs, const Prebuilt &Files) : Libs(Libs), Files(Files) {}

  Error tryToGenerate(orc::LookupState &, orc::LookupKind, orc::JITDylib &JD,
                      orc::JITDylibLookupFlags, const orc::SymbolLookupSet &Names) override {
    orc::SymbolMap Found;
    for (auto &[Name, Flags] : Names)
      if (void *Address = find(*Name))
        Found[Name] = {orc::ExecutorAddr::fromPtr(Address), JITSymbolFlags::Exported};
    return Found.empty() ? Error::success() : JD.define(orc::absoluteSymbols(std::move(Found)));
  }

private:
  /// The program's code reaches an object's thread-local variables as it does a library's.
  void *find(StringRef Name) {
    if (const int64_t *Offset = Files.threadLocals().offsetOf(threadLocalOfControl(Name))) {
      auto [It, IsNew] = Controls.try_emplace(*Offset, nullptr);
      if (IsNew)
        It->second = makeLibraryControl(static_cast<char *>(__builtin_thread_pointer()) + *Offset);
      return It->second;
    }
    return Libs.find(Name);
  }

  const Libraries &Libs;
  const Prebuilt &Files;
  DenseMap<int64_t, void *> Controls;
};

} // namespace

Expected<orc::MaterializationUnit::Interface> PrebuiltLink::interfaceOf(MemoryBufferRef Object) {
  if (Error Err = Files.check(Object))
    return std::move(Err);
  return orc::getObjectFileInterface(Session.session(), Object);
}

bool PrebuiltLink::defines(StringRef Symbol) const {
  return Files.defines(Symbol) || Files.threadLocals().offsetOf(threadLocalOfControl(Symbol)) ||
         Libs.find(Symbol) != nullptr;
}

Error PrebuiltLink::add() {
  HasFiles = !Files.isEmpty();
  Session.addPlugin(Session.prebuilt(), Initialisers);
  Session.addPlugin(Session.prebuilt(), std::make_shared<ThreadLocalValues>());
  Files.prepare(Libs);
  for (std::unique_ptr<MemoryBuffer> &Object : Files.takeObjects())
    if (Error Err = addWhole(std::move(Object)))
      return Err;
  // Archives are asked before the shared libraries, as on most link lines.
  std::vector<Prebuilt::Archive> Archives = Files.takeArchives();
  for (Prebuilt::Archive &A : Archives)
    if (!A.Last)
      if (Error Err = addArchive(std::move(A)))
        return Err;
  Session.program().addGenerator(std::make_unique<LibraryGenerator>(Libs, Files));
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
      Session.prebuilt(), std::move(A.Content), std::move(Visit),
      [this](orc::ExecutionSession &, MemoryBufferRef Object) { return interfaceOf(Object); });
  if (!Generator)
    return Generator.takeError();
  Session.program().addGenerator(std::move(*Generator));
  return Error::success();
}

/// Returns a symbol by which all of an object is linked.
static orc::SymbolStringPtr rootOf(const orc::MaterializationUnit::Interface &Interface) {
  if (Interface.InitSymbol || Interface.SymbolFlags.empty())
    return Interface.InitSymbol;
  return Interface.SymbolFlags.begin()->first;
}

Expected<orc::SymbolStringPtr> PrebuiltLink::addAssembly(std::unique_ptr<MemoryBuffer> Object,
                                                         orc::ResourceTrackerSP Tracker) {
  auto Interface = orc::getObjectFileInterface(Session.session(), Object->getMemBufferRef());
  if (!Interface)
    return Interface.takeError();
  Initialisers->comesNext(Object->getBufferIdentifier());
  orc::SymbolStringPtr Root = rootOf(*Interface);
  if (Error Err =
          Session.prebuilt().add(std::move(Tracker), std::move(Object), std::move(*Interface)))
    return std::move(Err);
  return Root;
}

/// Adds an object of which everything counts: its initialisers, say, though nothing
/// of it is named anywhere.
Error PrebuiltLink::addWhole(std::unique_ptr<MemoryBuffer> Object) {
  auto Interface = interfaceOf(Object->getMemBufferRef());
  if (!Interface)
    return Interface.takeError();
  Initialisers->comesNext(Object->getBufferIdentifier());
  if (orc::SymbolStringPtr Root = rootOf(*Interface))
    Roots.push_back(std::move(Root));
  return Session.prebuilt().add(Session.program().getDefaultResourceTracker(), std::move(Object),
                                std::move(*Interface));
}

void PrebuiltLink::keep() {
  Roots.clear();
  Initialisers->forget();
}
