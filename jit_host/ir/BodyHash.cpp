//===- BodyHash.cpp - The identity of a function's body -------------------===//

#include "ir/BodyHash.h"
#include "ir/Promote.h"
#include "ir/VTables.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace nextframe;

/// Local data that must be made anew with each version of its user.
static bool refersToCode(const Constant &C, SmallPtrSetImpl<const Constant *> &Seen) {
  if (!Seen.insert(&C).second)
    return false;
  if (isa<BlockAddress>(C))
    return true;
  if (auto *F = dyn_cast<Function>(&C))
    return F->hasLocalLinkage();
  if (auto *G = dyn_cast<GlobalVariable>(&C))
    return G->hasLocalLinkage() && G->hasInitializer() && refersToCode(*G->getInitializer(), Seen);
  return any_of(C.operands(),
                [&](const Use &Op) { return refersToCode(*cast<Constant>(Op), Seen); });
}

bool nextframe::isSatellite(const GlobalValue &G) {
  if (!G.hasLocalLinkage())
    return false;
  auto *Variable = dyn_cast<GlobalVariable>(&G);
  if (!Variable)
    return isa<Function>(G);
  if (!Variable->isConstant())
    return true;
  SmallPtrSet<const Constant *, 8> Seen;
  return refersToCode(*Variable, Seen);
}

//===----------------------------------------------------------------------===//
// The stream of one function or variable
//===----------------------------------------------------------------------===//

class BodyHasher::Stream {
public:
  Stream(BodyHasher &Hasher, References &Refs) : Hasher(Hasher), Refs(Refs) {}

  void function(const Function &F);
  void constant(const Constant &C);
  void add(uint64_t N) {
    auto *Bytes = reinterpret_cast<const uint8_t *>(&N);
    Buffer.append(Bytes, Bytes + sizeof N);
  }
  void text(StringRef S) {
    add(S.size());
    Buffer.append(S.bytes_begin(), S.bytes_end());
  }
  uint64_t finish() const { return xxh3_64bits(Buffer); }

private:
  /// Sets apart what otherwise could read the same.
  enum Mark : uint64_t { Local = 1, Global, Block, Meta, Asm, Const, Seen, Null };

  void instruction(const Instruction &I);
  void details(const Instruction &I);
  void call(const CallBase &C);
  void value(const Value *V);
  void global(const GlobalValue &G);
  void constantExpr(const ConstantExpr &E);
  void metadata(const Metadata *M);
  void attributes(AttributeList A);
  void type(Type *T) { add(Hasher.hashType(T)); }
  void integer(const APInt &N) {
    add(N.getBitWidth());
    for (unsigned I = 0; I != N.getNumWords(); ++I)
      add(N.getRawData()[I]);
  }

  BodyHasher &Hasher;
  References &Refs;
  SmallVector<uint8_t, 1024> Buffer;
  DenseMap<const Value *, uint64_t> Numbers;
  DenseMap<const Metadata *, uint64_t> Nodes;
};

void BodyHasher::Stream::function(const Function &F) {
  type(F.getFunctionType());
  add(F.getCallingConv());
  attributes(F.getAttributes());
  text(F.getSection());
  add(F.getAlign() ? F.getAlign()->value() : 0);
  for (bool Has : {F.hasPersonalityFn(), F.hasPrefixData(), F.hasPrologueData(), F.hasGC()})
    add(Has);
  if (F.hasPersonalityFn())
    constant(*F.getPersonalityFn());
  if (F.hasPrefixData())
    constant(*F.getPrefixData());
  if (F.hasPrologueData())
    constant(*F.getPrologueData());

  uint64_t Next = 0;
  for (const Argument &A : F.args())
    Numbers[&A] = Next++;
  for (const BasicBlock &B : F) {
    Numbers[&B] = Next++;
    for (const Instruction &I : B)
      Numbers[&I] = Next++;
  }
  for (const BasicBlock &B : F) {
    add(Block);
    for (const Instruction &I : B)
      instruction(I);
  }
}

