//===- Linker.cpp - Slices of units into code in memory -------------------===//

#include "link/Linker.h"
#include "link/CodeGenerator.h"
#include "link/CodeMapPlugin.h"
#include "link/DebuggerPlugin.h"
#include "link/Entries.h"
#include "link/Libraries.h"
#include "link/PerfMap.h"
#include "link/PrebuiltInitialisers.h"
#include "link/ProgramMemory.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"
#include "support/Log.h"
#include "support/Trace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/ObjectFileInterface.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/xxhash.h"

#include <map>
#include <set>

using namespace llvm;
using namespace nextframe;

// libgcc's.
extern "C" void __register_frame(const void *);
extern "C" void __deregister_frame(const void *);

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
    __deregister_frame(EntryUnwinding.data());
  }

  Error setUp();
  Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads);
  void keep();
  void discard();
  std::vector<BodyRange> dropOldCode(const DropConditions &Now);
  bool refreshLines(const LineRefresh &Request);
  const CodeMap &codeMap() const { return Map; }
  bool isDropping() const { return Old.isLooking(); }
  size_t codeObjects() const { return Code.size(); }
  bool isExternal(StringRef Symbol) const {
    return Symbol == "__dso_handle" || Files.defines(Symbol) || Libs.find(Symbol) != nullptr;
  }

  std::shared_ptr<PerfMap> Perf; ///< Null without --perf-map; set before setUp().

private:
  using Object = std::unique_ptr<MemoryBuffer>;
  struct Objects {
    std::vector<Object> Code, Data, InitialContents;
  };
  /// An object of code in memory: what is needed to take it out again.
  struct KeptCode {
    orc::ResourceTrackerSP Tracker;
    UnitId Unit;
    Generation Gen;
    /// The functions that it has a body of, and where the source had their code when
    /// it was compiled.
    StringMap<uint64_t> Lines;
    /// Of what debuggers were told since: a hash of the lines; 0 for nothing.
    uint64_t ToldLines = 0;
    bool IsUntold = false; ///< Debuggers know nothing of it any more.
  };
  /// What the last link() made, until it is kept or discarded.
  struct LastLink {
    orc::ResourceTrackerSP Data, InitialContents;
    Generation Gen{};
    std::vector<KeptCode> Code;
    std::vector<NewEntry> NewEntries;
  };

  Expected<Objects> generate(const LinkRequest &Request, unsigned Threads);
  Error add(const LinkRequest &Request, Objects Objs, LastLink &Made);
  KeptCode describe(const LinkSlice &Slice, Generation Gen);
  Error remove(LastLink &Made);
  void refreshLines(KeptCode &Object, const LineRefresh &Request);
  std::vector<const void *> ledTo(const DropConditions &Now, bool Untold) const;
  std::set<const void *> held(const DropConditions &Now) const;
  std::vector<AddressRange> tables() const;
  Expected<LinkedCode> resolve(const LinkRequest &Request);
  Error describe(Error Err);

  Error addPrebuilt();
  Error addArchive(Prebuilt::Archive A);
  Error addWhole(std::unique_ptr<MemoryBuffer> Object);
  void shareVariables(Module &M, const LinkSlice &Slice) const;

  const Libraries &Libs;
  Prebuilt Files;
  const TraceFile &Trace;
  // Destroyed last to first: the layers use the session and the memory, their
  // plug-ins the map.
  CodeMap Map;
  OldCode Old{Map, ProgramMemory::CodeLead};
  std::unique_ptr<ProgramMemory> Memory;
  UnwindTable EntryUnwinding{};
  orc::ExecutionSession ES;
  /// Code goes one day, data and entries never: each has memory of its own kind.
  std::unique_ptr<orc::ObjectLinkingLayer> CodeLayer, DataLayer;
  /// What was built before stays, code and all: no code map knows it.
  std::unique_ptr<orc::ObjectLinkingLayer> PrebuiltLayer;
  std::shared_ptr<DebuggerPlugin> CodeDebugger, DataDebugger;
  orc::JITDylib *Program = nullptr;
  /// The pointer behind each function's entry.
  StringMap<void **> Slots;
  LastLink Last;
  /// By where each begins.
  std::map<const void *, KeptCode> Code;
  /// A symbol of each object that is to be linked whether something needs it or not.
  std::vector<orc::SymbolStringPtr> Roots;
  std::shared_ptr<PrebuiltInitialisers> Initialisers = std::make_shared<PrebuiltInitialisers>();
  /// What ORC reported since the last link began.
  std::string Reported;
};

