//===- CollectFacts.cpp - Read the facts off an optimised module ----------===//

#include "ir/CollectFacts.h"
#include "ir/BodyHash.h"
#include "ir/NamedSections.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/VTables.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace nextframe;

namespace {

class Collector {
public:
  Collector(Module &M, StringRef Tag, SourceFacts Source)
      : M(M), Tag(Tag), Source(std::move(Source)) {}

  UnitFacts run();

private:
  void nameLiterals();
  FunctionFacts describe(const Function &F);
  VariableFacts describe(const GlobalVariable &G);
  void describeVTable(const GlobalVariable &G, VariableFacts &Result);
  std::vector<SymbolIndex> indices(const BodyHasher::References &Refs);
  TypeIndex typeIndex(StringRef Key);
  void hiddenTypes();
  void structors();
  void aliases();

  Module &M;
  StringRef Tag;
  SourceFacts Source;
  BodyHasher Hasher;
  UnitFacts Facts;
  StringMap<SymbolIndex> Indices;
  StringMap<TypeIndex> TypeIndices;
  /// File-local constants, and what the source calls them.
  DenseMap<const GlobalVariable *, std::string> Literals;
};

} // namespace

/// File-local constants are named by content: an edit of one makes another, so
/// old code and pointers keep the old one, and equal ones are shared.
void Collector::nameLiterals() {
  // Its own hasher: what it remembers may name a twin that is erased below.
  BodyHasher Hasher;
  SmallVector<std::pair<GlobalVariable *, uint64_t>, 64> Found;
  for (GlobalVariable &G : M.globals())
    if (G.hasLocalLinkage() && G.hasInitializer() && !isSatellite(G)) {
      BodyHasher::References Ignored;
      Found.push_back({&G, Hasher.hashContent(G, Ignored)});
    }
  for (auto &[G, Hash] : Found) {
    std::string Hex = utohexstr(Hash, /*LowerCase=*/true, /*Width=*/16);
    std::string Name = G->hasGlobalUnnamedAddr()
                           ? "lit." + Hex
                           : localName((G->getName() + ".c" + Hex).str(), Tag);
    // The same content twice in one module: one of them is enough.
    if (GlobalVariable *Twin = M.getGlobalVariable(Name)) {
      G->replaceAllUsesWith(Twin);
      G->eraseFromParent();
      continue;
    }
    Literals[G] = G->getName().str();
    G->setName(Name);
    G->setLinkage(GlobalValue::WeakODRLinkage);
  }
}

std::vector<SymbolIndex> Collector::indices(const BodyHasher::References &Refs) {
  std::vector<SymbolIndex> Result;
  Result.reserve(Refs.size());
  for (const GlobalValue *G : Refs) {
    // A weak reference may stay unresolved; it asks nothing of the program. (But a section
    // whose bounds are named is laid out for that.)
    if (G->hasExternalWeakLinkage() && sectionOfBound(G->getName()).empty())
      continue;
    auto [It, New] = Indices.try_emplace(G->getName(), Facts.Symbols.size());
    if (New)
      Facts.Symbols.push_back(G->getName().str());
    Result.push_back(It->second);
  }
  return Result;
}

TypeIndex Collector::typeIndex(StringRef Key) {
  auto [It, New] = TypeIndices.try_emplace(Key, Facts.Types.size());
  if (New)
    Facts.Types.push_back(Key.str());
  return It->second;
}

/// Every cycle of blocks counts, natural loop or not.
static bool callsInLoop(const Function &F) {
  for (auto It = scc_begin(&F); !It.isAtEnd(); ++It) {
    if (!It.hasCycle())
      continue;
    for (const BasicBlock *B : *It)
      for (const Instruction &I : *B)
        if (auto *Call = dyn_cast<CallBase>(&I); Call && !isa<IntrinsicInst>(Call))
          return true;
  }
  return false;
}

static uint64_t signatureOf(const Function &F, BodyHasher &Hasher) {
  SmallVector<uint64_t, 16> Parts{Hasher.hashType(F.getFunctionType()), F.getCallingConv()};
  for (unsigned Index : F.getAttributes().indexes())
    for (auto Kind : {Attribute::StructRet, Attribute::ByVal, Attribute::InReg, Attribute::Nest})
      Parts.push_back(F.getAttributes().hasAttributeAtIndex(Index, Kind));
  return xxh3_64bits(
      ArrayRef(reinterpret_cast<const uint8_t *>(Parts.data()), Parts.size() * sizeof(uint64_t)));
}