void BodyHasher::Stream::instruction(const Instruction &I) {
  add(I.getOpcode());
  type(I.getType());
  add(I.getRawSubclassOptionalData()); // nsw, exact, inbounds, fast-math, …
  add(I.getNumOperands());
  for (const Use &Op : I.operands())
    value(Op);
  details(I);

  SmallVector<std::pair<unsigned, MDNode *>, 4> Attached;
  I.getAllMetadataOtherThanDebugLoc(Attached);
  for (auto &[Kind, Node] : Attached) {
    // A source position for messages of the assembler; moves with the line.
    if (Kind == I.getContext().getMDKindID("srcloc"))
      continue;
    text(Hasher.metadataKind(I.getContext(), Kind)); // Some are numbered by first use.
    metadata(Node);
  }
}

/// What an instruction holds besides its operands, type and flags.
void BodyHasher::Stream::details(const Instruction &I) {
  if (auto *L = dyn_cast<LoadInst>(&I)) {
    add(L->getAlign().value());
    add(L->isVolatile());
    add(static_cast<uint64_t>(L->getOrdering()));
    add(L->getSyncScopeID());
  } else if (auto *S = dyn_cast<StoreInst>(&I)) {
    add(S->getAlign().value());
    add(S->isVolatile());
    add(static_cast<uint64_t>(S->getOrdering()));
    add(S->getSyncScopeID());
  } else if (auto *F = dyn_cast<FenceInst>(&I)) {
    add(static_cast<uint64_t>(F->getOrdering()));
    add(F->getSyncScopeID());
  } else if (auto *X = dyn_cast<AtomicCmpXchgInst>(&I)) {
    add(X->getAlign().value());
    add(X->isVolatile() | X->isWeak() << 1);
    add(static_cast<uint64_t>(X->getSuccessOrdering()));
    add(static_cast<uint64_t>(X->getFailureOrdering()));
    add(X->getSyncScopeID());
  } else if (auto *R = dyn_cast<AtomicRMWInst>(&I)) {
    add(R->getOperation());
    add(R->getAlign().value());
    add(R->isVolatile());
    add(static_cast<uint64_t>(R->getOrdering()));
    add(R->getSyncScopeID());
  } else if (auto *A = dyn_cast<AllocaInst>(&I)) {
    type(A->getAllocatedType());
    add(A->getAlign().value());
    add(A->isUsedWithInAlloca() | A->isSwiftError() << 1);
  } else if (auto *G = dyn_cast<GetElementPtrInst>(&I)) {
    type(G->getSourceElementType());
  } else if (auto *C = dyn_cast<CmpInst>(&I)) {
    add(C->getPredicate());
  } else if (auto *E = dyn_cast<ExtractValueInst>(&I)) {
    for (unsigned Index : E->indices())
      add(Index);
  } else if (auto *N = dyn_cast<InsertValueInst>(&I)) {
    for (unsigned Index : N->indices())
      add(Index);
  } else if (auto *V = dyn_cast<ShuffleVectorInst>(&I)) {
    for (int Lane : V->getShuffleMask())
      add(static_cast<uint64_t>(Lane));
  } else if (auto *P = dyn_cast<PHINode>(&I)) {
    for (const BasicBlock *From : P->blocks())
      value(From);
  } else if (auto *W = dyn_cast<SwitchInst>(&I)) {
    for (auto &Case : W->cases()) {
      integer(Case.getCaseValue()->getValue());
      value(Case.getCaseSuccessor());
    }
  } else if (auto *Pad = dyn_cast<LandingPadInst>(&I)) {
    add(Pad->isCleanup());
    for (unsigned Clause = 0; Clause != Pad->getNumClauses(); ++Clause)
      add(Pad->isCatch(Clause));
  } else if (auto *B = dyn_cast<CallBase>(&I)) {
    call(*B);
  }
}

void BodyHasher::Stream::call(const CallBase &C) {
  type(C.getFunctionType());
  add(C.getCallingConv());
  if (auto *Plain = dyn_cast<CallInst>(&C))
    add(Plain->getTailCallKind());
  attributes(C.getAttributes());
  for (unsigned I = 0; I != C.getNumOperandBundles(); ++I) {
    OperandBundleUse Bundle = C.getOperandBundleAt(I);
    text(Bundle.getTagName());
    add(Bundle.Inputs.size());
  }
}

