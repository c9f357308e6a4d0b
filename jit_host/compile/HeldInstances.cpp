//===- HeldInstances.cpp - Instances are named after their lambdas --------===//

#include "compile/HeldInstances.h"

#include "clang/AST/Decl.h"
#include "clang/AST/DeclGroup.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "llvm/ADT/SmallVector.h"

#include <utility>
#include <vector>

using namespace clang;
using namespace nextframe;

namespace {

class Holding : public MultiplexConsumer {
public:
  explicit Holding(std::vector<std::unique_ptr<ASTConsumer>> Consumers)
      : MultiplexConsumer(std::move(Consumers)) {}

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    if (Group.isSingleDecl()) {
      auto *F = dyn_cast<FunctionDecl>(Group.getSingleDecl());
      if (F && F->isTemplateInstantiation()) {
        Held.push_back(F);
        return true;
      }
    }
    return release() && MultiplexConsumer::HandleTopLevelDecl(Group);
  }
  void HandleTranslationUnit(ASTContext &Ctx) override {
    release();
    MultiplexConsumer::HandleTranslationUnit(Ctx);
  }

private:
  bool release() {
    bool GoesOn = true;
    for (Decl *D : std::exchange(Held, {}))
      GoesOn &= MultiplexConsumer::HandleTopLevelDecl(DeclGroupRef(D));
    return GoesOn;
  }

  llvm::SmallVector<Decl *, 16> Held;
};

} // namespace

std::unique_ptr<ASTConsumer> nextframe::holdInstances(std::unique_ptr<ASTConsumer> CodeGen) {
  std::vector<std::unique_ptr<ASTConsumer>> Consumers;
  Consumers.push_back(std::move(CodeGen));
  return std::make_unique<Holding>(std::move(Consumers));
}
