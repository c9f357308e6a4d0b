//===- SourceFacts.h - What only the AST knows ----------------------------===//

#ifndef NEXTFRAME_COMPILE_SOURCEFACTS_H
#define NEXTFRAME_COMPILE_SOURCEFACTS_H

#include "ir/CollectFacts.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>

namespace clang {
class ASTContext;
class Decl;
} // namespace clang

namespace nextframe {

/// Returns the facts of a parsed translation unit without errors.
SourceFacts readSourceFacts(clang::ASTContext &Ctx);

/// The same of some of its declarations alone, \p Decls.
SourceFacts readSourceFacts(clang::ASTContext &Ctx, llvm::ArrayRef<clang::Decl *> Decls);

/// Reads what only the types of a unit say, as they become more. One thread; the AST
/// outlives it.
class TypeReader {
public:
  explicit TypeReader(clang::ASTContext &Ctx);
  ~TypeReader();

  /// Reads the types that are new, or complete only now.
  void update();

  /// SourceFacts::BlockTypes of all types so far.
  const llvm::StringMap<std::string> &blockTypes() const { return Blocks; }
  /// The types that library templates keep out of sight.
  const std::vector<SourceHiding> &hidden() const { return Hidden; }

private:
  struct State;
  llvm::StringMap<std::string> Blocks;
  std::vector<SourceHiding> Hidden;
  std::unique_ptr<State> S;
};

/// Returns the facts of \p Decls without what TypeReader reads.
SourceFacts readDeclFacts(clang::ASTContext &Ctx, llvm::ArrayRef<clang::Decl *> Decls);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SOURCEFACTS_H
