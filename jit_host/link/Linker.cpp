//===- Linker.cpp - Slices of units into code in memory -------------------===//

#include "link/Linker.h"
#include "ir/Names.h"
#include "link/CodeGenerator.h"
#include "link/CodeMapPlugin.h"
#include "link/DebuggerPlugin.h"
#include "link/Entries.h"
#include "link/Libraries.h"
#include "link/ProgramMemory.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"
#include "support/Log.h"
#include "support/Trace.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"

#include <map>

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
  Impl(std::unique_ptr<orc::ExecutorProcessControl> EPC, const Libraries &Libs,
       const TraceFile &Trace)
      : Libs(Libs), Trace(Trace), ES(std::move(EPC)) {}
  ~Impl() {
    if (Error Err = ES.endSession())
      consumeError(std::move(Err)); // The process ends; nobody can act on it.
    __deregister_frame(EntryUnwinding.data());
  }

  Error setUp();
  Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads);
  void keep();
  void discard();
  void dropOldCode(const DropConditions &Now);
  const CodeMap &codeMap() const { return Map; }
  bool isDropping() const { return Old.isLooking(); }
  size_t codeObjects() const { return Code.size(); }
  bool isExternal(StringRef Symbol) const {
    return Symbol == "__dso_handle" || Libs.find(Symbol) != nullptr;
  }

private:
  using Object = std::unique_ptr<MemoryBuffer>;
  struct Objects {
    std::vector<Object> Code, Data, InitialContents;
  };
  /// An object of code in memory: what is needed to take it out again.
  struct KeptCode {
    orc::ResourceTrackerSP Tracker;
    std::string Function; ///< One of those that it has a body of.
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
  Error remove(LastLink &Made);
  std::vector<const void *> ledTo() const;
  std::vector<AddressRange> tables() const;
  Expected<LinkedCode> resolve(const LinkRequest &Request);
  Error describe(Error Err);

  const Libraries &Libs;
  const TraceFile &Trace;
  // Destroyed last to first: the layers use the session and the memory, their
  // plug-ins the map.
  CodeMap Map;
  OldCode Old{Map};
  std::unique_ptr<ProgramMemory> Memory;
  UnwindTable EntryUnwinding{};
  orc::ExecutionSession ES;
  /// Code goes one day, data and entries never: each has memory of its own kind.
  std::unique_ptr<orc::ObjectLinkingLayer> CodeLayer, DataLayer;
  std::shared_ptr<DebuggerPlugin> CodeDebugger, DataDebugger;
  orc::JITDylib *Program = nullptr;
  /// The pointer behind each function's entry.
  StringMap<void **> Slots;
  LastLink Last;
  /// By where each begins.
  std::map<const void *, KeptCode> Code;
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

  auto Unwind = orc::EHFrameRegistrationPlugin::Create(ES);
  if (!Unwind)
    return Unwind.takeError();
  CodeLayer->addPlugin(std::move(*Unwind));
  CodeDebugger = std::make_shared<DebuggerPlugin>();
  DataDebugger = std::make_shared<DebuggerPlugin>();
  CodeLayer->addPlugin(CodeDebugger).addPlugin(std::make_shared<CodeMapPlugin>(Map));
  DataLayer->addPlugin(DataDebugger).addPlugin(std::make_shared<CodeMapPlugin>(Map));

  ES.setErrorReporter([this](Error E) { Reported += toString(std::move(E)) + "\n"; });
  auto JD = ES.createJITDylib("program");
  if (!JD)
    return JD.takeError();
  Program = &*JD;
  Program->addGenerator(std::make_unique<LibraryGenerator>(Libs));

  auto Generator = CodeGenerator::create();
  if (!Generator)
    return Generator.takeError();
  LLVMContext Ctx;
  auto DsoHandle = Generator->generate(*makeDsoHandle(Ctx), 0);
  return DsoHandle ? DataLayer->add(*Program, std::move(*DsoHandle)) : DsoHandle.takeError();
}

