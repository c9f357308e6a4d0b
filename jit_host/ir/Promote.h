//===- Promote.h - Make a module's names those of the whole program -------===//
//
// A live program replaces single functions, so each of them needs a symbol of
// its own that the optimiser neither drops nor looks through in a way that the
// next version could break. This runs on the module as clang makes it, before
// any optimisation.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_PROMOTE_H
#define NEXTFRAME_IR_PROMOTE_H

#include "llvm/ADT/StringRef.h"

namespace llvm {
class Function;
class GlobalVariable;
class Module;
} // namespace llvm

namespace nextframe {

struct FactIndex;

/// Rewrites \p M in place:
///
/// - Functions become `weak_odr`: inlining stays allowed (callers that inlined
///   a changed function change themselves), but nothing is derived about a
///   callee that a later version of it might not keep, such as "does not throw"
///   or an argument that nobody reads. Whether a definition was strong is kept
///   in the function attribute `nextframe-strong`. Only what is `always_inline` in a
///   header stays `linkonce_odr`: the inliner drops it with its last call.
/// - File-local functions and variables get a name with \p Tag and are visible
///   to the whole program. Compiler-made helpers that are numbered by order
///   (array destructors) stay local: they belong to the body that uses them.
/// - Every dynamic initialiser becomes a function of its own, named after its
///   variable; `llvm.global_ctors` and `llvm.global_dtors` turn into the named
///   metadata `nextframe.init` and `nextframe.fini` in running order.
/// - Local statics that are annotated with a name (LocalStaticAnnotation) get it, and
///   their guards one that goes with it; `llvm.global.annotations` goes.
/// - Each `thread_local` is initialised by itself: see ir/ThreadLocalInit.h.
/// - Comdats, `llvm.used` and visibility go: the plan chooses definitions.
void promote(llvm::Module &M, llvm::StringRef Tag);

/// Makes what is left of such functions, when the optimiser is through, `weak_odr`: somebody
/// holds their address.
void settleInlined(llvm::Module &M);

/// Named metadata that promote() leaves for collectFacts().
inline constexpr llvm::StringLiteral InitMetadata = "nextframe.init";
inline constexpr llvm::StringLiteral FiniMetadata = "nextframe.fini";
/// How an annotation begins that says what a local static is to be called.
inline constexpr llvm::StringLiteral LocalStaticAnnotation = "nextframe.static:";
inline constexpr llvm::StringLiteral StrongAttribute = "nextframe-strong";

/// Returns true where \p F was, or still is, a strong definition.
bool isStrong(const llvm::Function &F);

/// Gives file-local functions that \p M only declares, as their bodies were compiled before,
/// the names that promote() gave their definitions: those in \p Known.
void nameLocalDeclarations(llvm::Module &M, llvm::StringRef Tag, const FactIndex &Known);

} // namespace nextframe

#endif // NEXTFRAME_IR_PROMOTE_H