/// Hashes where \p F stands in the source, instruction by instruction.
static uint64_t linesOf(const Function &F) {
  const DISubprogram *Where = F.getSubprogram();
  if (!Where)
    return 0;
  SmallVector<uint64_t, 64> Places{xxh3_64bits(Where->getFilename()), Where->getLine()};
  for (const Instruction &I : instructions(F))
    for (const DILocation *At = I.getDebugLoc(); At; At = At->getInlinedAt())
      Places.push_back(uint64_t(At->getLine()) << 32 | At->getColumn());
  return xxh3_64bits(
      ArrayRef(reinterpret_cast<const uint8_t *>(Places.data()), Places.size() * sizeof(uint64_t)));
}

FunctionFacts Collector::describe(const Function &F) {
  FunctionFacts Result;
  BodyHasher::References Refs;
  Result.Name = F.getName().str();
  Result.Bind = isStrong(F) ? Binding::Strong : Binding::Weak;
  Result.Hash = Hasher.hashFunction(F, Refs);
  Result.References = indices(Refs);
  Result.CallsInLoop = callsInLoop(F);
  Result.Lines = linesOf(F);
  Result.Signature = signatureOf(F, Hasher);
  if (auto It = Source.Functions.find(linkerName(Result.Name)); It != Source.Functions.end()) {
    for (const std::string &Key : It->second.Types)
      Result.Types.push_back(typeIndex(Key));
    Result.TypesKnown = It->second.TypesComplete;
  }
  if (const DISubprogram *Where = F.getSubprogram()) {
    Result.File = Where->getFilename().str();
    Result.Line = Where->getLine();
  }
  return Result;
}

static DataKind kindOf(const GlobalVariable &G) {
  StringRef Name = G.getName();
  if (isVTable(Name) || isVTT(Name))
    return DataKind::VTable;
  if (Name.starts_with("_ZTI") || Name.starts_with("_ZTS"))
    return DataKind::TypeInfo;
  if (Name.starts_with("_ZGV") || Name.starts_with("__tls_guard"))
    return DataKind::Guard;
  return G.isConstant() ? DataKind::Constant : DataKind::Variable;
}

VariableFacts Collector::describe(const GlobalVariable &G) {
  VariableFacts Result;
  BodyHasher::References Refs;
  const DataLayout &Layout = M.getDataLayout();
  Result.Name = G.getName().str();
  Result.Bind = G.hasExternalLinkage() ? Binding::Strong : Binding::Weak;
  Result.Kind = kindOf(G);
  Result.ThreadLocal = G.isThreadLocal();
  Result.Size = Layout.getTypeAllocSize(G.getValueType());
  Result.Align = Layout.getValueOrABITypeAlignment(G.getAlign(), G.getValueType()).value();
  Result.ContentHash = Hasher.hashContent(G, Refs);
  Result.TypeHash = Hasher.hashType(G.getValueType());
  Result.References = indices(Refs);
  if (hasBounds(G.getSection()))
    Result.Section = G.getSection().str();
  auto Literal = Literals.find(&G);
  if (Result.Kind == DataKind::VTable)
    describeVTable(G, Result);
  StringRef SourceName = Literal == Literals.end() ? Result.Name : StringRef(Literal->second);
  if (auto It = Source.Variables.find(linkerName(SourceName)); It != Source.Variables.end()) {
    Result.TypeName = It->second.TypeName;
    Result.Shape = It->second.Shape;
    Result.Meaning = It->second.Meaning;
    Result.InitialiserText = It->second.InitialiserText;
    Result.TriviallyCopyable = It->second.TriviallyCopyable;
    Result.NotPlain = It->second.NotPlain;
    for (auto &[Key, Count] : It->second.Contents)
      Result.Contents.push_back({typeIndex(Key), Count});
  }
  return Result;
}

