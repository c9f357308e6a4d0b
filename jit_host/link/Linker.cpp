//===- Linker.cpp - Slices of units into code in memory -------------------===//

#include "link/Linker.h"
#include "ir/Names.h"
#include "link/CodeGenerator.h"
#include "link/Entries.h"
#include "link/Libraries.h"
#include "link/PrebuiltInitialisers.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"
#include "support/Log.h"
#include "support/Trace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/Debugging/ELFDebugObjectPlugin.h"
#include "llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/MemoryMapper.h"
#include "llvm/ExecutionEngine/Orc/ObjectFileInterface.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

/// All code and data of the program lie within one reservation of address
/// space, so that 32-bit displacements reach between any two of them.
static constexpr size_t ReservationBytes = size_t(1) << 30;

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

class Linker::Impl {
public:
  Impl(std::unique_ptr<orc::ExecutorProcessControl> EPC, const Libraries &Libs, Prebuilt Files,
       const TraceFile &Trace)
      : Libs(Libs), Files(std::move(Files)), Trace(Trace), ES(std::move(EPC)) {}
  ~Impl() {
    if (Error Err = ES.endSession())
      consumeError(std::move(Err)); // The process ends; nobody can act on it.
  }

  Error setUp();
  Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads);
  void keep();
  void discard();
  bool isExternal(StringRef Symbol) const {
    return Symbol == "__dso_handle" || Files.defines(Symbol) || Libs.find(Symbol) != nullptr;
  }

private:
  using Object = std::unique_ptr<MemoryBuffer>;
  struct Objects {
    std::vector<Object> Code, Data;
  };

  Expected<Objects> generate(const LinkRequest &Request, unsigned Threads);
  Error add(const LinkRequest &Request, Objects Objs, orc::ResourceTrackerSP Code,
            orc::ResourceTrackerSP Data);
  Expected<LinkedCode> resolve(const LinkRequest &Request);
  Error describe(Error Err);

  Error addPrebuilt();
  Error addArchive(Prebuilt::Archive A);
  Error addWhole(std::unique_ptr<MemoryBuffer> Object);
  void shareVariables(Module &M, const LinkSlice &Slice) const;

  const Libraries &Libs;
  Prebuilt Files;
  const TraceFile &Trace;
  // Destroyed last to first: the layer uses the session and the memory.
  std::unique_ptr<jitlink::JITLinkMemoryManager> Memory;
  orc::ExecutionSession ES;
  std::unique_ptr<orc::ObjectLinkingLayer> Layer;
  orc::JITDylib *Program = nullptr;
  /// The pointer behind each function's entry.
  StringMap<void **> Slots;
  /// What the last link() made, until it is kept or discarded.
  struct LastLink {
    orc::ResourceTrackerSP Code, Data;
    std::vector<NewEntry> NewEntries;
  };
  LastLink Last;
  /// The code of each generation, apart from data and entries, which stay.
  std::vector<orc::ResourceTrackerSP> KeptCode;
  /// A symbol of each object that is to be linked whether something needs it or not.
  std::vector<orc::SymbolStringPtr> Roots;
  std::shared_ptr<PrebuiltInitialisers> Initialisers = std::make_shared<PrebuiltInitialisers>();
  /// What ORC reported since the last link began.
  std::string Reported;
};

