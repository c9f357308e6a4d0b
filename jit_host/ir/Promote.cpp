//===- Promote.cpp - Make a module's names those of the whole program -----===//

#include "ir/Promote.h"
#include "ir/CompiledUnit.h"
#include "ir/NamedSections.h"
#include "ir/Names.h"
#include "ir/ThreadLocalInit.h"
#include "ir/VTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

bool nextframe::isStrong(const Function &F) { return F.hasFnAttribute(StrongAttribute); }

namespace {

/// One entry of llvm.global_ctors or llvm.global_dtors.
struct StructorEntry {
  unsigned Priority;
  Function *F;
  GlobalVariable *Variable; ///< May be null.
};

/// Turns a module's list of initialisers into one function a variable.
class InitialiserSplitter {
public:
  InitialiserSplitter(Module &M, StringRef Tag) : M(M), Tag(Tag) {}

  void run() {
    for (const StructorEntry &E : take("llvm.global_ctors"))
      split(E);
    for (const StructorEntry &E : take("llvm.global_dtors"))
      record(FiniMetadata, *E.F, "", E.Priority);
  }

private:
  std::vector<StructorEntry> take(StringRef ListName);
  void split(const StructorEntry &E);
  void addInitialiser(Function &F, GlobalVariable *V, unsigned Priority);
  void record(StringRef List, Function &F, StringRef Variable, unsigned Priority);
  GlobalVariable *variableOf(Function &Init) const;
  bool isCandidate(const Value *V) const;

  Module &M;
  StringRef Tag;
  SmallPtrSet<const GlobalVariable *, 16> Initialised;
  unsigned Unnamed = 0;
};

} // namespace

std::vector<StructorEntry> InitialiserSplitter::take(StringRef ListName) {
  std::vector<StructorEntry> Entries;
  GlobalVariable *List = M.getGlobalVariable(ListName, /*AllowInternal=*/true);
  if (!List)
    return Entries;
  if (auto *Array = dyn_cast_or_null<ConstantArray>(List->getInitializer()))
    for (const Use &Op : Array->operands()) {
      auto *Entry = dyn_cast<ConstantStruct>(Op);
      auto *F = Entry ? dyn_cast<Function>(Entry->getOperand(1)->stripPointerCasts()) : nullptr;
      if (!F)
        continue;
      auto Priority = cast<ConstantInt>(Entry->getOperand(0))->getZExtValue();
      auto *Variable = dyn_cast<GlobalVariable>(Entry->getOperand(2)->stripPointerCasts());
      Entries.push_back({static_cast<unsigned>(Priority), F, Variable});
    }
  List->eraseFromParent();
  for (StructorEntry &E : Entries)
    E.F->removeDeadConstantUsers(); // The list's own, now that it is gone.
  return Entries;
}

void InitialiserSplitter::split(const StructorEntry &E) {
  if (!E.F->getName().starts_with("_GLOBAL__")) {
    bool IsVariables = E.F->getName().starts_with("__cxx_global_var_init");
    addInitialiser(*E.F, IsVariables ? (E.Variable ? E.Variable : variableOf(*E.F)) : nullptr,
                   E.Priority);
    return;
  }
  // clang's per-file function only calls the initialisers in order.
  SmallVector<Function *, 16> Calls;
  for (Instruction &I : instructions(*E.F))
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (Function *Callee = Call->getCalledFunction(); Callee && !Callee->isIntrinsic())
        Calls.push_back(Callee);
  if (E.F->use_empty())
    E.F->eraseFromParent();
  for (Function *Callee : Calls)
    addInitialiser(*Callee, variableOf(*Callee), E.Priority);
}

/// A variable that an initialiser may give its value: defined here, writable,
/// and not the target of an earlier one.
bool InitialiserSplitter::isCandidate(const Value *V) const {
  auto *G = dyn_cast<GlobalVariable>(V);
  return G && G->hasInitializer() && !G->isConstant() && !Initialised.contains(G) &&
         !G->getName().starts_with("_ZGV");
}