/// Returns whether \p Symbol is that of a table, construction table or VTT of the class
/// whose table is \p OfClass.
static bool isTableOf(StringRef Symbol, StringRef OfClass) {
  constexpr size_t Prefix = 4; // "_ZTV", "_ZTC", "_ZTT"
  StringRef Rest = Symbol.substr(Prefix);
  if (!Rest.consume_front(OfClass.substr(Prefix)))
    return false;
  // A construction table's name goes on with its offset in the class.
  return Symbol.starts_with("_ZTC") ? !Rest.empty() && isDigit(Rest.front()) : Rest.empty();
}

void Collector::describeVTable(const GlobalVariable &G, VariableFacts &Result) {
  if (isVTable(G.getName()))
    Result.Parts = partsOf(G);
  StringRef Symbol = linkerName(G.getName());
  auto IsOf = [&](const auto &Table) { return isTableOf(Symbol, Table.first); };
  auto Table = find_if(Source.VTables, IsOf);
  if (Table == Source.VTables.end())
    return;
  Result.Class = Table->second.Class;
  for (const std::string &Key : Table->second.ClassAndBases)
    Result.Contents.push_back({typeIndex(Key), 1});
}

void Collector::structors() {
  auto Text = [](const MDNode &N, unsigned I) {
    return cast<MDString>(N.getOperand(I))->getString().str();
  };
  auto Priority = [](const MDNode &N) {
    return static_cast<unsigned>(mdconst::extract<ConstantInt>(N.getOperand(2))->getZExtValue());
  };
  if (const NamedMDNode *Inits = M.getNamedMetadata(InitMetadata))
    for (const MDNode *N : Inits->operands())
      Facts.Initialisers.push_back({Text(*N, 0), Text(*N, 1), Priority(*N)});
  if (const NamedMDNode *Finis = M.getNamedMetadata(FiniMetadata))
    for (const MDNode *N : Finis->operands())
      Facts.Finalisers.push_back({Text(*N, 0), Priority(*N)});
}

void Collector::aliases() {
  for (const GlobalAlias &A : M.aliases())
    if (const GlobalObject *Target = A.getAliaseeObject())
      Facts.Aliases.push_back({A.getName().str(), Target->getName().str(), isa<Function>(Target),
                               A.hasExternalLinkage() ? Binding::Strong : Binding::Weak});
}

/// Each place once, however many instances of a template come to it.
void Collector::hiddenTypes() {
  std::set<std::tuple<std::string, Hiding, std::string, unsigned>> Seen;
  for (SourceHiding &H : Source.Hidden)
    if (Seen.insert({H.Type, H.How, H.File, H.Line}).second)
      Facts.Hidden.push_back({typeIndex(H.Type), H.How, std::move(H.File), H.Line});
}

UnitFacts Collector::run() {
  nameLiterals();
  for (const Function &F : M)
    if (!F.isDeclaration() && !F.hasAvailableExternallyLinkage() && !F.hasLocalLinkage())
      Facts.Functions.push_back(describe(F));
  for (const GlobalVariable &G : M.globals()) {
    if (!G.hasInitializer() || G.hasLocalLinkage() || G.hasAvailableExternallyLinkage() ||
        G.getName().starts_with("llvm."))
      continue;
    VariableFacts V = describe(G);
    if (Literals.contains(&G))
      V.Kind = DataKind::Literal;
    Facts.Variables.push_back(std::move(V));
  }
  structors();
  aliases();
  hiddenTypes();
  Facts.Records = std::move(Source.Records);
  return std::move(Facts);
}

UnitFacts nextframe::collectFacts(Module &M, StringRef Tag, SourceFacts Source) {
  settleInlined(M);
  return Collector(M, Tag, std::move(Source)).run();
}

uint64_t nextframe::hashIdentifier(StringRef Identifier) { return xxh3_64bits(Identifier); }

std::vector<uint64_t> nextframe::describedTypes(const Module &M) {
  DebugInfoFinder Finder;
  Finder.processModule(M);
  std::vector<uint64_t> Result;
  for (const DIType *T : Finder.types())
    if (const auto *C = dyn_cast<DICompositeType>(T);
        C && !C->isForwardDecl() && !C->getIdentifier().empty())
      Result.push_back(hashIdentifier(C->getIdentifier()));
  llvm::sort(Result);
  return Result;
}
