//===- SliceObjects.cpp - Object files of the slices of a link ------------===//

#include "link/SliceObjects.h"
#include "link/ObjectCache.h"
#include "support/Diagnostics.h"
#include "support/Trace.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"

#include <utility>

using namespace llvm;
using namespace nextframe;

namespace {

/// The first three are those that the cache knows.
enum class Kind : uint8_t { Code, Data, InitialContents, Section, Assembly };
static_assert(int(Kind::InitialContents) == int(ObjectCache::Part::InitialContents));

/// One object file to make.
struct Job {
  const LinkSlice *Slice; ///< Null for a Section and an Assembly.
  Kind What;
  const LinkSection *Section = nullptr;
  const CompiledUnit *Assembly = nullptr;
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
    if (!Cache || !J.Slice)
      return;
    TimeTraceScope Scope("Find object");
    J.Key = Cache->keyOf(*J.Slice, static_cast<ObjectCache::Part>(J.What), Entries, Shared);
    if (SliceObjects::Object Object = Cache->find(J.Key)) {
      J.Result = std::move(Object);
      J.IsFound = true;
    }
  }
  /// Keeps what \p J has come to.
  void keep(Job &J) const {
    if (Cache && J.Slice && bool(J.Result))
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
  for (const LinkSection &S : Request.Sections)
    Jobs.push_back({nullptr, Kind::Section, &S});
  for (const std::shared_ptr<const CompiledUnit> &U : Request.Assembly)
    Jobs.push_back({nullptr, Kind::Assembly, nullptr, U.get()});
  return Jobs;
}

/// Defines the empty variable \p Name in the section.
static GlobalVariable *addBound(Module &M, StringRef Name, StringRef Section) {
  auto *Type = ArrayType::get(Type::getInt8Ty(M.getContext()), 0);
  auto *Bound = new GlobalVariable(M, Type, /*isConstant=*/false, GlobalValue::ExternalLinkage,
                                   ConstantAggregateZero::get(Type), "");
  if (GlobalValue *Named = M.getNamedValue(Name)) { // An element has its address.
    Named->replaceAllUsesWith(Bound);
    Bound->takeName(Named);
    Named->eraseFromParent();
  } else {
    Bound->setName(Name);
  }
  Bound->setSection(Section);
  Bound->setAlignment(Align(1));
  return Bound;
}

/// Puts \p Parts side by side, at the end of their module and in its section.
static void arrange(Module &M, ArrayRef<GlobalVariable *> Parts) {
  for (GlobalVariable *G : Parts) {
    G->setConstant(false); // One section has one kind of memory.
    G->removeFromParent();
    M.insertGlobalVariable(G);
  }
}

/// Returns a module with all elements of \p Section in one piece, of all units that have some.
static Expected<std::unique_ptr<Module>> slice(const LinkSection &Section, const Prebuilt &Files,
                                               const LinkRequest &Request, LLVMContext &Ctx) {
  if (std::string File = Files.fileWithSection(Section.Name); !File.empty())
    return makeError(diag::err_prebuilt_section, File, Section.Name, "the program");
  auto Whole = std::make_unique<Module>(Section.Name, Ctx);
  auto It = Section.Elements.begin(), End = Section.Elements.end();
  while (It != End) {
    const CompiledUnit &Unit = *It->first;
    std::vector<DataDefinition> Definitions;
    for (; It != End && It->first.get() == &Unit; ++It)
      Definitions.push_back(It->second);
    auto Part = sliceData(Unit, Definitions, Request.Homes, Request.VTables, Ctx);
    if (!Part)
      return Part.takeError();
    StripDebugInfo(**Part);
    if (NamedMDNode *Flags = (*Part)->getModuleFlagsMetadata())
      Flags->eraseFromParent(); // Those of C and of C++ are not the same.
    Whole->setDataLayout((*Part)->getDataLayout());
    Whole->setTargetTriple((*Part)->getTargetTriple());
    if (llvm::Linker::linkModules(*Whole, std::move(*Part)))
      return makeError(diag::err_codegen, Section.Name, "its parts don't fit together");
  }
  SmallVector<GlobalVariable *, 16> Parts = {addBound(*Whole, Section.Start, Section.Name)};
  for (auto &[Unit, D] : Section.Elements)
    Parts.push_back(Whole->getGlobalVariable(D.Symbol));
  Parts.push_back(addBound(*Whole, Section.Stop, Section.Name));
  // The first bound is where the first element is.
  if (Parts.size() > 2)
    Parts.front()->setAlignment(Parts[1]->getAlign());
  arrange(*Whole, Parts);
  return std::move(Whole);
}

static Expected<std::unique_ptr<Module>> slice(const Job &J, const LinkRequest &Request,
                                               const Prebuilt &Files, LLVMContext &Ctx) {
  if (J.What == Kind::Assembly)
    return assemble(J.Assembly->File, J.Assembly->facts().Assembly.Text, Ctx);
  if (J.What == Kind::Section)
    return slice(*J.Section, Files, Request, Ctx);
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
void nextframe::useNearEntries(Module &M, const StringSet<> &Entries) {
  for (Function &F : M)
    if (F.isDeclaration() && Entries.contains(F.getName()))
      F.setDSOLocal(true);
}

StringSet<> nextframe::nearEntries(const LinkRequest &Request) {
  StringSet<> Entries;
  for (const NewEntry &E : Request.NewEntries)
    Entries.insert(E.Symbol);
  return Entries;
}

static Expected<SliceObjects::Object> run(CodeGenerator &Generator, const Job &J,
                                          const LinkRequest &Request, const Prebuilt &Files,
                                          const StringSet<> &Entries) {
  LLVMContext Ctx;
  auto M = slice(J, Request, Files, Ctx);
  if (!M)
    return M.takeError();
  if (J.What == Kind::Data && Request.Gen != Generation{0})
    shareVariables(**M, *J.Slice, Files);
  if (J.What == Kind::Code)
    useNearEntries(**M, Entries);
  return Generator.generate(**M, J.Slice ? J.Slice->Unit->OptLevel : 0);
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
  StringSet<> Entries = nearEntries(Request);
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
    std::vector<SliceObjects::Object> &Kept = J.What == Kind::Code       ? Objs.Code
                                              : J.What == Kind::Assembly ? Objs.Assembly
                                              : J.What == Kind::InitialContents
                                                  ? Objs.InitialContents
                                                  : Objs.Data;
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
