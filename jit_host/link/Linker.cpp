//===- Linker.cpp - Slices of units into code in memory -------------------===//

#include "link/Linker.h"
#include "link/KeptCode.h"
#include "link/LinkSession.h"
#include "link/ObjectCache.h"
#include "link/PrebuiltLink.h"
#include "link/SliceObjects.h"
#include "support/Clock.h"
#include "support/Log.h"
#include "support/Trace.h"

#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// What the last link() made, until it is kept or discarded.
struct LastLink {
  orc::ResourceTrackerSP Data, InitialContents;
  std::vector<orc::SymbolStringPtr> Roots; ///< Of assembly: linked whoever needs it.
  Generation Gen{};
  std::vector<KeptObject> Code;
  std::vector<NewEntry> NewEntries;
};

} // namespace

class Linker::Impl {
public:
  Impl(std::unique_ptr<LinkSession> TheSession, const Libraries &Libs, Prebuilt Files,
       const TraceFile &Trace)
      : Trace(Trace), Session(std::move(TheSession)), Others(*Session, Libs, std::move(Files)),
        Code(*Session, Slots) {}

  Error setUp() { return Others.add(); }
  Expected<LinkedCode> link(const LinkRequest &Request, unsigned Threads);
  void keep();
  void discard();

private:
  Error add(const LinkRequest &Request, SliceObjects Objs);
  KeptObject describe(const LinkSlice &Slice, Generation Gen);
  Error removeLast();
  Expected<LinkedCode> resolve(const LinkRequest &Request);
  Error directCalls(const LinkRequest &Request);

  const TraceFile &Trace;
  KeptCode::Slots Slots;

public:
  // Destroyed last to first: all else uses the session.
  std::unique_ptr<LinkSession> Session;
  PrebuiltLink Others;
  KeptCode Code;
  std::optional<ObjectCache> Cache;

private:
  LastLink Last;
  std::optional<CodeGenerator> Generator; ///< Of the thread that links.
};

KeptObject Linker::Impl::describe(const LinkSlice &Slice, Generation Gen) {
  KeptObject Result{
      Session->program().createResourceTracker(), Slice.Unit->Id, Gen, {}, 0, false, nullptr};
  for (const std::string &F : Slice.Functions)
    Result.Lines[F] = 0;
  for (const FunctionFacts &F : Slice.Unit->Facts.Functions)
    if (auto It = Result.Lines.find(F.Name); It != Result.Lines.end())
      It->second = F.Lines;
  return Result;
}

Error Linker::Impl::add(const LinkRequest &Request, SliceObjects Objs) {
  Last.Data = Session->program().createResourceTracker();
  Last.InitialContents = Session->program().createResourceTracker();
  for (SliceObjects::Object &O : Objs.Data)
    if (Error Err = Session->data().add(Last.Data, std::move(O)))
      return Err;
  for (SliceObjects::Object &O : Objs.InitialContents)
    if (Error Err = Session->data().add(Last.InitialContents, std::move(O)))
      return Err;
  for (SliceObjects::Object &O : Objs.Assembly) {
    auto Root = Others.addAssembly(std::move(O), Last.Data);
    if (!Root)
      return Root.takeError();
    if (*Root)
      Last.Roots.push_back(*Root);
  }
  auto Near = std::make_shared<const StringSet<>>(nearEntries(Request));
  // One tracker an object, in the order of the slices that have functions.
  auto Slice = Request.Slices.begin();
  for (SliceObjects::Object &O : Objs.Code) {
    while (Slice->Functions.empty())
      ++Slice;
    Last.Code.push_back(describe(*Slice, Request.Gen));
    Last.Code.back().Near = Near;
    ++Slice;
    if (Error Err = Session->code().add(Last.Code.back().Tracker, std::move(O)))
      return Err;
  }
  orc::SymbolAliasMap Aliases;
  for (auto &[Name, Target] : Request.Aliases)
    Aliases[Session->intern(Name)] = {Session->intern(Target), JITSymbolFlags::Exported};
  if (Aliases.empty())
    return Error::success();
  return Session->program().define(orc::symbolAliases(std::move(Aliases)), Last.Data);
}

/// Takes everything that the last link made out of memory.
Error Linker::Impl::removeLast() {
  Error Err = Error::success();
  for (KeptObject &C : Last.Code)
    Err = joinErrors(std::move(Err), C.Tracker->remove());
  for (orc::ResourceTrackerSP *Tracker : {&Last.InitialContents, &Last.Data})
    if (*Tracker)
      Err = joinErrors(std::move(Err), (*Tracker)->remove());
  Last = LastLink();
  return Err;
}

