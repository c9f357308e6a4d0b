//===- Slice.cpp - Take some functions or variables out of a unit ---------===//

#include "ir/Slice.h"
#include "ir/BodyHash.h"
#include "ir/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

static Expected<std::unique_ptr<Module>> open(const CompiledUnit &Unit, LLVMContext &Ctx) {
  return getLazyBitcodeModule(Unit.bitcode(), Ctx, /*ShouldLazyLoadMetadata=*/true);
}

namespace {

/// Finds what a wanted body needs beside itself: the satellites that it names,
/// read in as they are found.
class SatelliteFinder {
public:
  Error addBody(Function &F);
  void addInitialiser(const GlobalVariable &G) { addConstant(G.getInitializer()); }
  Error finish();
  bool contains(const GlobalValue &G) const { return Found.contains(&G); }

private:
  void addConstant(const Constant *C);

  SmallPtrSet<const GlobalValue *, 16> Found;
  SmallPtrSet<const Constant *, 32> Seen;
  SmallVector<Function *, 8> Bodies;
};

} // namespace

Error SatelliteFinder::addBody(Function &F) {
  if (Error Err = F.materialize())
    return Err;
  for (Instruction &I : instructions(F))
    for (const Use &Op : I.operands())
      if (auto *C = dyn_cast<Constant>(Op))
        addConstant(C);
  return Error::success();
}

void SatelliteFinder::addConstant(const Constant *C) {
  if (!Seen.insert(C).second)
    return;
  if (auto *G = dyn_cast<GlobalValue>(C)) {
    if (!G->hasLocalLinkage())
      return;
    Found.insert(G);
    if (auto *F = dyn_cast<Function>(G); F && (F->isMaterializable() || !F->isDeclaration()))
      Bodies.push_back(const_cast<Function *>(F));
    if (auto *V = dyn_cast<GlobalVariable>(G); V && V->hasInitializer())
      addConstant(V->getInitializer());
    return;
  }
  for (const Use &Op : C->operands())
    if (auto *Part = dyn_cast<Constant>(Op))
      addConstant(Part);
}

Error SatelliteFinder::finish() {
  while (!Bodies.empty())
    if (Error Err = addBody(*Bodies.pop_back_val()))
      return Err;
  return Error::success();
}

/// Makes \p F a body: its old name stays behind as a declaration, the entry,
/// which all uses now mean.
static void versionBody(Function &F, Generation G) {
  std::string Name = F.getName().str();
  F.setName(bodyName(Name, G));
  Function *Entry = Function::Create(F.getFunctionType(), GlobalValue::ExternalLinkage,
                                     F.getAddressSpace(), Name, F.getParent());
  Entry->copyAttributesFrom(&F);
  Entry->setPersonalityFn(nullptr);
  Entry->setPrefixData(nullptr);
  Entry->setPrologueData(nullptr);
  Entry->setComdat(nullptr);
  Entry->setSection("");
  // Labels of the body (computed goto) belong to it, not to the entry.
  F.replaceUsesWithIf(Entry, [](const Use &U) { return !isa<BlockAddress>(U.getUser()); });
  F.setLinkage(GlobalValue::ExternalLinkage);
  F.setDSOLocal(true);
}

static void makeDeclaration(Function &F) {
  F.deleteBody(); // Also gives it external linkage; not read from bitcode if it wasn't yet.
  F.setComdat(nullptr);
  F.setPersonalityFn(nullptr);
}

static void makeDeclaration(GlobalVariable &G) {
  G.setInitializer(nullptr);
  G.setLinkage(GlobalValue::ExternalLinkage);
  G.setComdat(nullptr);
  G.clearMetadata();
  // All that the program defines lies within reach of its code.
  G.setDSOLocal(true);
}

/// Another name for a function has an entry of its own, which the linker makes;
/// uses of one for a variable go straight to the variable.
static void dropAliases(Module &M) {
  for (GlobalAlias &A : make_early_inc_range(M.aliases())) {
    std::string Name = A.getName().str();
    A.setName("");
    Constant *Meant = A.getAliasee();
    if (auto *F = dyn_cast<Function>(A.getAliaseeObject()))
      Meant = Function::Create(F->getFunctionType(), GlobalValue::ExternalLinkage,
                               F->getAddressSpace(), Name, &M);
    A.replaceAllUsesWith(Meant);
    A.eraseFromParent();
  }
}

static void renameHomes(Module &M, const HomeSymbols &Homes) {
  for (GlobalVariable &G : M.globals())
    if (auto It = Homes.find(G.getName()); It != Homes.end() && G.isDeclaration())
      G.setName(It->second);
  for (Function &F : M)
    if (auto It = Homes.find(F.getName()); It != Homes.end() && F.isDeclaration())
      F.setName(It->second);
}