Error Linker::Impl::setUp() {
  auto Manager = orc::MapperJITLinkMemoryManager::CreateWithMapper<orc::InProcessMemoryMapper>(
      ReservationBytes);
  if (!Manager)
    return Manager.takeError();
  Memory = std::move(*Manager);
  Layer = std::make_unique<orc::ObjectLinkingLayer>(ES, *Memory);

  auto Unwind = orc::EHFrameRegistrationPlugin::Create(ES);
  if (!Unwind)
    return Unwind.takeError();
  Layer->addPlugin(std::move(*Unwind));

  Error Err = Error::success();
  auto Debugger = std::make_shared<orc::ELFDebugObjectPlugin>(ES, /*RequireDebugSections=*/false,
                                                              /*AutoRegisterCode=*/true, Err);
  if (Err)
    return Err;
  Layer->addPlugin(std::move(Debugger));
  Layer->addPlugin(Initialisers);

  ES.setErrorReporter([this](Error E) { Reported += toString(std::move(E)) + "\n"; });
  auto JD = ES.createJITDylib("program");
  if (!JD)
    return JD.takeError();
  Program = &*JD;
  if (Error Err = addPrebuilt())
    return Err;

  auto Generator = CodeGenerator::create();
  if (!Generator)
    return Generator.takeError();
  LLVMContext Ctx;
  for (auto *Make : {makeDsoHandle, makeOperatorForms}) {
    auto Object = Generator->generate(*Make(Ctx), 0);
    if (!Object)
      return Object.takeError();
    if (Error Err = Layer->add(*Program, std::move(*Object)))
      return Err;
  }
  return Error::success();
}

static Expected<orc::MaterializationUnit::Interface> interfaceOf(orc::ExecutionSession &ES,
                                                                 MemoryBufferRef Object) {
  if (Error Err = checkLinkable(Object))
    return std::move(Err);
  return orc::getObjectFileInterface(ES, Object);
}

Error Linker::Impl::addPrebuilt() {
  for (std::unique_ptr<MemoryBuffer> &Object : Files.takeObjects())
    if (Error Err = addWhole(std::move(Object)))
      return Err;
  // Archives are asked before the shared libraries, as on most link lines.
  std::vector<Prebuilt::Archive> Archives = Files.takeArchives();
  for (Prebuilt::Archive &A : Archives)
    if (!A.Last)
      if (Error Err = addArchive(std::move(A)))
        return Err;
  Program->addGenerator(std::make_unique<LibraryGenerator>(Libs));
  for (Prebuilt::Archive &A : Archives)
    if (A.Last)
      if (Error Err = addArchive(std::move(A)))
        return Err;
  return Error::success();
}

Error Linker::Impl::addArchive(Prebuilt::Archive A) {
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
  auto Generator = orc::StaticLibraryDefinitionGenerator::Create(*Layer, std::move(A.Content),
                                                                 std::move(Visit), interfaceOf);
  if (!Generator)
    return Generator.takeError();
  Program->addGenerator(std::move(*Generator));
  return Error::success();
}

/// Adds an object of which everything counts: its initialisers, say, though nothing
/// of it is named anywhere.
Error Linker::Impl::addWhole(std::unique_ptr<MemoryBuffer> Object) {
  auto Interface = interfaceOf(ES, Object->getMemBufferRef());
  if (!Interface)
    return Interface.takeError();
  Initialisers->comesNext(Object->getBufferIdentifier());
  if (Interface->InitSymbol)
    Roots.push_back(Interface->InitSymbol);
  else if (!Interface->SymbolFlags.empty())
    Roots.push_back(Interface->SymbolFlags.begin()->first);
  return Layer->add(Program->getDefaultResourceTracker(), std::move(Object), std::move(*Interface));
}

/// A variable that a reload brings may be one that an object has already (an
/// inline variable, a vtable): there is one of it then, the object's.
void Linker::Impl::shareVariables(Module &M, const LinkSlice &Slice) const {
  for (const DataDefinition &D : Slice.Data)
    if (Files.defines(D.Symbol))
      if (GlobalVariable *V = M.getGlobalVariable(D.Symbol))
        V->setLinkage(GlobalValue::WeakAnyLinkage);
}

