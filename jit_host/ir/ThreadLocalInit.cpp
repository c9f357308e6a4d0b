//===- ThreadLocalInit.cpp - Each thread_local is initialised by itself ---===//

#include "ir/ThreadLocalInit.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/xxhash.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

/// The thread_local variable of this module that \p V is the address of, if it is one.
static GlobalVariable *threadLocal(Value *V) {
  V = V->stripInBoundsOffsets();
  if (auto *Call = dyn_cast<IntrinsicInst>(V);
      Call && Call->getIntrinsicID() == Intrinsic::threadlocal_address)
    V = Call->getArgOperand(0);
  auto *G = dyn_cast<GlobalVariable>(V);
  return G && G->isThreadLocal() && G->hasInitializer() && !G->getName().starts_with("_ZGV") ? G
                                                                                           : nullptr;
}

/// Returns the variable that the initialiser \p F gives a value: the last one
/// stored to, else the first passed as the first argument (a constructor's
/// `this`, a returned object).
static GlobalVariable *variableOf(Function &F) {
  GlobalVariable *Stored = nullptr, *Passed = nullptr;
  for (Instruction &I : instructions(F)) {
    if (auto *Store = dyn_cast<StoreInst>(&I))
      if (GlobalVariable *G = threadLocal(Store->getPointerOperand()))
        Stored = G;
    auto *Call = dyn_cast<CallBase>(&I);
    if (Call && !isa<IntrinsicInst>(Call) && !Passed && Call->arg_size() > 0)
      Passed = threadLocal(Call->getArgOperand(0));
  }
  return Stored ? Stored : Passed;
}

/// What `__tls_init` calls once in each thread, in order, each with the name of what
/// it initialises.
static SmallVector<std::pair<Function *, std::string>, 8> initialisersIn(Function &F) {
  SmallVector<std::pair<Function *, std::string>, 8> Result;
  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallInst>(&I);
    Function *Callee = Call ? Call->getCalledFunction() : nullptr;
    if (!Callee || Callee->isIntrinsic() || Callee->isDeclaration())
      continue;
    GlobalVariable *V = variableOf(*Callee);
    Result.push_back({Callee, V ? V->getName().str() : std::to_string(Result.size())});
  }
  return Result;
}

/// A thread_local integer that starts as zero.
static GlobalVariable *makeFlag(Module &M, Type *Ty, const Twine &Name) {
  return new GlobalVariable(M, Ty, /*isConstant=*/false, GlobalValue::InternalLinkage,
                            ConstantInt::get(Ty, 0), Name, /*InsertBefore=*/nullptr,
                            GlobalValue::GeneralDynamicTLSModel);
}

void nextframe::guardEachThreadLocal(Module &M) {
  Function *Init = M.getFunction("__tls_init");
  GlobalVariable *FileFlag = M.getGlobalVariable("__tls_guard", /*AllowInternal=*/true);
  if (!Init || Init->isDeclaration() || !FileFlag)
    return;
  // A body of its own in place of clang's: what is called is all that is kept.
  auto Initialisers = initialisersIn(*Init);
  std::string Names;
  for (auto &[Callee, Name] : Initialisers)
    Names += Name + '\n';
  Init->deleteBody();
  Init->setLinkage(GlobalValue::InternalLinkage);
  BasicBlock *Entry = BasicBlock::Create(M.getContext(), "entry", Init);
  IRBuilder<> B(Entry);
  B.CreateRetVoid();

  // if (Flag != Mark) { Flag = Mark; … }; returns where … goes.
  auto EnterOnce = [&](Instruction *Before, GlobalVariable *Flag, uint64_t Mark) {
    B.SetInsertPoint(Before);
    Value *Address = B.CreateThreadLocalAddress(Flag);
    Value *Stored = ConstantInt::get(Flag->getValueType(), Mark);
    Value *First = B.CreateICmpNE(B.CreateLoad(Flag->getValueType(), Address), Stored);
    Instruction *Then = SplitBlockAndInsertIfThen(First, Before, /*Unreachable=*/false);
    B.SetInsertPoint(Then);
    B.CreateStore(Stored, Address);
    return Then;
  };
  std::string FlagName = FileFlag->getName().str();
  GlobalVariable *SetFlag = makeFlag(M, B.getInt64Ty(), "");
  Instruction *Inside =
      EnterOnce(Entry->getTerminator(), SetFlag, xxh3_64bits(Names) | 1 /*Never zero.*/);
  for (auto &[Callee, Name] : Initialisers) {
    GlobalVariable *Flag = makeFlag(M, B.getInt8Ty(), FlagName + "." + Name);
    B.SetInsertPoint(EnterOnce(Inside, Flag, 1));
    B.CreateCall(Callee)->setCallingConv(Callee->getCallingConv());
  }
  FileFlag->eraseFromParent();
  SetFlag->setName(FlagName);
}
