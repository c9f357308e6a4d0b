//===- LiveAst.h - A parsed file that new bodies are parsed into ----------===//
//
// Inside the room only. clang's compiler instance for one unit is kept with its AST,
// its scopes and its parser. Bodies are skipped when the file is parsed, but for those
// of templates; a new body is parsed into the function that the file declares, in the
// scopes that the function stands in, as clang does with the bodies of templates that
// it has put off. From then on it is its body.
//
// One thread at a time. Where a body has errors, the AST is good for nothing more.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_LIVEAST_H
#define NEXTFRAME_COMPILE_LIVEAST_H

#include "compile/BodyTokens.h"
#include "compile/DiagnosticCapture.h"
#include "compile/EditableBodies.h"
#include "compile/LaterNames.h"
#include "compile/Preamble.h"
#include "compile/SourceFacts.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/Mangle.h"
#include "clang/CodeGen/ModuleBuilder.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Parse/Parser.h"
#include "llvm/IR/Module.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nextframe {

/// What clang says of a unit's declarations, and which of them code is made of.
class LiveConsumer : public clang::ASTConsumer {
public:
  /// Of the main file, in its order.
  std::vector<clang::Decl *> TopLevel;
  /// Those of the main file whose bodies were skipped, by the place of their names.
  llvm::DenseMap<unsigned, clang::FunctionDecl *> Skipped;
  /// What clang made of templates, or read from the preamble, since: definitions.
  std::vector<clang::Decl *> Made;
  /// The symbols of declarations, asked for at each edit.
  llvm::DenseMap<const clang::Decl *, std::vector<std::string>> Symbols;
  /// Is given what is made while code is generated.
  std::function<void(clang::Decl &)> OnMade;
  /// Says of a function whether its code exists, and so isn't generated.
  std::function<bool(const clang::FunctionDecl &)> IsThere;
  /// Says of a class whether debuggers know what it is made of, and need only its name.
  std::function<bool(const clang::RecordDecl &)> IsDescribed;

  explicit LiveConsumer(clang::SourceManager &SM) : SM(SM) {}
  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override;
  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl *V) override { made(*V); }
  bool shouldSkipFunctionBody(clang::Decl *D) override;

private:
  void made(clang::Decl &D);

  clang::SourceManager &SM;
};

/// A syntax tree that new bodies are parsed into.
class LiveAst {
public:
  /// Parses \p Main, the main file of \p Job, behind \p Begin. Returns null where it has
  /// errors.
  static std::unique_ptr<LiveAst> create(const CompileJob &Job, TextOverlay Texts, std::string Main,
                                         std::shared_ptr<const Preamble> Begin,
                                         const SiblingFamilies &Known);
  ~LiveAst();
  LiveAst(const LiveAst &) = delete;

  /// A file that was parsed, and its newer text.
  struct File {
    clang::FileID Parsed, Newest;
  };
  clang::FileID mainFile() const { return CI->getSourceManager().getMainFileID(); }
  /// Returns the header \p Path (absolute) of the preamble; invalid where it isn't known.
  clang::FileID header(llvm::StringRef Path) const { return Headers.lookup(Path); }

  /// Makes places in \p F mean the lines that they have in \p New, where its bodies
  /// are at \p Placed.
  void setLines(clang::FileID F, const SourceText &Old, const std::string &New,
                llvm::ArrayRef<EditedBody> Placed);

  /// A body that is to be parsed.
  struct Body {
    clang::FunctionDecl *F = nullptr;
    std::vector<clang::Token> Tokens;
    clang::FileID Text; ///< The newer text that it is in,
    unsigned End = 0;   ///<   and where it ends there, behind its closing brace.
    bool IsOfHeader = false;
    clang::SourceLocation Place; ///< Where it began in the text that was parsed.
  };
  /// Adds the newer text of \p F, for read() and parse().
  File setText(clang::FileID F, const std::string &New);
  /// Lexes the body \p E of \p In, which is \p Old in the text that was parsed. Returns why
  /// it can't be parsed here, or nothing.
  std::string read(const File &In, const EditableBody &Old, const EditedBody &E, Body &Out);
  /// Gives the function its new body; false where it has errors.
  bool parse(Body &B);
  /// Makes the instances that the new bodies need, but for those of which \p IsThere
  /// says that the program has them.
  void instantiate(llvm::function_ref<bool(const clang::Decl &)> IsThere);

  clang::CompilerInstance &compiler() { return *CI; }
  clang::ASTContext &context() { return CI->getASTContext(); }
  LiveConsumer &consumer() { return *Consumer; }
  LaterNames &later() { return *Later; }
  TypeReader &types() { return *Types; }
  /// TypeReader::hidden() that the file came to have since it was parsed.
  llvm::ArrayRef<SourceHiding> newHidden() const {
    return llvm::ArrayRef(Types->hidden()).drop_front(FirstHidden);
  }
  std::vector<SourceDiagnostic> takeDiagnostics() { return Capture.take(); }
  /// Bytes of memory, roughly.
  size_t size() const;
  /// Where the function \p F stands in the newer text, for one that has been parsed.
  clang::SourceRange rangeOf(const clang::FunctionDecl &F) const { return Ranges.lookup(&F); }

private:
  class Action;
  LiveAst(TextOverlay Texts, std::string Main, std::shared_ptr<const Preamble> Begin);
  bool parseFile(const CompileJob &Job, const SiblingFamilies &Known);
  void findHeaders(llvm::StringRef Directory);
  clang::FunctionDecl *functionAt(clang::FileID File, unsigned Offset) const;

  const TextOverlay Texts;
  const std::string Main;
  const std::shared_ptr<const Preamble> Begin;
  clang::DiagnosticOptions DiagOpts;
  DiagnosticCapture Capture;
  std::unique_ptr<clang::CompilerInstance> CI;
  std::unique_ptr<Action> Front;
  LiveConsumer *Consumer = nullptr; ///< The compiler instance's.
  std::unique_ptr<clang::Parser> Parse;
  std::unique_ptr<LaterNames> Later;
  std::unique_ptr<BodyTokens> Tokens;
  std::unique_ptr<TypeReader> Types;
  size_t FirstHidden = 0;
  llvm::StringMap<clang::FileID> Headers; ///< Those of the preamble.
  llvm::DenseMap<const clang::FunctionDecl *, clang::SourceRange> Ranges;
  /// Instances that the program had when they were asked for.
  std::deque<std::pair<clang::ValueDecl *, clang::SourceLocation>> Elsewhere;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_LIVEAST_H
