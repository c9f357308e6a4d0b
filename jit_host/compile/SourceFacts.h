//===- SourceFacts.h - What only the AST knows ----------------------------===//

#ifndef NEXTFRAME_COMPILE_SOURCEFACTS_H
#define NEXTFRAME_COMPILE_SOURCEFACTS_H

#include "ir/CollectFacts.h"

namespace clang {
class ASTContext;
} // namespace clang

namespace nextframe {

/// Returns the facts of a parsed translation unit without errors.
SourceFacts readSourceFacts(clang::ASTContext &Ctx);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SOURCEFACTS_H
