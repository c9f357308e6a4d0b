//===- LaterNames.h - What a file declares behind a function --------------===//
//
// A body that is parsed again when its file has been read to the end sees what is
// declared behind it, too. Where it may make a difference, the body has to be
// parsed in its place.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_LATERNAMES_H
#define NEXTFRAME_COMPILE_LATERNAMES_H

#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclarationName.h"
#include "clang/Lex/Token.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"

#include <string>
#include <vector>

namespace nextframe {

/// Where the main file of a parsed unit declares what. One thread; the AST outlives it.
class LaterNames {
public:
  /// \p TopLevel: what stands in the main file, in its order.
  LaterNames(clang::ASTContext &Ctx, llvm::ArrayRef<clang::Decl *> TopLevel);

  /// Returns why \p Body, tokens after the preprocessor, may mean something else at the
  /// end of the file than where \p F stands; empty where it doesn't.
  std::string doubt(const clang::FunctionDecl &F, llvm::ArrayRef<clang::Token> Body) const;

  /// Returns the same of the body that \p F has been given, which doubt() had nothing
  /// against: types that are complete only behind it.
  std::string doubtTypes(const clang::FunctionDecl &F) const;

private:
  void visit(const clang::Decl &D);
  void visitMembers(const clang::DeclContext &Context);
  void record(const clang::RecordDecl &R);
  void note(const clang::NamedDecl &D);
  unsigned offset(clang::SourceLocation Where) const;
  unsigned limit(const clang::FunctionDecl &F) const;
  bool isLater(clang::DeclarationName Name, unsigned Limit) const;
  bool isLater(llvm::StringRef Name, unsigned Limit) const;

  clang::ASTContext &Ctx;
  /// Where the last declaration of each name begins.
  llvm::DenseMap<clang::DeclarationName, unsigned> Last;
  /// Where the last explicit specialisation or using directive is, of whatever.
  unsigned LastForAll = 0;
  bool HasLiterals = false; ///< Literal operators.
  /// Types that are declared before they are defined, and where that is.
  std::vector<std::pair<const clang::RecordDecl *, unsigned>> Completed;
};

/// Returns why the body of \p F, a function of a header, may mean something else at the end
/// of the unit than at \p Place, where it stands, or in another file; empty where it
/// doesn't. What it declares itself is in \p Text.
std::string doubtInHeader(const clang::FunctionDecl &F, clang::SourceLocation Place,
                          clang::FileID Text);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_LATERNAMES_H
