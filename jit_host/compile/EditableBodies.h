//===- EditableBodies.h - Bodies that can be compiled by themselves -------===//
//
// Most edits change what is between the braces of one function. Whether an edit is
// one of those is a question of text: everything outside of the braces is as it was,
// and the new braces match. What can't be told apart with certainty isn't one.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_EDITABLEBODIES_H
#define NEXTFRAME_COMPILE_EDITABLEBODIES_H

#include "ir/CompiledUnit.h"

#include "clang/Basic/SourceLocation.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
class LangOptions;
class PPCallbacks;
} // namespace clang

namespace nextframe {

/// Returns the bodies of the main file whose edit can alter no other code than their
/// own: not those that the compiler evaluates or that give a function its type, and
/// none of templates. Their symbols are as clang mangles them.
std::vector<EditableBody> findEditableBodies(clang::ASTContext &Ctx);

/// Bodies of several files, by place.
using FileBodies = std::map<clang::FileID, std::vector<EditableBody>>;

/// Returns the same of each header that is not the system's, of functions that are the
/// same ones in all files.
FileBodies findHeaderBodies(clang::ASTContext &Ctx);

/// Returns whether the flags of \p CI allow for bodies to be compiled by themselves.
bool allowsSingleBodies(const clang::CompilerInstance &CI);

/// Returns whether \p Text has pragmas that may be in force at its end and weren't where a
/// function stands.
bool hasPragmas(llvm::StringRef Text);

/// Returns what notes in \p Source where the text of a file becomes part of the
/// program. For a preprocessor of \p CI; \p Source and \p CI outlive it.
std::unique_ptr<clang::PPCallbacks> makeTextUses(const clang::CompilerInstance &CI,
                                                 SourceText &Source);

/// The same for every file; they are added to \p Sources when something is noted.
std::unique_ptr<clang::PPCallbacks>
makeHeaderTextUses(const clang::CompilerInstance &CI, std::map<clang::FileID, SourceText> &Sources);

/// A body of a SourceText in a newer text.
struct EditedBody {
  size_t Index = 0; ///< In SourceText::Bodies.
  uint32_t Name = 0, Begin = 0, End = 0;
  bool Differs = true; ///< In its wording.
};

/// Returns where the bodies of \p Old are in \p New, or nothing where more than bodies
/// differ. Any thread.
std::optional<std::vector<EditedBody>> placeBodies(const SourceText &Old, const std::string &New,
                                                   const clang::LangOptions &Lang);

/// Returns only those that \p New has in another wording.
std::optional<std::vector<EditedBody>> compareBodies(const SourceText &Old, const std::string &New,
                                                     const clang::LangOptions &Lang);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_EDITABLEBODIES_H
