//===- DerivedNoThrow.cpp - Whatever may throw one day may throw now ------===//

#include "compile/DerivedNoThrow.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExternalASTSource.h"
#include "clang/CodeGen/CodeGenAction.h"
#include "clang/CodeGen/ModuleBuilder.h"
#include "clang/Sema/ExternalSemaSource.h"
#include "clang/Sema/MultiplexExternalSemaSource.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Is asked whether a function is defined elsewhere right before it is emitted.
class EmissionWatcher : public clang::ExternalSemaSource {
public:
  EmissionWatcher(DerivedNoThrow &Functions, const clang::CodeGenAction &Action)
      : Functions(Functions), Action(Action) {}

  ExtKind hasExternalDefinitions(const clang::Decl *) override {
    clang::CodeGenerator *Generator = Action.getCodeGenerator();
    if (Module *M = Generator ? Generator->GetModule() : nullptr)
      Functions.erase(*M);
    return EK_ReplyHazy;
  }

private:
  DerivedNoThrow &Functions;
  const clang::CodeGenAction &Action;
};

class NoThrowEraser : public clang::ASTConsumer {
public:
  NoThrowEraser(DerivedNoThrow &Functions, const clang::CodeGenAction &Action)
      : Functions(Functions), Action(Action) {}

  // (A preamble's source of declarations is there by now.)
  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    if (!IsWatching && !Group.isNull())
      watch((*Group.begin())->getASTContext());
    return true;
  }
  void HandleTranslationUnit(clang::ASTContext &Ctx) override {
    if (!IsWatching)
      watch(Ctx);
  }

private:
  void watch(clang::ASTContext &Ctx) {
    IsWatching = true;
    if (!Ctx.getLangOpts().CXXExceptions)
      return;
    IntrusiveRefCntPtr<clang::ExternalASTSource> Source =
        makeIntrusiveRefCnt<EmissionWatcher>(Functions, Action);
    if (auto Own = Ctx.getExternalSourcePtr())
      Source = makeIntrusiveRefCnt<clang::MultiplexExternalSemaSource>(
          IntrusiveRefCntPtr(cast<clang::ExternalSemaSource>(Own.get())),
          IntrusiveRefCntPtr(cast<clang::ExternalSemaSource>(Source.get())));
    Ctx.setExternalSource(Source);
  }

  DerivedNoThrow &Functions;
  const clang::CodeGenAction &Action;
  bool IsWatching = false;
};

} // namespace

void DerivedNoThrow::noteNew(Module &M) {
  // Functions join at the end of the list.
  auto At = Last ? std::next(cast<Function>(Last)->getIterator()) : M.begin();
  for (Function &F : make_range(At, M.end())) {
    if (F.isDeclaration() && !F.isIntrinsic())
      Open.push_back({&F, F.doesNotThrow()});
    Last = &F;
  }
}

void DerivedNoThrow::erase(Module &M) {
  noteNew(M);
  auto Erase = [](const WeakVH &Emitted) {
    if (auto *F = cast_or_null<Function>(static_cast<Value *>(Emitted)))
      F->removeFnAttr(Attribute::NoUnwind);
  };
  for_each(Recent, Erase);
  SmallVector<WeakVH, 4> Begun;
  erase_if(Open, [&](const Declared &D) {
    auto *F = cast_or_null<Function>(static_cast<Value *>(D.F));
    if (!F || F->isDeclaration())
      return !F;
    if (!D.NoThrow)
      Begun.push_back(D.F);
    return true;
  });
  // clang asks in the middle of a function, too: until the next one is begun, it may
  // still get its mark.
  if (Begun.empty())
    return;
  for_each(Begun, Erase);
  Recent = std::move(Begun);
}

std::unique_ptr<clang::ASTConsumer>
nextframe::makeNoThrowEraser(DerivedNoThrow &Functions, const clang::CodeGenAction &Action) {
  return std::make_unique<NoThrowEraser>(Functions, Action);
}