void BodyHasher::Stream::value(const Value *V) {
  if (!V)
    return add(Null);
  if (auto *C = dyn_cast<Constant>(V))
    return constant(*C);
  if (auto *A = dyn_cast<InlineAsm>(V)) {
    add(Asm);
    text(A->getAsmString());
    text(A->getConstraintString());
    add(A->hasSideEffects() | A->isAlignStack() << 1 | A->canThrow() << 2 | A->getDialect() << 3);
    return;
  }
  if (auto *M = dyn_cast<MetadataAsValue>(V))
    return metadata(M->getMetadata());
  add(Local);
  add(Numbers.lookup(V));
}

void BodyHasher::Stream::constant(const Constant &C) {
  if (auto *G = dyn_cast<GlobalValue>(&C))
    return global(*G);
  add(Const);
  add(C.getValueID());
  type(C.getType());
  if (auto *I = dyn_cast<ConstantInt>(&C))
    return integer(I->getValue());
  if (auto *F = dyn_cast<ConstantFP>(&C))
    return integer(F->getValueAPF().bitcastToAPInt());
  if (auto *D = dyn_cast<ConstantDataSequential>(&C))
    return text(D->getRawDataValues());
  if (auto *B = dyn_cast<BlockAddress>(&C)) {
    // By its place in the function: a table of labels is hashed apart from it.
    uint64_t Index = 0;
    for (const BasicBlock &Each : *B->getFunction()) {
      if (&Each == B->getBasicBlock())
        break;
      ++Index;
    }
    return add(Index);
  }
  if (auto *E = dyn_cast<ConstantExpr>(&C)) {
    // An address point stays where it is, whatever functions come and go in the
    // parts of the table. (That of a class without virtual bases.)
    constexpr int64_t UsualPoint = 2 * sizeof(void *);
    if (auto Place = placeIn(*E); Place && Place->Offset == UsualPoint) {
      global(*Place->Table);
      return add(Place->Part);
    }
    constantExpr(*E);
  }
  add(C.getNumOperands());
  for (const Use &Op : C.operands())
    value(Op);
}

void BodyHasher::Stream::constantExpr(const ConstantExpr &E) {
  add(E.getOpcode());
  add(E.getRawSubclassOptionalData());
  if (auto *G = dyn_cast<GEPOperator>(&E))
    type(G->getSourceElementType());
}

void BodyHasher::Stream::global(const GlobalValue &G) {
  add(Global);
  if (G.hasLocalLinkage()) {
    add(Hasher.hashLocal(G, Refs));
    return;
  }
  if (auto *F = dyn_cast<Function>(&G); !F || !F->isIntrinsic())
    Refs.insert(&G);
  text(G.getName());
}

/// Metadata by structure. What only describes the source is left out.
void BodyHasher::Stream::metadata(const Metadata *M) {
  add(Meta);
  if (!M || isa<DINode>(M) || isa<DILocation>(M) || isa<DIArgList>(M) || isa<DIExpression>(M))
    return;
  if (auto *S = dyn_cast<MDString>(M))
    return text(S->getString());
  if (auto *V = dyn_cast<ValueAsMetadata>(M))
    return value(V->getValue());
  auto [It, New] = Nodes.try_emplace(M, Nodes.size());
  if (!New) {
    add(Seen);
    return add(It->second);
  }
  auto *Node = dyn_cast<MDNode>(M);
  if (!Node)
    return;
  add(Node->getNumOperands());
  for (const MDOperand &Op : Node->operands())
    metadata(Op);
}

void BodyHasher::Stream::attributes(AttributeList A) {
  auto [It, New] = Hasher.AttributeLists.try_emplace(A.getRawPointer(), 0);
  if (New) {
    Stream S(Hasher, Refs);
    for (unsigned Index : A.indexes())
      for (Attribute Each : A.getAttributes(Index)) {
        S.add(Index);
        if (!Each.isTypeAttribute()) {
          S.text(Each.getAsString());
          continue;
        }
        // Printed, it would carry the struct's name, which clang may number.
        S.add(Each.getKindAsEnum());
        S.type(Each.getValueAsType());
      }
    // The recursion through S may have made the map grow.
    Hasher.AttributeLists[A.getRawPointer()] = S.finish();
    return add(S.finish());
  }
  add(It->second);
}