static void dropStructorLists(Module &M) {
  for (StringRef Name : {"nextframe.init", "nextframe.fini"})
    if (NamedMDNode *N = M.getNamedMetadata(Name))
      N->eraseFromParent();
}

Expected<std::unique_ptr<Module>>
nextframe::sliceCode(const CompiledUnit &Unit, ArrayRef<std::string> Functions, Generation G,
                     const HomeSymbols &Homes, const VTableHomes &VTables, LLVMContext &Ctx) {
  auto M = open(Unit, Ctx);
  if (!M)
    return M.takeError();

  SmallPtrSet<const Function *, 32> Wanted;
  SatelliteFinder Satellites;
  for (const std::string &Name : Functions) {
    Function *F = (*M)->getFunction(Name);
    assert(F && "the plan asks for a function that the unit doesn't have");
    Wanted.insert(F);
    if (Error Err = Satellites.addBody(*F))
      return std::move(Err);
  }
  if (Error Err = Satellites.finish())
    return std::move(Err);
  if (Error Err = (*M)->materializeMetadata())
    return std::move(Err);

  for (GlobalVariable &V : (*M)->globals())
    if (V.hasInitializer() && !Satellites.contains(V))
      makeDeclaration(V);
  dropAliases(**M);
  for (Function &F : make_early_inc_range(**M)) {
    if (Wanted.contains(&F))
      continue;
    if (!F.isDeclaration() && !Satellites.contains(F))
      makeDeclaration(F);
  }
  placeVTables(**M, VTables);
  for (const std::string &Name : Functions)
    versionBody(*(*M)->getFunction(Name), G);
  renameHomes(**M, Homes);
  dropStructorLists(**M);
  // Where a variable lies is told by the object that defines it.
  for (DICompileUnit *CU : (*M)->debug_compile_units())
    CU->replaceGlobalVariables(nullptr);
  return M;
}

Expected<std::unique_ptr<Module>>
nextframe::sliceData(const CompiledUnit &Unit, ArrayRef<DataDefinition> Definitions,
                     const HomeSymbols &Homes, const VTableHomes &VTables, LLVMContext &Ctx) {
  auto M = open(Unit, Ctx);
  if (!M)
    return M.takeError();
  if (Error Err = (*M)->materializeMetadata())
    return std::move(Err);

  StringMap<StringRef> Wanted;
  for (const DataDefinition &D : Definitions) {
    Wanted[D.Variable] = D.Symbol;
    if (GlobalVariable *Flag = D.IsSetFlag ? (*M)->getGlobalVariable(D.Variable) : nullptr)
      Flag->setInitializer(ConstantInt::get(Flag->getValueType(), 1));
  }
  dropAliases(**M);
  for (Function &F : **M)
    if (!F.isDeclaration())
      makeDeclaration(F);
  placeVTables(**M, VTables);
  SmallVector<std::pair<GlobalVariable *, StringRef>, 16> Renames, Moved;
  for (GlobalVariable &V : (*M)->globals()) {
    if (!V.hasInitializer())
      continue;
    auto It = Wanted.find(V.getName());
    if (It == Wanted.end()) {
      makeDeclaration(V);
      continue;
    }
    V.setLinkage(GlobalValue::ExternalLinkage);
    V.setDSOLocal(true);
    if (It->second == V.getName())
      continue;
    auto Home = Homes.find(V.getName());
    if (Home != Homes.end() && Home->second == It->second)
      Moved.push_back({&V, It->second});
    else
      Renames.push_back({&V, It->second});
  }
  for (auto &[V, Symbol] : Moved)
    V->setName(Symbol); // The definition is the home that others in it mean.
  for (auto &[V, Symbol] : Renames) {
    // Others in the module that name the variable mean its home.
    auto *Home =
        new GlobalVariable(**M, V->getValueType(), V->isConstant(), GlobalValue::ExternalLinkage,
                           nullptr, "", V, V->getThreadLocalMode());
    V->replaceAllUsesWith(Home);
    Home->takeName(V);
    V->setName(Symbol);
    V->clearMetadata();
  }
  renameHomes(**M, Homes);
  dropStructorLists(**M);
  auto IsDescribed = [](const GlobalVariable &V) {
    return V.hasInitializer() && V.hasMetadata(LLVMContext::MD_dbg);
  };
  if (none_of((*M)->globals(), IsDescribed))
    StripDebugInfo(**M); // A literal would bring along what its whole unit has.
  return M;
}
