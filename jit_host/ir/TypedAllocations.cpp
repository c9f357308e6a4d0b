//===- TypedAllocations.cpp - Allocations that say what they are for ------===//

#include "ir/TypedAllocations.h"
#include "support/BlockType.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

std::string nextframe::typedAllocation(StringRef Name) { return ("nextframe." + Name).str(); }

namespace {

/// A function that allocates, and what the optimiser may know of it.
struct Allocator {
  StringLiteral Name;
  StringLiteral Family; ///< Which of the functions that free takes it back.
  AllocFnKind Kind;
};

constexpr AllocFnKind Plain = AllocFnKind::Alloc | AllocFnKind::Uninitialized;
constexpr AllocFnKind Aligned = Plain | AllocFnKind::Aligned;

constexpr Allocator Allocators[] = {
    {"_Znwm", "_Znwm", Plain},
    {"_Znam", "_Znam", Plain},
    {"_ZnwmRKSt9nothrow_t", "_Znwm", Plain},
    {"_ZnamRKSt9nothrow_t", "_Znam", Plain},
    {"_ZnwmSt11align_val_t", "_ZnwmSt11align_val_t", Aligned},
    {"_ZnamSt11align_val_t", "_ZnamSt11align_val_t", Aligned},
    {"_ZnwmSt11align_val_tRKSt9nothrow_t", "_ZnwmSt11align_val_t", Aligned},
    {"_ZnamSt11align_val_tRKSt9nothrow_t", "_ZnamSt11align_val_t", Aligned},
    {"malloc", "malloc", Plain},
    {"calloc", "malloc", AllocFnKind::Alloc | AllocFnKind::Zeroed},
    {"realloc", "malloc", AllocFnKind::Realloc},
    {"aligned_alloc", "malloc", Aligned},
    {"memalign", "malloc", Aligned},
};

class AllocationTyper {
public:
  AllocationTyper(Module &M, const StringMap<std::string> &Blocks, const SourceFacts &Source)
      : M(M), Blocks(Blocks), Source(Source) {}

  void run();

private:
  void rewrite(CallBase &Call, const Allocator &A, Constant *Type);
  Constant *markedType(const CallBase &Call);
  Constant *frameType(const Function &Coroutine);
  Constant *typeText(const std::string &Text);
  FunctionCallee typedFunction(const CallBase &Call, const Allocator &A, FunctionType *Type);

  Module &M;
  const StringMap<std::string> &Blocks;
  const SourceFacts &Source;
  StringMap<Constant *> Texts;
};

} // namespace

static const Allocator *findAllocator(const CallBase &Call) {
  const Function *Callee = Call.getCalledFunction();
  if (!Callee || !Callee->isDeclaration())
    return nullptr;
  const auto *It = find_if(Allocators, [&](const Allocator &A) { return A.Name == Callee->getName(); });
  return It == std::end(Allocators) ? nullptr : It;
}

void AllocationTyper::run() {
  SmallVector<std::tuple<CallBase *, const Allocator *, Constant *>, 32> Calls;
  for (Function &F : M) {
    F.removeFnAttr(Attribute::SanitizeAllocToken); // Else clang's own pass acts on the marks.
    for (Instruction &I : instructions(F)) {
      auto *Call = dyn_cast<CallBase>(&I);
      if (!Call)
        continue;
      const Allocator *A = findAllocator(*Call);
      Constant *Type = A ? markedType(*Call) : nullptr;
      if (A && !Type && F.isPresplitCoroutine())
        Type = frameType(F);
      Call->setMetadata(LLVMContext::MD_alloc_token, nullptr);
      if (Type)
        Calls.push_back({Call, A, Type});
    }
  }
  for (auto &[Call, A, Type] : Calls)
    rewrite(*Call, *A, Type);
}

/// Returns the type that clang marked \p Call with, or null.
Constant *AllocationTyper::markedType(const CallBase &Call) {
  const MDNode *Mark = Call.getMetadata(LLVMContext::MD_alloc_token);
  if (!Mark || Mark->getNumOperands() == 0)
    return nullptr;
  StringRef Name = cast<MDString>(Mark->getOperand(0))->getString();
  // An array of arrays: its elements are what counts.
  while (Name.ends_with("]"))
    Name = Name.substr(0, Name.rfind('[')).rtrim();
  auto It = Blocks.find(Name);
  return typeText(It == Blocks.end() ? BlockType().encode() : It->second);
}

Constant *AllocationTyper::frameType(const Function &Coroutine) {
  auto It = Source.Functions.find(Coroutine.getName());
  if (It == Source.Functions.end())
    return nullptr;
  BlockType Frame;
  for (const std::string &Key : It->second.Types)
    Frame.Contents.push_back({Key, 1});
  return typeText(Frame.encode());
}

Constant *AllocationTyper::typeText(const std::string &Text) {
  Constant *&Known = Texts[Text];
  if (!Known) {
    auto *Chars = ConstantDataArray::getString(M.getContext(), Text);
    auto *G = new GlobalVariable(M, Chars->getType(), /*isConstant=*/true,
                                 GlobalValue::PrivateLinkage, Chars, "block.type");
    G->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    G->setAlignment(Align(1));
    Known = G;
  }
  return Known;
}

FunctionCallee AllocationTyper::typedFunction(const CallBase &Call, const Allocator &A,
                                              FunctionType *Type) {
  FunctionCallee Typed = M.getOrInsertFunction(typedAllocation(A.Name), Type);
  auto *F = cast<Function>(Typed.getCallee());
  if (!F->hasFnAttribute("alloc-family")) {
    F->copyAttributesFrom(Call.getCalledFunction());
    F->removeFnAttr(Attribute::NoBuiltin);
    F->addFnAttr("alloc-family", A.Family);
    F->addFnAttr(Attribute::getWithAllocKind(M.getContext(), A.Kind));
  }
  return Typed;
}

void AllocationTyper::rewrite(CallBase &Call, const Allocator &A, Constant *Type) {
  FunctionType *Old = Call.getFunctionType();
  SmallVector<llvm::Type *, 4> Params(Old->params());
  Params.push_back(PointerType::getUnqual(M.getContext()));
  FunctionCallee Typed =
      typedFunction(Call, A, FunctionType::get(Old->getReturnType(), Params, Old->isVarArg()));
  SmallVector<Value *, 4> Args(Call.args());
  Args.push_back(Type);
  SmallVector<OperandBundleDef, 1> Bundles;
  Call.getOperandBundlesAsDefs(Bundles);

  CallBase *New;
  if (auto *Invoke = dyn_cast<InvokeInst>(&Call)) {
    New = InvokeInst::Create(Typed, Invoke->getNormalDest(), Invoke->getUnwindDest(), Args, Bundles,
                             "", Call.getIterator());
  } else {
    auto *Plain = CallInst::Create(Typed, Args, Bundles, "", Call.getIterator());
    Plain->setTailCallKind(cast<CallInst>(Call).getTailCallKind());
    New = Plain;
  }
  New->setAttributes(Call.getAttributes());
  New->setCallingConv(Call.getCallingConv());
  New->copyMetadata(Call);
  New->takeName(&Call);
  Call.replaceAllUsesWith(New);
  Call.eraseFromParent();
}

void nextframe::typeAllocations(Module &M, const SourceFacts &Source) {
  typeAllocations(M, Source.BlockTypes, Source);
}

void nextframe::typeAllocations(Module &M, const StringMap<std::string> &Blocks,
                                const SourceFacts &Source) {
  AllocationTyper(M, Blocks, Source).run();
}