/// Returns the variable that \p Init initialises. clang doesn't say, so it is
/// read off the code: the object registered for destruction, else the last
/// variable stored to, else the first passed as the first argument (a
/// constructor's `this`, a returned object), else the first one mentioned.
GlobalVariable *InitialiserSplitter::variableOf(Function &Init) const {
  GlobalVariable *Stored = nullptr, *Passed = nullptr, *Mentioned = nullptr;
  auto Candidate = [&](Value *V) {
    Value *Base = V->stripInBoundsOffsets();
    return isCandidate(Base) ? cast<GlobalVariable>(Base) : nullptr;
  };
  for (Instruction &I : instructions(Init)) {
    if (auto *Call = dyn_cast<CallBase>(&I); Call && Call->arg_size() > 0) {
      Function *Callee = Call->getCalledFunction();
      if (Callee && Callee->getName() == "__cxa_atexit" && Call->arg_size() == 3)
        if (GlobalVariable *G = Candidate(Call->getArgOperand(1)))
          return G;
      if (!Passed && Call->getArgOperand(0)->getType()->isPointerTy())
        Passed = Candidate(Call->getArgOperand(0));
    }
    if (auto *Store = dyn_cast<StoreInst>(&I))
      if (GlobalVariable *G = Candidate(Store->getPointerOperand()))
        Stored = G;
    for (Value *Op : I.operands())
      if (!Mentioned && Op->getType()->isPointerTy())
        Mentioned = Candidate(Op);
  }
  return Stored ? Stored : Passed ? Passed : Mentioned;
}

/// An inline variable's initialiser looks at a flag, since each file that has the
/// variable calls one. Here it is called when it has to run, and for an edited
/// value once more.
static void ignoreFlag(Function &F) {
  auto IsFlag = [](const Value *V) {
    return V->stripPointerCasts()->getName().starts_with("_ZGV");
  };
  auto Answer = [](Instruction &I, unsigned Value) {
    I.replaceAllUsesWith(ConstantInt::get(I.getType(), Value));
    I.eraseFromParent();
  };
  for (Instruction &I : make_early_inc_range(instructions(F)))
    if (auto *Load = dyn_cast<LoadInst>(&I); Load && IsFlag(Load->getPointerOperand()))
      Answer(I, 0);
    else if (auto *Call = dyn_cast<CallInst>(&I);
             Call && Call->getCalledFunction() &&
             Call->getCalledFunction()->getName() == "__cxa_guard_acquire" &&
             IsFlag(Call->getArgOperand(0)))
      Answer(I, 1);
}

void InitialiserSplitter::addInitialiser(Function &F, GlobalVariable *V, unsigned Priority) {
  // A constructor function (__attribute__((constructor))) keeps its own name.
  bool IsVariable = F.getName().starts_with("__cxx_global");
  if (V)
    Initialised.insert(V);
  if (IsVariable) {
    bool Shared = V && (V->hasLinkOnceLinkage() || V->hasWeakLinkage());
    if (Shared)
      ignoreFlag(F);
    std::string Name = V ? ("init." + V->getName()).str() : "init." + std::to_string(Unnamed++);
    // A file-local variable gets its file tag later, in the same pass.
    F.setName(Shared ? Name : localName(Name, Tag));
    F.setLinkage(Shared ? GlobalValue::WeakODRLinkage : GlobalValue::ExternalLinkage);
    F.setComdat(nullptr);
    F.setSection("");
    F.addFnAttr(Attribute::NoInline);
    F.removeFnAttr(Attribute::AlwaysInline);
  }
  std::string Variable;
  if (V)
    Variable = V->hasLocalLinkage() ? localName(V->getName(), Tag) : V->getName().str();
  record(InitMetadata, F, Variable, Priority);
}

