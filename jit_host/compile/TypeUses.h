//===- TypeUses.h - Where a function depends on the layout of a type ------===//
//
// After an edit of a struct, code that is still running goes on as if nothing had
// been edited. So the functions whose code may depend on a type's layout have to
// be known, and so do the ways in which a program makes objects of it that nobody
// can count.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_TYPEUSES_H
#define NEXTFRAME_COMPILE_TYPEUSES_H

#include "compile/TypeContents.h"
#include "ir/Facts.h"

#include <set>
#include <string>
#include <vector>

namespace nextframe {

/// As HiddenObjects, with the type's key.
struct HiddenType {
  std::string Key;
  Hiding How;
  std::string File;
  unsigned Line;
};

struct TypeUses {
  /// The program's own types whose layout the function's code may depend on.
  std::set<std::string> Keys;
  /// Whether that is all of them: not so where code of others becomes part of it.
  bool Complete = true;
};

/// Returns what the body of \p F says of types, and adds to \p Hidden where it makes
/// or finds objects that nobody can count. Leaves out what it can't alter: a pointer
/// that is only handed on.
TypeUses findTypeUses(const clang::FunctionDecl &F, clang::ASTContext &Ctx,
                      TypeContents &Contents, std::vector<HiddenType> &Hidden);

/// Does the same for an initialiser, or a default argument, that is in no function.
void findHiddenTypes(clang::Expr &Value, clang::ASTContext &Ctx, TypeContents &Contents,
                     std::vector<HiddenType> &Hidden);

/// Adds to \p Hidden the type that \p Record, an instance of a library's template, keeps
/// out of sight, if it does.
void findTypeHiddenByLibrary(const clang::RecordType &Record, clang::ASTContext &Ctx,
                             TypeContents &Contents, std::vector<HiddenType> &Hidden);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_TYPEUSES_H
