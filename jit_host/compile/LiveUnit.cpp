//===- LiveUnit.cpp - A unit whose syntax tree is kept --------------------===//
//
// A new body is parsed into the tree; code is made of it, and of what it needs that
// the program doesn't have. The result is a part of a unit like BodyCompile's, and is
// merged like one.
//
//===----------------------------------------------------------------------===//

#include "compile/LiveUnit.h"
#include "compile/ClangSetup.h"
#include "compile/LiveAst.h"
#include "compile/LivePart.h"
#include "ir/MergeUnits.h"
#include "ir/Names.h"
#include "support/CrashGuard.h"

#include "clang/Basic/Stack.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

LiveUnit::LiveUnit(std::shared_ptr<const Preamble> Begin) : Begin(std::move(Begin)) {}
LiveUnit::~LiveUnit() = default;

size_t LiveUnit::size() const { return Begin->size() + (Ast ? Ast->size() : 0); }

bool LiveUnit::serves(const std::string &Main) const {
  constexpr size_t MostGrowth = 64u << 20;
  return isGood() && size() < FirstSize + MostGrowth &&
         placeBodies(Source, Main, Begin->Invocation->getLangOpts());
}

const SourceText *LiveUnit::header(StringRef Path) const {
  auto It = find_if(Begin->Headers, [&](const Preamble::Header &H) { return H.Path == Path; });
  return It == Begin->Headers.end() ? nullptr : &It->Source;
}

bool LiveUnit::takesHeader(StringRef Path, const std::string &Text) const {
  const SourceText *Parsed = header(Path);
  return Parsed && placeBodies(*Parsed, Text, Begin->Invocation->getLangOpts());
}

std::shared_ptr<LiveUnit> Compiler::buildLive(const CompileJob &Job, const TextOverlay &Texts,
                                              const CompiledUnit &Of,
                                              std::shared_ptr<const Preamble> Begin,
                                              const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Live tree", Job.File);
  if (Of.Source.OnlyWhole || hasPragmas(Of.Source.Text))
    return nullptr;
  auto Result = std::make_shared<LiveUnit>(Begin);
  Result->Source = Of.Source;
  clang::noteBottomOfStack();
  if (!survives([&] { Result->Ast = LiveAst::create(Job, Texts, Of.Source.Text, Begin, Known); }))
    return nullptr;
  if (!Result->Ast)
    return nullptr;
  Result->FirstSize = Result->size();
  return Result;
}

/// Lexes the bodies of \p Edited, which are those of \p Main that differ from the base's.
static std::string readBodies(LiveUnit &Live, const std::string &Main, ArrayRef<EditedBody> Edited,
                              std::vector<LiveAst::Body> &Bodies) {
  const clang::LangOptions &Lang = Live.Begin->Invocation->getLangOpts();
  auto Placed = placeBodies(Live.Source, Main, Lang);
  if (!Placed)
    return "more than bodies differs from the tree";
  clang::FileID Parsed = Live.Ast->mainFile();
  Live.Ast->setLines(Parsed, Live.Source, Main, *Placed);
  if (Edited.empty())
    return "";
  LiveAst::File File = Live.Ast->setText(Parsed, Main);
  for (const EditedBody &E : Edited) {
    auto Here = partition_point(*Placed, [&](const EditedBody &P) { return P.Begin < E.Begin; });
    if (Here == Placed->end() || Here->Begin != E.Begin || Here->End != E.End)
      return "the tree has no such body";
    Bodies.emplace_back();
    std::string Why = Live.Ast->read(File, Live.Source.Bodies[Here->Index], *Here, Bodies.back());
    if (!Why.empty())
      return Why;
  }
  return "";
}

