//===- SliceObjects.cpp - Object files of the slices of a link ------------===//

#include "link/SliceObjects.h"
#include "link/ObjectCache.h"
#include "support/Trace.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"

#include <utility>

using namespace llvm;
using namespace nextframe;

namespace {

using Kind = ObjectCache::Part;

/// One object file to make.
struct Job {
  const LinkSlice *Slice;
  Kind What;
  Expected<SliceObjects::Object> Result = nullptr;
  std::string Key = {}; ///< In the cache, where there is one.
  bool IsFound = false;
};

/// The cache, if there is one, and what the keys of one request have in common.
class Found {
public:
  Found(ObjectCache *Cache, const LinkRequest &Request)
      : Cache(Cache), Shared(Cache ? Cache->keyOf(Request) : "") {}

  /// Fills in \p J where its object is there. \p Entries are those of the request.
  void find(Job &J, const StringSet<> &Entries) const {
    if (!Cache)
      return;
    TimeTraceScope Scope("Find object");
    J.Key = Cache->keyOf(*J.Slice, J.What, Entries, Shared);
    if (SliceObjects::Object Object = Cache->find(J.Key)) {
      J.Result = std::move(Object);
      J.IsFound = true;
    }
  }
  /// Keeps what \p J has come to.
  void keep(Job &J) const {
    if (Cache && bool(J.Result))
      Cache->keep(J.Key, **J.Result);
  }

private:
  ObjectCache *Cache;
  std::string Shared;
};

} // namespace

static std::vector<Job> jobsFor(const LinkRequest &Request) {
  std::vector<Job> Jobs;
  for (const LinkSlice &S : Request.Slices) {
    if (!S.Functions.empty())
      Jobs.push_back({&S, Kind::Code});
    if (!S.Data.empty())
      Jobs.push_back({&S, Kind::Data});
    if (!S.InitialContents.empty())
      Jobs.push_back({&S, Kind::InitialContents});
  }
  return Jobs;
}

static Expected<std::unique_ptr<Module>> slice(const Job &J, const LinkRequest &Request,
                                               LLVMContext &Ctx) {
  const LinkSlice &S = *J.Slice;
  if (J.What == Kind::Code)
    return sliceCode(*S.Unit, S.Functions, Request.Gen, Request.Homes, Request.VTables, Ctx);
  return sliceData(*S.Unit, J.What == Kind::Data ? S.Data : S.InitialContents, Request.Homes,
                   Request.VTables, Ctx);
}

/// A variable that a reload brings may be one that an object has already (an
/// inline variable, a vtable).
static void shareVariables(Module &M, const LinkSlice &Slice, const Prebuilt &Files) {
  for (const DataDefinition &D : Slice.Data)
    if (Files.defines(D.Symbol))
      if (GlobalVariable *V = M.getGlobalVariable(D.Symbol))
        V->setLinkage(GlobalValue::WeakAnyLinkage);
}

/// The entries lie near the code, so nothing has to be read to find them; and the assembler
/// only aligns calls of what it knows to be near (see DirectCalls.h).
static void useNearEntries(Module &M, const StringSet<> &Entries) {
  for (Function &F : M)
    if (F.isDeclaration() && Entries.contains(F.getName()))
      F.setDSOLocal(true);
}

static Expected<SliceObjects::Object> run(CodeGenerator &Generator, const Job &J,
                                          const LinkRequest &Request, const Prebuilt &Files,
                                          const StringSet<> &Entries) {
  LLVMContext Ctx;
  auto M = slice(J, Request, Ctx);
  if (!M)
    return M.takeError();
  if (J.What == Kind::Data && Request.Gen != Generation{0})
    shareVariables(**M, *J.Slice, Files);
  if (J.What == Kind::Code)
    useNearEntries(**M, Entries);
  return Generator.generate(**M, J.Slice->Unit->OptLevel);
}

/// Runs \p Jobs one after the other with \p Generator, which is left empty where one has
/// failed: what it has crashed in may have left it in any state.
static Error runHere(std::vector<Job> &Jobs, const LinkRequest &Request, const Prebuilt &Files,
                     const StringSet<> &Entries, std::optional<CodeGenerator> &Generator,
                     const Found &Cache) {
  std::optional<CodeGenerator> Known = std::exchange(Generator, std::nullopt);
  if (!Known) {
    auto Made = CodeGenerator::create();
    if (!Made)
      return Made.takeError();
    Known.emplace(std::move(*Made));
  }
  bool IsGood = true;
  for (Job &J : Jobs) {
    Cache.find(J, Entries);
    if (J.IsFound)
      continue;
    J.Result = run(*Known, J, Request, Files, Entries);
    Cache.keep(J);
    IsGood &= bool(J.Result);
  }
  if (IsGood)
    Generator.emplace(std::move(*Known));
  return Error::success();
}

static Expected<SliceObjects::Object> generateEntries(const LinkRequest &Request,
                                                      ObjectCache *Cache, size_t &Generated) {
  std::string Key = Cache ? Cache->keyOfEntries(Request) : "";
  if (Cache)
    if (SliceObjects::Object Known = Cache->find(Key))
      return std::move(Known);
  ++Generated;
  auto Generator = CodeGenerator::create();
  if (!Generator)
    return Generator.takeError();
  LLVMContext Ctx;
  auto Object = Generator->generate(*makeEntries(Request.NewEntries, Request.Gen, Ctx), 0);
  if (Cache && bool(Object))
    Cache->keep(Key, **Object);
  return Object;
}

Expected<SliceObjects> nextframe::generateObjects(const LinkRequest &Request, const Prebuilt &Files,
                                                  unsigned Threads, const TraceFile &Trace,
                                                  std::optional<CodeGenerator> &Generator,
                                                  ObjectCache *Cache) {
  std::vector<Job> Jobs = jobsFor(Request);
  StringSet<> Entries;
  for (const NewEntry &E : Request.NewEntries)
    Entries.insert(E.Symbol);
  Found Known(Cache, Request);
  if (Threads > 1 && Jobs.size() > 1) {
    DefaultThreadPool Pool(hardware_concurrency(Threads));
    for (Job &J : Jobs)
      Pool.async([&] {
        Trace.beginThread();
        Known.find(J, Entries);
        if (!J.IsFound) {
          auto Own = CodeGenerator::create();
          J.Result = Own ? run(*Own, J, Request, Files, Entries) : Own.takeError();
          Known.keep(J);
        }
        Trace.endThread();
      });
    Pool.wait();
  } else if (Error Err = runHere(Jobs, Request, Files, Entries, Generator, Known)) {
    return std::move(Err);
  }

  SliceObjects Objs;
  Error Failed = Error::success();
  for (Job &J : Jobs) {
    std::vector<SliceObjects::Object> &Kept = J.What == Kind::Code   ? Objs.Code
                                              : J.What == Kind::Data ? Objs.Data
                                                                     : Objs.InitialContents;
    Objs.Generated += !J.IsFound;
    if (J.Result)
      Kept.push_back(std::move(*J.Result));
    else
      Failed = joinErrors(std::move(Failed), J.Result.takeError());
  }
  if (Failed)
    return std::move(Failed);
  if (!Request.NewEntries.empty()) {
    auto Entries = generateEntries(Request, Cache, Objs.Generated);
    if (!Entries)
      return Entries.takeError();
    Objs.Data.push_back(std::move(*Entries));
  }
  return std::move(Objs);
}