/// Makes the objects of all slices, one slice's after the other on each thread.
Expected<Linker::Impl::Objects> Linker::Impl::generate(const LinkRequest &Request,
                                                       unsigned Threads) {
  struct Job {
    const LinkSlice *Slice;
    bool IsCode;
    Expected<Object> Result = nullptr;
  };
  std::vector<Job> Jobs;
  for (const LinkSlice &S : Request.Slices) {
    if (!S.Functions.empty())
      Jobs.push_back({&S, true});
    if (!S.Data.empty())
      Jobs.push_back({&S, false});
  }
  auto Run = [&](Job &J) -> Expected<Object> {
    auto Generator = CodeGenerator::create();
    if (!Generator)
      return Generator.takeError();
    LLVMContext Ctx;
    const CompiledUnit &Unit = *J.Slice->Unit;
    auto M = J.IsCode ? sliceCode(Unit, J.Slice->Functions, Request.Gen, Request.Homes, Ctx)
                      : sliceData(Unit, J.Slice->Data, Request.Homes, Ctx);
    if (!M)
      return M.takeError();
    if (!J.IsCode && Request.Gen != Generation{0})
      shareVariables(**M, *J.Slice);
    return Generator->generate(**M, Unit.OptLevel);
  };
  if (Threads > 1 && Jobs.size() > 1) {
    DefaultThreadPool Pool(hardware_concurrency(Threads));
    for (Job &J : Jobs)
      Pool.async([this, &Run, &J] {
        Trace.beginThread();
        J.Result = Run(J);
        Trace.endThread();
      });
    Pool.wait();
  } else {
    for (Job &J : Jobs)
      J.Result = Run(J);
  }

  Objects Objs;
  Error Failed = Error::success();
  for (Job &J : Jobs) {
    if (J.Result)
      (J.IsCode ? Objs.Code : Objs.Data).push_back(std::move(*J.Result));
    else
      Failed = joinErrors(std::move(Failed), J.Result.takeError());
  }
  if (Failed)
    return std::move(Failed);
  if (!Request.NewEntries.empty()) {
    auto Generator = CodeGenerator::create();
    if (!Generator)
      return Generator.takeError();
    LLVMContext Ctx;
    auto Entries = Generator->generate(*makeEntries(Request.NewEntries, Request.Gen, Ctx), 0);
    if (!Entries)
      return Entries.takeError();
    Objs.Data.push_back(std::move(*Entries));
  }
  return std::move(Objs);
}

Error Linker::Impl::add(const LinkRequest &Request, Objects Objs, orc::ResourceTrackerSP Code,
                        orc::ResourceTrackerSP Data) {
  for (Object &O : Objs.Data)
    if (Error Err = Layer->add(Data, std::move(O)))
      return Err;
  for (Object &O : Objs.Code)
    if (Error Err = Layer->add(Code, std::move(O)))
      return Err;
  orc::SymbolAliasMap Aliases;
  for (auto &[Name, Target] : Request.Aliases)
    Aliases[ES.intern(Name)] = {ES.intern(Target), JITSymbolFlags::Exported};
  if (Aliases.empty())
    return Error::success();
  return Program->define(orc::symbolAliases(std::move(Aliases)), Data);
}

/// Asks for every address that the commit needs, which links all of it.
Expected<LinkedCode> Linker::Impl::resolve(const LinkRequest &Request) {
  orc::SymbolLookupSet Names;
  SmallVector<std::pair<const Redirect *, orc::SymbolStringPtr>, 8> Bodies;
  for (const Redirect &R : Request.Redirects)
    Bodies.push_back({&R, ES.intern(bodyName(R.Function, R.Body))});
  for (auto &[R, Body] : Bodies)
    Names.add(Body);
  for (const std::string &W : Request.Wanted)
    Names.add(ES.intern(W));
  for (const orc::SymbolStringPtr &Root : Roots)
    Names.add(Root, orc::SymbolLookupFlags::WeaklyReferencedSymbol);
  orc::SymbolStringPtr Table = ES.intern(tableSymbol(Request.Gen));
  if (!Request.NewEntries.empty())
    Names.add(Table);
  Names.sortByAddress();
  Names.removeDuplicates();

  auto Found =
      ES.lookup(orc::makeJITDylibSearchOrder(Program, orc::JITDylibLookupFlags::MatchAllSymbols),
                std::move(Names));
  if (!Found)
    return Found.takeError();
  LinkedCode Result;
  if (!Request.NewEntries.empty()) {
    void **First = (*Found)[Table].getAddress().toPtr<void **>();
    for (size_t N = 0; N != Request.NewEntries.size(); ++N)
      Slots[Request.NewEntries[N].Symbol] = First + N;
  }
  for (auto &[R, Body] : Bodies)
    Result.Updates.push_back(
        {Slots.lookup(R->Entry), (*Found)[Body].getAddress().toPtr<void *>(), R->Function});
  for (const std::string &W : Request.Wanted)
    Result.Addresses[W] = (*Found)[ES.intern(W)].getAddress().toPtr<void *>();
  return std::move(Result);
}

