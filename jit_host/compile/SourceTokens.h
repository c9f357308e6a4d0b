//===- SourceTokens.h - The tokens of a piece of source text --------------===//

#ifndef NEXTFRAME_COMPILE_SOURCETOKENS_H
#define NEXTFRAME_COMPILE_SOURCETOKENS_H

#include "clang/Basic/SourceLocation.h"

#include <cstdint>
#include <map>
#include <vector>

namespace clang {
class ASTContext;
} // namespace clang

namespace nextframe {

/// Hashes of tokens as they stand in the file, macros not expanded: white space
/// and comments make no difference. One thread; the AST outlives it.
class SourceTokens {
public:
  explicit SourceTokens(const clang::ASTContext &Ctx) : Ctx(Ctx) {}

  struct Piece {
    std::vector<uint32_t> Text;    ///< Of the piece itself ...
    std::vector<uint32_t> Context; ///< ... and some before and behind it.
  };
  /// Returns the tokens of \p Range, which lies in \p Whole (a function, say); none
  /// where the two are not in one file.
  Piece read(clang::SourceRange Range, clang::SourceRange Whole);

private:
  struct Token {
    unsigned Offset; ///< In the file.
    uint32_t Hash;
  };
  const std::vector<Token> &tokensOf(clang::FileID File, unsigned Begin, unsigned End);

  const clang::ASTContext &Ctx;
  std::map<std::pair<clang::FileID, unsigned>, std::vector<Token>> Known; ///< By beginning.
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SOURCETOKENS_H
