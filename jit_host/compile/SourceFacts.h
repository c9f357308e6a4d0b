//===- SourceFacts.h - What only the AST knows ----------------------------===//

#ifndef NEXTFRAME_COMPILE_SOURCEFACTS_H
#define NEXTFRAME_COMPILE_SOURCEFACTS_H

#include "ir/CollectFacts.h"
#include "ir/Facts.h"

#include "llvm/ADT/StringMap.h"

#include <vector>

namespace clang {
class ASTContext;
} // namespace clang

namespace nextframe {

/// Layouts of the program's own classes and types of its variables. Those of
/// system headers are left out: they don't change under a running program.
struct SourceFacts {
  std::vector<RecordFacts> Records;
  llvm::StringMap<SourceVariable> Variables;
};

/// Returns the facts of a parsed translation unit without errors.
SourceFacts readSourceFacts(clang::ASTContext &Ctx);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SOURCEFACTS_H
