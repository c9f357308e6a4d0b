//===- EditableBodies.cpp - Bodies that can be compiled by themselves -----===//

#include "compile/EditableBodies.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Regex.h"

using namespace clang;
using namespace nextframe;
using llvm::StringRef;

namespace {

/// Goes through what is declared outside of functions, in files that are wanted.
class BodyFinder {
public:
  BodyFinder(ASTContext &Ctx, llvm::function_ref<bool(FileID)> IsWanted)
      : SM(Ctx.getSourceManager()), Names(Ctx), IsWanted(IsWanted) {}

  FileBodies Found;

  /// Returns what was found, by place.
  FileBodies find(const ASTContext &Ctx);

private:
  void visit(const DeclContext &Context);
  void function(const FunctionDecl &F, FileID File);
  std::optional<uint32_t> offset(SourceLocation Where, FileID File) const;

  const SourceManager &SM;
  ASTNameGenerator Names;
  llvm::function_ref<bool(FileID)> IsWanted;
};

/// Notes where a text's place or the time of the compile becomes part of the program.
class TextUses : public PPCallbacks {
public:
  TextUses(const SourceManager &SM, std::function<SourceText *(FileID)> TextOf)
      : SM(SM), TextOf(std::move(TextOf)) {}

  void MacroExpands(const Token &Name, const MacroDefinition &Macro, SourceRange,
                    const MacroArgs *) override {
    if (!Macro.getMacroInfo() || !Macro.getMacroInfo()->isBuiltinMacro())
      return;
    auto [File, Offset] = SM.getDecomposedExpansionLoc(Name.getLocation());
    SourceText *Source = TextOf(File);
    if (!Source)
      return;
    StringRef Text = Name.getIdentifierInfo()->getName();
    if (Text == "__LINE__")
      Source->LineUses.push_back(Offset);
    if (Text == "__COUNTER__" || Text == "__TIME__" || Text == "__DATE__" ||
        Text == "__TIMESTAMP__")
      Source->OnlyWhole = true;
  }

private:
  const SourceManager &SM;
  const std::function<SourceText *(FileID)> TextOf;
};

} // namespace

std::optional<uint32_t> BodyFinder::offset(SourceLocation Where, FileID File) const {
  if (Where.isInvalid() || !Where.isFileID() || SM.getFileID(Where) != File)
    return std::nullopt;
  return SM.getFileOffset(Where);
}

void BodyFinder::visit(const DeclContext &Context) {
  for (const Decl *D : Context.decls()) {
    FileID File = SM.getDecomposedExpansionLoc(D->getLocation()).first;
    if (D->isImplicit() || !IsWanted(File))
      continue;
    if (const auto *F = dyn_cast<FunctionDecl>(D)) {
      function(*F, File);
    } else if (const auto *R = dyn_cast<CXXRecordDecl>(D)) {
      if (R->isThisDeclarationADefinition() && !R->isDependentContext())
        visit(*R);
    } else if (isa<NamespaceDecl, LinkageSpecDecl>(D)) {
      visit(*cast<DeclContext>(D));
    }
  }
}

void BodyFinder::function(const FunctionDecl &F, FileID File) {
  if (!F.doesThisDeclarationHaveABody() || F.isInvalidDecl() || F.isDefaulted() ||
      F.isConstexpr() || F.isTemplated() || F.isTemplateInstantiation() || F.isDependentContext() ||
      F.getDeclaredReturnType()->getContainedDeducedType() || F.isMultiVersion() ||
      F.hasAttr<AlwaysInlineAttr>() || F.hasAttr<IFuncAttr>())
    return;
  // (Neither a function's `try` nor a coroutine.)
  const auto *Body = dyn_cast_or_null<CompoundStmt>(F.getBody());
  if (!Body)
    return;
  auto Name = offset(F.getLocation(), File), Open = offset(Body->getLBracLoc(), File),
       Close = offset(Body->getRBracLoc(), File);
  if (!Name || !Open || !Close)
    return;
  EditableBody Result{*Name, *Open, *Close + 1, {}};
  if (isa<CXXConstructorDecl, CXXDestructorDecl>(F))
    Result.Symbols = Names.getAllManglings(&F);
  else
    Result.Symbols = {Names.getName(&F)};
  // (A header's function that is another one in each file is for whole compiles.)
  if (File == SM.getMainFileID() || F.isExternallyVisible())
    Found[File].push_back(std::move(Result));
}

FileBodies BodyFinder::find(const ASTContext &Ctx) {
  visit(*Ctx.getTranslationUnitDecl());
  for (auto &[File, Bodies] : Found)
    llvm::sort(Bodies, [](const auto &A, const auto &B) { return A.Begin < B.Begin; });
  return std::move(Found);
}

std::vector<EditableBody> nextframe::findEditableBodies(ASTContext &Ctx) {
  FileID Main = Ctx.getSourceManager().getMainFileID();
  return BodyFinder(Ctx, [&](FileID File) { return File == Main; }).find(Ctx)[Main];
}

FileBodies nextframe::findHeaderBodies(ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  auto IsWanted = [&](FileID File) {
    return File != SM.getMainFileID() && SM.getFileEntryForID(File) &&
           !SM.isInSystemHeader(SM.getLocForStartOfFile(File));
  };
  return BodyFinder(Ctx, IsWanted).find(Ctx);
}