void InitialiserSplitter::record(StringRef List, Function &F, StringRef Variable,
                                 unsigned Priority) {
  LLVMContext &Ctx = M.getContext();
  std::string Name = F.hasLocalLinkage() ? localName(F.getName(), Tag) : F.getName().str();
  Metadata *Ops[] = {MDString::get(Ctx, Name), MDString::get(Ctx, Variable),
                     ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(Ctx), Priority))};
  M.getOrInsertNamedMetadata(List)->addOperand(MDNode::get(Ctx, Ops));
}

/// Compiler-made functions whose names number them by their order in the file:
/// the number says nothing about identity, so they stay part of their user.
static bool isNumberedHelper(const Function &F) {
  return F.hasLocalLinkage() &&
         (F.getName().starts_with("__cxx_global_") || F.getName().starts_with("__captured_stmt") ||
          F.getName().starts_with(".omp") || F.getName().starts_with("__omp"));
}

/// clang has seen that this local function doesn't throw, and told its callers.
/// The next version may throw, under a caller that goes on running. (A function
/// that is declared noexcept still ends the program itself.)
static void forgetDoesNotThrow(Function &F) {
  F.removeFnAttr(Attribute::NoUnwind);
  for (User *U : F.users())
    if (auto *Call = dyn_cast<CallBase>(U); Call && Call->getCalledFunction() == &F)
      Call->removeFnAttr(Attribute::NoUnwind);
}

static void promoteFunction(Function &F, StringRef Tag) {
  F.setComdat(nullptr);
  if (F.isDeclaration() || F.hasAvailableExternallyLinkage() || isNumberedHelper(F))
    return;
  if (F.hasLocalLinkage())
    forgetDoesNotThrow(F);
  if (F.hasLocalLinkage())
    F.setName(localName(F.getName(), Tag));
  if (F.hasLocalLinkage() || F.hasExternalLinkage())
    F.addFnAttr(StrongAttribute);
  // `weak` and `linkonce` without ODR may be replaced by something different,
  // which already keeps the optimiser from looking inside.
  bool Interposable = F.hasWeakAnyLinkage() || F.hasLinkOnceAnyLinkage();
  // What is inlined everywhere goes with its last call; see settleInlined().
  if (!(F.hasLinkOnceODRLinkage() && F.hasFnAttribute(Attribute::AlwaysInline)))
    F.setLinkage(Interposable ? GlobalValue::WeakAnyLinkage : GlobalValue::WeakODRLinkage);
  F.setVisibility(GlobalValue::DefaultVisibility);
}

void nextframe::settleInlined(Module &M) {
  for (Function &F : make_early_inc_range(M))
    if (F.hasLinkOnceODRLinkage())
      F.setLinkage(GlobalValue::WeakODRLinkage);
}

/// A table of labels (computed goto) is part of the body that has the labels.
static bool holdsLabels(const Constant &C) {
  return isa<BlockAddress>(C) || (!isa<GlobalValue>(C) && any_of(C.operands(), [](const Use &Op) {
           return isa<Constant>(Op) && holdsLabels(*cast<Constant>(Op));
         }));
}

static void promoteVariable(GlobalVariable &G, StringRef Tag) {
  G.setComdat(nullptr);
  if (!G.hasInitializer() || G.hasAvailableExternallyLinkage())
    return;
  bool IsVTable = isVTable(G.getName()) || isVTT(G.getName());
  if (IsVTable)
    G.setUnnamedAddr(GlobalValue::UnnamedAddr::None); // Its home is rewritten in place.
  if (G.hasLocalLinkage()) {
    if (G.isConstant() && !IsVTable && !hasBounds(G.getSection()))
      return; // Named by its content once the optimiser is through.
    if (G.hasPrivateLinkage() || holdsLabels(*G.getInitializer()))
      return; // Made for one body.
    G.setName(localName(G.getName(), Tag));
    G.setLinkage(GlobalValue::ExternalLinkage);
  } else if (G.hasLinkOnceODRLinkage()) {
    G.setLinkage(GlobalValue::WeakODRLinkage);
  } else if (G.hasLinkOnceLinkage() || G.hasCommonLinkage()) {
    G.setLinkage(GlobalValue::WeakAnyLinkage);
  }
  G.setVisibility(GlobalValue::DefaultVisibility);
}

