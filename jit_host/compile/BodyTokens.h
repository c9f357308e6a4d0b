//===- BodyTokens.h - A body as the parser takes it -----------------------===//

#ifndef NEXTFRAME_COMPILE_BODYTOKENS_H
#define NEXTFRAME_COMPILE_BODYTOKENS_H

#include "clang/Lex/Preprocessor.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// Lexes pieces of text after a preprocessor has come to the end of its file. One
/// thread; the preprocessor outlives it.
class BodyTokens {
public:
  explicit BodyTokens(clang::Preprocessor &PP);

  /// Returns the tokens of \p File from \p Begin to \p End, macros expanded; none, and in
  /// \p Why the reason, where a macro may have meant something else at \p Place.
  std::vector<clang::Token> lex(clang::FileID File, unsigned Begin, unsigned End,
                                clang::SourceLocation Place, std::string &Why);

private:
  class Watch;

  clang::Preprocessor &PP;
  Watch *Expansions; ///< The preprocessor's.
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_BODYTOKENS_H
