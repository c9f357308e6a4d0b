//===- DerivedNoThrow.h - Whatever may throw one day may throw now --------===//
//
// clang marks a function whose body can't throw, and emits calls of it that come later
// in the file as ones that don't: there is no way from them to a handler. In a live
// program the body is edited, and a caller that still runs (main's loop, say) would end
// the program where it should catch. What a function was declared as (`noexcept`) stays.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_DERIVEDNOTHROW_H
#define NEXTFRAME_COMPILE_DERIVEDNOTHROW_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/ValueHandle.h"

#include <memory>

namespace clang {
class ASTConsumer;
class CodeGenAction;
} // namespace clang

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// The functions of one module while clang emits them.
class DerivedNoThrow {
public:
  /// Takes the marks off what has been emitted of \p M since the last call.
  void erase(llvm::Module &M);

private:
  struct Declared {
    llvm::WeakVH F; ///< (One that was declared with a type unknown by then is replaced.)
    bool NoThrow;
  };
  void noteNew(llvm::Module &M);

  /// Those that have no body yet, and whether they were declared not to throw.
  llvm::SmallVector<Declared, 0> Open;
  /// Those that were begun last, but for what was declared not to throw.
  llvm::SmallVector<llvm::WeakVH, 4> Recent;
  /// The last function of the module's list that has been noted.
  llvm::WeakVH Last;
};

/// Returns a consumer that calls erase() for the module of \p Action before each function
/// is emitted: clang has no option for this. It has to see each declaration before the
/// code generator does. Both outlive it.
std::unique_ptr<clang::ASTConsumer> makeNoThrowEraser(DerivedNoThrow &Functions,
                                                      const clang::CodeGenAction &Action);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_DERIVEDNOTHROW_H