static void promoteAlias(GlobalAlias &A, StringRef Tag) {
  if (A.hasLocalLinkage()) {
    A.setName(localName(A.getName(), Tag));
    A.setLinkage(GlobalValue::ExternalLinkage);
  }
  A.setVisibility(GlobalValue::DefaultVisibility);
}

/// Returns the text that element \p I of an annotation points at.
static StringRef annotationText(const ConstantStruct &Annotation, unsigned I) {
  auto *Text = dyn_cast<GlobalVariable>(Annotation.getOperand(I)->stripPointerCasts());
  auto *Chars = Text && Text->hasInitializer()
                    ? dyn_cast<ConstantDataSequential>(Text->getInitializer())
                    : nullptr;
  return Chars && Chars->isCString() ? Chars->getAsCString() : "";
}

/// Local statics are named as their annotations say: clang counts those of one name
/// in a function, which an edit changes. All are unnamed before any is named, since
/// they may exchange names.
static void nameLocalStatics(Module &M) {
  GlobalVariable *List = M.getGlobalVariable("llvm.global.annotations");
  auto *Array = List ? dyn_cast<ConstantArray>(List->getInitializer()) : nullptr;
  if (!Array)
    return;
  SmallVector<std::pair<GlobalVariable *, std::string>, 8> Names;
  for (const Use &Op : Array->operands()) {
    auto *Annotation = cast<ConstantStruct>(Op);
    auto *V = dyn_cast<GlobalVariable>(Annotation->getOperand(0)->stripPointerCasts());
    StringRef Name = annotationText(*Annotation, 1);
    if (!V || !Name.consume_front(LocalStaticAnnotation))
      continue;
    StringRef Old = V->getName();
    if (Old.consume_front("_Z"))
      if (GlobalVariable *Guard = M.getGlobalVariable(("_ZGV" + Old).str(), true))
        Names.push_back({Guard, ("_ZGV" + Name.substr(2)).str()});
    Names.push_back({V, Name.str()});
  }
  List->eraseFromParent();
  for (auto &[V, Name] : Names)
    V->setName("");
  for (auto &[V, Name] : Names)
    V->setName(Name);
}

/// Returns a function that \p Resolver may choose: its parameters are passed in the
/// way (by value on the stack, say) that an indirect function doesn't tell.
static Function *candidateOf(Function &Resolver, FunctionType *Type) {
  for (Instruction &I : instructions(Resolver))
    for (Value *Op : I.operands())
      if (auto *F = dyn_cast<Function>(Op->stripPointerCasts()))
        if (F->getFunctionType() == Type)
          return F;
  return nullptr;
}