/// Asks for every address that the commit needs, which links all of it.
Expected<LinkedCode> Linker::Impl::resolve(const LinkRequest &Request) {
  TimeTraceScope Scope("Resolve");
  orc::SymbolLookupSet Names;
  SmallVector<std::pair<const Redirect *, orc::SymbolStringPtr>, 8> Bodies;
  for (const Redirect &R : Request.Redirects)
    Bodies.push_back({&R, Session->intern(R.Target)});
  for (auto &[R, Body] : Bodies)
    Names.add(Body);
  for (const std::string &W : Request.Wanted)
    Names.add(Session->intern(W));
  for (const orc::SymbolStringPtr &Root : Others.roots())
    Names.add(Root, orc::SymbolLookupFlags::WeaklyReferencedSymbol);
  for (const orc::SymbolStringPtr &Root : Last.Roots)
    Names.add(Root, orc::SymbolLookupFlags::WeaklyReferencedSymbol);
  orc::SymbolStringPtr Table = Session->intern(tableSymbol(Request.Gen));
  if (!Request.NewEntries.empty())
    Names.add(Table);
  for (const NewEntry &E : Request.NewEntries)
    Names.add(Session->intern(E.Target));
  Names.sortByAddress();
  Names.removeDuplicates();

  auto Found = Session->session().lookup(
      orc::makeJITDylibSearchOrder(&Session->program(), orc::JITDylibLookupFlags::MatchAllSymbols),
      std::move(Names));
  if (!Found)
    return Found.takeError();
  LinkedCode Result;
  if (!Request.NewEntries.empty()) {
    void **First = (*Found)[Table].getAddress().toPtr<void **>();
    for (const NewEntry &E : Request.NewEntries) {
      *First = (*Found)[Session->intern(E.Target)].getAddress().toPtr<void *>();
      Slots[E.Symbol] = First++;
    }
  }
  for (auto &[R, Body] : Bodies)
    Result.Updates.push_back(
        {Slots.lookup(R->Entry), (*Found)[Body].getAddress().toPtr<void *>(), R->Function});
  for (const std::string &W : Request.Wanted)
    Result.Addresses[W] = (*Found)[Session->intern(W)].getAddress().toPtr<void *>();
  return std::move(Result);
}

/// Before the program starts its calls are led past the entries; before an entry is to lead
/// elsewhere, those of its function aren't any more.
Error Linker::Impl::directCalls(const LinkRequest &Request) {
  if (Request.Gen == Generation{0}) {
    Session->directCalls().makeDirect([&](StringRef Entry) -> const void * {
      void **Slot = Slots.lookup(Entry);
      const BodyRange *Body = Slot ? Session->codeMap().find(*Slot) : nullptr;
      return Body && Body->Start == *Slot ? *Slot : nullptr;
    });
    return Error::success();
  }
  SmallVector<StringRef, 8> Replaced;
  for (const Redirect &R : Request.Redirects)
    Replaced.push_back(R.Entry);
  return Session->directCalls().useEntries(Replaced);
}

Expected<LinkedCode> Linker::Impl::link(const LinkRequest &Request, unsigned Threads) {
  TimeTraceScope Scope("Link");
  Session->beginLink();
  uint64_t Start = nowNs();
  // (What a reload makes is of that moment: nobody would look for it.)
  ObjectCache *Kept = Cache && Request.Gen == Generation{0} ? &*Cache : nullptr;
  auto Objs = generateObjects(Request, Others.files(), Threads, Trace, Generator, Kept);
  if (!Objs)
    return Objs.takeError();
  uint64_t Generated = nowNs();

  size_t Made = Objs->Generated;
  Error Added = add(Request, std::move(*Objs));
  // (Members of archives are initialised in the order in which they are linked.)
  if (Threads > 1 && !Others.hasFiles())
    Session->dispatcher().beginParallel(Threads);
  Expected<LinkedCode> Result = Added ? Expected<LinkedCode>(std::move(Added)) : resolve(Request);
  Session->dispatcher().endParallel();
  if (!Result) {
    Session->linkedSymbols().take();
    Error Err = Session->causeOf(Result.takeError());
    return joinErrors(std::move(Err), removeLast());
  }
  Last.Gen = Request.Gen;
  Last.NewEntries = Request.NewEntries;
  if (Error Err = directCalls(Request)) {
    discard();
    return std::move(Err);
  }
  Result->Prebuilt = Others.functions();
  Result->Symbols = Session->linkedSymbols().take();
  LinkSession::readyUnwinding();
  Result->Generated = Made;
  Result->CodegenNs = Generated - Start;
  Result->LinkNs = nowNs() - Generated;
  return Result;
}

void Linker::Impl::keep() {
  Last.Data->transferTo(*Session->program().getDefaultResourceTracker());
  Code.add(std::move(Last.Code), Last.Gen);
  if (Error Err = Last.InitialContents->remove())
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
  Last = LastLink();
  Others.keep();
}

void Linker::Impl::discard() {
  for (const NewEntry &E : Last.NewEntries)
    Slots.erase(E.Symbol);
  if (Error Err = removeLast())
    say(Tone::Warning, toString(std::move(Err))); // Costs memory, and nothing else.
}

Linker::Linker(std::unique_ptr<Impl> I) : I(std::move(I)) {}
Linker::~Linker() = default;

Expected<std::unique_ptr<Linker>> Linker::create(const Libraries &Libs, Prebuilt Files,
                                                 const TraceFile &Trace, bool ForPerf) {
  auto Session = LinkSession::create(ForPerf);
  if (!Session)
    return Session.takeError();
  auto I = std::make_unique<Impl>(std::move(*Session), Libs, std::move(Files), Trace);
  if (Error Err = I->setUp())
    return std::move(Err);
  return std::unique_ptr<Linker>(new Linker(std::move(I)));
}

Expected<LinkedCode> Linker::link(const LinkRequest &Request, unsigned Threads) {
  return I->link(Request, Threads);
}
void Linker::keep() { I->keep(); }
void Linker::discard() { I->discard(); }
void Linker::useCache(DiskCache &Disk) { I->Cache.emplace(Disk); }

bool Linker::isExternal(StringRef Symbol) const {
  return Symbol == "__dso_handle" || I->Others.defines(Symbol);
}
const CodeMap &Linker::codeMap() const { return I->Session->codeMap(); }

std::vector<BodyRange> Linker::dropOldCode(const DropConditions &Now) { return I->Code.drop(Now); }
bool Linker::refreshLines(const LineRefresh &Request) { return I->Code.refreshLines(Request); }
bool Linker::isDropping() const { return I->Code.isDropping(); }
size_t Linker::directCalls(StringRef Entry) const { return I->Session->directCalls().count(Entry); }
size_t Linker::codeObjects() const { return I->Code.size(); }
