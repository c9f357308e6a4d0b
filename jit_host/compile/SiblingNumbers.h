//===- SiblingNumbers.h - Names that outlive an edit ----------------------===//
//
// clang tells the lambdas of a function apart by counting them, and its local
// statics of one name too. One more of them, put before the others, would give
// each the name of its neighbour: a stored closure would run another lambda's
// code, a static would take over another's value. Here each is found again by
// its text (see ir/Siblings.h) and named by the number that it had.
//
// A lambda's number is also made from what it captures: edited captures make
// another lambda, so that new code never reads captures that an old closure
// doesn't have. Stored closures go on with the old code then.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_SIBLINGNUMBERS_H
#define NEXTFRAME_COMPILE_SIBLINGNUMBERS_H

#include "ir/Siblings.h"

#include "clang/AST/ASTConsumer.h"
#include "llvm/ADT/StringRef.h"

#include <functional>
#include <memory>
#include <string>

namespace clang {
class FunctionDecl;
class SourceRange;
class VarDecl;
} // namespace clang

namespace nextframe {

/// Returns a consumer that numbers the program's lambdas and local statics, starting
/// from \p Known, and fills \p Found with those of this unit. What is local to the
/// file is told from other files' by \p Tag. It has to see each declaration before
/// the code generator does, which mangles names by then. All but \p Tag outlive it.
/// \p RangeOf says where a function stands whose body was parsed from a newer text than
/// its declarator; without it, all stand where their declarations do.
std::unique_ptr<clang::ASTConsumer> makeSiblingNumbering(
    const SiblingFamilies &Known, SiblingFamilies &Found, llvm::StringRef Tag,
    std::function<clang::SourceRange(const clang::FunctionDecl &)> RangeOf = nullptr);

/// Returns the symbol that the numbering gave local static \p V, as an annotation of it
/// (promote() makes it the name); empty where clang's own is as good.
std::string numberedName(const clang::VarDecl &V);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SIBLINGNUMBERS_H