bool nextframe::allowsSingleBodies(const CompilerInstance &CI) {
  const LangOptions &Lang = CI.getLangOpts();
  SanitizerSet Others = Lang.Sanitize;
  Others.set(SanitizerKind::AllocToken, false);
  const CodeGenOptions &CodeGen = CI.getCodeGenOpts();
  return CodeGen.OptimizationLevel == 0 && Others.empty() && !Lang.OpenMP && !Lang.ObjC &&
         !Lang.CUDA && !CI.getHeaderSearchOpts().ImplicitModuleMaps &&
         CI.getPreprocessorOpts().ImplicitPCHInclude.empty() && !CodeGen.hasProfileClangInstr() &&
         CodeGen.CoverageNotesFile.empty() && CodeGen.CoverageDataFile.empty();
}

std::unique_ptr<PPCallbacks> nextframe::makeTextUses(const CompilerInstance &CI,
                                                     SourceText &Source) {
  const SourceManager &SM = CI.getSourceManager();
  return std::make_unique<TextUses>(
      SM, [&](FileID File) { return File == SM.getMainFileID() ? &Source : nullptr; });
}

std::unique_ptr<PPCallbacks> nextframe::makeHeaderTextUses(const CompilerInstance &CI,
                                                           std::map<FileID, SourceText> &Sources) {
  return std::make_unique<TextUses>(CI.getSourceManager(),
                                    [&](FileID File) { return &Sources[File]; });
}

bool nextframe::hasPragmas(StringRef Text) {
  static const llvm::Regex Any("(^|\n)[ \t]*#[ \t]*pragma[ \t]+([A-Za-z_]+)([ \t]+([A-Za-z_]+))?");
  if (Text.contains("_Pragma"))
    return true;
  llvm::SmallVector<StringRef, 5> Found;
  for (; Any.match(Text, &Found); Text = Text.substr(Found[0].end() - Text.begin())) {
    bool IsDiagnostic = (Found[2] == "GCC" || Found[2] == "clang") && Found[4] == "diagnostic";
    if (!IsDiagnostic && Found[2] != "once" && Found[2] != "region" && Found[2] != "endregion" &&
        Found[2] != "mark")
      return true;
  }
  return false;
}

/// What a body may hold that reaches out of it, or makes it another kind of function.
static bool reachesOut(const Token &T) {
  if (T.is(tok::hash) || T.is(tok::unknown))
    return true;
  return T.is(tok::raw_identifier) && llvm::StringSwitch<bool>(T.getRawIdentifier())
                                          .Cases({"co_await", "co_return", "co_yield"}, true)
                                          .Cases({"_Pragma", "__pragma", "__COUNTER__"}, true)
                                          .Cases({"__TIME__", "__DATE__", "__TIMESTAMP__"}, true)
                                          .Default(false);
}

/// Returns the place behind the brace that closes the one at \p Begin.
static std::optional<uint32_t> endOfBody(const std::string &Text, size_t Begin,
                                         const LangOptions &Lang) {
  const char *Start = Text.c_str();
  Lexer Lex(SourceLocation(), Lang, Start, Start + Begin, Start + Text.size());
  unsigned Depth = 0;
  Token T;
  do {
    Lex.LexFromRawLexer(T);
    if (T.is(tok::eof) || reachesOut(T))
      return std::nullopt;
    Depth += T.is(tok::l_brace);
    Depth -= T.is(tok::r_brace);
  } while (Depth > 0);
  return Lex.getCurrentBufferOffset();
}

std::optional<std::vector<EditedBody>>
nextframe::placeBodies(const SourceText &Old, const std::string &New, const LangOptions &Lang) {
  std::vector<EditedBody> Result;
  StringRef OldText(Old.Text), NewText(New);
  size_t OldAt = 0, NewAt = 0;
  for (size_t I = 0; I != Old.Bodies.size(); ++I) {
    const EditableBody &B = Old.Bodies[I];
    size_t Between = B.Begin - OldAt;
    if (OldText.substr(OldAt, Between) != NewText.substr(NewAt, Between))
      return std::nullopt;
    NewAt += Between;
    StringRef Body = OldText.slice(B.Begin, B.End);
    OldAt = B.End;
    auto Begin = static_cast<uint32_t>(NewAt);
    if (NewText.substr(NewAt).starts_with(Body)) {
      NewAt += Body.size();
      Result.push_back({I, Begin - (B.Begin - B.Name), Begin, static_cast<uint32_t>(NewAt), false});
      continue;
    }
    if (NewAt >= NewText.size() || NewText[NewAt] != '{' ||
        endOfBody(Old.Text, B.Begin, Lang) != B.End)
      return std::nullopt;
    std::optional<uint32_t> End = endOfBody(New, NewAt, Lang);
    if (!End)
      return std::nullopt;
    bool MovesLines = NewText.slice(NewAt, *End).count('\n') != Body.count('\n');
    if (MovesLines && llvm::any_of(Old.LineUses, [&](uint32_t Use) { return Use >= B.End; }))
      return std::nullopt;
    Result.push_back({I, Begin - (B.Begin - B.Name), Begin, *End, true});
    NewAt = *End;
  }
  if (OldText.substr(OldAt) != NewText.substr(NewAt))
    return std::nullopt;
  return Result;
}

std::optional<std::vector<EditedBody>>
nextframe::compareBodies(const SourceText &Old, const std::string &New, const LangOptions &Lang) {
  auto Result = placeBodies(Old, New, Lang);
  if (Result)
    llvm::erase_if(*Result, [](const EditedBody &E) { return !E.Differs; });
  return Result;
}