/// The cause comes through ORC's reporter; the error itself mostly lists every
/// symbol that the failure took with it, which is left out where it can be.
Error Linker::Impl::describe(Error Err) {
  std::string Fallout = toString(std::move(Err));
  std::string Cause;
  for (StringRef Line : llvm::split(Reported, "\n"))
    if (!Line.empty() && !Line.starts_with("Failed to materialize"))
      Cause += (Cause.empty() ? "" : "\n") + Line.str();
  return makeError(diag::err_link, Cause.empty() ? Fallout : Cause);
}

Expected<LinkedCode> Linker::Impl::link(const LinkRequest &Request, unsigned Threads) {
  TimeTraceScope Trace("Link");
  Reported.clear();
  uint64_t Start = nowNs();
  auto Objs = generate(Request, Threads);
  if (!Objs)
    return Objs.takeError();
  uint64_t Generated = nowNs();

  orc::ResourceTrackerSP Code = Program->createResourceTracker();
  orc::ResourceTrackerSP Data = Program->createResourceTracker();
  Error Added = add(Request, std::move(*Objs), Code, Data);
  Expected<LinkedCode> Result = Added ? Expected<LinkedCode>(std::move(Added)) : resolve(Request);
  if (!Result) {
    Error Err = describe(Result.takeError());
    return joinErrors(joinErrors(std::move(Err), Code->remove()), Data->remove());
  }
  Last = {std::move(Code), std::move(Data), Request.NewEntries};
  Result->Prebuilt = Initialisers->functions();
  Result->CodegenNs = Generated - Start;
  Result->LinkNs = nowNs() - Generated;
  return Result;
}

void Linker::Impl::keep() {
  Last.Data->transferTo(*Program->getDefaultResourceTracker());
  KeptCode.push_back(std::move(Last.Code));
  Last = LastLink();
  Roots.clear();
  Initialisers->forget();
}

void Linker::Impl::discard() {
  for (const NewEntry &E : Last.NewEntries)
    Slots.erase(E.Symbol);
  if (Error Err = joinErrors(Last.Code->remove(), Last.Data->remove()))
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
  Last = LastLink();
}

Linker::Linker(std::unique_ptr<Impl> I) : I(std::move(I)) {}
Linker::~Linker() = default;

Expected<std::unique_ptr<Linker>> Linker::create(const Libraries &Libs, Prebuilt Files,
                                                 const TraceFile &Trace) {
  // Everything is linked on the thread that asks: a thread of ORC's own would
  // have neither the reload thread's priority nor its place in the design.
  auto EPC = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!EPC)
    return EPC.takeError();
  auto I = std::make_unique<Impl>(std::move(*EPC), Libs, std::move(Files), Trace);
  if (Error Err = I->setUp())
    return std::move(Err);
  return std::unique_ptr<Linker>(new Linker(std::move(I)));
}

Expected<LinkedCode> Linker::link(const LinkRequest &Request, unsigned Threads) {
  return I->link(Request, Threads);
}

bool Linker::isExternal(StringRef Symbol) const { return I->isExternal(Symbol); }

void Linker::keep() { I->keep(); }
void Linker::discard() { I->discard(); }
