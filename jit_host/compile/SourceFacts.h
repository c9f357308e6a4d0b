//===- SourceFacts.h - What only the AST knows ----------------------------===//

#ifndef NEXTFRAME_COMPILE_SOURCEFACTS_H
#define NEXTFRAME_COMPILE_SOURCEFACTS_H

#include "ir/CollectFacts.h"

#include "llvm/ADT/ArrayRef.h"

namespace clang {
class ASTContext;
class Decl;
} // namespace clang

namespace nextframe {

/// Returns the facts of a parsed translation unit without errors.
SourceFacts readSourceFacts(clang::ASTContext &Ctx);

/// The same of some of its declarations alone, \p Decls.
SourceFacts readSourceFacts(clang::ASTContext &Ctx, llvm::ArrayRef<clang::Decl *> Decls);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SOURCEFACTS_H
