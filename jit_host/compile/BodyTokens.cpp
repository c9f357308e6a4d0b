//===- BodyTokens.cpp - A body as the parser takes it ---------------------===//

#include "compile/BodyTokens.h"

#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"

using namespace clang;
using namespace nextframe;
using llvm::StringRef;

/// Sees which macros are expanded.
class BodyTokens::Watch : public PPCallbacks {
public:
  explicit Watch(Preprocessor &PP) : PP(PP) {}

  SourceLocation Place; ///< Invalid: nothing to see.
  std::string Why;

  void MacroExpands(const Token &Name, const MacroDefinition &Macro, SourceRange,
                    const MacroArgs *) override {
    const IdentifierInfo *Id = Name.getIdentifierInfo();
    if (Place.isInvalid() || !Why.empty())
      return;
    if (Macro.getMacroInfo()->isBuiltinMacro() ? !isPlain(Id->getName())
                                               : definition(Id) != Macro.getMacroInfo())
      Why = "the macro " + Id->getName().str() + " is another at the end of the file";
  }

  /// What the macro \p Id meant at the place.
  const MacroInfo *definition(const IdentifierInfo *Id) {
    return PP.getMacroDefinitionAtLoc(Id, Place).getMacroInfo();
  }

private:
  /// Built-in ones that depend on nothing but the place, if on that.
  static bool isPlain(StringRef Name) {
    return Name == "__LINE__" || Name == "__FILE__" || Name == "__FILE_NAME__" ||
           Name.starts_with("__has_") || Name.starts_with("__is_");
  }

  Preprocessor &PP;
};

BodyTokens::BodyTokens(Preprocessor &PP) : PP(PP) {
  auto Callbacks = std::make_unique<Watch>(PP);
  Expansions = Callbacks.get();
  PP.addPPCallbacks(std::move(Callbacks));
}

std::vector<Token> BodyTokens::lex(FileID File, unsigned Begin, unsigned End, SourceLocation Place,
                                   std::string &Why) {
  const SourceManager &SM = PP.getSourceManager();
  StringRef Text = SM.getBufferData(File);
  Lexer Raw(SM.getLocForStartOfFile(File), PP.getLangOpts(), Text.begin(), Text.begin() + Begin,
            Text.end());
  Expansions->Place = Place;
  Expansions->Why.clear();
  std::vector<Token> Written, Result;
  for (Token T; !Raw.LexFromRawLexer(T) && SM.getFileOffset(T.getLocation()) < End;) {
    if (T.is(tok::raw_identifier)) {
      const IdentifierInfo *Id = PP.LookUpIdentifierInfo(T);
      if (Id->hadMacroDefinition() && !Id->hasMacroDefinition() && Expansions->definition(Id))
        Expansions->Why = "the macro " + Id->getName().str() + " is none at the end of the file";
    }
    Written.push_back(T);
  }
  Token Close;
  Close.startToken();
  Close.setKind(tok::eof);
  Close.setEofData(this);
  Close.setLocation(SM.getLocForStartOfFile(File).getLocWithOffset(static_cast<int>(End)));
  Written.push_back(Close);
  PP.EnterTokenStream(Written, /*DisableMacroExpansion=*/false, /*IsReinject=*/false);
  Token T;
  for (PP.Lex(T); T.isNot(tok::eof); PP.Lex(T))
    Result.push_back(T);
  if (T.getEofData() == this)
    PP.RemoveTopOfLexerStack();
  else
    Why = "a macro reaches over its end";
  Expansions->Place = SourceLocation();
  if (!Expansions->Why.empty())
    Why = Expansions->Why;
  return Why.empty() ? std::move(Result) : std::vector<Token>();
}
