//===- ValueShapes.h - What the bytes of a variable mean, off the AST -----===//

#ifndef NEXTFRAME_COMPILE_VALUESHAPES_H
#define NEXTFRAME_COMPILE_VALUESHAPES_H

#include "support/ValueShape.h"

#include "clang/AST/ASTContext.h"

namespace nextframe {

/// Returns the shape of \p Type, which is complete. A std::atomic is what it holds.
ValueShape shapeOf(clang::QualType Type, const clang::ASTContext &Ctx);

/// Returns a hash over the text of \p V's initialiser where it is computed when the
/// program runs, else 0.
uint64_t initialiserTextOf(const clang::VarDecl &V, const clang::ASTContext &Ctx);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_VALUESHAPES_H