Error Linker::Impl::setUp() {
  auto Reserved = ProgramMemory::create();
  if (!Reserved)
    return Reserved.takeError();
  Memory = std::move(*Reserved);
  EntryUnwinding =
      makeUnwindTable(reinterpret_cast<void *>(Memory->entriesStart()), ProgramMemory::EntriesSize);
  __register_frame(EntryUnwinding.data());
  CodeLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forCode());
  DataLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forData());
  PrebuiltLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forCode());

  auto Unwind = orc::EHFrameRegistrationPlugin::Create(ES);
  if (!Unwind)
    return Unwind.takeError();
  CodeLayer->addPlugin(std::move(*Unwind));
  CodeDebugger = std::make_shared<DebuggerPlugin>();
  DataDebugger = std::make_shared<DebuggerPlugin>();
  CodeLayer->addPlugin(CodeDebugger)
      .addPlugin(std::make_shared<CodeMapPlugin>(Map, ProgramMemory::CodeLead));
  DataLayer->addPlugin(DataDebugger).addPlugin(std::make_shared<CodeMapPlugin>(Map, 0));
  auto PrebuiltUnwind = orc::EHFrameRegistrationPlugin::Create(ES);
  if (!PrebuiltUnwind)
    return PrebuiltUnwind.takeError();
  PrebuiltLayer->addPlugin(std::move(*PrebuiltUnwind))
      .addPlugin(DataDebugger)
      .addPlugin(Initialisers);

  if (Perf)
    for (auto *Layer : {CodeLayer.get(), DataLayer.get(), PrebuiltLayer.get()})
      Layer->addPlugin(Perf);

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
    if (Error Err = DataLayer->add(*Program, std::move(*Object)))
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
  auto Generator = orc::StaticLibraryDefinitionGenerator::Create(
      *PrebuiltLayer, std::move(A.Content), std::move(Visit), interfaceOf);
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
  return PrebuiltLayer->add(Program->getDefaultResourceTracker(), std::move(Object),
                            std::move(*Interface));
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
  enum class Kind { Code, Data, InitialContents };
  struct Job {
    const LinkSlice *Slice;
    Kind What;
    Expected<Object> Result = nullptr;
  };
  std::vector<Job> Jobs;
  for (const LinkSlice &S : Request.Slices) {
    if (!S.Functions.empty())
      Jobs.push_back({&S, Kind::Code});
    if (!S.Data.empty())
      Jobs.push_back({&S, Kind::Data});
    if (!S.InitialContents.empty())
      Jobs.push_back({&S, Kind::InitialContents});
  }
  auto Slice = [&](const Job &J, LLVMContext &Ctx) {
    const CompiledUnit &Unit = *J.Slice->Unit;
    if (J.What == Kind::Code)
      return sliceCode(Unit, J.Slice->Functions, Request.Gen, Request.Homes, Request.VTables,
                       Ctx);
    return sliceData(Unit, J.What == Kind::Data ? J.Slice->Data : J.Slice->InitialContents,
                     Request.Homes, Request.VTables, Ctx);
  };
  auto Run = [&](Job &J) -> Expected<Object> {
    auto Generator = CodeGenerator::create();
    if (!Generator)
      return Generator.takeError();
    LLVMContext Ctx;
    auto M = Slice(J, Ctx);
    if (!M)
      return M.takeError();
    if (J.What == Kind::Data && Request.Gen != Generation{0})
      shareVariables(**M, *J.Slice);
    return Generator->generate(**M, J.Slice->Unit->OptLevel);
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
    std::vector<Object> &Kept = J.What == Kind::Code   ? Objs.Code
                                : J.What == Kind::Data ? Objs.Data
                                                       : Objs.InitialContents;
    if (J.Result)
      Kept.push_back(std::move(*J.Result));
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

Linker::Impl::KeptCode Linker::Impl::describe(const LinkSlice &Slice, Generation Gen) {
  KeptCode Result{Program->createResourceTracker(), Slice.Unit->Id, Gen, {}, 0, false};
  for (const std::string &F : Slice.Functions)
    Result.Lines[F] = 0;
  for (const FunctionFacts &F : Slice.Unit->Facts.Functions)
    if (auto It = Result.Lines.find(F.Name); It != Result.Lines.end())
      It->second = F.Lines;
  return Result;
}

Error Linker::Impl::add(const LinkRequest &Request, Objects Objs, LastLink &Made) {
  Made.Data = Program->createResourceTracker();
  Made.InitialContents = Program->createResourceTracker();
  for (Object &O : Objs.Data)
    if (Error Err = DataLayer->add(Made.Data, std::move(O)))
      return Err;
  for (Object &O : Objs.InitialContents)
    if (Error Err = DataLayer->add(Made.InitialContents, std::move(O)))
      return Err;
  // One tracker an object, in the order of the slices that have functions.
  auto Slice = Request.Slices.begin();
  for (Object &O : Objs.Code) {
    while (Slice->Functions.empty())
      ++Slice;
    Made.Code.push_back(describe(*Slice, Request.Gen));
    ++Slice;
    if (Error Err = CodeLayer->add(Made.Code.back().Tracker, std::move(O)))
      return Err;
  }
  orc::SymbolAliasMap Aliases;
  for (auto &[Name, Target] : Request.Aliases)
    Aliases[ES.intern(Name)] = {ES.intern(Target), JITSymbolFlags::Exported};
  if (Aliases.empty())
    return Error::success();
  return Program->define(orc::symbolAliases(std::move(Aliases)), Made.Data);
}

/// Takes everything of \p Made out of memory.
Error Linker::Impl::remove(LastLink &Made) {
  Error Err = Error::success();
  for (KeptCode &C : Made.Code)
    Err = joinErrors(std::move(Err), C.Tracker->remove());
  for (orc::ResourceTrackerSP *Tracker : {&Made.InitialContents, &Made.Data})
    if (*Tracker)
      Err = joinErrors(std::move(Err), (*Tracker)->remove());
  Made = LastLink();
  return Err;
}

/// Asks for every address that the commit needs, which links all of it.
Expected<LinkedCode> Linker::Impl::resolve(const LinkRequest &Request) {
  orc::SymbolLookupSet Names;
  SmallVector<std::pair<const Redirect *, orc::SymbolStringPtr>, 8> Bodies;
  for (const Redirect &R : Request.Redirects)
    Bodies.push_back({&R, ES.intern(R.Target)});
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

  Error Added = add(Request, std::move(*Objs), Last);
  Expected<LinkedCode> Result = Added ? Expected<LinkedCode>(std::move(Added)) : resolve(Request);
  if (!Result) {
    Error Err = describe(Result.takeError());
    return joinErrors(std::move(Err), remove(Last));
  }
  Result->Prebuilt = Initialisers->functions();
  Last.Gen = Request.Gen;
  Last.NewEntries = Request.NewEntries;
  Result->CodegenNs = Generated - Start;
  Result->LinkNs = nowNs() - Generated;
  return Result;
}

void Linker::Impl::keep() {
  Last.Data->transferTo(*Program->getDefaultResourceTracker());
  StringMap<KeptCode *> Made;
  for (KeptCode &C : Last.Code)
    for (const auto &Function : C.Lines)
      Made[Function.first()] = &C;
  for (const CodeObject &O : Map.objects()) {
    if (O.Bodies.empty() || O.Bodies.front().Gen != Last.Gen)
      continue;
    if (KeptCode *C = Made.lookup(O.Bodies.front().Function))
      Code[O.Start] = std::move(*C);
  }
  if (!Last.Code.empty())
    Old.noteNew();
  if (Error Err = Last.InitialContents->remove())
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
  Last = LastLink();
  Roots.clear();
  Initialisers->forget();
}

void Linker::Impl::discard() {
  for (const NewEntry &E : Last.NewEntries)
    Slots.erase(E.Symbol);
  if (Error Err = remove(Last))
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
}

//===----------------------------------------------------------------------===//
// Moved lines
//===----------------------------------------------------------------------===//

/// Tells debuggers where the functions of \p Object stand in the newest text, if they
/// are what they were.
void Linker::Impl::refreshLines(KeptCode &Object, const LineRefresh &Request) {
  std::vector<std::string> Moved;
  SmallVector<uint64_t, 16> Lines;
  for (const FunctionFacts &F : Request.Unit->Facts.Functions) {
    auto It = Object.Lines.find(F.Name);
    if (It == Object.Lines.end() || It->second == F.Lines || F.Lines == 0 ||
        !Request.IsUnchanged(F, Object.Gen))
      continue;
    Moved.push_back(F.Name);
    Lines.push_back(F.Lines);
  }
  uint64_t Told = Moved.empty() ? 0
                                : xxh3_64bits(ArrayRef(reinterpret_cast<uint8_t *>(Lines.data()),
                                                       Lines.size() * sizeof(uint64_t)));
  if (std::exchange(Object.ToldLines, Told) == Told)
    return;
  orc::ResourceKey Key = Object.Tracker->getKeyUnsafe();
  if (Moved.empty())
    return CodeDebugger->refresh(Key, nullptr);
  LLVMContext Ctx;
  auto Generator = CodeGenerator::create();
  auto M = sliceCode(*Request.Unit, Moved, Object.Gen, Request.Homes, Request.VTables, Ctx);
  if (!Generator || !M) // What debuggers know stays.
    return consumeError(joinErrors(Generator ? Error::success() : Generator.takeError(),
                                   M ? Error::success() : M.takeError()));
  auto File = Generator->generate(**M, Request.Unit->OptLevel);
  if (!File)
    return consumeError(File.takeError());
  CodeDebugger->refresh(Key, File->get());
}

bool Linker::Impl::refreshLines(const LineRefresh &Request) {
  TimeTraceScope Scope("Refresh lines", Request.Unit->File);
  for (auto &[Start, Object] : Code) {
    if (Object.Unit != Request.Unit->Id)
      continue;
    if (Request.Stop())
      return false;
    refreshLines(Object, Request);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Old code
//===----------------------------------------------------------------------===//

/// The bodies that entries lead to, and that keep their object. One that is merely held
/// does where there is nothing more to do about it, and so does \p Untold code.
std::vector<const void *> Linker::Impl::ledTo(const DropConditions &Now, bool Untold) const {
  std::vector<const void *> Result;
  for (const auto &[Start, Object] : Code)
    if (Untold && Object.IsUntold)
      Result.push_back(Start);
  for (const auto &Slot : Slots) {
    EntryUse Use = Now.UseOf(Slot.first());
    const CodeObject *Object = Use == EntryUse::Held ? Map.findObject(*Slot.second) : nullptr;
    if (Use == EntryUse::Live || (Object && Code.at(Object->Start).IsUntold))
      Result.push_back(*Slot.second);
  }
  return Result;
}

/// Objects, by where they begin, with a body that somebody may hold the entry of.
std::set<const void *> Linker::Impl::held(const DropConditions &Now) const {
  std::set<const void *> Result;
  for (const auto &Slot : Slots)
    if (Now.UseOf(Slot.first()) == EntryUse::Held)
      if (const CodeObject *Object = Map.findObject(*Slot.second))
        Result.insert(Object->Start);
  return Result;
}

/// What of the host's memory holds addresses of code for its own purposes.
std::vector<AddressRange> Linker::Impl::tables() const {
  std::vector<AddressRange> Result;
  for (const DebuggerPlugin *Debugger : {CodeDebugger.get(), DataDebugger.get()})
    for (auto [Start, End] : Debugger->memory())
      Result.push_back({reinterpret_cast<uint64_t>(Start), reinterpret_cast<uint64_t>(End)});
  return Result;
}

std::vector<BodyRange> Linker::Impl::dropOldCode(const DropConditions &Now) {
  std::vector<BodyRange> Gone;
  // A debugger may have breakpoints in what is dropped, and write to it later. So with gdb
  // the code stays, and gdb is told that it is gone, since each reload takes it time for
  // every object that there is. Others would stop at the signal that asks where threads
  // are. perf has one name for an address.
  Tracer By = currentTracer();
  if (By == Tracer::Other || Perf)
    return Gone;
  auto Dropped =
      Old.step(Now, [&] { return ledTo(Now, By == Tracer::Gdb); }, [&] { return tables(); });
  if (!Dropped) {
    consumeError(Dropped.takeError()); // Memory can't be looked through: old code stays.
    return Gone;
  }
  std::set<const void *> Held;
  if (!Dropped->empty())
    Held = held(Now);
  for (const void *Start : *Dropped) {
    auto It = Code.find(Start);
    assert(It != Code.end() && "code that nobody keeps");
    if (Held.count(Start) || By == Tracer::Gdb) {
      CodeDebugger->forget(It->second.Tracker->getKeyUnsafe());
      It->second.IsUntold = true;
      continue;
    }
    append_range(Gone, Map.findObject(Start)->Bodies);
    if (Error Err = It->second.Tracker->remove())
      say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
    Code.erase(It);
  }
  if (!Dropped->empty())
    ES.getSymbolStringPool()->clearDeadEntries();
  return Gone;
}

Linker::Linker(std::unique_ptr<Impl> I) : I(std::move(I)) {}
Linker::~Linker() = default;

Expected<std::unique_ptr<Linker>> Linker::create(const Libraries &Libs, Prebuilt Files,
                                                 const TraceFile &Trace, bool ForPerf) {
  // Everything is linked on the thread that asks: a thread of ORC's own would
  // have neither the reload thread's priority nor its place in the design.
  auto EPC = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!EPC)
    return EPC.takeError();
  auto I = std::make_unique<Impl>(std::move(*EPC), Libs, std::move(Files), Trace);
  if (ForPerf) {
    auto Map = PerfMap::create();
    if (!Map)
      return Map.takeError();
    I->Perf = std::move(*Map);
  }
  if (Error Err = I->setUp())
    return std::move(Err);
  return std::unique_ptr<Linker>(new Linker(std::move(I)));
}

Expected<LinkedCode> Linker::link(const LinkRequest &Request, unsigned Threads) {
  return I->link(Request, Threads);
}

bool Linker::isExternal(StringRef Symbol) const { return I->isExternal(Symbol); }

const CodeMap &Linker::codeMap() const { return I->codeMap(); }

std::vector<BodyRange> Linker::dropOldCode(const DropConditions &Now) {
  return I->dropOldCode(Now);
}
bool Linker::refreshLines(const LineRefresh &Request) { return I->refreshLines(Request); }
bool Linker::isDropping() const { return I->isDropping(); }
size_t Linker::codeObjects() const { return I->codeObjects(); }

void Linker::keep() { I->keep(); }
void Linker::discard() { I->discard(); }