//===----------------------------------------------------------------------===//
// BodyHasher
//===----------------------------------------------------------------------===//

uint64_t BodyHasher::hashFunction(const Function &F, References &Refs) {
  Stream S(*this, Refs);
  S.function(F);
  Refs.remove(&F);
  return S.finish();
}

uint64_t BodyHasher::hashContent(const GlobalVariable &G, References &Refs) {
  Stream S(*this, Refs);
  S.add(hashType(G.getValueType()));
  S.add(G.isConstant());
  S.add(G.getThreadLocalMode());
  S.add(G.getAlign() ? G.getAlign()->value() : 0);
  S.text(G.getSection());
  if (G.hasInitializer())
    S.constant(*G.getInitializer());
  Refs.remove(&G);
  return S.finish();
}

/// Hashes something local by what it is. Each is hashed once a module.
uint64_t BodyHasher::hashLocal(const GlobalValue &G, References &Refs) {
  auto [It, New] = Locals.try_emplace(&G);
  if (!New) {
    // A cycle: the part that closes it is told by its kind alone.
    if (It->second.InProgress) {
      ++CyclesClosed;
      return G.getValueID();
    }
    Refs.insert_range(It->second.Refs);
    return It->second.Hash;
  }
  References Own;
  uint64_t Hash;
  unsigned CyclesBefore = CyclesClosed;
  ++Depth;
  if (auto *Variable = dyn_cast<GlobalVariable>(&G)) {
    Hash = hashContent(*Variable, Own);
    // Objects whose address counts differ even with the same content.
    if (!Variable->hasGlobalUnnamedAddr())
      Hash ^= xxh3_64bits(Variable->getName());
    if (!isSatellite(G))
      Own.insert(&G);
  } else if (auto *F = dyn_cast<Function>(&G); F && !F->isDeclaration()) {
    Hash = hashFunction(*F, Own);
  } else {
    Hash = xxh3_64bits(G.getName());
  }
  --Depth;
  Refs.insert_range(Own);
  // Inside a ring this is only the part of it that is seen from where it was
  // entered; who comes another way has to see the rest.
  if (CyclesClosed != CyclesBefore && Depth > 0) {
    Locals.erase(&G);
    return Hash;
  }
  LocalHash &L = Locals[&G];
  L.Hash = Hash;
  L.InProgress = false;
  L.Refs = std::move(Own);
  return Hash;
}

StringRef BodyHasher::metadataKind(const LLVMContext &Ctx, unsigned Kind) {
  if (Kind >= MetadataKinds.size())
    Ctx.getMDKindNames(MetadataKinds);
  return MetadataKinds[Kind];
}

uint64_t BodyHasher::hashType(Type *T) {
  if (auto It = Types.find(T); It != Types.end())
    return It->second;
  SmallVector<uint64_t, 8> Parts{T->getTypeID()};
  if (auto *I = dyn_cast<IntegerType>(T))
    Parts.push_back(I->getBitWidth());
  else if (auto *A = dyn_cast<ArrayType>(T))
    Parts.push_back(A->getNumElements());
  else if (auto *V = dyn_cast<VectorType>(T))
    Parts.push_back(V->getElementCount().getKnownMinValue());
  else if (auto *P = dyn_cast<PointerType>(T))
    Parts.push_back(P->getAddressSpace());
  else if (auto *S = dyn_cast<StructType>(T))
    Parts.push_back(S->isPacked() | S->isOpaque() << 1);
  else if (auto *F = dyn_cast<FunctionType>(T))
    Parts.push_back(F->isVarArg());
  Parts.push_back(T->getNumContainedTypes());
  for (Type *Sub : T->subtypes())
    Parts.push_back(hashType(Sub));
  uint64_t Hash = xxh3_64bits(
      ArrayRef(reinterpret_cast<const uint8_t *>(Parts.data()), Parts.size() * sizeof(uint64_t)));
  return Types[T] = Hash;
}