/// An indirect function (ifunc, target_clones) is resolved by a dynamic linker before
/// the program starts. Here it becomes a function that asks its resolver when it is
/// first called, and then calls what that has chosen.
static void lowerIndirectFunction(GlobalIFunc &I) {
  Module &M = *I.getParent();
  auto *Type = dyn_cast<FunctionType>(I.getValueType());
  Function *Resolver = I.getResolverFunction();
  if (!Type || !Resolver || Resolver->isDeclaration())
    return;
  Function *F = Function::Create(Type, I.getLinkage(), I.getAddressSpace(), "", &M);
  F->takeName(&I);
  if (Function *Candidate = candidateOf(*Resolver, Type))
    F->setAttributes(Candidate->getAttributes().removeFnAttributes(M.getContext()));
  I.replaceAllUsesWith(F);
  I.eraseFromParent();

  auto *Pointer = PointerType::getUnqual(M.getContext());
  auto *Chosen = new GlobalVariable(M, Pointer, /*isConstant=*/false, GlobalValue::PrivateLinkage,
                                    ConstantPointerNull::get(Pointer), "chosen");
  BasicBlock *Start = BasicBlock::Create(M.getContext(), "", F);
  BasicBlock *Ask = BasicBlock::Create(M.getContext(), "", F);
  BasicBlock *Go = BasicBlock::Create(M.getContext(), "", F);
  IRBuilder<> B(Start);
  LoadInst *Known = B.CreateLoad(Pointer, Chosen);
  Known->setAtomic(AtomicOrdering::Monotonic); // Whoever comes second asks again.
  B.CreateCondBr(B.CreateIsNull(Known), Ask, Go);
  B.SetInsertPoint(Ask);
  Value *Answer = B.CreateCall(FunctionType::get(Pointer, false), Resolver);
  B.CreateStore(Answer, Chosen)->setAtomic(AtomicOrdering::Monotonic);
  B.CreateBr(Go);
  B.SetInsertPoint(Go);
  PHINode *Target = B.CreatePHI(Pointer, 2);
  Target->addIncoming(Known, Start);
  Target->addIncoming(Answer, Ask);
  SmallVector<Value *, 8> Args(make_pointer_range(F->args()));
  CallInst *Call = B.CreateCall(Type, Target, Args);
  Call->setTailCallKind(CallInst::TCK_MustTail); // Also forwards variable arguments.
  Call->setAttributes(F->getAttributes());
  if (Type->getReturnType()->isVoidTy())
    B.CreateRetVoid();
  else
    B.CreateRet(Call);
}

/// Returns the variable whose elements \p Destroy destroys, or null.
static GlobalVariable *arrayDestroyedBy(Function &Destroy) {
  for (Instruction &I : instructions(Destroy))
    for (Value *Op : I.operands())
      if (Op->getType()->isPointerTy())
        if (auto *G = dyn_cast<GlobalVariable>(getUnderlyingObject(Op)))
          return G;
  return nullptr;
}

/// clang registers the destructor of an array with nothing to say whose it is.
static void nameDestroyedArrays(Module &M) {
  for (Function &F : M) {
    if (!F.getName().starts_with("__cxx_global_array_dtor"))
      continue;
    GlobalVariable *Array = arrayDestroyedBy(F);
    for (User *U : F.users())
      if (auto *Call = dyn_cast<CallBase>(U);
          Array && Call && Call->getCalledFunction() && Call->arg_size() == 3 &&
          Call->getCalledFunction()->getName() == "__cxa_atexit" &&
          isa<ConstantPointerNull>(Call->getArgOperand(1)))
        Call->setArgOperand(1, Array);
  }
}

void nextframe::promote(Module &M, StringRef Tag) {
  M.setModuleFlag(Module::Error, "SemanticInterposition", uint32_t(0));
  nameLocalStatics(M);
  nameDestroyedArrays(M);
  InitialiserSplitter(M, Tag).run();
  guardEachThreadLocal(M);
  for (StringRef Keep : {"llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *G = M.getGlobalVariable(Keep, /*AllowInternal=*/true))
      G->eraseFromParent();
  for (GlobalIFunc &I : make_early_inc_range(M.ifuncs()))
    lowerIndirectFunction(I);
  for (GlobalVariable &G : M.globals())
    promoteVariable(G, Tag);
  for (GlobalAlias &A : M.aliases())
    promoteAlias(A, Tag);
  for (Function &F : M)
    promoteFunction(F, Tag);
}

void nextframe::nameLocalDeclarations(Module &M, StringRef Tag, const FactIndex &Known) {
  for (Function &F : M) {
    if (!F.isDeclaration() || F.isIntrinsic())
      continue;
    std::string Local = localName(F.getName(), Tag);
    if (Known.Functions.contains(Local) && !M.getNamedValue(Local))
      F.setName(Local);
  }
}