/// Puts some bytes before the first function. Where an object begins is told in the
/// host's tables, but then nothing of the program begins there.
static void beginWithPadding(Module &M) {
  M.setModuleInlineAsm(".text\n.balign 16\n.zero 16\n" + M.getModuleInlineAsm());
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
      return sliceCode(Unit, J.Slice->Functions, Request.Gen, Request.Homes, Ctx);
    return sliceData(Unit, J.What == Kind::Data ? J.Slice->Data : J.Slice->InitialContents,
                     Request.Homes, Ctx);
  };
  auto Run = [&](Job &J) -> Expected<Object> {
    auto Generator = CodeGenerator::create();
    if (!Generator)
      return Generator.takeError();
    LLVMContext Ctx;
    auto M = Slice(J, Ctx);
    if (!M)
      return M.takeError();
    if (J.What == Kind::Code)
      beginWithPadding(**M);
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
    Made.Code.push_back({Program->createResourceTracker(), Slice->Functions.front()});
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
    Bodies.push_back({&R, ES.intern(bodyName(R.Function, R.Body))});
  for (auto &[R, Body] : Bodies)
    Names.add(Body);
  for (const std::string &W : Request.Wanted)
    Names.add(ES.intern(W));
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
    Made[C.Function] = &C;
  for (const CodeObject &O : Map.objects()) {
    if (O.Bodies.empty() || O.Bodies.front().Gen != Last.Gen)
      continue;
    for (const BodyRange &B : O.Bodies)
      if (KeptCode *C = Made.lookup(B.Function))
        Code[O.Start] = std::move(*C);
  }
  if (!Last.Code.empty())
    Old.noteNew();
  if (Error Err = Last.InitialContents->remove())
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
  Last = LastLink();
}

void Linker::Impl::discard() {
  for (const NewEntry &E : Last.NewEntries)
    Slots.erase(E.Symbol);
  if (Error Err = remove(Last))
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
}

//===----------------------------------------------------------------------===//
// Old code
//===----------------------------------------------------------------------===//

/// The bodies that the entries lead to.
std::vector<const void *> Linker::Impl::ledTo() const {
  std::vector<const void *> Result;
  for (const auto &Slot : Slots)
    Result.push_back(*Slot.second);
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

void Linker::Impl::dropOldCode(const DropConditions &Now) {
  // A debugger may have breakpoints in what is dropped, and write to it later.
  if (isTraced())
    return;
  auto Dropped = Old.step(Now, [&] { return ledTo(); }, [&] { return tables(); });
  if (!Dropped) {
    // Memory can't be looked through here: old code stays.
    consumeError(Dropped.takeError());
    return;
  }
  for (const void *Start : *Dropped) {
    auto It = Code.find(Start);
    assert(It != Code.end() && "code that nobody keeps");
    if (Error Err = It->second.Tracker->remove())
      say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
    Code.erase(It);
  }
  if (!Dropped->empty())
    ES.getSymbolStringPool()->clearDeadEntries();
}

Linker::Linker(std::unique_ptr<Impl> I) : I(std::move(I)) {}
Linker::~Linker() = default;

Expected<std::unique_ptr<Linker>> Linker::create(const Libraries &Libs, const TraceFile &Trace) {
  // Everything is linked on the thread that asks: a thread of ORC's own would
  // have neither the reload thread's priority nor its place in the design.
  auto EPC = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!EPC)
    return EPC.takeError();
  auto I = std::make_unique<Impl>(std::move(*EPC), Libs, Trace);
  if (Error Err = I->setUp())
    return std::move(Err);
  return std::unique_ptr<Linker>(new Linker(std::move(I)));
}

Expected<LinkedCode> Linker::link(const LinkRequest &Request, unsigned Threads) {
  return I->link(Request, Threads);
}

bool Linker::isExternal(StringRef Symbol) const { return I->isExternal(Symbol); }

const CodeMap &Linker::codeMap() const { return I->codeMap(); }

void Linker::dropOldCode(const DropConditions &Now) { I->dropOldCode(Now); }
bool Linker::isDropping() const { return I->isDropping(); }
size_t Linker::codeObjects() const { return I->codeObjects(); }

void Linker::keep() { I->keep(); }
void Linker::discard() { I->discard(); }
