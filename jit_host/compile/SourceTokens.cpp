//===- SourceTokens.cpp - The tokens of a piece of source text ------------===//

#include "compile/SourceTokens.h"

#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>

using namespace clang;
using namespace nextframe;

/// So many before, and as many behind, say where a piece stands.
static constexpr size_t ContextTokens = 12;

/// The tokens that begin at \p Begin or later, and at \p End or before.
const std::vector<SourceTokens::Token> &SourceTokens::tokensOf(FileID File, unsigned Begin,
                                                               unsigned End) {
  std::vector<Token> &Tokens = Known[{File, Begin}];
  if (!Tokens.empty() && Tokens.back().Offset >= End)
    return Tokens;
  Tokens.clear();
  const SourceManager &SM = Ctx.getSourceManager();
  llvm::StringRef Text = SM.getBufferData(File);
  if (Begin >= Text.size())
    return Tokens;
  Lexer Lex(SM.getLocForStartOfFile(File), Ctx.getLangOpts(), Text.begin(), Text.begin() + Begin,
            Text.end());
  for (clang::Token T; !Lex.LexFromRawLexer(T);) {
    unsigned Offset = SM.getFileOffset(T.getLocation());
    if (Offset > End)
      break;
    Tokens.push_back(
        {Offset, static_cast<uint32_t>(llvm::xxh3_64bits(Text.substr(Offset, T.getLength())))});
  }
  return Tokens;
}

SourceTokens::Piece SourceTokens::read(SourceRange Range, SourceRange Whole) {
  const SourceManager &SM = Ctx.getSourceManager();
  auto [File, Begin] = SM.getDecomposedLoc(SM.getExpansionRange(Range.getBegin()).getBegin());
  auto [EndFile, End] = SM.getDecomposedLoc(SM.getExpansionRange(Range.getEnd()).getEnd());
  auto [WholeFile, WholeBegin] =
      SM.getDecomposedLoc(SM.getExpansionRange(Whole.getBegin()).getBegin());
  auto [WholeEndFile, WholeEnd] =
      SM.getDecomposedLoc(SM.getExpansionRange(Whole.getEnd()).getEnd());
  if (File != EndFile || File != WholeFile || File != WholeEndFile || WholeBegin > Begin ||
      End > WholeEnd)
    return {};
  const std::vector<Token> &Tokens = tokensOf(File, WholeBegin, WholeEnd);
  Piece Result;
  for (size_t I = 0; I != Tokens.size(); ++I) {
    if (Tokens[I].Offset >= Begin && Tokens[I].Offset <= End)
      Result.Text.push_back(Tokens[I].Hash);
    else if (Tokens[std::min(I + ContextTokens, Tokens.size() - 1)].Offset >= Begin &&
             Tokens[I - std::min(I, ContextTokens)].Offset <= End)
      Result.Context.push_back(Tokens[I].Hash);
  }
  return Result;
}
