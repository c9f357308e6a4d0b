//===- HeldInstances.h - Instances are named after their lambdas ----------===//
//
// Inside the room only. clang makes an instance of a constexpr template (std::sort is
// one) in the midst of the function that uses it. Its name may hold that of a lambda
// there, which has no number yet: it gets one when its function is through. So the
// code generator, which asks for names at once, is told of instances after that.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_HELDINSTANCES_H
#define NEXTFRAME_COMPILE_HELDINSTANCES_H

#include "clang/AST/ASTConsumer.h"

#include <memory>

namespace nextframe {

/// Returns \p CodeGen, told of instances before the next declaration of a file, or the
/// end of the unit. To stand behind makeSiblingNumbering().
std::unique_ptr<clang::ASTConsumer> holdInstances(std::unique_ptr<clang::ASTConsumer> CodeGen);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_HELDINSTANCES_H
