//===- LambdaNumbers.h - Names for lambdas that outlive an edit -----------===//
//
// clang tells the lambdas of a function apart by counting them, so that one more
// lambda, or one more captured variable, makes old closures and new code meet
// under one name: the new code would read captures that the old closure doesn't
// have. Here a lambda's number is made from what it captures, and counts only
// among those that capture the same. An edited body keeps its name (stored
// closures run the new code); edited captures make another lambda (stored
// closures go on with the old code).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_LAMBDANUMBERS_H
#define NEXTFRAME_COMPILE_LAMBDANUMBERS_H

#include "clang/AST/ASTConsumer.h"

#include <memory>

namespace nextframe {

/// Returns a consumer that numbers the program's lambdas. It has to see each
/// declaration before the code generator does, which mangles names by then. Sets
/// \p SharesNumbers (unless null) where a header of the program has a lambda whose number
/// depends on those of the main file, or the other way round.
std::unique_ptr<clang::ASTConsumer> makeLambdaNumbering(bool *SharesNumbers = nullptr);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_LAMBDANUMBERS_H