/// Lexes the bodies of \p H that differ from those that the base was compiled from, and adds
/// their symbols to \p Symbols.
static std::string readHeader(LiveUnit &Live, const Compiler::NewerHeader &H,
                              std::vector<LiveAst::Body> &Bodies,
                              std::vector<std::string> &Symbols) {
  const clang::LangOptions &Lang = Live.Begin->Invocation->getLangOpts();
  const SourceText *Parsed = Live.header(H.Path);
  clang::FileID File = Live.Ast->header(H.Path);
  auto Then = Parsed ? placeBodies(*Parsed, *H.Base, Lang) : std::nullopt;
  auto Now = Parsed ? placeBodies(*Parsed, *H.Text, Lang) : std::nullopt;
  if (!Then || !Now || File.isInvalid())
    return "more than bodies differs in " + H.Path;
  Live.Ast->setLines(File, *Parsed, *H.Text, *Now);
  std::optional<LiveAst::File> Newest;
  for (auto [Old, New] : zip_equal(*Then, *Now)) {
    if (StringRef(*H.Base).slice(Old.Begin, Old.End) ==
        StringRef(*H.Text).slice(New.Begin, New.End))
      continue;
    if (!Newest)
      Newest = Live.Ast->setText(File, *H.Text);
    Bodies.emplace_back();
    std::string Why = Live.Ast->read(*Newest, Parsed->Bodies[New.Index], New, Bodies.back());
    if (!Why.empty())
      return Why;
    append_range(Symbols, Parsed->Bodies[New.Index].Symbols);
  }
  return "";
}

/// Returns those of \p Symbols that \p Facts has functions of.
static std::vector<std::string> functionsIn(const StringMap<uint32_t> &Functions,
                                            ArrayRef<std::string> Symbols) {
  std::vector<std::string> Result;
  copy_if(Symbols, std::back_inserter(Result),
          [&](const std::string &S) { return Functions.contains(S); });
  return Result;
}

Compiler::BodiesResult Compiler::compileLive(const CompileJob &Job, const std::string &Main,
                                             ArrayRef<NewerHeader> Headers,
                                             std::shared_ptr<const CompiledUnit> Base,
                                             LiveUnit &Live, const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Compile live", Job.File);
  BodiesResult Result;
  const SourceText &Old = Base->Source;
  auto Edited = Old.OnlyWhole ? std::nullopt
                              : compareBodies(Old, Main, Live.Begin->Invocation->getLangOpts());
  if (!Edited || (Edited->empty() && Headers.empty())) {
    Result.Why = "more than bodies differ";
    return Result;
  }
  std::vector<LiveAst::Body> Bodies;
  std::vector<std::string> OfHeaders;
  std::unique_ptr<CompiledUnit> Part;
  clang::noteBottomOfStack();
  bool Survived = survives([&] {
    Result.Why = readBodies(Live, Main, *Edited, Bodies);
    for (const NewerHeader &H : Headers)
      if (Result.Why.empty())
        Result.Why = readHeader(Live, H, Bodies, OfHeaders);
    if (Result.Why.empty() && Bodies.empty())
      Result.Why = "no body differs";
    if (!Result.Why.empty())
      return;
    Live.Broken = true; // Unless all goes well.
    Part = compileLivePart(Job, *Live.Ast, *Base, Bodies, Known, Result.Why);
    Live.Broken = !Part && Live.Ast->compiler().getDiagnostics().hasErrorOccurred();
  });
  if (!Survived) {
    Live.Broken = true;
    (void)Live.Ast.release(); // Nobody knows what state it is in.
    Result.Why = "the compiler crashed";
  }
  if (!Part)
    return Result;
  Result.Bodies = static_cast<unsigned>(Bodies.size());
  std::vector<std::string> Symbols;
  for (const EditedBody &E : *Edited)
    append_range(Symbols, Old.Bodies[E.Index].Symbols);
  TimeTraceScope Merging("Merge");
  if (OfHeaders.empty()) {
    Result.Unit = mergeUnits(std::move(Base), std::move(*Part), Symbols, Result.Why);
    return Result;
  }
  // (A constructor has symbols that no code has been made of.)
  Result.HeaderSymbols = functionsIn(FactIndex(Part->Facts).Functions, OfHeaders);
  Result.Part = std::move(Part);
  append_range(Symbols, functionsIn(Base->Index.Functions, Result.HeaderSymbols));
  Result.Unit = mergeUnits(std::move(Base), *Result.Part, Symbols, Result.Why);
  return Result;
}
